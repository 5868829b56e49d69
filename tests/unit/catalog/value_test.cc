#include "catalog/value.h"

#include <limits>

#include <gtest/gtest.h>

namespace usher {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(Limit, EveryNumberIsLessThanUnlimited) {
  EXPECT_LT(Limit{.amount = kMost}, kUnlimited);
  EXPECT_LT(Limit{.amount = 1}, Limit{.amount = 2});
}

TEST(Limit, UnlimitedEqualsUnlimitedWhateverItsAmount) {
  EXPECT_EQ(kUnlimited, (Limit{.amount = 7, .unlimited = true}));
}

struct AddCase {
  const char* name;
  Limit a;
  Limit b;
  Limit sum;
};

constexpr AddCase kAddCases[] = {
    {"NumbersAdd", {.amount = 2}, {.amount = 3}, {.amount = 5}},
    {"UnlimitedAbsorbsOnTheLeft", kUnlimited, {.amount = 3}, kUnlimited},
    {"UnlimitedAbsorbsOnTheRight", {.amount = 3}, kUnlimited, kUnlimited},
    {"ASumPastTheLargestIsHeldThere", {.amount = kMost}, {.amount = 1}, {.amount = kMost}},
};

TEST(Add, Rules) {
  for (const AddCase& row : kAddCases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Add(row.a, row.b), row.sum);
    EXPECT_EQ(Add(row.b, row.a), row.sum);
  }
}

}  // namespace
}  // namespace usher
