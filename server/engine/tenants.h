// What the ledger says about a tenant besides its entitlements.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/ids.h"
#include "catalog/time.h"
#include "server/core/fact.h"
#include "server/ports/store.h"

namespace usher {

struct OverrideDetails {
  std::string override_id;
  OverrideFact content;
  Instant put_at{};
  std::string etag;  // changes with every change
};

struct TenantDetails {
  TenantId tenant;
  std::int64_t version = 0;
  Instant created_at{};
  std::string display_name;
  std::vector<ObjectRef> links;            // customers and subscriptions assigned to it, sorted
  std::vector<OverrideDetails> overrides;  // in force at `now` or later, sorted by id
  bool suspended = false;
  std::string suspension_reason;
};

// Refusal: kTenantUnknown.
absl::StatusOr<TenantDetails> DescribeTenant(StoreReader& reader, const TenantId& tenant, Instant now);

}  // namespace usher
