#include "catalog/diff/compare.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

using Form = Entitlement::Form;

constexpr Generosity kMore = Generosity::less;  // the second gives more
constexpr Generosity kLess = Generosity::greater;
constexpr Generosity kSame = Generosity::equivalent;
constexpr Generosity kNeither = Generosity::unordered;

Limit L(std::int64_t amount) { return {.amount = amount}; }
Entitlement Fixed(Value value) { return {.form = Form::kFixed, .fixed = std::move(value)}; }
Entitlement PerUnit(std::int64_t amount, std::int64_t at_least) {
  return {.form = Form::kPerQuantity, .amount = L(amount), .at_least = at_least};
}
Entitlement Add(Limit amount) { return {.form = Form::kAdd, .amount = amount}; }
Entitlement AddPerUnit(std::int64_t amount) { return {.form = Form::kAddPerQuantity, .amount = L(amount)}; }

Generosity Reversed(Generosity generosity) { return 0 <=> generosity; }

struct EntitlementCase {
  const char* name;
  FeatureType type;
  std::optional<Entitlement> before;
  std::optional<Entitlement> after;
  Generosity expect;
};

TEST(CompareEntitlements, AtEveryQuantity) {
  const EntitlementCase cases[] = {
      {"Nothing", FeatureType::kLimit, std::nullopt, std::nullopt, kSame},
      {"SomethingIsMore", FeatureType::kLimit, std::nullopt, Fixed(L(1)), kMore},
      {"ZeroIsNothing", FeatureType::kLimit, std::nullopt, Fixed(L(0)), kSame},
      {"FalseIsNothing", FeatureType::kBoolean, std::nullopt, Fixed(false), kSame},
      {"ALevelIsSomething", FeatureType::kLevel, std::nullopt, Fixed(Level{"low"}), kMore},
      {"UnlimitedIsMore", FeatureType::kLimit, Fixed(L(9)), Fixed(kUnlimited), kMore},
      {"UnlimitedIsMoreThanPerUnit", FeatureType::kLimit, PerUnit(5, 9), Fixed(kUnlimited), kMore},
      {"TheFloorIsWhatWasFixed", FeatureType::kLimit, Fixed(L(3)), PerUnit(1, 3), kMore},
      {"TheFloorIsLess", FeatureType::kLimit, Fixed(L(3)), PerUnit(1, 2), kNeither},
      {"MorePerUnitFromALowerFloor", FeatureType::kLimit, PerUnit(1, 3), PerUnit(2, 2), kNeither},
      {"MorePerUnit", FeatureType::kLimit, PerUnit(1, 3), PerUnit(2, 3), kMore},
      {"MeteredBothUp", FeatureType::kMetered, Fixed(Metered{L(1), L(2)}), Fixed(Metered{L(2), L(2)}), kMore},
      {"MeteredApart", FeatureType::kMetered, Fixed(Metered{L(1), L(3)}), Fixed(Metered{L(2), L(2)}), kNeither},
      {"AddsMore", FeatureType::kMetered, Add(L(1)), Add(L(2)), kMore},
      {"AddsWithoutEnd", FeatureType::kLimit, AddPerUnit(7), Add(kUnlimited), kMore},
      {"AddsOnceOrForEach", FeatureType::kLimit, Add(L(5)), AddPerUnit(5), kNeither},
      {"LevelUp", FeatureType::kLevel, Fixed(Level{"low"}), Fixed(Level{"high"}), kMore},
      {"LevelNobodyKnows", FeatureType::kLevel, Fixed(Level{"low"}), Fixed(Level{"odd"}), kNeither},
      {"SetsApart", FeatureType::kSet, Fixed(ValueSet{{"a"}}), Fixed(ValueSet{{"b"}}), kNeither},
      {"SetGrows", FeatureType::kSet, Fixed(ValueSet{{"a"}}), Fixed(ValueSet{{"a", "b"}}), kMore},
  };
  for (const EntitlementCase& row : cases) {
    SCOPED_TRACE(row.name);
    Feature feature;
    feature.type = row.type;
    feature.levels = {"low", "high"};
    EXPECT_TRUE(CompareEntitlements(feature, row.before, feature, row.after) == row.expect);
    EXPECT_TRUE(CompareEntitlements(feature, row.after, feature, row.before) == Reversed(row.expect));
  }
}

TEST(CompareEntitlements, PlacesALevelByWhoKnowsIt) {
  Feature before;
  before.type = FeatureType::kLevel;
  before.levels = {"low", "high"};
  Feature after = before;
  after.levels = {"basic", "low", "high"};
  EXPECT_TRUE(CompareEntitlements(before, Fixed(Level{"low"}), after, Fixed(Level{"basic"})) == kLess);
  after.levels = {"high", "low"};
  EXPECT_TRUE(CompareEntitlements(before, Fixed(Level{"low"}), after, Fixed(Level{"high"})) == kNeither);
  after.levels = {"gold"};
  EXPECT_TRUE(CompareEntitlements(before, Fixed(Level{"low"}), after, Fixed(Level{"gold"})) == kNeither);
  after.type = FeatureType::kLimit;
  EXPECT_TRUE(CompareEntitlements(before, Fixed(Level{"low"}), after, Fixed(L(1))) == kNeither);
}

struct DurationCase {
  const char* before;
  const char* after;
  Generosity expect;
};

TEST(CompareDurations, WhateverDayTheMonthsBeginOn) {
  const DurationCase cases[] = {
      {"1h", "60m", kSame},     {"1y", "12mo", kSame},    {"7d", "14d", kMore},
      {"27d", "1mo", kMore},    {"28d", "1mo", kNeither}, {"30d", "1mo", kNeither},
      {"31d", "1mo", kNeither}, {"32d", "1mo", kLess},    {"1y", "13mo", kMore},
  };
  for (const DurationCase& row : cases) {
    SCOPED_TRACE(std::string(row.before) + " " + row.after);
    EXPECT_TRUE(CompareDurations(*ParseDuration(row.before), *ParseDuration(row.after)) == row.expect);
    EXPECT_TRUE(CompareDurations(*ParseDuration(row.after), *ParseDuration(row.before)) == Reversed(row.expect));
  }
}

TEST(Together, MoreAndLessIsNeither) {
  EXPECT_TRUE(Together(kMore, kSame) == kMore);
  EXPECT_TRUE(Together(kSame, kLess) == kLess);
  EXPECT_TRUE(Together(kMore, kMore) == kMore);
  EXPECT_TRUE(Together(kMore, kLess) == kNeither);
  EXPECT_TRUE(Together(kNeither, kMore) == kNeither);
  EXPECT_TRUE(Together(kSame, kSame) == kSame);
}

}  // namespace
}  // namespace usher
