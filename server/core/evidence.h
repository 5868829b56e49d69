// What is known of a payment that is on its way (R9).
#pragma once

#include <optional>
#include <vector>

#include "server/core/ledger_view.h"
#include "server/core/payments.h"
#include "server/core/trace_model.h"

namespace usher {

struct Evidence {
  EvidenceKind kind = EvidenceKind::kNone;
  std::optional<Instant> asked_since;  // kRequiresAction: since when it has been asked for without a failure between
};

// From the attempts of an invoice, the payment intents that belong to it, and a session's own word. `document` is the
// invoice, session or payment intent that is to be paid.
Evidence EvidenceOf(const LedgerObject& document, const Payments& payments, Moment& moment);

}  // namespace usher
