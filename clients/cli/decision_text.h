// Answers of the server as people read them. Pure.
#pragma once

#include <string>

#include "usher/v1/entitlement.pb.h"

namespace usher {

// The answer in a few lines.
std::string DecisionText(const std::string& tenant, const v1::Decision& decision, bool colors);

// The steps of an explanation, in their order.
std::string StepsText(const v1::ExplainEntitlementResponse& explanation, bool colors);

}  // namespace usher
