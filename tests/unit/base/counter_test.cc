#include "server/base/counter.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace usher {
namespace {

constexpr std::array<std::int64_t, 3> kBounds = {1, 10, 100};

TEST(CounterTest, NothingIsLostBetweenThreads) {
  Counter counter;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 10'000; ++n) counter.Add();
      });
    }
  }
  EXPECT_EQ(counter.value(), 40'000);
}

TEST(DistributionTest, AValueCountsBelowTheFirstBoundThatItDoesNotExceed) {
  Distribution<kBounds> distribution;
  for (const std::int64_t value : {0, 1, 2, 10, 11, 100, 101, 5000}) distribution.Observe(value);
  EXPECT_EQ(distribution.in_bucket(0), 2);
  EXPECT_EQ(distribution.in_bucket(1), 2);
  EXPECT_EQ(distribution.in_bucket(2), 2);
  EXPECT_EQ(distribution.in_bucket(3), 2) << "beyond every bound";
  EXPECT_EQ(distribution.sum(), 5225);
}

}  // namespace
}  // namespace usher
