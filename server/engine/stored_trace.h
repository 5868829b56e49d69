// A tenant's trace, and the whole of its timeline, as the store has it.
#pragma once

#include <cstdint>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>

#include "catalog/ids.h"
#include "catalog/model.h"
#include "server/core/timeline.h"
#include "server/core/trace_model.h"
#include "server/ports/store.h"

namespace usher {

struct StoredTrace {
  Trace trace;
  bool derived_again = false;  // the stored one was made by other rules, or damaged
};

// What `state` amounts to by the present rules. The stored trace spares the work of deriving it; one of other rules, or
// one that the disk damaged, is derived again: the facts are the truth.
absl::StatusOr<StoredTrace> ReadTrace(StoreReader& reader, const TenantState& state);

// The same for a reader that several threads share: `ledger_of` reads the facts of a tenant, as TenantFacts does.
using LedgerOf = absl::FunctionRef<absl::StatusOr<std::vector<TenantFactRow>>(const TenantId& tenant)>;
absl::StatusOr<StoredTrace> ReadTrace(LedgerOf ledger_of, const TenantState& state);

// As the last commit left it, which the projection may not know yet; past and sources included, which it does not have.
struct StoredTimeline {
  std::int64_t version = 0;  // 0: no fact names the tenant
  Timeline timeline;         // strangers have what the default plans give
};
absl::StatusOr<StoredTimeline> ReadTimeline(StoreReader& reader, const TenantId& tenant, const Catalog& catalog);

}  // namespace usher
