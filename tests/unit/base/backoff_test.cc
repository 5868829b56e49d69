#include "server/base/backoff.h"

#include <limits>

#include <gtest/gtest.h>

namespace usher {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint32_t kLeast = 0;
constexpr std::uint32_t kHalf = std::uint32_t{1} << 31;
constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
constexpr BackOffPolicy kPolicy{.first = seconds(1), .longest = seconds(60), .longest_asked = hours(1)};

struct BackOffCase {
  const char* name;
  std::int64_t attempts;
  std::optional<Millis> retry_after;
  std::uint32_t random;
  Millis expected;
};

constexpr BackOffCase kCases[] = {
    // name                          attempts  retry_after      random   expected
    {"FullJitterStartsAtNothing", 1, std::nullopt, kLeast, Millis(0)},
    {"TheFirstBoundIsTheFirstWait", 1, std::nullopt, kMost, Millis(999)},
    {"HalfTheRangeIsHalfTheWait", 1, std::nullopt, kHalf, Millis(500)},
    {"TheBoundDoubles", 2, std::nullopt, kHalf, Millis(1000)},
    {"AndDoublesAgain", 4, std::nullopt, kHalf, Millis(4000)},
    {"UpToTheLongest", 7, std::nullopt, kHalf, Millis(30'000)},
    {"AndNoFurther", 1'000'000, std::nullopt, kHalf, Millis(30'000)},
    {"JitterReachesDownAtAnyAttempt", 20, std::nullopt, kLeast, Millis(0)},
    {"NoAttemptYetCountsAsTheFirst", 0, std::nullopt, kHalf, Millis(500)},
    {"WhoAsksForATimeGetsIt", 1, seconds(30), kLeast, Millis(30'000)},
    {"WithJitterOnTop", 1, seconds(30), kHalf, Millis(30'500)},
    {"AskedTimesMayExceedOurs", 1, minutes(10), kLeast, minutes(10)},
    {"AnAbsurdWishIsCut", 1, hours(9999), kLeast, hours(1)},
    {"ANegativeWishIsNone", 1, seconds(-5), kHalf, Millis(500)},
};

class BackOffTest : public testing::TestWithParam<BackOffCase> {};

TEST_P(BackOffTest, Waits) {
  const BackOffCase& wait = GetParam();
  EXPECT_EQ(BackOff(kPolicy, wait.attempts, wait.retry_after, wait.random), wait.expected);
}

INSTANTIATE_TEST_SUITE_P(Rules, BackOffTest, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace usher
