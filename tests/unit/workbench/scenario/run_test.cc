// Scenarios played: what is told about one that fails, and what makes no difference.
#include "server/workbench/scenario/run.h"

#include <gtest/gtest.h>

#include "tests/unit/workbench/scenario/scenario_world.h"

namespace usher::testing {
namespace {

std::optional<StepFailure> Play(const std::string& steps) {
  const std::vector<Scenario> scenarios = Loaded(WithSteps(steps));
  return scenarios.empty() ? StepFailure{} : RunScenario(scenarios.front(), *ScenarioCatalog());
}

struct Played {
  const char* name;
  const char* steps;
};

class PassingScenarios : public ::testing::TestWithParam<Played> {};

TEST_P(PassingScenarios, Pass) {
  const std::optional<StepFailure> failure = Play(GetParam().steps);
  if (!failure) return;
  for (const Mismatch& mismatch : failure->mismatches) {
    ADD_FAILURE() << mismatch.what << " expected " << mismatch.expected << " found " << mismatch.found;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Scenarios, PassingScenarios,
    ::testing::Values(
        Played{"NoPayment", "      - { at: +0s, expect: { projects: 1, sso: false, calls: none, regions: none } }\n"},
        Played{"Paid",
               "      - at: +0s\n"
               "        pay: { subscription: s, price: pro_month }\n"
               "        expect:\n"
               "          projects: { value: 10, state: granted, reason: paid, valid_until: +1mo }\n"
               "          calls: { included: 100, cap: 500 }\n"
               "          support: high\n"
               "          regions: [eu]\n"},
        Played{
            "RenewalInGrace",
            "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
            "      - { at: +1mo+1h, fail: { subscription: s }, expect: { sso: { state: grace, reason: renewal_failed, "
            "valid_until: +1mo+7d } } }\n"},
        Played{
            "OneOffForItsTerm",
            "      - { at: +0s, pay: { payment: p, price: pass }, expect: { sso: { reason: paid_once, valid_until: +7d "
            "} } }\n"
            "      - { at: +7d, expect: { sso: { value: none, state: expired } } }\n"},
        Played{
            "OneOffRefunded",
            "      - { at: +0s, pay: { payment: p, price: pass } }\n"
            "      - { at: +1d, refund: { payment: p }, expect: { sso: { state: suspended, reason: refunded } } }\n"},
        Played{
            "InArrears",
            "      - { at: +1mo, pay: { subscription: s, price: pro_used }, expect: { sso: { reason: paid_in_arrears, "
            "valid_until: +1mo+31d } } }\n"},
        Played{
            "TrialGrantsWhatThePlanSays",
            "      - { at: +0s, trial: { subscription: s, price: pro_month }, expect: { projects: { value: 1, state: "
            "trial, valid_until: +14d } } }\n"},
        Played{"AddOnOnTop",
               "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
               "      - { at: +1d, pay: { subscription: s, price: more_month, quantity: 2 }, expect: { projects: 20 } "
               "}\n"},
        Played{"UseIsAskedAbout",
               "      - { at: +0s, expect: { projects: { allowed: true, used: 0 } } }\n"
               "      - { at: +0s, expect: { projects: { allowed: false, used: 1 } } }\n"
               "      - { at: +0s, expect: { projects: { allowed: true, used: 1, quantity: 0 } } }\n"
               "      - { at: +0s, expect: { projects: { allowed: true, used: 9, access: read } } }\n"},
        Played{"RolesAndPermissions",
               "      - { at: +0s, expect_roles: { owner: viewer }, expect_permissions: { owner: { read: true, write: "
               "false } } }\n"
               "      - { at: +0s, pay: { subscription: s, price: pro_month }, expect_roles: { owner: [admin] }, "
               "expect_permissions: { owner: { write: true } } }\n"
               "      - { at: +1d, override: { feature: sso, deny: true }, expect_permissions: { owner: { write: false "
               "} } }\n"}),
    [](const auto& row) { return row.param.name; });

TEST(Scenarios, EventsOfStripeTellTheSame) {
  const std::vector<Scenario> scenarios = Loaded(
      "scenarios:\n"
      "  - name: a\n"
      "    environment: test\n"
      "    tenant: acme\n"
      "    start: 2026-01-01T00:00:00Z\n"
      "    steps:\n"
      "      - { at: +0s, event: subscribed.json, expect: { sso: { state: payment_required } } }\n"
      "      - { at: +1h, event: paid.json, expect: { sso: { value: true, reason: paid, valid_until: +1mo } } }\n");
  ASSERT_EQ(scenarios.size(), 1u);
  EXPECT_FALSE(RunScenario(scenarios.front(), *ScenarioCatalog()));
}

TEST(Scenarios, AFailureTellsTheStepTheTimelineAndWhy) {
  const std::optional<StepFailure> failure = Play(
      "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"
      "      - { at: +1d, refund: { subscription: s }, expect: { projects: 10, sso: true } }\n"
      "      - { at: +2d, expect: { projects: 99 } }\n");
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, 1u);
  EXPECT_EQ(FormatInstant(failure->at), "2026-01-02T00:00:00Z");
  EXPECT_EQ(failure->place.line, 6u);
  ASSERT_EQ(failure->mismatches.size(), 2u);
  const Mismatch& projects = failure->mismatches.front();
  EXPECT_EQ(projects.what, "projects");
  EXPECT_EQ(projects.expected, "10");
  EXPECT_EQ(projects.found, "1, granted, default_plan");
  EXPECT_EQ(projects.place.line, 6u);
  EXPECT_EQ(projects.place.column, 69u);
  const Mismatch& sso = failure->mismatches.back();
  EXPECT_EQ(sso.found, "no value, suspended, refunded");
  std::string why;
  for (const std::string& line : sso.why) why += line + "\n";
  EXPECT_NE(why.find("Refund re_s_1_1"), std::string::npos) << why;
  EXPECT_NE(why.find("(R5)"), std::string::npos) << why;
  EXPECT_EQ(failure->timeline,
            "  from                  plans   projects                sso\n"
            "  beginning             free@1  1 granted default_plan  not_in_plan not_included\n"
            "  2026-01-01T00:00:00Z  pro@1   10 granted paid         yes granted paid\n"
            "> 2026-01-02T00:00:00Z  free@1  1 granted default_plan  suspended refunded\n"
            "  2026-02-01T00:00:00Z  free@1  1 granted default_plan  payment_required payment_not_seen\n");
}

TEST(Scenarios, AFailureOfRolesAndPermissionsTellsThePlansThatCount) {
  const std::optional<StepFailure> failure = Play(
      "      - { at: +0s, expect_roles: { owner: admin }, expect_permissions: { owner: { write: true, read: false } "
      "} }\n");
  ASSERT_TRUE(failure);
  ASSERT_EQ(failure->mismatches.size(), 3u);
  EXPECT_EQ(failure->mismatches[0].what, "roles of owner");
  EXPECT_EQ(failure->mismatches[0].expected, "admin");
  EXPECT_EQ(failure->mismatches[0].found, "viewer");
  EXPECT_EQ(failure->mismatches[0].why.front(), "The plans that count are: free@1.");
  EXPECT_EQ(failure->mismatches[1].what, "permission write of owner");
  EXPECT_EQ(failure->mismatches[1].found, "denied: no role has it");
  EXPECT_EQ(failure->mismatches[2].found, "allowed");
}

TEST(Scenarios, AStepKnowsNothingOfLaterOnes) {
  EXPECT_FALSE(
      Play("      - { at: +0s, pay: { subscription: s, price: pro_month }, expect: { sso: { valid_until: +1mo } } }\n"
           "      - { at: +0s, refund: { subscription: s }, expect: { sso: { state: suspended } } }\n"));
}

// Every order of steps that are about different things and happen at one instant.
TEST(Scenarios, TheOrderOfUnrelatedStepsAtOneInstantDoesNotMatter) {
  std::vector<std::string> steps = {
      "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n",
      "      - { at: +0s, fail: { subscription: t, price: top_month } }\n",
      "      - { at: +0s, pay: { payment: p, price: pass } }\n",
      "      - { at: +0s, override: { feature: calls, set: 7 } }\n",
      "      - { at: +0s, pay: { subscription: s, price: more_month } }\n",
  };
  std::sort(steps.begin(), steps.end());
  const std::string asked =
      "      - { at: +0s, expect: { projects: { value: 15, reason: paid }, sso: true, calls: 7 } }\n"
      "      - { at: +1mo, expect: { projects: { value: 15, state: grace, valid_until: +1mo+72h } } }\n";
  std::size_t orders = 0;
  do {
    std::string all;
    for (const std::string& step : steps) all += step;
    const std::optional<StepFailure> failure = Play(all + asked);
    ASSERT_FALSE(failure) << all << failure->mismatches.front().what << " " << failure->mismatches.front().found;
    ++orders;
  } while (std::next_permutation(steps.begin(), steps.end()));
  EXPECT_EQ(orders, 120u);
}

}  // namespace
}  // namespace usher::testing
