// R12, R13, R15, R16: how several sources and operators come to one answer.
#include <gtest/gtest.h>

#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using enum AccessState;

const Answer kPaidAnswer{kGranted, Reason::kPaid};
const Instant kMid = kJan + Days(10);

Fact PaidFor(const char* invoice, LineSpec line) { return Paid(invoice, kJan, {line}); }

TEST(R12Union, ValuesMergeAcrossSubscriptionsByTheFeaturesRule) {
  const Fact growth = PaidFor("in_1", Monthly("growth", kJan));
  const Fact second = PaidFor("in_2", Monthly("starter", kJan).Of("sub_2", "si_2").Quantity(4));
  const Fact same_subscription = PaidFor("in_2", Monthly("starter", kJan).Of("sub_1", "si_2").Quantity(4));
  const Fact insight = PaidFor("in_3", Monthly("insight", kJan).Of("sub_1", "si_3"));
  ExpectAll({
      {"MaxTakesTheLarger", {AcmePays(), growth, second}, kJan, kPaidAnswer, kProjects, Limit{.amount = 25}},
      {"SumAdds", {AcmePays(), growth, second}, kJan, kPaidAnswer, kSeats, Limit{.amount = 14}},
      {"WithinOneSubscriptionTheLargerCounts",
       {AcmePays(), growth, same_subscription},
       kJan,
       kPaidAnswer,
       kSeats,
       Limit{.amount = 10}},
      {"SetsUnite",
       {AcmePays(), growth, insight},
       kJan,
       kPaidAnswer,
       kRegions,
       ValueSet{.values = {"apac", "eu", "us"}}},
      {"GroupsMergeLikeSubscriptions",
       {AcmePays(), growth, insight},
       kJan,
       kPaidAnswer,
       kProjects,
       Limit{.amount = 25}},
      {"MeteredAddsBothNumbers",
       {AcmePays(), growth, PaidFor("in_2", Monthly("growth", kJan).Of("sub_2", "si_2"))},
       kJan,
       kPaidAnswer,
       kApi,
       Metered{.included = {.amount = 200}, .cap = {.amount = 1000}}},
  });
}

TEST(R12Union, TheBestStateCountsAndOnlyCarryingStatesGiveValues) {
  const Fact expiring = Paid("in_1", kJan, {Monthly("growth", kJan)});
  const Fact second_in_feb = Paid("in_2", kFeb, {Monthly("starter", kFeb).Of("sub_2", "si_2").Quantity(4)});
  ExpectAll({
      {"GrantedBeatsGrace", {AcmePays(), expiring, second_in_feb}, kFeb, kPaidAnswer, kSeats, Limit{.amount = 14}},
      {"GraceAloneKeepsItsFeature", {AcmePays(), expiring, second_in_feb}, kFeb, {kGrace, Reason::kRenewalPending}},
      {"PaymentRequiredGivesNothing",
       {AcmePays(), expiring, second_in_feb},
       kFeb + Hours(72),
       kPaidAnswer,
       kSeats,
       Limit{.amount = 4}},
      {"OneSubscriptionNeverTouchesAnother",
       {AcmePays(), expiring, Paid("in_2", kJan, {Monthly("starter", kJan).Of("sub_2", "si_2").Quantity(4)}),
        CreditNote("cn_1", kMid, "in_1", 1000)},
       kMid,
       kPaidAnswer,
       kSeats,
       Limit{.amount = 4}},
  });
}

