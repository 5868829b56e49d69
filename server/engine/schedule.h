// Boundaries: a tenant's access changes with time alone, and what follows from it must happen although no event comes.
//
// Every tenant whose timeline changes after now has exactly one row of work that is due when it does. Answers do not
// need it: a timeline knows its own future. Effects do.
#pragma once

#include <absl/status/statusor.h>

#include "catalog/ids.h"
#include "catalog/time.h"
#include "server/core/timeline.h"
#include "server/engine/deliver.h"
#include "server/engine/projection.h"
#include "server/engine/stored_trace.h"
#include "server/engine/writer.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"

namespace usher {

// When the tenant's access changes next by the passing of time, seen from `now`; kForever when it does not. A tenant on
// a billing system's test clock is judged at its frozen time, which passes only by events: kForever.
Instant BoundaryAfter(const Timeline& timeline, Instant now);

// Makes the tenant's one row of boundary work due at `boundary`; none for kForever.
absl::Status PutBoundary(StoreTransaction& transaction, const TenantId& tenant, Instant boundary, Instant now);

// Runs boundary work and catalog passes. Any thread may call.
class Scheduler {
 public:
  // All outlive it. `clock` is the one that boundaries go by, `leases` the machine's.
  Scheduler(Writer& writer, const Projection& projection, const Clock& clock, const Clock& leases)
      : writer_(writer), projection_(projection), clock_(clock), leases_(leases) {}

  // A tenant's boundary is reached: one transaction enqueues the effects of its present state, moves its next boundary
  // on, and settles the row.
  WorkResult RunBoundary(const WorkRow& row);

  // A catalog was activated: brings the next page of tenants whose boundary was derived under another generation in
  // step, and settles the row when there are none left. Goes on where it stopped, also after a crash.
  WorkResult RunCatalogPass(const WorkRow& row);

 private:
  // Enqueues the effects of the tenant's present state and moves its boundary on. A trace that was derived again is
  // kept.
  absl::Status Bring(StoreTransaction& transaction, const TenantState& state, const StoredTrace& stored,
                     const Projection::View& view);
  absl::Status BringPage(StoreTransaction& transaction);

  Writer& writer_;
  const Projection& projection_;
  const Clock& clock_;
  const Clock& leases_;
};

// Asks for a catalog pass over all tenants, from the first on: in the transaction that activates.
absl::Status AskForCatalogPass(StoreTransaction& transaction, Instant now);

}  // namespace usher
