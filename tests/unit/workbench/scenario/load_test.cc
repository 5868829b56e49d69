// What is wrong with a scenario file: its code, its place, and what stands beside it.
#include "server/workbench/scenario/load.h"

#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "server/workbench/scenario/reading.h"
#include "server/workbench/scenario/scenario_shape.h"
#include "tests/unit/workbench/scenario/scenario_world.h"

namespace usher::testing {
namespace {

struct BadCase {
  const char* name;
  std::string text;
  std::string finding;  // how the first one begins
  std::string says;     // what it contains
};

class BadScenarios : public ::testing::TestWithParam<BadCase> {};

// `steps` begin at line 5, column 9; one more expects something.
BadCase Step(const char* name, const char* steps, const char* finding, const char* says = "") {
  return {name, WithSteps(std::string(steps) + "      - { at: +9y, expect: { sso: false } }\n"), finding, says};
}

const std::vector<BadCase> kBadCases = {
    {"Empty", "", "s.yaml:1:1: error USH0012", "scenarios:"},
    {"NotYaml", "scenarios: [", "s.yaml:1:", ""},
    {"UnknownTopKey", "scenarois: []\n", "s.yaml:1:1: error USH0101", "Did you mean \"scenarios\"?"},
    {"NoScenarios", "scenarios: []\n", "s.yaml:1:12: error USH0116", ""},
    {"NameMissing", "scenarios: [{ start: 2026-01-01T00:00:00Z, steps: [{ at: +0s, expect: { sso: true } }] }]",
     "s.yaml:1:13: error USH0102", "name"},
    {"NameTwice",
     "scenarios:\n"
     "  - { name: a, start: 2026-01-01T00:00:00Z, steps: [{ at: +0s, expect: { sso: false } }] }\n"
     "  - { name: a, start: 2026-01-01T00:00:00Z, steps: [{ at: +0s, expect: { sso: false } }] }\n",
     "s.yaml:3:13: error USH0509", "s.yaml:2:13"},
    {"StartNoInstant", "scenarios: [{ name: a, start: monday, steps: [{ at: +0s, expect: { sso: false } }] }]",
     "s.yaml:1:31: error USH0501", "2026-01-01T00:00:00Z"},
    {"ForEachPlanUnknown",
     "scenarios: [{ name: a, for_each: { price: { plan: prow@1 } }, start: 2026-01-01T00:00:00Z, steps: [{ at: +0s, "
     "expect: { sso: false } }] }]",
     "s.yaml:1:51: error USH0203", "Did you mean \"pro@1\"?"},
    {"ForEachMatchesNothing",
     "scenarios: [{ name: a, for_each: { price: { plan: top@1, interval: year } }, start: 2026-01-01T00:00:00Z, "
     "steps: [{ at: +0s, expect: { sso: false } }] }]",
     "s.yaml:1:43: error USH0504", ""},
    {"BothWithoutForEach",
     "scenarios: [{ name: a, environment: both, start: 2026-01-01T00:00:00Z, steps: [{ at: +0s, expect: { sso: false "
     "} }] }]",
     "s.yaml:1:37: error USH0117", "for_each"},
    Step("UnknownVerb", "      - { at: +0s, pya: { subscription: s } }\n", "s.yaml:5:20: error USH0101",
         "Did you mean \"pay\"?"),
    Step("SeveralVerbs",
         "      - at: +0s\n        pay: { subscription: s, price: pro_month }\n        refund: { subscription: s }\n",
         "s.yaml:7:9: error USH0505", "pay and refund"),
    Step("EmptyStep", "      - { at: +0s }\n", "s.yaml:5:9: error USH0506"),
    Step("TimeMissing", "      - { expect: { sso: false } }\n", "s.yaml:5:9: error USH0102", "\"at\""),
    Step("TimeMalformed", "      - { at: 10 days, expect: { sso: false } }\n", "s.yaml:5:15: error USH0501", "+10d"),
    Step("TimeWithoutUnit", "      - { at: \"+10\", expect: { sso: false } }\n", "s.yaml:5:15: error USH0501"),
    Step("MonthsGoForwardOnly", "      - { at: +1y-1mo, expect: { sso: false } }\n", "s.yaml:5:15: error USH0501"),
    Step("TimeBackwards", "      - { at: +2d, expect: { sso: false } }\n      - { at: +1d, expect: { sso: false } }\n",
         "s.yaml:6:15: error USH0502", "2026-01-02T00:00:00Z is before 2026-01-03T00:00:00Z"),
    Step("TimeBeforeTheStart", "      - { at: 2025-01-01T00:00:00Z, expect: { sso: false } }\n",
         "s.yaml:5:15: error USH0502", "the start"),
    Step("UnknownPrice", "      - { at: +0s, pay: { subscription: s, price: pro_moth } }\n",
         "s.yaml:5:51: error USH0503", "Did you mean \"pro_month\"?"),
    Step("PriceOfTheOtherEnvironment", "      - { at: +0s, pay: { subscription: s, price: test_month } }\n",
         "s.yaml:5:51: error USH0503", "environment"),
    Step("PriceWithoutForEach", "      - { at: +0s, pay: { subscription: s, price: $price } }\n",
         "s.yaml:5:51: error USH0503", "for_each"),
    Step("UnmappedPriceThatIsMapped", "      - { at: +0s, pay: { subscription: s, unmapped_price: pro_month } }\n",
         "s.yaml:5:60: error USH0117", "write price"),
    Step("NeitherSubscriptionNorPayment", "      - { at: +0s, pay: { price: pro_month } }\n",
         "s.yaml:5:25: error USH0118", "subscription, payment"),
    Step("SubscriptionAndPayment", "      - { at: +0s, refund: { subscription: s, payment: p } }\n",
         "s.yaml:5:28: error USH0118"),
    Step("PeriodOfAPayment", "      - { at: +0s, pay: { payment: p, price: pass, period: 1mo } }\n",
         "s.yaml:5:60: error USH0117", "period"),
    Step("DueByABank", "      - { at: +0s, pend: { subscription: s, price: pro_month, due: 1d, waits_for: bank } }\n",
         "s.yaml:5:83: error USH0117"),
    Step("UnknownFeature", "      - { at: +0s, expect: { projcts: 1 } }\n", "s.yaml:5:30: error USH0202",
         "Did you mean \"projects\"?"),
    Step("ValueOfOtherType", "      - { at: +0s, expect: { sso: 5 } }\n", "s.yaml:5:35: error USH0211",
         "true or false"),
    Step("UnknownLevel", "      - { at: +0s, expect: { support: hihg } }\n", "s.yaml:5:39: error USH0212",
         "Did you mean \"high\"?"),
    Step("UnknownSetValue", "      - { at: +0s, expect: { regions: [eu, uk] } }\n", "s.yaml:5:44: error USH0213"),
    Step("UnknownState", "      - { at: +0s, expect: { sso: { state: hold } } }\n", "s.yaml:5:44: error USH0104",
         "Did you mean \"held\"?"),
    Step("UnknownReason", "      - { at: +0s, expect: { sso: { reason: payed } } }\n", "s.yaml:5:45: error USH0104",
         "Did you mean \"paid\"?"),
    Step("UseWithoutAnswer", "      - { at: +0s, expect: { projects: { used: 5 } } }\n", "s.yaml:5:48: error USH0117",
         "allowed"),
    Step("ValueTwice", "      - { at: +0s, expect: { calls: { value: 5, included: 1, cap: 2 } } }\n",
         "s.yaml:5:37: error USH0117"),
    Step("UnknownMemberKind", "      - { at: +0s, expect_roles: { ower: viewer } }\n", "s.yaml:5:36: error USH0208",
         "Did you mean \"owner\"?"),
    Step("UnknownRole", "      - { at: +0s, expect_roles: { owner: viewr } }\n", "s.yaml:5:43: error USH0206",
         "Did you mean \"viewer\"?"),
    Step("UnknownPermission", "      - { at: +0s, expect_permissions: { owner: { raed: true } } }\n",
         "s.yaml:5:51: error USH0207", "Did you mean \"read\"?"),
    Step("OverrideOfTwoKinds", "      - { at: +0s, override: { feature: sso, set: true, deny: true } }\n",
         "s.yaml:5:30: error USH0118", "set, add, deny, remove"),
    Step("OverrideOfNoFeature", "      - { at: +0s, override: { deny: true } }\n", "s.yaml:5:30: error USH0102"),
    Step("OverrideOfOtherType", "      - { at: +0s, override: { feature: sso, set: 5 } }\n",
         "s.yaml:5:51: error USH0211"),
    Step("ChangeOfNothing", "      - { at: +0s, change: { subscription: s } }\n", "s.yaml:5:28: error USH0102"),
    Step("EventFileMissing", "      - { at: +0s, event: gone.json }\n", "s.yaml:5:27: error USH0508",
         "no file gone.json beside s.yaml"),
    Step("EventThatIsNone", "      - { at: +0s, event: useless.json }\n", "s.yaml:5:27: error USH0508",
         "FIELD_MISSING"),
    Step("EventOfTheOtherMode", "      - { at: +0s, event: paid.json }\n", "s.yaml:5:27: error USH0508",
         "FOREIGN_LIVEMODE"),
    {"EventAfterItsStep",
     "scenarios: [{ name: a, environment: test, start: 2025-01-01T00:00:00Z, steps: [{ at: +0s, event: paid.json, "
     "expect: "
     "{ sso: false } }] }]",
     "s.yaml:1:98: error USH0508", "after its step"},
    {"ExpectsNothing", WithSteps("      - { at: +0s, pay: { subscription: s, price: pro_month }, expect: {} }\n"),
     "s.yaml:2:5: error USH0510", ""},
    // What cannot happen.
    Step("RefundOfNothing", "      - { at: +0s, refund: { subscription: s } }\n", "s.yaml:5:20: error USH0507",
         "Nothing has been paid for subscription s"),
    Step("RefundOfMoreThanWasPaid",
         "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
         "      - { at: +0s, refund: { subscription: s, amount: 1001 } }\n",
         "s.yaml:6:20: error USH0507", "at most 1000"),
    Step("RefundAfterAllWasRefunded",
         "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
         "      - { at: +0s, refund: { subscription: s } }\n"
         "      - { at: +0s, refund: { subscription: s } }\n",
         "s.yaml:7:20: error USH0507", "refunded already"),
    Step("DisputeOfAFreeInvoice",
         "      - { at: +0s, pay: { subscription: s, price: pro_month, amount: 0 } }\n"
         "      - { at: +0s, dispute: { subscription: s } }\n",
         "s.yaml:6:20: error USH0507", "of nothing"),
    Step("DisputeTwice",
         "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
         "      - { at: +0s, dispute: { subscription: s } }\n"
         "      - { at: +0s, dispute: { subscription: s } }\n",
         "s.yaml:7:20: error USH0507", "disputed already"),
    Step("WinWithoutDispute",
         "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
         "      - { at: +0s, win: { subscription: s } }\n",
         "s.yaml:6:20: error USH0507", "No dispute"),
    Step("CancelOfNothing", "      - { at: +0s, cancel: { subscription: s, when: now } }\n",
         "s.yaml:5:20: error USH0507", "There is no subscription s"),
    Step("PayAfterCancel",
         "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
         "      - { at: +0s, cancel: { subscription: s, when: now } }\n"
         "      - { at: +1d, pay: { subscription: s } }\n",
         "s.yaml:7:20: error USH0507", "canceled"),
    Step("CancelAtTheEndOfNoPeriod",
         "      - { at: +0s, fail: { subscription: s, price: pro_month } }\n"
         "      - { at: +0s, cancel: { subscription: s, when: period_end } }\n",
         "s.yaml:6:20: error USH0507", "No paid period"),
    Step("PayForNothingKnown", "      - { at: +0s, pay: { subscription: s } }\n", "s.yaml:5:20: error USH0507",
         "name a price"),
    Step("PeriodUnknown", "      - { at: +0s, pay: { subscription: s, price: pro_plain } }\n",
         "s.yaml:5:20: error USH0507", "`period`"),
    Step("UpgradeOfNothing", "      - { at: +0s, pay: { subscription: s, price: pro_month, kind: upgrade } }\n",
         "s.yaml:5:20: error USH0507", "An upgrade"),
    Step("RenewalOfNothing", "      - { at: +0s, pay: { subscription: s, price: pro_month, kind: renewal } }\n",
         "s.yaml:5:20: error USH0507", "A renewal"),
    Step("OneOffAsASubscription", "      - { at: +0s, pay: { subscription: s, price: pass } }\n",
         "s.yaml:5:20: error USH0507", "`payment`"),
    Step("RenewingAsAPayment", "      - { at: +0s, pay: { payment: p, price: pro_month } }\n",
         "s.yaml:5:20: error USH0507", "`subscription`"),
    Step("PaymentTwice",
         "      - { at: +0s, pay: { payment: p, price: pass } }\n      - { at: +0s, pay: { payment: p } }\n",
         "s.yaml:6:20: error USH0507", "paid already"),
    Step("TrialOfAKnownSubscription",
         "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
         "      - { at: +0s, trial: { subscription: s, price: pro_month } }\n",
         "s.yaml:6:20: error USH0507", "begins a subscription"),
    Step("TrialWithoutLength", "      - { at: +0s, trial: { subscription: s, price: top_month } }\n",
         "s.yaml:5:20: error USH0507", "length"),
    Step("ChangeOfAnUnknownItem",
         "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
         "      - { at: +0s, change: { subscription: s, item: other, quantity: 2 } }\n",
         "s.yaml:6:20: error USH0507", "item other"),
    Step("RemovedOverrideThatIsNotPut", "      - { at: +0s, override: { id: o, remove: true } }\n",
         "s.yaml:5:20: error USH0507", "no override o"),
};

TEST_P(BadScenarios, AreFound) {
  const ScenarioLoadResult result = LoadText(GetParam().text);
  EXPECT_TRUE(result.scenarios.empty());
  ASSERT_FALSE(result.findings.empty());
  const std::string first = FormatFinding(result.findings.front());
  EXPECT_TRUE(first.starts_with(GetParam().finding)) << first;
  EXPECT_NE(first.find(GetParam().says), std::string::npos) << first;
  EXPECT_TRUE(first.ends_with(".") || first.ends_with("?")) << first;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, BadScenarios, ::testing::ValuesIn(kBadCases),
                         [](const auto& row) { return row.param.name; });

TEST(Scenarios, EveryCodeOfScenariosIsShown) {
  std::set<Code> shown;
  for (const BadCase& bad : kBadCases) {
    for (const Finding& finding : LoadText(bad.text).findings) shown.insert(finding.code);
  }
  for (const CodeInfo& info : AllCodes()) {
    EXPECT_EQ(shown.contains(info.code) || !IsOfScenarios(info.code), true) << CodeName(info.code);
  }
}

TEST(Scenarios, AllIsFoundAtOnce) {
  const ScenarioLoadResult result =
      LoadText(WithSteps("      - { at: soon, pay: { subscription: s, price: nope } }\n"
                         "      - { at: +1d, expect: { nope: 1, sso: { state: nope } } }\n"));
  ASSERT_EQ(result.findings.size(), 4u);
  EXPECT_EQ(result.findings[0].code, Code::kBadTime);
  EXPECT_EQ(result.findings[1].code, Code::kUnknownPrice);
  EXPECT_EQ(result.findings[2].code, Code::kUnknownFeature);
  EXPECT_EQ(result.findings[3].code, Code::kUnknownWord);
}

struct TimeCase {
  const char* text;
  const char* is;  // empty: no time
};

TEST(Scenarios, TimesAreInstantsOrOffsets) {
  const Instant start = *ParseInstant("2026-01-31T12:00:00Z");
  const TimeCase kTimes[] = {
      {"+0s", "2026-01-31T12:00:00Z"},
      {"+90s", "2026-01-31T12:01:30Z"},
      {"+10d", "2026-02-10T12:00:00Z"},
      {"+1mo", "2026-02-28T12:00:00Z"},
      {"+1mo+72h", "2026-03-03T12:00:00Z"},
      {"+1mo-1h", "2026-02-28T11:00:00Z"},
      {"+72h+1mo", "2026-03-03T12:00:00Z"},
      {"+1y", "2027-01-31T12:00:00Z"},
      {"2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z"},
      {"+", ""},
      {"+1", ""},
      {"+s", ""},
      {"+-1s", ""},
      {"+1d-", ""},
      {"+1d-1mo", ""},
      {"10d", ""},
      {"-1d", ""},
      {"+1.5d", ""},
      {"+--1s", ""},
      {"", ""},
  };
  for (const TimeCase& time : kTimes) {
    const std::optional<Instant> parsed = ParseScenarioTime(time.text, start);
    EXPECT_EQ(parsed ? FormatInstant(*parsed) : "", time.is) << time.text;
  }
}

TEST(Scenarios, ForEachRunsOncePerMatchingPrice) {
  const auto runs = [](const std::string& filter, const std::string& environment) {
    std::string prices;
    const std::string text = "scenarios: [{ name: a, for_each: { price: " + filter + " }, environment: " + environment +
                             ", start: 2026-01-01T00:00:00Z, steps: [{ at: +0s, expect: { projects: 1 } }] }]";
    for (const Scenario& scenario : Loaded(text)) prices += (scenario.livemode ? "" : "test:") + scenario.price + " ";
    return prices;
  };
  EXPECT_EQ(runs("{ plan: pro@1, interval: month }", "live"), "pro_month pro_old pro_used ");
  EXPECT_EQ(runs("{ plan: pro@1, status: current }", "live"), "pass pro_month pro_plain pro_used pro_year ");
  EXPECT_EQ(runs("{ plan: pro@1, interval: month }", "both"), "pro_month pro_old pro_used test:test_month ");
  EXPECT_EQ(runs("{ add_on: more@1 }", "test"), "test:test_more ");
}

// Adds every key of the shape that is no name of the catalog's.
void CollectKeys(const Shape& shape, std::set<std::string>& keys) {
  if (const auto* object = std::get_if<ObjectShape>(&shape.is)) {
    for (const KeyShape& key : object->keys) {
      keys.insert(key.key);
      CollectKeys(*key.shape, keys);
    }
  } else if (const auto* map = std::get_if<MapShape>(&shape.is)) {
    CollectKeys(*map->value, keys);
  } else if (const auto* list = std::get_if<ListShape>(&shape.is)) {
    CollectKeys(*list->item, keys);
  } else if (const auto* any = std::get_if<AnyOfShape>(&shape.is)) {
    for (const ShapeRef& alternative : any->of) CollectKeys(*alternative, keys);
  }
}

TEST(Scenarios, ThePageAboutThemNamesEveryKey) {
  std::ifstream file("docs/catalog-testing.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::set<std::string> keys;
  CollectKeys(ScenarioFileShape(), keys);
  EXPECT_GT(keys.size(), 50u);
  for (const std::string& key : keys) {
    const bool named = page.find("`" + key + "`") != std::string::npos || page.find(key + ":") != std::string::npos;
    EXPECT_TRUE(named) << key;
  }
}

}  // namespace
}  // namespace usher::testing
