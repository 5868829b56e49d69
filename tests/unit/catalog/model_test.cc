#include "catalog/model.h"

#include <limits>

#include <gtest/gtest.h>

namespace usher {
namespace {

using Form = Entitlement::Form;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

Limit L(std::int64_t amount) { return {.amount = amount}; }
Metered M(Limit included, Limit cap) { return {.included = included, .cap = cap}; }
ValueSet S(std::vector<std::string> values) { return {.values = std::move(values)}; }

Feature Of(FeatureType type, Merge merge = Merge::kMax) {
  Feature feature;
  feature.id = FeatureId("f");
  feature.type = type;
  feature.merge = merge;
  feature.levels = {"community", "standard", "priority"};
  return feature;
}

struct ValueAtCase {
  const char* name;
  Entitlement entitlement;
  std::int64_t quantity_milli;
  Value expect;
};

TEST(ValueAt, Rules) {
  const ValueAtCase cases[] = {
      {"FixedIgnoresTheQuantity", {.form = Form::kFixed, .fixed = L(5)}, 9000, L(5)},
      {"PerQuantityMultiplies", {.form = Form::kPerQuantity, .amount = L(2)}, 3000, L(6)},
      {"AtLeastHolds", {.form = Form::kPerQuantity, .amount = L(1), .at_least = 3}, 1000, L(3)},
      {"AtLeastDoesNotCap", {.form = Form::kPerQuantity, .amount = L(1), .at_least = 3}, 8000, L(8)},
      {"FractionsRoundDown", {.form = Form::kPerQuantity, .amount = L(1)}, 2500, L(2)},
      {"FractionsMultiplyBeforeRounding", {.form = Form::kPerQuantity, .amount = L(10)}, 2550, L(25)},
      {"QuantityZeroGivesTheFloor", {.form = Form::kPerQuantity, .amount = kUnlimited, .at_least = 2}, 0, L(2)},
      {"NegativeQuantityIsZero", {.form = Form::kAddPerQuantity, .amount = L(10)}, -1000, L(0)},
      {"ProductsSaturate", {.form = Form::kPerQuantity, .amount = L(kMost)}, kMost, L(kMost)},
      {"UnlimitedPerQuantity", {.form = Form::kPerQuantity, .amount = kUnlimited}, 1000, kUnlimited},
      {"AddIgnoresTheQuantity", {.form = Form::kAdd, .amount = L(4)}, 7000, L(4)},
      {"AddPerQuantityMultiplies", {.form = Form::kAddPerQuantity, .amount = L(10)}, 2000, L(20)},
  };
  for (const ValueAtCase& row : cases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(ValueAt(row.entitlement, row.quantity_milli), row.expect);
  }
}

struct CombineCase {
  const char* name;
  Feature feature;
  Value a;
  Value b;
  Value larger;
  Value merged;
};

TEST(LargerAndMerge, AreSymmetricAndFollowTheType) {
  const CombineCase cases[] = {
      {"Boolean", Of(FeatureType::kBoolean, Merge::kAny), true, false, true, true},
      {"LimitMax", Of(FeatureType::kLimit, Merge::kMax), L(2), L(3), L(3), L(3)},
      {"LimitSum", Of(FeatureType::kLimit, Merge::kSum), L(2), L(3), L(3), L(5)},
      {"UnlimitedAbsorbs", Of(FeatureType::kLimit, Merge::kSum), kUnlimited, L(3), kUnlimited, kUnlimited},
      {"MeteredMaxIsByPart", Of(FeatureType::kMetered, Merge::kMax), M(L(1), L(9)), M(L(2), L(3)), M(L(2), L(9)),
       M(L(2), L(9))},
      {"MeteredSum", Of(FeatureType::kMetered, Merge::kSum), M(L(1), kUnlimited), M(L(2), L(3)), M(L(2), kUnlimited),
       M(L(3), kUnlimited)},
      {"LevelByPlaceNotByName", Of(FeatureType::kLevel, Merge::kMax), Level{"standard"}, Level{"community"},
       Level{"standard"}, Level{"standard"}},
      {"AnUnknownLevelNeverWins", Of(FeatureType::kLevel, Merge::kMax), Level{"zzz"}, Level{"community"},
       Level{"community"}, Level{"community"}},
      {"SetUnion", Of(FeatureType::kSet, Merge::kUnion), S({"eu", "us"}), S({"apac", "eu"}), S({"apac", "eu", "us"}),
       S({"apac", "eu", "us"})},
  };
  for (const CombineCase& row : cases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Larger(row.feature, row.a, row.b), row.larger);
    EXPECT_EQ(Larger(row.feature, row.b, row.a), row.larger);
    EXPECT_EQ(MergeValues(row.feature, row.a, row.b), row.merged);
    EXPECT_EQ(MergeValues(row.feature, row.b, row.a), row.merged);
  }
}

struct AddOnCase {
  const char* name;
  Feature feature;
  Value base;
  Value add;
  Value expect;
};

TEST(AddOnTop, NumbersAddWhateverTheMergeAndOtherTypesMerge) {
  const AddOnCase cases[] = {
      {"LimitAddsUnderMax", Of(FeatureType::kLimit, Merge::kMax), L(20), L(10), L(30)},
      {"UnlimitedStays", Of(FeatureType::kLimit, Merge::kMax), kUnlimited, L(10), kUnlimited},
      {"MeteredAddsToBothParts", Of(FeatureType::kMetered), M(L(100), L(500)), L(10), M(L(110), L(510))},
      {"MeteredWithItsOwnParts", Of(FeatureType::kMetered), M(L(100), kUnlimited), M(L(10), L(10)),
       M(L(110), kUnlimited)},
      {"Boolean", Of(FeatureType::kBoolean, Merge::kAny), false, true, true},
      {"Level", Of(FeatureType::kLevel), Level{"priority"}, Level{"standard"}, Level{"priority"}},
      {"Set", Of(FeatureType::kSet, Merge::kUnion), S({"eu"}), S({"us"}), S({"eu", "us"})},
  };
  for (const AddOnCase& row : cases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(AddOnTop(row.feature, row.base, row.add), row.expect);
  }
}

TEST(PermitsAnything, IsFalseForNothingOnly) {
  EXPECT_FALSE(PermitsAnything(false));
  EXPECT_FALSE(PermitsAnything(L(0)));
  EXPECT_FALSE(PermitsAnything(M(L(0), L(0))));
  EXPECT_FALSE(PermitsAnything(S({})));
  EXPECT_TRUE(PermitsAnything(true));
  EXPECT_TRUE(PermitsAnything(L(1)));
  EXPECT_TRUE(PermitsAnything(kUnlimited));
  EXPECT_TRUE(PermitsAnything(M(L(0), L(1))));
  EXPECT_TRUE(PermitsAnything(Level{"community"}));
  EXPECT_TRUE(PermitsAnything(S({"eu"})));
}

TEST(Find, IsExactAndKeepsTheEnvironmentsApart) {
  Catalog catalog;
  catalog.features.resize(2);
  catalog.features[0].id = FeatureId("projects");
  catalog.features[1].id = FeatureId("sso");
  catalog.live_prices.resize(1);
  catalog.live_prices[0].id = PriceId("price_a");
  catalog.test_prices.resize(1);
  catalog.test_prices[0].id = PriceId("price_b");
  EXPECT_EQ(FindFeature(catalog, "sso"), 1u);
  EXPECT_EQ(FindFeature(catalog, "ss"), std::nullopt);
  EXPECT_EQ(FindFeature(catalog, "SSO"), std::nullopt);
  EXPECT_EQ(FindPlan(catalog, "growth@1"), std::nullopt);
  EXPECT_EQ(FindAddOn(catalog, "growth@1"), std::nullopt);
  EXPECT_EQ(FindPrice(catalog, true, "price_a"), &catalog.live_prices[0]);
  EXPECT_EQ(FindPrice(catalog, false, "price_a"), nullptr);
  EXPECT_EQ(FindPrice(catalog, true, "price_b"), nullptr);
}

}  // namespace
}  // namespace usher
