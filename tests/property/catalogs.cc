#include "tests/property/catalogs.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalog/parse/load.h"

namespace usher::property {
namespace {

constexpr const char* kPackaging = R"(
apiVersion: usher/v1
catalog: property-world
groups:
  analytics: {}
  core: { default_plan: free@1 }
  labs: { default_plan: lab_free@1 }
features:
  audit:     { type: boolean, on_suspended: allow }
  sso:       { type: boolean }
  projects:  { type: limit, unit: project, merge: max }
  seats:     { type: limit, unit: user, merge: sum }
  api_calls: { type: metered, unit: call, merge: sum, reset: month }
  storage:   { type: metered, unit: gigabyte, merge: max, reset: never }
  support:   { type: level, levels: [community, standard, priority], on_suspended: allow }
  regions:   { type: set, values: [eu, us, apac] }
plans:
  free@1:     { title: Free, group: core, entitlements: { projects: 1, seats: 1, support: community } }
  starter@1:
    title: Starter
    group: core
    includes: free@1
    entitlements: { projects: 5, seats: { per_quantity: 1, at_least: 3 }, storage: 10 }
  growth@1:   { title: Growth, group: core, includes: starter@1, entitlements: { projects: 20, sso: true } }
  growth@2:
    title: Growth
    group: core
    includes: starter@1
    entitlements:
      projects: 25
      seats: { per_quantity: 2, at_least: 1 }
      api_calls: { included: 1000, cap: 5000 }
      sso: true
      audit: true
      support: standard
      regions: [eu, us]
    trial: { grants: starter@1, length: 14d, once_per: tenant, requires_payment_method: false }
  enterprise@1:
    title: Enterprise
    group: core
    includes: growth@2
    entitlements: { projects: unlimited, seats: unlimited, support: priority, regions: [eu, us, apac] }
    trial: { grants: enterprise@1, length: 14d, once_per: subscription, requires_payment_method: true }
  insight@1:  { title: Insight, group: analytics, entitlements: { regions: [apac], api_calls: { included: 500, cap: unlimited } } }
  insight@2:
    title: Insight
    group: analytics
    includes: insight@1
    entitlements: { storage: { included: 5, cap: 50 }, audit: true }
    trial: { grants: insight@1, length: 7d, once_per: tenant, requires_payment_method: true }
  lab_free@1: { title: Lab, group: labs, entitlements: { regions: [eu], seats: 1, api_calls: 5 } }
  lab_pro@1:
    title: Lab Pro
    group: labs
    entitlements: { regions: [us], seats: 5, sso: true, storage: { included: 20, cap: 20 }, support: standard }
add_ons:
  calls_pack@1:     { title: Calls, for: [growth, insight], entitlements: { api_calls: { add: 100 } } }
  comfort@1:        { title: Comfort, for: [starter, growth], entitlements: { sso: true, support: priority, regions: [apac] } }
  extra_projects@1: { title: Projects, for: [growth, starter], max_quantity: 3, entitlements: { projects: { add_per_quantity: 10 } } }
  extra_seat@1:     { title: Seats, for: [growth], entitlements: { seats: { add_per_quantity: 1 }, storage: { add: 1 } } }
prices:
  live: &
  test: &
)";

// Each price of the packaging, under a name; the id carries the environment before it.
constexpr const char* kPrices[] = {
    "starter:    { plan: starter@1, interval: month }",
    "growth_old: { plan: growth@1, status: legacy, interval: month }",
    "growth:     { plan: growth@2, interval: month }",
    "enterprise: { plan: enterprise@1, interval: year }",
    "insight_1:  { plan: insight@1, interval: month }",
    "insight:    { plan: insight@2, interval: month }",
    "lab:        { plan: lab_pro@1, interval: month }",
    "projects:   { add_on: extra_projects@1 }",
    "seat:       { add_on: extra_seat@1 }",
    "comfort:    { add_on: comfort@1 }",
    "calls:      { add_on: calls_pack@1 }",
    "lifetime:   { plan: growth@2, interval: once, grants_for: forever }",
    "pass:       { plan: growth@1, interval: once, grants_for: 1mo }",
    "lab_day:    { plan: lab_pro@1, interval: once, grants_for: 24h }",
    "seat_once:  { add_on: extra_seat@1, interval: once, grants_for: 40d }",
    "payg:       { plan: insight@1, arrears: true }",
    "payg_core:  { plan: starter@1, arrears: true }",
    "meter:      { ignore: billed by use }",
};

std::string PackagingText() {
  std::string text = kPackaging;
  for (const char* environment : {"live", "test"}) {
    const std::string placeholder = "  " + std::string(environment) + ": &\n";
    std::string section = "  " + std::string(environment) + ":\n";
    for (const char* price : kPrices) section += "    " + std::string(environment) + "_" + price + "\n";
    text.replace(text.find(placeholder), placeholder.size(), section);
  }
  return text;
}

template <class Enum>
void Draw(std::mt19937_64& random, Enum usual, Enum other, Enum& value) {
  value = random() % 3 == 0 ? other : usual;
}

CalendarDuration DrawDuration(std::mt19937_64& random, std::initializer_list<CalendarDuration> choices) {
  return choices.begin()[random() % choices.size()];
}

constexpr CalendarDuration Hours(int hours) { return {.exact = std::chrono::hours(hours)}; }

PaymentPolicy DrawPolicy(std::mt19937_64& random) {
  PaymentPolicy policy;
  policy.renewal_leeway = DrawDuration(random, {Hours(72), Hours(72), Hours(1), Hours(0)});
  policy.dunning_grace = DrawDuration(random, {Hours(168), Hours(168), Hours(24), {.months = 1}, Hours(0)});
  policy.pending_timeout = DrawDuration(random, {Hours(24), Hours(24), Hours(1)});
  Draw(random, ZeroTotal::kPaid, ZeroTotal::kNone, policy.zero_total);
  Draw(random, RefundFull::kSuspend, RefundFull::kKeep, policy.refund_full);
  Draw(random, RefundPartial::kKeep, RefundPartial::kSuspend, policy.refund_partial);
  Draw(random, DisputeOpened::kSuspend, DisputeOpened::kKeep, policy.dispute_opened);
  Draw(random, DisputeInquiry::kKeep, DisputeInquiry::kSuspend, policy.dispute_inquiry);
  Draw(random, DisputeLost::kRevoke, DisputeLost::kKeep, policy.dispute_lost);
  Draw(random, ImmediateCancel::kRunOut, ImmediateCancel::kRevoke, policy.immediate_cancel);
  Draw(random, DeferredProration::kHold, DeferredProration::kGrant, policy.deferred_proration);
  Draw(random, NetTerms::kUntilDue, NetTerms::kOnPayment, policy.net_terms);
  Draw(random, Lapsed::kDefaultPlan, Lapsed::kBlock, policy.lapsed);
  Draw(random, UnmappedPrice::kKeepLast, UnmappedPrice::kNone, policy.unmapped_price);
  Draw(random, PausedCollection::kNoGrace, PausedCollection::kGrace, policy.paused_collection);
  return policy;
}

}  // namespace

const Catalog& PlainCatalog() {
  static const CatalogPtr catalog = [] {
    const LoadResult loaded = LoadCatalog({{.name = "property-world.yaml", .text = PackagingText()}});
    if (!loaded.catalog) {
      for (const Finding& finding : loaded.findings) ADD_FAILURE() << FormatFinding(finding);
    }
    return loaded.catalog;
  }();
  return *catalog;
}

Catalog CatalogWithDrawnPolicies(std::mt19937_64& random) {
  Catalog catalog = PlainCatalog();
  if (random() % 4 == 0) return catalog;
  catalog.policy = DrawPolicy(random);
  const bool one_for_all = random() % 2 == 0;
  for (Plan& plan : catalog.plans) {
    plan.policy = one_for_all ? catalog.policy : DrawPolicy(random);
    if (!plan.trial) continue;
    if (random() % 4 == 0)
      plan.trial->once_per = random() % 2 == 0 ? TrialOncePer::kTenant : TrialOncePer::kSubscription;
    if (random() % 4 == 0) plan.trial->requires_payment_method = random() % 2 == 0;
  }
  return catalog;
}

PriceId PriceNamed(bool livemode, const std::string& name) { return PriceId((livemode ? "live_" : "test_") + name); }

}  // namespace usher::property
