// The lines of an invoice at a moment, and the credits among them that nothing backs (R2, R4).
#pragma once

#include <vector>

#include "server/core/ledger_view.h"

namespace usher {

// The lines of `invoice`, whole, from one observation; empty while the invoice is unknown. Debits and credits that
// cancel each other are gone.
std::vector<InvoiceLine> LinesOf(const LedgerObject& invoice, Moment& moment);

// R4: some credit of `lines` gives back a debit that no known invoice was paid for, and some unpaid one asks for.
// `invoices`: every invoice that may hold a line of the same subscriptions.
bool HasUnbackedCredit(const std::vector<InvoiceLine>& lines, const std::vector<const LedgerObject*>& invoices,
                       Moment& moment);

}  // namespace usher
