#include "tests/unit/workbench/scenario/scenario_world.h"

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "catalog/parse/load.h"
#include "tests/support/stripe/stripe_events.h"

namespace usher::testing {
namespace {

constexpr char kCatalog[] = R"(apiVersion: usher/v1
catalog: world
features:
  sso: { type: boolean }
  projects: { type: limit, merge: max }
  calls: { type: metered, merge: sum }
  support: { type: level, levels: [low, high] }
  regions: { type: set, values: [eu, us] }
groups: { main: { default_plan: free@1 } }
plans:
  free@1: { entitlements: { projects: 1 }, member_roles: { owner: viewer } }
  pro@1:
    includes: free@1
    entitlements: { projects: 10, sso: true, calls: { included: 100, cap: 500 }, support: high, regions: [eu] }
    member_roles: { owner: admin }
    trial: { grants: free@1, length: 14d }
  top@1: { includes: pro@1, entitlements: { projects: unlimited } }
add_ons:
  more@1: { for: [pro], entitlements: { projects: { add_per_quantity: 5 } } }
prices:
  live:
    pro_month: { plan: pro@1, interval: month }
    pro_year: { plan: pro@1, interval: year }
    top_month: { plan: top@1, interval: month }
    pro_used: { plan: pro@1, interval: month, arrears: true }
    pro_plain: { plan: pro@1 }
    pro_old: { plan: pro@1, interval: month, status: legacy }
    more_month: { add_on: more@1, interval: month }
    pass: { plan: pro@1, interval: once, grants_for: 7d }
    advice: { ignore: it grants nothing }
  test:
    test_month: { plan: pro@1, interval: month }
    test_more: { add_on: more@1, interval: month }
member_kinds: { owner: {} }
roles:
  viewer: { permissions: [read] }
  admin: { permissions: [read, write] }
permissions: { read: {}, write: { requires: sso } }
)";

absl::StatusOr<std::string> EventFile(const std::string& scenario_file, const std::string& path) {
  const stripe_test::Invoice invoice{
      .payment_intent = "pi_1",
      .charge = "ch_1",
      .lines = {stripe_test::Line{.price = "test_month", .start = 1767225600, .end = 1769904000}}};
  stripe_test::StripeEvents events(stripe_test::Family::kBasil);
  if (path == "paid.json") {
    stripe_test::Invoice paid = invoice;
    paid.status = "paid";
    paid.paid_at = 1767225600;
    return events.Event("invoice.paid", 1767225600, paid);
  }
  if (path == "subscribed.json") {
    return events.Event("customer.subscription.created", 1767225600,
                        stripe_test::Subscription{.items = {{.price = "test_month"}}, .tenant = "acme"});
  }
  if (path == "useless.json") return std::string("{}");
  return NotFound("no file " + path + " beside " + scenario_file);
}

}  // namespace

const CatalogPtr& ScenarioCatalog() {
  static const CatalogPtr catalog = [] {
    const LoadResult loaded = LoadCatalog({{.name = "world.yaml", .text = kCatalog}});
    for (const Finding& finding : loaded.findings) {
      if (finding.severity == Severity::kError) ADD_FAILURE() << FormatFinding(finding);
    }
    return loaded.catalog;
  }();
  return catalog;
}

ScenarioLoadResult LoadText(const std::string& text) {
  return LoadScenarios({{.name = "s.yaml", .text = text}}, *ScenarioCatalog(), EventFile);
}

std::string WithSteps(const std::string& steps) {
  return "scenarios:\n  - name: s\n    start: 2026-01-01T00:00:00Z\n    steps:\n" + steps;
}

std::vector<Scenario> Loaded(const std::string& text) {
  ScenarioLoadResult result = LoadText(text);
  for (const Finding& finding : result.findings) ADD_FAILURE() << FormatFinding(finding);
  return std::move(result.scenarios);
}

}  // namespace usher::testing
