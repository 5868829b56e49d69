// What follows outside Usher when a tenant's access changes. The one place that knows.
#pragma once

#include <absl/status/status.h>

#include "catalog/ids.h"
#include "catalog/time.h"
#include "server/ports/store.h"

namespace usher {

// Enqueues, in the transaction that changes a tenant's state or sees it change with time, the work that brings every
// other system in step with that state: the role metadata of the members whose home the tenant is. `now` is when it is
// asked for, on the server's clock. Level-triggered: the work says "bring in step", never what changed, so that one
// piece of it serves any number of changes.
absl::Status EnqueueEffects(StoreTransaction& transaction, const TenantId& tenant, Instant now);

// One user's role metadata is to be brought in step; `home` is the tenant that it follows, or followed last. Due at
// once. There is one such piece of work per user, so that a server without an identity provider, which never does it,
// keeps as many as it has members.
absl::Status EnqueueRoles(StoreTransaction& transaction, const TenantId& home, const UserId& user, Instant now);

}  // namespace usher
