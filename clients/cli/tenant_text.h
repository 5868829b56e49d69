// Tenants as people read them. Pure.
#pragma once

#include <string>

#include "usher/v1/tenant.pb.h"

namespace usher {

std::string TenantText(const v1::Tenant& tenant, bool colors);

// One override in a few lines.
std::string OverrideText(const v1::Override& given, bool colors);

}  // namespace usher
