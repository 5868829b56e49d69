#include "server/engine/test_clock.h"

#include <gmock/gmock.h>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

class TestClockTest : public LedgerTest {
 protected:
  absl::Status Set(TestClock& clock, Instant at) { return clock.Set(world_->writer, at, "tester"); }
};

TEST_F(TestClockTest, FollowsTheMachineUntilItIsSetThenStands) {
  TestClock clock(clock_);
  EXPECT_TRUE(clock.follows_system());
  clock_.Set(kJanuary + Millis(5));
  EXPECT_EQ(clock.Now(), kJanuary + Millis(5));
  ASSERT_TRUE(Set(clock, kJanuary + kDay).ok());
  clock_.Set(kJanuary + 9 * kDay);
  EXPECT_EQ(clock.Now(), kJanuary + kDay);
  EXPECT_FALSE(clock.follows_system());
}

TEST_F(TestClockTest, MovesForwardOnly) {
  TestClock clock(clock_);
  EXPECT_EQ(RefusalOf(Set(clock, kJanuary - Millis(1))), Refusal::kClockBackwards);
  ASSERT_TRUE(Set(clock, kJanuary + kDay).ok());
  EXPECT_TRUE(Set(clock, kJanuary + kDay).ok());
  const absl::Status refused = Set(clock, kJanuary + kDay - Millis(1));
  EXPECT_EQ(RefusalOf(refused), Refusal::kClockBackwards);
  EXPECT_THAT(StatusMessage(refused), testing::HasSubstr("stands at 2026-01-02T00:00:00Z"));
  EXPECT_EQ(clock.Now(), kJanuary + kDay);
}

TEST_F(TestClockTest, MovesTwoYearsAtATimeForNothingTakesItBack) {
  TestClock clock(clock_);
  const absl::Status refused = Set(clock, kJanuary + 731 * kDay + Millis(1));
  EXPECT_EQ(RefusalOf(refused), Refusal::kClockTooFar);
  EXPECT_THAT(StatusMessage(refused), testing::HasSubstr("at most two years (731 days) at a time"));
  EXPECT_EQ(RefusalOf(Set(clock, FromUnixSeconds(253'402'300'799))), Refusal::kClockTooFar)
      << "the end of the year 9999";
  EXPECT_TRUE(clock.follows_system());
  EXPECT_TRUE(Set(clock, kJanuary + 731 * kDay).ok());
  EXPECT_TRUE(Set(clock, kJanuary + 2 * 731 * kDay).ok());
}

TEST_F(TestClockTest, IsKeptInTheStore) {
  EXPECT_FALSE(*HasTestClock(*Read()));
  {
    TestClock clock(clock_);
    ASSERT_TRUE(Set(clock, kJanuary + kDay).ok());
  }
  EXPECT_TRUE(*HasTestClock(*Read()));
  Restart();
  TestClock clock(clock_);
  ASSERT_TRUE(clock.Load(*store_).ok());
  EXPECT_EQ(clock.Now(), kJanuary + kDay);
  EXPECT_EQ(RefusalOf(Set(clock, kJanuary)), Refusal::kClockBackwards);
  EXPECT_EQ(Audited("").back(), "TEST_CLOCK_SET");
}

}  // namespace
}  // namespace usher
