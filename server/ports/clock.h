// What time it is: the one question that pure code never asks.
#pragma once

#include "catalog/time.h"

namespace usher {

// Any thread may call.
class Clock {
 public:
  virtual ~Clock() = default;

  // The present, UTC. May step back when somebody sets the machine's clock.
  virtual Instant Now() const = 0;
};

}  // namespace usher
