// What a service may know about the call besides its request.
#pragma once

#include <chrono>

#include <absl/status/status.h>

#include "server/service/principal.h"

namespace usher {

// Says that the answer needs waiting. Never leaves the process.
absl::Status MustWait();
bool IsMustWait(const absl::Status& status);

struct CallContext {
  // Nobody waits for the answer after this; work that has not begun by then is left undone.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // Who asks.
  Principal principal{};
  // False on threads on which many calls depend. A service that would wait there, for the store or for a revision,
  // answers MustWait() at once and is called again where it may.
  bool may_wait = true;
};

}  // namespace usher
