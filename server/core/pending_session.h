// A checkout that is complete while its money is not here yet (R9).
#pragma once

#include "server/core/ledger_view.h"

namespace usher {

// Complete, unpaid or failed, with a price, and naming no invoice that is known at the moment.
inline bool IsPendingSession(const LedgerView& view, const LedgerObject& object, Moment& moment) {
  const auto* session = StateOf<CheckoutSessionFact>(&object, moment);
  if (session == nullptr || session->status != CheckoutStatus::kComplete || session->price.empty()) return false;
  if (session->payment != CheckoutPayment::kUnpaid && session->payment != CheckoutPayment::kFailed) return false;
  const LedgerObject* invoice = view.Find(object.ref.scope, ObjectKind::kInvoice, session->invoice);
  return StateOf<InvoiceFact>(invoice, moment) == nullptr;
}

}  // namespace usher
