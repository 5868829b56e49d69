// The catalog that the repository ships: it loads without a finding, and means what the story told with it says.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "catalog/parse/load.h"

namespace usher {
namespace {

LoadResult LoadShipped() {
  std::ifstream file("plans.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return LoadCatalog({{.name = "plans.yaml", .text = text.str()}});
}

TEST(PlansYaml, LoadsWithoutAFinding) {
  const LoadResult loaded = LoadShipped();
  for (const Finding& finding : loaded.findings) ADD_FAILURE() << FormatFinding(finding);
  ASSERT_NE(loaded.catalog, nullptr);
}

TEST(PlansYaml, UsesEveryFeatureType) {
  const LoadResult loaded = LoadShipped();
  ASSERT_NE(loaded.catalog, nullptr);
  for (const FeatureType type :
       {FeatureType::kBoolean, FeatureType::kLimit, FeatureType::kMetered, FeatureType::kLevel, FeatureType::kSet}) {
    bool used = false;
    for (const Feature& feature : loaded.catalog->features) used = used || feature.type == type;
    EXPECT_TRUE(used) << static_cast<int>(type);
  }
}

TEST(PlansYaml, TellsTheStory) {
  const LoadResult loaded = LoadShipped();
  ASSERT_NE(loaded.catalog, nullptr);
  const Catalog& catalog = *loaded.catalog;
  const std::optional<std::size_t> sso = FindFeature(catalog, "sso");
  ASSERT_TRUE(sso);
  struct Row {
    const char* price;
    const char* plan;
    bool has_sso;
  };
  for (const Row& row :
       {Row{"price_1TestStarterMonthly", "starter@1", false}, Row{"price_1TestGrowthMonthly", "growth@2", true},
        Row{"price_1TestEnterprise", "enterprise@1", true}}) {
    SCOPED_TRACE(row.price);
    const Price* price = FindPrice(catalog, false, row.price);
    ASSERT_NE(price, nullptr);
    const auto* sells = std::get_if<Price::SellsPlan>(&price->sells);
    ASSERT_NE(sells, nullptr);
    const Plan& plan = catalog.plans[sells->plan];
    EXPECT_EQ(plan.id.str(), row.plan);
    EXPECT_EQ(plan.entitlements[*sso].has_value(), row.has_sso);
  }
  const std::optional<std::size_t> free_plan = FindPlan(catalog, "free@1");
  ASSERT_TRUE(free_plan);
  EXPECT_EQ(catalog.groups[catalog.plans[*free_plan].group].default_plan, free_plan);
  EXPECT_FALSE(catalog.plans[*free_plan].entitlements[*sso]);
}

}  // namespace
}  // namespace usher
