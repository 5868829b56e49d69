#include "server/workbench/scenario/coverage.h"

#include <gtest/gtest.h>

#include "tests/unit/workbench/scenario/scenario_world.h"

namespace usher::testing {
namespace {

Coverage Of(const std::string& steps, bool exempt_legacy = false) {
  return CoverageOf(*ScenarioCatalog(), Loaded(WithSteps(steps)), exempt_legacy);
}

bool IsMissing(const Coverage& coverage, const char* plan, const char* feature) {
  const Coverage::Cell cell{.plan = *FindPlan(*ScenarioCatalog(), plan),
                            .feature = *FindFeature(*ScenarioCatalog(), feature)};
  return std::ranges::find(coverage.missing_cells, cell) != coverage.missing_cells.end();
}

TEST(Coverage, CountsCellsOfPlansAndPricesOfBothEnvironments) {
  const Coverage coverage = Of("      - { at: +0s, expect: { projects: 1 } }\n");
  EXPECT_EQ(coverage.cells, 15u);
  EXPECT_EQ(coverage.prices, 11u);
  EXPECT_EQ(coverage.missing_cells.size(), 14u);
  EXPECT_FALSE(IsMissing(coverage, "free@1", "projects"));
  EXPECT_EQ(coverage.missing_prices.size(), 11u);
  EXPECT_EQ(coverage.missing_prices.front(), "live advice");
  EXPECT_EQ(coverage.missing_prices.back(), "test test_more");
  EXPECT_EQ(coverage.Hundredths(), 384u);
}

TEST(Coverage, ACellIsTouchedWhileItsPlanGivesValue) {
  const Coverage coverage =
      Of("      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
         "      - { at: +1d, expect: { regions: [eu] } }\n"
         "      - { at: +2d, refund: { subscription: s }, expect: { sso: none } }\n");
  EXPECT_FALSE(IsMissing(coverage, "pro@1", "regions"));
  EXPECT_TRUE(IsMissing(coverage, "pro@1", "sso"));
  EXPECT_FALSE(IsMissing(coverage, "free@1", "sso"));
}

TEST(Coverage, APriceIsTouchedByAVerbBeforeAnExpectation) {
  const Coverage asked =
      Of("      - { at: +0s, pay: { payment: p, price: pass } }\n      - { at: +1d, expect: { sso: true } }\n");
  EXPECT_EQ(asked.missing_prices.size(), 10u);
  const Coverage unasked =
      Of("      - { at: +0s, expect: { sso: false } }\n      - { at: +0s, pay: { payment: p, price: pass } }\n");
  EXPECT_EQ(unasked.missing_prices.size(), 11u);
}

TEST(Coverage, LegacyPricesAreExemptWhenAsked) {
  EXPECT_EQ(Of("      - { at: +0s, expect: { sso: false } }\n", true).prices, 10u);
}

}  // namespace
}  // namespace usher::testing
