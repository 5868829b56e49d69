// Catalogs to start from. What these functions return passes `usher catalog validate` without an error.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace usher {

// A small catalog with comments.
std::string StarterCatalog();

// A catalog of the prices that `stripe prices list` prints: one plan a product, every price mapped to it, what the
// plans grant left to its author. INVALID_ARGUMENT names the element and the field that is not as expected.
absl::StatusOr<std::string> CatalogOfStripePrices(std::string_view json);

// A catalog of a plain map from plans to features to numbers or booleans: {"free": {"projects": 1, "sso": false}}.
// -1 becomes unlimited, null is left out. INVALID_ARGUMENT names the plan and the feature that cannot be read.
absl::StatusOr<std::string> CatalogOfPlanMap(std::string_view json);

}  // namespace usher
