// A clock that tests move: the server's own time where it was started with --test-clock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include <absl/status/status.h>

#include "catalog/time.h"
#include "server/engine/writer.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"

namespace usher {

// Follows `system` until it is set for the first time; then it stands still until it is set again. Kept in the store.
// Any thread may call.
class TestClock final : public Clock {
 public:
  // `system` outlives it.
  explicit TestClock(const Clock& system) : system_(system) {}

  // Takes over what the store keeps. Before the first question.
  absl::Status Load(Store& store);

  Instant Now() const override;
  bool follows_system() const { return set_to_ == kNever; }

  // Nothing takes the clock back, so one step is never so long that it is surely a mistake.
  static constexpr std::chrono::hours kLongestStep{731 * 24};

  // Moves it to `at`, durably. Refusal kClockBackwards when `at` lies before Now(), kClockTooFar when it lies more than
  // kLongestStep after it.
  absl::Status Set(Writer& writer, Instant at, std::string_view actor);

 private:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

  const Clock& system_;
  std::atomic<std::int64_t> set_to_{kNever};  // Unix milliseconds
};

// Whether somebody ever set a test clock on this store.
absl::StatusOr<bool> HasTestClock(StoreReader& reader);

}  // namespace usher
