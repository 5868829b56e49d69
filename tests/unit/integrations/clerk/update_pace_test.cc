#include "server/integrations/clerk/update_pace.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace usher::clerk {
namespace {

using std::chrono::milliseconds;

const UserId kAda{"user_ada"};
const UserId kBob{"user_bob"};

UpdatePace::Time At(int ms) { return UpdatePace::Time(milliseconds(ms)); }

TEST(UpdatePaceTest, GivesSoManyPlacesWithinAWindow) {
  UpdatePace pace(2, milliseconds(100));
  EXPECT_TRUE(pace.TryBegin(kAda, At(0)));
  EXPECT_TRUE(pace.TryBegin(kAda, At(0)));
  EXPECT_FALSE(pace.TryBegin(kAda, At(0)));
}

TEST(UpdatePaceTest, OneUserTakesNothingFromAnother) {
  UpdatePace pace(1, milliseconds(100));
  EXPECT_TRUE(pace.TryBegin(kAda, At(0)));
  EXPECT_TRUE(pace.TryBegin(kBob, At(0)));
}

TEST(UpdatePaceTest, AnUpdateCountsUntilAWindowAfterItsEnd) {
  UpdatePace pace(1, milliseconds(100));
  ASSERT_TRUE(pace.TryBegin(kAda, At(0)));
  EXPECT_EQ(pace.RoomAt(kAda), UpdatePace::Time::max()) << "nobody knows when it ends";
  EXPECT_FALSE(pace.TryBegin(kAda, At(1'000))) << "it is still under way";
  pace.End(kAda, At(1'000));
  EXPECT_EQ(pace.RoomAt(kAda), At(1'100));
  EXPECT_FALSE(pace.TryBegin(kAda, At(1'099)));
  EXPECT_TRUE(pace.TryBegin(kAda, At(1'100)));
}

TEST(UpdatePaceTest, ForgetsUsersWhoseWindowsArePast) {
  UpdatePace pace(10, milliseconds(100));
  for (int i = 0; i < 1'000; ++i) {
    const UserId user("user_" + std::to_string(i));
    ASSERT_TRUE(pace.TryBegin(user, At(i)));
    pace.End(user, At(i));
  }
  EXPECT_LE(pace.size(), 101u);
}

// Whatever begins and ends when: no window of Clerk's, which meets an update between its begin and its end, has more.
TEST(UpdatePaceTest, NoWindowEverHoldsMore) {
  constexpr int kWindow = 50;
  std::mt19937 random(7);
  UpdatePace pace(3, milliseconds(kWindow));
  std::vector<int> met;
  int now = 0;
  std::vector<int> under_way;
  for (int step = 0; step < 20'000; ++step) {
    now += static_cast<int>(random() % 8);
    if (random() % 2 == 0 && pace.TryBegin(kAda, At(now))) under_way.push_back(now);
    if (random() % 2 == 0 && !under_way.empty()) {
      const int began = under_way.back();
      under_way.pop_back();
      pace.End(kAda, At(now));
      met.push_back(began + static_cast<int>(random() % static_cast<unsigned>(now - began + 1)));
    }
  }
  ASSERT_GT(met.size(), 500u);
  std::sort(met.begin(), met.end());
  for (std::size_t i = 3; i < met.size(); ++i) ASSERT_GE(met[i] - met[i - 3], kWindow) << "at " << met[i];
}

}  // namespace
}  // namespace usher::clerk