TEST(R12Union, AddOns) {
  const InvoiceLine growth = Monthly("growth", kJan);
  const InvoiceLine more = Monthly("more", kJan).Of("sub_1", "si_2");
  const auto lines = [](std::vector<InvoiceLine> all) {
    return std::vector<Fact>{AcmePays(), Paid("in_1", kJan, std::move(all))};
  };
  ExpectAll({
      {"AddOnTop", lines({growth, more}), kJan, kPaidAnswer, kProjects, Limit{.amount = 35}},
      {"AtMostTheMaximum", lines({growth, Monthly("more", kJan).Of("sub_1", "si_2").Quantity(9)}), kJan, kPaidAnswer,
       kProjects, Limit{.amount = 45}},
      {"WithoutItsPlanNothing", lines({more, Monthly("insight", kJan).Of("sub_1", "si_3")}), kJan, kPaidAnswer,
       kProjects, Limit{.amount = 7}},
      {"WithTheDefaultPlanNothing",
       lines({more}),
       kJan,
       {kGranted, Reason::kDefaultPlan},
       kProjects,
       Limit{.amount = 1}},
  });
  const auto no_default = CoreCatalog([](Catalog& catalog) { catalog.groups[1].default_plan.reset(); });
  ExpectAll({{"AndItIsSaid", lines({more}), kJan, {kNotInPlan, Reason::kAddOnWithoutPlan}, kProjects}}, no_default);
}

TEST(R13Precedence, OperatorSuspensionStopsEverything) {
  const std::vector<Fact> facts = {AcmePays(), PaidFor("in_1", Monthly("growth", kJan)), Suspension("acme", true, kMid),
                                   Overridden("ov_1", OverrideMode::kSet, kJan, "seats", Limit{.amount = 99})};
  const Answer suspended{kSuspended, Reason::kOperatorSuspended};
  ExpectAll({
      {"EveryFeature", facts, kMid, suspended},
      {"OverridesToo", facts, kMid, suspended, kSeats},
      {"NotBefore", facts, kMid - kMs, kPaidAnswer},
      {"ItsValueStaysWhereTheCatalogAllows", facts, kMid, suspended, kSupport, Level{.name = "standard"}},
      {"ReinstatedIsRestored",
       {AcmePays(), PaidFor("in_1", Monthly("growth", kJan)), Suspension("acme", true, kMid),
        Suspension("acme", false, kMid + Hours(1))},
       kMid + Hours(1),
       kPaidAnswer},
      {"TheDefaultPlanDoesNotAnswer",
       {Tenant("acme", kJan), Suspension("acme", true, kMid)},
       kMid,
       suspended,
       kProjects},
      {"AtTheSameTimeSuspendedWins",
       {Suspension("acme", false, kMid), Suspension("acme", true, kMid)},
       kMid,
       suspended},
  });
  const auto with_support = CoreCatalog([](Catalog& catalog) {
    Entitlement community;
    community.fixed = Level{.name = "community"};
    catalog.plans[kFreePlan].entitlements[kSupport] = community;
  });
  ExpectAll({{"TheValueIsTheOneAsIfNotSuspended",
              {Suspension("acme", true, kMid)},
              kMid,
              suspended,
              kSupport,
              Level{.name = "community"}}},
            with_support);
  EXPECT_FALSE(StateAt(TimelineOf(facts), kSso, kMid).value.has_value());
  EXPECT_TRUE(SegmentAt(TimelineOf(facts), kMid).plans.empty());
}

