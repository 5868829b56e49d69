// The one place where facts change what tenants may do.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/model.h"
#include "catalog/time.h"
#include "server/core/fact.h"
#include "server/engine/projection.h"
#include "server/ports/store.h"

namespace usher {

// Under which circumstances facts are learned.
struct Learning {
  Instant now{};
  std::string actor;  // for the audit
  std::string cause;  // what taught them, for the audit: `event evt_1 (invoice.paid)`
  const Projection::View& view;
};

// Adds `facts` to the ledger and brings every tenant that they can concern up to date: state with version + 1, change
// log and audit where its trace changed. Facts that belong to nobody wait. Returns the changed tenants, sorted.
// Adding facts that are all known changes nothing.
absl::StatusOr<std::vector<TenantChange>> AddToLedger(StoreTransaction& transaction, std::span<const Fact> facts,
                                                      const Learning& learning);

}  // namespace usher
