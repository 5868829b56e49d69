// What a service may know about the call besides its request.
#pragma once

#include <chrono>

#include "server/service/principal.h"

namespace usher {

struct CallContext {
  // Nobody waits for the answer after this; work that has not begun by then is left undone.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // Who asks.
  Principal principal{};
};

}  // namespace usher
