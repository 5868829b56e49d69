// What follows outside Usher when a tenant's access changes. The one place that knows.
#pragma once

#include <functional>

#include <absl/status/status.h>

#include "catalog/ids.h"
#include "catalog/time.h"
#include "server/ports/store.h"

namespace usher {

// Enqueues, in the transaction that changes a tenant's state or sees it change with time, the work that brings every
// other system in step with that state. `now` is the instant at which the tenant is judged. Level-triggered: the work
// says "bring in step", never what changed, so that one piece of it serves any number of changes.
absl::Status EnqueueEffects(StoreTransaction& transaction, const TenantId& tenant, Instant now);

// The same as a value, for those who are told what to enqueue.
using EffectsFunction = std::function<absl::Status(StoreTransaction& transaction, const TenantId& tenant, Instant now)>;

}  // namespace usher
