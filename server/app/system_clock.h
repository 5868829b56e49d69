// The machine's clock.
#pragma once

#include <chrono>

#include "server/ports/clock.h"

namespace usher {

class SystemClock final : public Clock {
 public:
  Instant Now() const override { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }
};

}  // namespace usher
