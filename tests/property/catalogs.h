// The catalogs of the property tests: one packaging that uses every form of value and every kind of price, under any
// payment policies.
#pragma once

#include <random>
#include <string>

#include "catalog/model.h"

namespace usher::property {

// The packaging under the default policies.
const Catalog& PlainCatalog();

// The packaging with policies, and what trials require, drawn for each plan.
Catalog CatalogWithDrawnPolicies(std::mt19937_64& random);

// The id of a price in the environment of `livemode`: PriceNamed(true, "growth") is `live_growth`.
PriceId PriceNamed(bool livemode, const std::string& name);

}  // namespace usher::property
