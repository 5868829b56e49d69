// How many decisions were answered, by what they said.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "server/base/counter.h"
#include "server/core/check.h"
#include "server/core/timeline.h"

namespace usher {

// Any thread. One relaxed addition a decision.
class DecisionStats {
 public:
  static constexpr std::size_t kStates = static_cast<std::size_t>(AccessState::kNotInPlan) + 1;

  void Count(AccessState state, bool allowed) { counts_[Index(state, allowed)].Add(); }
  std::int64_t count(AccessState state, bool allowed) const { return counts_[Index(state, allowed)].value(); }

 private:
  static std::size_t Index(AccessState state, bool allowed) {
    return 2 * static_cast<std::size_t>(state) + (allowed ? 1 : 0);
  }

  std::array<Counter, 2 * kStates> counts_;
};

}  // namespace usher
