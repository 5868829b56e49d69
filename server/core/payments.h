// Which payments settle a document, and how much of it went back (R5, R6).
#pragma once

#include <vector>

#include "server/core/ledger_view.h"
#include "server/core/trace_model.h"

namespace usher {

// The charges and payment intents that belong to an invoice or session at a moment, each sorted by id. A charge that
// other objects name belongs even while nothing else is known of it.
struct Payments {
  std::vector<const LedgerObject*> charges;
  std::vector<const LedgerObject*> intents;
};

Payments PaymentsOfInvoice(const LedgerView& view, const LedgerObject& invoice, Moment& moment);
Payments PaymentsOfSession(const LedgerView& view, const LedgerObject& session, Moment& moment);

// What has been taken back of a source, in minor units.
struct ReversedAmount {
  std::int64_t sum = 0;   // refunds, credit notes, failed charges
  std::int64_t lost = 0;  // lost disputes, which count by policy
  bool dispute_open = false;
  bool inquiry_open = false;
};

// `source` is the invoice or session that `payments` settled at `paid_at`.
ReversedAmount ReversedOf(const LedgerView& view, const LedgerObject& source, const Payments& payments, Instant paid_at,
                          Moment& moment);

// kFully when `reversed` > 0 reaches `amount`.
ReversalKind ReversalOf(std::int64_t reversed, std::int64_t amount);

}  // namespace usher
