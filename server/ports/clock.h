// What time it is: the one question that pure code never asks.
#pragma once

#include "catalog/time.h"

namespace usher {

// Any thread may call.
class Clock {
 public:
  virtual ~Clock() = default;

  // The present, UTC. The machine's steps back when somebody sets it; the one that access goes by does not while a
  // process lives.
  virtual Instant Now() const = 0;
};

}  // namespace usher