TEST(R13Precedence, Overrides) {
  const Fact growth = PaidFor("in_1", Monthly("growth", kJan));
  const auto put = [](const char* id, OverrideMode mode, const char* feature, Value value, Instant at = kJan) {
    return Overridden(id, mode, at, feature, std::move(value));
  };
  const Answer granted{kGranted, Reason::kOverride};
  const Answer denied{kNotInPlan, Reason::kDenyOverride};
  ExpectAll({
      {"SetBeatsSources",
       {AcmePays(), growth, put("o", OverrideMode::kSet, "seats", Limit{.amount = 2})},
       kJan,
       granted,
       kSeats,
       Limit{.amount = 2}},
      {"SetWithoutSources", {put("o", OverrideMode::kSet, "sso", true)}, kJan, granted, kSso, true},
      {"DenyBeatsSet",
       {put("a", OverrideMode::kDeny, "sso", false), put("b", OverrideMode::kSet, "sso", true)},
       kJan,
       denied},
      {"DenyBeatsSources", {AcmePays(), growth, put("a", OverrideMode::kDeny, "sso", false)}, kJan, denied},
      {"DenyNeedsNoValueOfTheType",
       {AcmePays(), growth, put("a", OverrideMode::kDeny, "seats", false)},
       kJan,
       denied,
       kSeats},
      {"TheLatestSetCounts",
       {put("b", OverrideMode::kSet, "seats", Limit{.amount = 2}),
        put("a", OverrideMode::kSet, "seats", Limit{.amount = 3}, kJan + kMs)},
       kMid,
       granted,
       kSeats,
       Limit{.amount = 3}},
      {"ThenTheGreaterId",
       {put("b", OverrideMode::kSet, "seats", Limit{.amount = 2}),
        put("a", OverrideMode::kSet, "seats", Limit{.amount = 3})},
       kMid,
       granted,
       kSeats,
       Limit{.amount = 2}},
      {"AddOnSources",
       {AcmePays(), growth, put("a", OverrideMode::kAdd, "seats", Limit{.amount = 5})},
       kJan,
       kPaidAnswer,
       kSeats,
       Limit{.amount = 15}},
      {"AddOnNothing",
       {put("a", OverrideMode::kAdd, "seats", Limit{.amount = 5})},
       kJan,
       granted,
       kSeats,
       Limit{.amount = 5}},
      {"AddOnTheDefaultPlan",
       {put("a", OverrideMode::kAdd, "projects", Limit{.amount = 5})},
       kJan,
       {kGranted, Reason::kDefaultPlan},
       kProjects,
       Limit{.amount = 6}},
      {"AddOnASet",
       {put("a", OverrideMode::kAdd, "seats", Limit{.amount = 5}),
        put("b", OverrideMode::kSet, "seats", Limit{.amount = 1})},
       kJan,
       granted,
       kSeats,
       Limit{.amount = 6}},
      {"AnotherTypesValueChangesNothing",
       {AcmePays(), growth, put("a", OverrideMode::kSet, "seats", true)},
       kJan,
       kPaidAnswer,
       kSeats},
      {"AnUnknownFeatureChangesNothing",
       {AcmePays(), growth, put("a", OverrideMode::kDeny, "unknown", false)},
       kJan,
       kPaidAnswer},
      {"RemovedIsGone",
       {put("a", OverrideMode::kSet, "sso", true),
        Overridden("a", OverrideMode::kSet, kMid, "sso", true).With([](OverrideFact& fact) { fact.removed = true; })},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"OnlyOfItsTenant",
       {Tenant("acme", kJan), Overridden("a", OverrideMode::kSet, kJan, "sso", true).With([](OverrideFact& fact) {
          fact.tenant = TenantId("other");
        })},
       kJan,
       {kNotInPlan, Reason::kNotIncluded}},
  });
}

TEST(R13Precedence, AnOverrideIsInForceForItsTimeAndItsSubscription) {
  const Fact timed = Overridden("a", OverrideMode::kSet, kJan, "sso", true).With([](OverrideFact& fact) {
    fact.starts_at = kFeb;
    fact.expires_at = kMar;
  });
  const Fact bound =
      Overridden("a", OverrideMode::kSet, kJan, "api", Metered{.included = {.amount = 7}, .cap = {.amount = 7}})
          .With([](OverrideFact& fact) { fact.subscription_id = "sub_1"; });
  const Fact growth = PaidFor("in_1", Monthly("starter", kJan));
  const Answer granted{kGranted, Reason::kOverride};
  const Answer none{kNotInPlan, Reason::kNotIncluded};
  ExpectAll({
      {"BeforeItStarts", {timed}, kFeb - kMs, none},
      {"FromItsStart", {timed}, kFeb, granted},
      {"UntilItExpires", {timed}, kMar - kMs, granted},
      {"NotLonger", {timed}, kMar, none},
      {"WithItsSubscription", {AcmePays(), growth, bound}, kJan, granted, kApi},
      {"InItsGraceToo", {AcmePays(), growth, bound}, kFeb, granted, kApi},
      {"NotAfter", {AcmePays(), growth, bound}, kFeb + Hours(72), none, kApi},
      {"NotWithout", {bound}, kJan, none, kApi},
      {"NotWithAnAddOnThatIsWithheld", {AcmePays(), PaidFor("in_1", Monthly("more", kJan)), bound}, kJan, none, kApi},
  });
}

