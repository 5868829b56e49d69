// Which facts each verb makes.
#include "server/workbench/scenario/stage.h"

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "server/workbench/fact_line.h"
#include "tests/unit/workbench/scenario/scenario_world.h"

namespace usher::testing {
namespace {

struct VerbCase {
  const char* name;
  const char* steps;
  std::vector<const char*> facts;  // of the last step: how their lines begin
};

class Verbs : public ::testing::TestWithParam<VerbCase> {};

// The lines of the facts that the last step added.
std::vector<std::string> LastFacts(const std::string& steps) {
  const std::vector<Scenario> scenarios = Loaded(WithSteps(steps + "      - { at: +9y, expect: { sso: false } }\n"));
  if (scenarios.empty()) return {};
  Stage stage(*ScenarioCatalog(), true, TenantId("tenant"));
  std::size_t before = 0;
  for (const ScenarioStep& step : scenarios.front().steps) {
    if (!step.act) continue;
    before = stage.facts().size();
    const absl::Status done = stage.Do(*step.act, step.at);
    EXPECT_TRUE(done.ok()) << StatusMessage(done);
  }
  std::vector<std::string> lines;
  for (std::size_t i = before; i < stage.facts().size(); ++i) lines.push_back(FactLine(stage.facts()[i]));
  return lines;
}

TEST_P(Verbs, BecomeFacts) {
  const std::vector<std::string> lines = LastFacts(GetParam().steps);
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  ASSERT_EQ(lines.size(), GetParam().facts.size()) << all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_NE(lines[i].find(GetParam().facts[i]), std::string::npos) << i << " in\n" << all;
  }
}

#define USHER_PAID "      - { at: +0s, pay: { subscription: s, price: pro_month } }\n"

INSTANTIATE_TEST_SUITE_P(
    Scenarios, Verbs,
    ::testing::Values(
        VerbCase{"PayFirst",
                 USHER_PAID,
                 {"invoice in_s_1 at 2026-01-01T00:00:00Z: status=paid subscription=s", "charge ch_s_1",
                  "subscription s link at 2026-01-01T00:00:00Z: tenant=tenant",
                  "subscription s at 2026-01-01T00:00:00Z: status=active"}},
        VerbCase{"PayOnceMoreRenews",
                 USHER_PAID "      - { at: +1mo, pay: { subscription: s } }\n",
                 {"start=2026-02-01T00:00:00Z end=2026-03-01T00:00:00Z", "charge ch_s_2", "subscription s at"}},
        VerbCase{"PayLateIsForThePeriodThatRuns",
                 USHER_PAID "      - { at: +3mo+5d, pay: { subscription: s } }\n",
                 {"start=2026-04-01T00:00:00Z end=2026-05-01T00:00:00Z", "charge", "subscription s at"}},
        VerbCase{"PayInAdvance",
                 USHER_PAID "      - { at: +5d, pay: { subscription: s } }\n",
                 {"start=2026-02-01T00:00:00Z end=2026-03-01T00:00:00Z", "charge", "subscription s at"}},
        VerbCase{"PayAnUpgradeCreditsTheOld",
                 USHER_PAID "      - { at: +10d, pay: { subscription: s, price: top_month } }\n",
                 {"price=top_month amount=2000 start=2026-01-11T00:00:00Z end=2026-02-01T00:00:00Z", "charge",
                  "subscription s at"}},
        VerbCase{"PayAnotherIntervalStartsAPeriod",
                 USHER_PAID "      - { at: +10d, pay: { subscription: s, price: pro_year } }\n",
                 {"start=2026-01-11T00:00:00Z end=2027-01-11T00:00:00Z", "charge", "subscription s at"}},
        VerbCase{"PayAnotherQuantity",
                 USHER_PAID "      - { at: +10d, pay: { subscription: s, quantity: 3 } }\n",
                 {"quantity_milli=3000 amount=2000", "charge", "quantity_milli=3000"}},
        VerbCase{"PayAnAddOnUntilThePeriodEnds",
                 USHER_PAID "      - { at: +10d, pay: { subscription: s, price: more_month } }\n",
                 {"subscription_item=more price=more_month amount=1000 start=2026-01-11T00:00:00Z "
                  "end=2026-02-01T00:00:00Z",
                  "charge", "[id=more price=more_month; id=plan price=pro_month]"}},
        VerbCase{"PayAddOnAtOnceIsOneObservation",
                 USHER_PAID "      - { at: +0s, pay: { subscription: s, price: more_month } }\n",
                 {"invoice in_s_2", "charge ch_s_2"}},
        VerbCase{"RenewalBillsAllItems",
                 USHER_PAID "      - { at: +0s, pay: { subscription: s, price: more_month } }\n"
                            "      - { at: +1mo, pay: { subscription: s } }\n",
                 {"lines=[subscription=s subscription_item=more price=more_month amount=500 "
                  "start=2026-02-01T00:00:00Z end=2026-03-01T00:00:00Z; subscription=s subscription_item=plan",
                  "charge", "subscription s at"}},
        VerbCase{"PayInArrearsBillsThePeriodBefore",
                 "      - { at: +3mo, pay: { subscription: s, price: pro_used } }\n",
                 {"start=2026-03-01T00:00:00Z end=2026-04-01T00:00:00Z", "charge", "link", "subscription s at"}},
        VerbCase{"PayNothing",
                 "      - { at: +0s, pay: { subscription: s, price: pro_month, amount: 0 } }\n",
                 {"invoice in_s_1", "link", "subscription s at"}},
        VerbCase{"PayAnUnmappedPrice",
                 "      - { at: +0s, pay: { subscription: s, unmapped_price: new, period: 1mo } }\n",
                 {"price=new", "charge", "link", "subscription s at"}},
        VerbCase{"PayOnce",
                 "      - { at: +0s, pay: { payment: p, price: pass } }\n",
                 {"checkout session cs_p link", "checkout session cs_p at", "payment intent pi_p at", "charge ch_p"}},
        VerbCase{
            "PendAsksThePayer",
            "      - { at: +0s, pend: { subscription: s, price: pro_month } }\n",
            {"invoice in_s_1 at 2026-01-01T00:00:00Z: status=open",
             "invoice in_s_1 attempt at 2026-01-01T00:00:00Z: result=requires action", "link", "status=incomplete"}},
        VerbCase{"PendForABank",
                 "      - { at: +0s, pend: { subscription: s, price: pro_month, waits_for: bank } }\n",
                 {"status=open", "payment intent pi_s_1 at 2026-01-01T00:00:00Z: status=processing", "link",
                  "status=incomplete"}},
        VerbCase{"PendForThePayer",
                 "      - { at: +0s, pend: { subscription: s, price: pro_month, waits_for: payer } }\n",
                 {"status=open", "link", "status=incomplete"}},
        VerbCase{
            "PendWithADueDate",
            "      - { at: +0s, pend: { subscription: s, price: pro_month, due: 30d } }\n",
            {"collection=sent as an invoice due_date=2026-01-31T00:00:00Z", "link", "collection=sent as an invoice"}},
        VerbCase{"PendOnce",
                 "      - { at: +0s, pend: { payment: p, price: pass } }\n",
                 {"link", "mode=payment status=complete payment_intent=pi_p",
                  "payment intent pi_p at 2026-01-01T00:00:00Z: status=waiting for authentication"}},
        VerbCase{"PayWhatIsPending",
                 "      - { at: +0s, pend: { subscription: s, price: pro_month, waits_for: bank } }\n"
                 "      - { at: +3d, pay: { subscription: s } }\n",
                 {"invoice in_s_1 at 2026-01-04T00:00:00Z: status=paid", "status=succeeded", "charge ch_s_1",
                  "status=active"}},
        VerbCase{"FailFirst",
                 "      - { at: +0s, fail: { subscription: s, price: pro_month } }\n",
                 {"status=open", "result=failed", "link", "status=incomplete"}},
        VerbCase{"FailARenewal",
                 USHER_PAID "      - { at: +1mo, fail: { subscription: s } }\n",
                 {"invoice in_s_2 at 2026-02-01T00:00:00Z: status=open", "result=failed", "status=past due"}},
        VerbCase{"FailAgainIsAnotherAttempt",
                 USHER_PAID "      - { at: +1mo, fail: { subscription: s } }\n"
                            "      - { at: +1mo+3d, fail: { subscription: s } }\n",
                 {"invoice in_s_2 at 2026-02-04T00:00:00Z", "result=failed", "status=past due"}},
        VerbCase{"FailOnce",
                 "      - { at: +0s, fail: { payment: p, price: pass } }\n",
                 {"link", "payment=failed", "status=failed"}},
        VerbCase{"Refund",
                 USHER_PAID "      - { at: +1d, refund: { subscription: s, amount: 300 } }\n",
                 {"refund re_s_1_1 at 2026-01-02T00:00:00Z: status=succeeded charge=ch_s_1 amount=300"}},
        VerbCase{"RefundOfTheRest",
                 USHER_PAID "      - { at: +1d, refund: { subscription: s, amount: 300 } }\n"
                            "      - { at: +1d, refund: { subscription: s } }\n",
                 {"refund re_s_1_2 at 2026-01-02T00:00:00Z: status=succeeded charge=ch_s_1 amount=700"}},
        VerbCase{"Dispute",
                 USHER_PAID "      - { at: +1d, dispute: { subscription: s } }\n",
                 {"dispute dp_s_1_1 at 2026-01-02T00:00:00Z: status=open charge=ch_s_1"}},
        VerbCase{"Inquiry",
                 USHER_PAID "      - { at: +1d, dispute: { subscription: s, inquiry: true } }\n",
                 {"status=an open inquiry"}},
        VerbCase{"Win",
                 USHER_PAID "      - { at: +1d, dispute: { subscription: s } }\n"
                            "      - { at: +2d, win: { subscription: s } }\n",
                 {"dispute dp_s_1_1 at 2026-01-03T00:00:00Z: status=won"}},
        VerbCase{"WinAnInquiry",
                 USHER_PAID "      - { at: +1d, dispute: { subscription: s, inquiry: true } }\n"
                            "      - { at: +2d, win: { subscription: s } }\n",
                 {"status=a closed inquiry"}},
        VerbCase{"Lose",
                 USHER_PAID "      - { at: +1d, dispute: { subscription: s } }\n"
                            "      - { at: +2d, lose: { subscription: s } }\n",
                 {"status=lost"}},
        VerbCase{"CancelNow",
                 USHER_PAID "      - { at: +1d, cancel: { subscription: s, when: now } }\n",
                 {"subscription s at 2026-01-02T00:00:00Z: status=canceled"}},
        VerbCase{"CancelAtPeriodEnd",
                 USHER_PAID "      - { at: +1d, cancel: { subscription: s, when: period_end } }\n",
                 {"status=active cancel_at=2026-02-01T00:00:00Z"}},
        VerbCase{"Trial",
                 "      - { at: +0s, trial: { subscription: s, price: pro_month } }\n",
                 {"link",
                  "status=trialing trial_start=2026-01-01T00:00:00Z trial_end=2026-01-15T00:00:00Z "
                  "has_payment_method=yes",
                  "price=pro_month start=2026-01-01T00:00:00Z end=2026-01-15T00:00:00Z"}},
        VerbCase{
            "TrialWithoutPaymentMethod",
            "      - { at: +0s, trial: { subscription: s, price: top_month, length: 3d, payment_method: false } }\n",
            {"link", "trial_end=2026-01-04T00:00:00Z items=", "end=2026-01-04T00:00:00Z"}},
        VerbCase{"PayDuringATrialEndsIt",
                 "      - { at: +0s, trial: { subscription: s, price: pro_month } }\n"
                 "      - { at: +3d, pay: { subscription: s } }\n",
                 {"start=2026-01-04T00:00:00Z end=2026-02-04T00:00:00Z", "charge", "trial_end=2026-01-04T00:00:00Z"}},
        VerbCase{"PayAfterATrial",
                 "      - { at: +0s, trial: { subscription: s, price: pro_month } }\n"
                 "      - { at: +14d, pay: { subscription: s } }\n",
                 {"start=2026-01-15T00:00:00Z end=2026-02-15T00:00:00Z", "charge", "status=active"}},
        VerbCase{"Change",
                 USHER_PAID "      - { at: +1d, change: { subscription: s, quantity: 4 } }\n",
                 {"subscription s at 2026-01-02T00:00:00Z: status=active has_payment_method=yes items=[id=plan "
                  "price=pro_month quantity_milli=4000]"}},
        VerbCase{"PayWhatWasChanged",
                 USHER_PAID "      - { at: +1d, change: { subscription: s, price: top_month } }\n"
                            "      - { at: +2d, pay: { subscription: s } }\n",
                 {"price=top_month amount=2000 start=2026-01-03T00:00:00Z end=2026-02-01T00:00:00Z", "charge",
                  "subscription s at"}},
        VerbCase{"PauseCollection",
                 USHER_PAID "      - { at: +1d, change: { subscription: s, collection: paused } }\n",
                 {"collection_paused=yes"}},
        VerbCase{"Override",
                 "      - { at: +0s, override: { feature: projects, set: 7, until: +10d } }\n",
                 {"override projects at 2026-01-01T00:00:00Z: tenant=tenant feature=projects value=7 "
                  "expires_at=2026-01-11T00:00:00Z"}},
        VerbCase{"OverrideAdds",
                 "      - { at: +0s, override: { id: o, feature: calls, add: 7 } }\n",
                 {"override o at 2026-01-01T00:00:00Z: tenant=tenant feature=calls mode=add"}},
        VerbCase{"OverrideDenies", "      - { at: +0s, override: { feature: sso, deny: true } }\n", {"mode=deny"}},
        VerbCase{"OverrideEnds",
                 "      - { at: +0s, override: { feature: sso, deny: true } }\n"
                 "      - { at: +1d, override: { feature: sso, remove: true } }\n",
                 {"override sso at 2026-01-02T00:00:00Z: removed=yes tenant=tenant feature=sso mode=deny"}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace usher::testing
