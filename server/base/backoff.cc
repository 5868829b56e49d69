#include "server/base/backoff.h"

#include <algorithm>

namespace usher {

Millis BackOff(const BackOffPolicy& policy, std::int64_t attempts, std::optional<Millis> retry_after,
               std::uint32_t random) {
  Millis bound = std::min(policy.first, policy.longest);
  for (std::int64_t n = 1; n < attempts && bound < policy.longest; ++n) bound = std::min(bound * 2, policy.longest);
  const Millis jitter((bound.count() * static_cast<std::int64_t>(random)) >> 32);
  const Millis asked = std::clamp(retry_after.value_or(Millis(0)), Millis(0), policy.longest_asked);
  return asked + jitter;
}

}  // namespace usher
