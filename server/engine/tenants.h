// What the ledger says about a tenant besides its entitlements.
#pragma once

#include <cstdint>
#include <ranges>
#include <string>
#include <variant>
#include <vector>

#include <absl/status/status.h>
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
absl::Status RequireTenant(StoreReader& reader, const TenantId& tenant);

// The row of `rows`, which have a `fact` each, whose fact is the latest with such a content; null without any.
template <class Content, std::ranges::input_range Rows>
auto Latest(const Rows& rows) -> const std::ranges::range_value_t<Rows>* {
  const std::ranges::range_value_t<Rows>* latest = nullptr;
  for (const auto& row : rows) {
    if (!std::holds_alternative<Content>(row.fact.content)) continue;
    if (latest == nullptr || row.fact.at > latest->fact.at) latest = &row;
  }
  return latest;
}

// Refusal: kTenantUnknown.
absl::StatusOr<TenantDetails> DescribeTenant(StoreReader& reader, const TenantId& tenant, Instant now);

}  // namespace usher
