// Filling a projection with every tenant that the store holds.
#pragma once

#include <absl/status/statusor.h>

#include "server/engine/projection.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"

namespace usher {

struct Filled {
  bool derived_again = false;  // a stored trace was made by other rules, or damaged
};

// Adds every tenant of `reader` to `draft`, on the calling thread and on `more_threads` others, which have ended when
// it returns. The tenants are read in one ordered scan, page by page, by one thread at a time; what is made of them,
// which takes longer, all threads do at the same time. The first failure ends it, and what it added by then stays.
absl::StatusOr<Filled> Fill(Projection::Draft& draft, StoreReader& reader, const Clock& clock, unsigned more_threads);

}  // namespace usher