TEST(R13Precedence, TheDefaultPlanAnswersWhatItHas) {
  const Answer by_default{kGranted, Reason::kDefaultPlan};
  const Fact paid = PaidFor("in_1", Monthly("growth", kJan));
  ExpectAll({
      {"ForNobody", {}, kJan, by_default, kProjects, Limit{.amount = 1}},
      {"OnlyWhatItHas", {}, kJan, {kNotInPlan, Reason::kNotIncluded}, kSeats},
      {"NotBesideASourceOfItsGroup", {AcmePays(), paid}, kJan, kPaidAnswer, kProjects, Limit{.amount = 25}},
      {"BesideAnotherGroup",
       {AcmePays(), PaidFor("in_1", Monthly("insight", kJan))},
       kJan,
       kPaidAnswer,
       kProjects,
       Limit{.amount = 7}},
      {"AfterALapse", {AcmePays(), paid}, kFeb + Hours(72), by_default, kProjects, Limit{.amount = 1}},
      {"AfterARefund", {AcmePays(), paid, CreditNote("cn_1", kMid, "in_1", 1000)}, kMid, by_default, kProjects},
      {"NotWhileDisputed",
       {AcmePays(), paid, Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1"),
        Dispute("dp_1", DisputeStatus::kOpen, kMid, "ch_1")},
       kMid,
       {kSuspended, Reason::kDisputed},
       kProjects},
  });
  EXPECT_EQ(SegmentAt(TimelineOf({}), kJan).plans, std::vector<std::size_t>{kFreePlan});
}

TEST(R13Precedence, LapsedBlockKeepsTheDefaultPlanFromAnswering) {
  const auto block = WithPolicy([](PaymentPolicy& policy) { policy.lapsed = Lapsed::kBlock; });
  const Fact insight = PaidFor("in_1", Monthly("insight", kJan));
  const auto seats_only = CoreCatalog([](Catalog& catalog) {
    for (Plan& plan : catalog.plans) plan.policy.lapsed = Lapsed::kBlock;
    catalog.plans[kStarterPlan].entitlements[kProjects].reset();
  });
  ExpectAll({{"AsTheSourcesSay",
              {AcmePays(), PaidFor("in_1", Monthly("growth", kJan))},
              kFeb + Hours(72),
              {kPaymentRequired, Reason::kRenewalUnpaid},
              kProjects},
             {"AnotherGroupsLapseDoesNotMatter",
              {AcmePays(), insight},
              kFeb + Hours(72),
              {kGranted, Reason::kDefaultPlan},
              kProjects},
             {"AFirstPaymentThatIsMissingIsNoLapse",
              {AcmePays(), Open("in_1", kJan, {Monthly("growth", kJan)})},
              kJan,
              {kGranted, Reason::kDefaultPlan},
              kProjects}},
            block);
  ExpectAll({{"ElseBlocked",
              {AcmePays(), PaidFor("in_1", Monthly("starter", kJan))},
              kFeb + Hours(72),
              {kNotInPlan, Reason::kLapsedBlocked},
              kProjects}},
            seats_only);
}

