// How long to wait after a failure before trying again.
#pragma once

#include <cstdint>
#include <optional>

#include "catalog/time.h"

namespace usher {

struct BackOffPolicy {
  Millis first{1000};                    // the longest wait after the first failure; doubles with every further one
  Millis longest{5 * 60 * 1000};         // no wait of ours is longer
  Millis longest_asked{60 * 60 * 1000};  // nor one that the other side asks for: it may be wrong
};

// No wait is longer.
inline Millis LongestWait(const BackOffPolicy& policy) { return policy.longest_asked + policy.longest; }

// The wait after the `attempts`-th failed attempt, from 1: somewhere between nothing and the exponential bound (full
// jitter), so that those who failed together do not come back together. When the other side asked to be left alone for
// `retry_after`, that long and the jitter on top. `random` is drawn evenly from all 32-bit numbers. Pure.
Millis BackOff(const BackOffPolicy& policy, std::int64_t attempts, std::optional<Millis> retry_after,
               std::uint32_t random);

}  // namespace usher
