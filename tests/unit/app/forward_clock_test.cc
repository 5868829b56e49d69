#include "server/app/forward_clock.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace usher {
namespace {

// Shows what a test says.
class SetClock : public Clock {
 public:
  Instant Now() const override { return FromUnixMillis(now_ms_); }
  void Set(std::int64_t now_ms) { now_ms_ = now_ms; }

 private:
  std::atomic<std::int64_t> now_ms_{0};
};

TEST(ForwardClockTest, StandsStillWhileTheOtherIsBehind) {
  SetClock machine;
  const ForwardClock forward(machine);
  struct {
    std::int64_t machine;
    std::int64_t forward;
  } const rows[] = {{1000, 1000}, {1005, 1005}, {505, 1005}, {1004, 1005}, {1005, 1005}, {1006, 1006}, {2000, 2000}};
  for (const auto& row : rows) {
    machine.Set(row.machine);
    EXPECT_EQ(ToUnixMillis(forward.Now()), row.forward) << row.machine;
  }
}

TEST(ForwardClockTest, NoThreadSeesItGoBack) {
  constexpr int kReadings = 20'000;
  SetClock machine;
  const ForwardClock forward(machine);
  std::vector<std::thread> readers;
  for (int n = 0; n < 3; ++n) {
    readers.emplace_back([&, n] {
      Instant last = forward.Now();
      for (int reading = 0; reading < kReadings; ++reading) {
        machine.Set(reading - (reading % 7) * (n + 1));
        const Instant now = forward.Now();
        ASSERT_GE(now, last);
        last = now;
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace usher
