#include "tests/unit/core/core_catalog.h"

#include <algorithm>
#include <utility>

namespace usher::testing {
namespace {

Feature FeatureOf(std::string id, FeatureType type, Merge merge) {
  Feature feature;
  feature.id = FeatureId(std::move(id));
  feature.type = type;
  feature.merge = merge;
  return feature;
}

Entitlement Fixed(Value value) {
  Entitlement entitlement;
  entitlement.fixed = std::move(value);
  return entitlement;
}

Plan PlanOf(std::string name, int version, std::size_t group) {
  Plan plan;
  plan.id = PlanId(name + "@" + std::to_string(version));
  plan.name = std::move(name);
  plan.version = version;
  plan.group = group;
  plan.entitlements.resize(6);
  return plan;
}

Plan Growth() {
  Plan growth = PlanOf("growth", 2, 1);
  growth.entitlements[kApi] = Fixed(Metered{.included = {.amount = 100}, .cap = {.amount = 500}});
  growth.entitlements[kProjects] = Fixed(Limit{.amount = 25});
  growth.entitlements[kRegions] = Fixed(ValueSet{.values = {"eu", "us"}});
  growth.entitlements[kSeats] = Fixed(Limit{.amount = 10});
  growth.entitlements[kSso] = Fixed(true);
  growth.entitlements[kSupport] = Fixed(Level{.name = "standard"});
  TrialPolicy trial;
  trial.grants = kStarterPlan;
  trial.length = {.months = 0, .exact = std::chrono::hours(14 * 24)};
  growth.trial = trial;
  return growth;
}

Plan Starter() {
  Plan starter = PlanOf("starter", 1, 1);
  starter.entitlements[kProjects] = Fixed(Limit{.amount = 5});
  Entitlement seats;
  seats.form = Entitlement::Form::kPerQuantity;
  seats.amount = {.amount = 1};
  seats.at_least = 3;
  starter.entitlements[kSeats] = seats;
  return starter;
}

std::vector<Price> Prices() {
  const auto price = [](const char* id, auto sells) {
    Price made;
    made.id = PriceId(id);
    made.sells = sells;
    return made;
  };
  Price growth = price("growth", PriceSellsPlan{kGrowthPlan});
  Price insight = price("insight", PriceSellsPlan{kInsightPlan});
  Price lifetime = price("lifetime", PriceSellsPlan{kGrowthPlan});
  lifetime.once = OnceTerm{.forever = true, .length = {}};
  Price more = price("more", PriceSellsAddOn{0});
  Price pass = price("pass", PriceSellsPlan{kGrowthPlan});
  pass.once = OnceTerm{.forever = false, .length = {.months = 0, .exact = std::chrono::hours(30 * 24)}};
  Price payg = price("payg", PriceSellsPlan{kInsightPlan});
  payg.arrears = true;
  Price starter = price("starter", PriceSellsPlan{kStarterPlan});
  Price storage = price("storage", PriceIgnored{"billed by use"});
  return {growth, insight, lifetime, more, pass, payg, starter, storage};
}

}  // namespace

CatalogPtr CoreCatalog(const std::function<void(Catalog&)>& change) {
  auto catalog = std::make_shared<Catalog>();
  catalog->groups = {{.name = "analytics", .default_plan = std::nullopt}, {.name = "main", .default_plan = kFreePlan}};
  catalog->features = {
      FeatureOf("api", FeatureType::kMetered, Merge::kSum),   FeatureOf("projects", FeatureType::kLimit, Merge::kMax),
      FeatureOf("regions", FeatureType::kSet, Merge::kUnion), FeatureOf("seats", FeatureType::kLimit, Merge::kSum),
      FeatureOf("sso", FeatureType::kBoolean, Merge::kAny),   FeatureOf("support", FeatureType::kLevel, Merge::kMax)};
  catalog->features[kRegions].set_values = {"apac", "eu", "us"};
  catalog->features[kSupport].levels = {"community", "standard", "priority"};
  catalog->features[kSupport].on_suspended = OnSuspended::kAllow;

  Plan free = PlanOf("free", 1, 1);
  free.entitlements[kProjects] = Fixed(Limit{.amount = 1});
  Plan insight = PlanOf("insight", 1, 0);
  insight.entitlements[kProjects] = Fixed(Limit{.amount = 7});
  insight.entitlements[kRegions] = Fixed(ValueSet{.values = {"apac"}});
  catalog->plans = {free, Growth(), insight, Starter()};

  AddOn extra;
  extra.id = AddOnId("extra@1");
  extra.name = "extra";
  extra.version = 1;
  extra.for_plans = {"growth", "starter"};
  extra.max_quantity = 2;
  extra.entitlements.resize(6);
  Entitlement ten_each;
  ten_each.form = Entitlement::Form::kAddPerQuantity;
  ten_each.amount = {.amount = 10};
  extra.entitlements[kProjects] = ten_each;
  catalog->add_ons = {extra};

  catalog->live_prices = Prices();
  catalog->test_prices = Prices();
  if (change) change(*catalog);
  return catalog;
}

CatalogPtr WithPolicy(const std::function<void(PaymentPolicy&)>& change) {
  return CoreCatalog([&](Catalog& catalog) {
    change(catalog.policy);
    for (Plan& plan : catalog.plans) change(plan.policy);
  });
}

}  // namespace usher::testing
