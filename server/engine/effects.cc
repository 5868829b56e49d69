#include "server/engine/effects.h"

namespace usher {

// Answers are the only thing that follows from a state, and those are read from the projection.
absl::Status EnqueueEffects(StoreTransaction& /*transaction*/, const TenantId& /*tenant*/, Instant /*now*/) {
  return absl::OkStatus();
}

}  // namespace usher
