// A clock that never goes back.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "catalog/time.h"
#include "server/ports/clock.h"

namespace usher {

// Follows another clock and stands still while that one, set back, shows less than it did: what happened at a time is
// never judged by an earlier one. Within a process: a restart begins anew. Lock-free.
class ForwardClock final : public Clock {
 public:
  // `inner` outlives it.
  explicit ForwardClock(const Clock& inner) : inner_(inner) {}

  Instant Now() const override {
    const std::int64_t now = ToUnixMillis(inner_.Now());
    std::int64_t latest = latest_.load(std::memory_order_relaxed);
    while (now > latest && !latest_.compare_exchange_weak(latest, now, std::memory_order_relaxed)) {
    }
    return FromUnixMillis(std::max(now, latest));
  }

 private:
  const Clock& inner_;
  mutable std::atomic<std::int64_t> latest_{ToUnixMillis(kBeginning)};
};

}  // namespace usher
