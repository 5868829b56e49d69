// The catalog of the core's tests: small plans with every feature type, built without a parser.
#pragma once

#include <functional>
#include <string>

#include "catalog/model.h"

namespace usher::testing {

// Features, by index.
inline constexpr std::size_t kApi = 0;       // metered, sum
inline constexpr std::size_t kProjects = 1;  // limit, max
inline constexpr std::size_t kRegions = 2;   // set
inline constexpr std::size_t kSeats = 3;     // limit, sum
inline constexpr std::size_t kSso = 4;       // boolean
inline constexpr std::size_t kSupport = 5;   // level community < standard < priority, on_suspended: allow

// Group `main` has the default plan free@1 (projects 1); group `analytics` has none. Prices, the same in both
// environments:
//   starter   starter@1   projects 5, seats one per quantity but at least 3
//   growth    growth@2    projects 25, seats 10, api 100 of 500, sso, support standard, regions eu us; trial grants
//   starter@1 insight   insight@1   analytics: regions apac, projects 7 more      extra@1     add-on for growth and
//   starter: ten more projects per quantity, at most 2 lifetime  growth@2    once, for ever pass      growth@2    once,
//   for 30 days payg      insight@1   arrears storage   ignored
// `change` may alter it before it is shared.
CatalogPtr CoreCatalog(const std::function<void(Catalog&)>& change = nullptr);

// The indexes of plans in it.
inline constexpr std::size_t kFreePlan = 0;
inline constexpr std::size_t kGrowthPlan = 1;
inline constexpr std::size_t kInsightPlan = 2;
inline constexpr std::size_t kStarterPlan = 3;

// The same policy key on every plan and on the catalog.
CatalogPtr WithPolicy(const std::function<void(PaymentPolicy&)>& change);

}  // namespace usher::testing
