// Entitlements as people read them, wherever a catalog is shown.
#pragma once

#include <string>

#include "catalog/model.h"

namespace usher {

// `25`, `1 per unit, at least 3`, `100000, up to 500000`, `eu, us`, `+10 per unit`, `yes`.
std::string EntitlementText(const Entitlement& entitlement);

}  // namespace usher
