// A tenant's trace as the store has it.
#pragma once

#include <absl/status/statusor.h>

#include "catalog/digest.h"
#include "server/core/trace_model.h"
#include "server/ports/store.h"

namespace usher {

struct StoredTrace {
  Trace trace;
  Digest digest;
  bool derived_again = false;  // the stored one was made by other rules, or damaged
};

// What `state` amounts to by the present rules. The stored trace spares the work of deriving it; one of other rules, or
// one that the disk damaged, is derived again: the facts are the truth.
absl::StatusOr<StoredTrace> ReadTrace(StoreReader& reader, const TenantState& state);

}  // namespace usher
