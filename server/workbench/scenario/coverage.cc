#include "server/workbench/scenario/coverage.h"

#include <algorithm>
#include <set>

#include "server/workbench/scenario/run.h"

namespace usher {
namespace {

// Adds the prices that a fact names.
struct PricesOf {
  std::set<std::string>& prices;

  void operator()(const InvoiceFact& invoice) const {
    for (const InvoiceLine& line : invoice.lines) prices.insert(line.price.str());
  }
  void operator()(const SubscriptionFact& subscription) const {
    for (const SubscriptionItem& item : subscription.items) prices.insert(item.price.str());
  }
  void operator()(const CheckoutSessionFact& session) const { prices.insert(session.price.str()); }
  void operator()(const PaymentIntentFact& intent) const { prices.insert(intent.price.str()); }
  void operator()(const OutcomeFact& outcome) const { prices.insert(outcome.price.str()); }
  void operator()(const auto&) const {}
};

struct Touched {
  std::set<Coverage::Cell> cells;
  std::set<std::string> prices[2];  // test, live
};

void Touch(const Scenario& scenario, const Catalog& catalog, Touched& touched) {
  PlayScenario(scenario, catalog, [&](const StepView& view) {
    for (const FeatureExpectation& expected : view.step.features) {
      for (const std::size_t plan : SegmentAt(view.timeline, view.at).plans) {
        touched.cells.insert({.plan = plan, .feature = expected.request.feature});
      }
    }
    const PricesOf add{touched.prices[scenario.livemode ? 1 : 0]};
    for (const Fact& fact : view.facts) std::visit(add, fact.content);
    return true;
  });
}

}  // namespace

bool IsSold(const Catalog& catalog, std::size_t plan) {
  const auto sells = [&](const Price& price) {
    const auto* sold = std::get_if<Price::SellsPlan>(&price.sells);
    return sold != nullptr && sold->plan == plan;
  };
  return std::ranges::any_of(catalog.live_prices, sells) || std::ranges::any_of(catalog.test_prices, sells);
}

bool CanBeHad(const Catalog& catalog, std::size_t plan) {
  if (IsSold(catalog, plan)) return true;
  const auto is_default = [&](const Group& group) { return group.default_plan == plan; };
  if (std::ranges::any_of(catalog.groups, is_default)) return true;
  for (std::size_t other = 0; other < catalog.plans.size(); ++other) {
    const std::optional<TrialPolicy>& trial = catalog.plans[other].trial;
    if (trial && trial->grants == plan && IsSold(catalog, other)) return true;
  }
  return false;
}

Coverage CoverageOf(const Catalog& catalog, std::span<const Scenario> scenarios, bool exempt_legacy) {
  Touched touched;
  for (const Scenario& scenario : scenarios) Touch(scenario, catalog, touched);
  Coverage coverage;
  for (std::size_t plan = 0; plan < catalog.plans.size(); ++plan) {
    if (!CanBeHad(catalog, plan)) continue;
    for (std::size_t feature = 0; feature < catalog.features.size(); ++feature) {
      ++coverage.cells;
      const Coverage::Cell cell{.plan = plan, .feature = feature};
      if (!touched.cells.contains(cell)) coverage.missing_cells.push_back(cell);
    }
  }
  for (const bool livemode : {true, false}) {
    for (const Price& price : livemode ? catalog.live_prices : catalog.test_prices) {
      if (exempt_legacy && price.status != PriceStatus::kCurrent) continue;
      ++coverage.prices;
      if (touched.prices[livemode ? 1 : 0].contains(price.id.str())) continue;
      coverage.missing_prices.push_back((livemode ? "live " : "test ") + price.id.str());
    }
  }
  return coverage;
}

}  // namespace usher