TEST(R15OneOff, GrantsFromPaymentForTheDeclaredTerm) {
  const auto session = [](const char* price) { return Session("cs_1", CheckoutPayment::kPaid, kMid, price); };
  const Answer once{kGranted, Reason::kPaidOnce};
  ExpectAll({
      {"ForEver", {AcmePays(), session("lifetime")}, kMid + Days(9999), once},
      {"NotBefore", {AcmePays(), session("lifetime")}, kMid - kMs, {kNotInPlan, Reason::kNotIncluded}},
      {"ForATerm", {AcmePays(), session("pass")}, kMid + Days(30) - kMs, once},
      {"ThenExpiredWithoutGrace", {AcmePays(), session("pass")}, kMid + Days(30), {kExpired, Reason::kPeriodEnded}},
      {"ForEverExpired", {AcmePays(), session("pass")}, kMid + Days(9999), {kExpired, Reason::kPeriodEnded}},
      {"AnInvoiceLine", {AcmePays(), Paid("in_1", kMid, {OneOff("pass", kMid)})}, kMid + Days(30) - kMs, once},
      {"WithoutATermItsOwnPeriod",
       {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan).Of("", "")})},
       kFeb - kMs,
       once},
      {"AndNotLonger",
       {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan).Of("", "")})},
       kFeb,
       {kExpired, Reason::kPeriodEnded}},
      {"WithoutAPeriodNothing",
       {AcmePays(), Paid("in_1", kJan, {OneOff("growth", kJan)})},
       kJan,
       {kNotInPlan, Reason::kNotIncluded}},
      {"ASessionWithAnInvoiceIsOnlyALink",
       {AcmePays(), Session("cs_1", CheckoutPayment::kPaid, kMid, "lifetime").With([](CheckoutSessionFact& fact) {
          fact.invoice = "in_1";
        })},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"TheTermOfAnUnmappedPriceIsUnknown",
       {AcmePays(), session("nobody_knows")},
       kMid + Days(3000),
       {kNotInPlan, Reason::kUnmappedPrice}},
      {"NotBeforeItIsPaid", {AcmePays(), session("nobody_knows")}, kMid - kMs, {kNotInPlan, Reason::kNotIncluded}},
      {"NorAfterItsOwnPeriod",
       {AcmePays(), Paid("in_1", kJan, {Line("nobody_knows", kJan, kFeb).Of("", "")})},
       kFeb,
       {kNotInPlan, Reason::kNotIncluded}},
      {"NorOfALineWithoutAPrice",
       {AcmePays(), Paid("in_1", kJan, {OneOff("", kJan)})},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"NorInItsPeriod",
       {AcmePays(), Paid("in_1", kJan, {Line("", kJan, kFeb).Of("", "")})},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"NorForACredit",
       {AcmePays(), Paid("in_1", kJan, {OneOff("nobody_knows", kJan).Amount(-5), OneOff("storage", kJan)})},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"NorForQuantityNought",
       {AcmePays(), Paid("in_1", kJan, {OneOff("nobody_knows", kJan).Quantity(0)})},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"NorOnceReversed",
       {AcmePays(), Paid("in_1", kJan, {OneOff("nobody_knows", kJan)}),
        Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1"),
        Refund("re_1", RefundStatus::kSucceeded, kMid, "ch_1", 1000)},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"TwoPurchasesAdd",
       {AcmePays(), session("lifetime"), Session("cs_2", CheckoutPayment::kPaid, kMid, "lifetime")},
       kMid,
       once,
       kSeats,
       Limit{.amount = 20}},
  });
}

TEST(R16Arrears, GrantsThroughOneMorePeriodWhateverWasUsed) {
  const Fact used = Paid("in_1", kFeb, {Line("payg", kJan, kFeb).Quantity(4000)});
  const Answer arrears{kGranted, Reason::kPaidInArrears};
  ExpectAll({
      {"FromPayment", {AcmePays(), used}, kFeb, arrears, kRegions},
      {"NotBefore", {AcmePays(), used}, kFeb - kMs, {kNotInPlan, Reason::kNotIncluded}, kRegions},
      {"OneMorePeriodOfTheSameLength", {AcmePays(), used}, kFeb + Days(31) - kMs, arrears, kRegions},
      {"ThenGrace", {AcmePays(), used}, kFeb + Days(31), {kGrace, Reason::kRenewalPending}, kRegions},
      {"ItsRenewalStartsWhereTheUsedPeriodEnded",
       {AcmePays(), used, Open("in_2", kFeb + Days(31), {Line("payg", kFeb, kMar)}), Failed("in_2", kFeb + Days(31))},
       kFeb + Days(31),
       {kGrace, Reason::kRenewalFailed},
       kRegions},
      {"TheQuantityIsNoMultiplier",
       {AcmePays(), Paid("in_1", kFeb, {Line("payg", kJan, kFeb).Quantity(4000)})},
       kFeb,
       arrears,
       kProjects,
       Limit{.amount = 7}},
  });
}

}  // namespace
}  // namespace usher::testing
