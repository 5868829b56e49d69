// What each document amounts to from when on: invoices, checkout sessions, payment intents, recorded outcomes.
#pragma once

#include <vector>

#include "server/core/ledger_view.h"
#include "server/core/trace_model.h"

namespace usher {

// Every document that has a line of `tenant` at some time, sorted by object.
std::vector<Document> DocumentsOf(const TenantId& tenant, const LedgerView& view);

}  // namespace usher
