// One event of every deciding type, and the facts that it gives in each family.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/stripe/stripe_events.h"

namespace usher::stripe_test {

inline constexpr std::int64_t kAt = 1767225600;      // 2026-01-01T00:00:00Z: when the events are made
inline constexpr std::int64_t kBefore = kAt - 60;    // when objects were created or paid
inline constexpr std::int64_t kEnd = kAt + 2678400;  // 2026-02-01T00:00:00Z

// A line for the month that starts at kAt.
Line Month();

struct DecidingCase {
  const char* type;
  std::function<Json(const StripeEvents&)> object;
  std::vector<std::string> classic;  // empty: the family does not have it
  std::vector<std::string> basil;    // empty: as classic
};

std::vector<DecidingCase> DecidingCases();

}  // namespace usher::stripe_test
