#include "server/core/timeline.h"

#include <set>

#include <gtest/gtest.h>

#include "server/core/check.h"
#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

std::vector<Fact> Story() {
  return {AcmePays(),
          Paid("in_1", kJan, {Monthly("growth", kJan)}),
          Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1"),
          Dispute("dp_1", DisputeStatus::kOpen, kJan + Days(5), "ch_1"),
          Dispute("dp_1", DisputeStatus::kWon, kJan + Days(8), "ch_1"),
          Open("in_2", kFeb, {Monthly("growth", kFeb)}),
          Failed("in_2", kFeb + Hours(1)),
          Overridden("ov_1", OverrideMode::kSet, kJan, "sso", true).With([](OverrideFact& fact) {
            fact.expires_at = kApr;
          })};
}

TEST(Timeline, CoversAllTimeWithoutGapsAndNeighboursDiffer) {
  const Timeline timeline = TimelineOf(Story());
  ASSERT_GE(timeline.segments.size(), 5U);
  EXPECT_EQ(timeline.segments.front().from, kBeginning);
  EXPECT_EQ(timeline.segments.back().until, kForever);
  for (std::size_t i = 0; i + 1 < timeline.segments.size(); ++i) {
    const Segment& segment = timeline.segments[i];
    const Segment& next = timeline.segments[i + 1];
    EXPECT_EQ(segment.until, next.from);
    EXPECT_LT(segment.from, segment.until);
    EXPECT_FALSE(segment.features == next.features && segment.sources == next.sources && segment.plans == next.plans);
  }
}

TEST(Timeline, OfNobodyIsOneSegment) {
  const Timeline timeline = TimelineOf({});
  EXPECT_EQ(timeline.segments.size(), 1U);
  EXPECT_FALSE(timeline.known);
  EXPECT_EQ(timeline.newest_fact, kBeginning);
}

TEST(SegmentAt, BoundariesBelongToTheLaterSegment) {
  const Timeline timeline = TimelineOf(Story());
  for (const Segment& segment : timeline.segments) {
    EXPECT_EQ(&SegmentAt(timeline, segment.from), &segment);
    if (segment.until == kForever) continue;
    EXPECT_EQ(&SegmentAt(timeline, segment.until - kMs), &segment);
    EXPECT_EQ(NextBoundary(timeline, segment.from), segment.until);
  }
  EXPECT_EQ(&SegmentAt(timeline, kForever), &timeline.segments.back());
  EXPECT_EQ(NextBoundary(timeline, kForever), kForever);
}

TEST(ValidUntil, IsTheEndOfTheStretchOfOneStateAndValue) {
  const Timeline timeline = TimelineOf(
      {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)}), Paid("in_2", kFeb, {Monthly("growth", kFeb)})});
  const CatalogPtr catalog = CoreCatalog();
  const auto judged_at = [&](Instant at) {
    return Judge(*catalog, timeline, {.feature = kProjects, .current_usage = std::nullopt}, at);
  };
  EXPECT_EQ(judged_at(kJan).valid_until, kMar);
  EXPECT_FALSE(judged_at(kJan).provisional);
  EXPECT_EQ(judged_at(kMar).valid_until, kMar + Hours(72));
  EXPECT_TRUE(judged_at(kMar).provisional);
  EXPECT_EQ(judged_at(kMar + Hours(72)).valid_until, kForever);
}

TEST(Provisional, EndsThatExistBecauseNothingHappened) {
  const std::vector<Fact> held = {AcmePays(), Open("in_1", kJan, {Monthly("growth", kJan)}), AskedFor("in_1", kJan)};
  EXPECT_TRUE(SegmentAt(TimelineOf(held), kJan).provisional);
  EXPECT_TRUE(SegmentAt(TimelineOf(held), kJan).sources.back().provisional);
  const std::vector<Fact> processing = {AcmePays(), Session("cs_1", CheckoutPayment::kUnpaid, kJan, "growth")};
  EXPECT_FALSE(SegmentAt(TimelineOf(processing), kJan).provisional);
}

TEST(Known, AnyFactThatNamesTheTenant) {
  EXPECT_TRUE(TimelineOf({Tenant("acme", kJan)}).known);
  EXPECT_TRUE(TimelineOf({AcmePays()}).known);
  EXPECT_FALSE(TimelineOf({Tenant("other", kJan)}).known);
}

struct InstantCase {
  const char* name;
  std::vector<Fact> facts;
  Instant now;
  Instant expect;
};

TEST(EvaluationInstant, ClockSkewNeverDeniesSomebodyWhoJustPaid) {
  const Fact paid = Paid("in_1", kJan, {Monthly("growth", kJan)});
  const std::vector<InstantCase> rows = {
      {"Now", {AcmePays(), paid}, kJan + Days(1), kJan + Days(1)},
      {"TheNewestFactWhenItIsAhead", {AcmePays(), paid}, kJan - Millis(1000), kJan},
      {"AtMostFiveMinutes", {AcmePays(), paid}, kJan - std::chrono::minutes(5), kJan},
      {"NotLonger", {AcmePays(), paid}, kJan - Hours(1), kJan - std::chrono::minutes(55)},
      {"NobodyIsNow", {}, kJan, kJan},
  };
  for (const InstantCase& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(EvaluationInstant(TimelineOf(row.facts), row.now), row.expect);
  }
}

TEST(EvaluationInstant, ATenantOnATestClockIsJudgedThere) {
  const Fact customer = Customer("cus_1", kJan).With([](CustomerFact& fact) { fact.test_clock = "clock_1"; });
  const auto subscription = [](Instant at) {
    return Subscribed("sub_1", SubscriptionStatus::kActive, at, "growth").With([](SubscriptionFact& fact) {
      fact.test_clock = "clock_1";
    });
  };
  const std::vector<InstantCase> rows = {
      {"WhereTheClockStands", {AcmePays(), customer, TestClock("clock_1", kFeb)}, kMay, kFeb},
      {"OrTheNewestFactOnIt", {AcmePays(), customer, TestClock("clock_1", kFeb), subscription(kMar)}, kMay, kMar},
      {"OrTheNewestInvoiceOfTheCustomer",
       {AcmePays(), customer, TestClock("clock_1", kFeb), Paid("in_1", kMar, {Monthly("growth", kMar)})},
       kMay,
       kMar},
      {"OrOfTheSubscriptionInALine",
       {Linked(ObjectKind::kSubscription, "sub_1", "acme", kJan), subscription(kJan), TestClock("clock_1", kFeb),
        Paid("in_1", kMar, {Monthly("growth", kMar)}).With([](InvoiceFact& invoice) {
          invoice.customer = "cus_2";
          invoice.subscription = "";
        })},
       kMay,
       kMar},
      {"AnothersInvoiceDoesNotMatter",
       {AcmePays(), customer, TestClock("clock_1", kFeb),
        Paid("in_1", kMar, {Monthly("growth", kMar)}).With([](InvoiceFact& invoice) { invoice.customer = "cus_2"; })},
       kMay,
       kFeb},
      {"AnothersClockDoesNotMatter", {customer, TestClock("clock_1", kFeb)}, kMay, kMay},
  };
  for (const InstantCase& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(EvaluationInstant(TimelineOf(row.facts), row.now), row.expect);
  }
}

TEST(Environment, ThePricesOfTheSourcesLivemode) {
  const auto live_only = CoreCatalog([](Catalog& catalog) { catalog.test_prices.clear(); });
  const BillingScope test{.provider = "stripe", .account = "", .livemode = false};
  const std::vector<Fact> facts = {Linked(ObjectKind::kCustomer, "cus_1", "acme", kJan).In(test),
                                   Paid("in_1", kJan, {Monthly("growth", kJan)}).In(test)};
  EXPECT_EQ(StateAt(TimelineOf(facts, live_only), kSso, kJan).reason, Reason::kUnmappedPrice);
  EXPECT_EQ(StateAt(TimelineOf(facts), kSso, kJan).reason, Reason::kPaid);
}

TEST(Names, EveryStateAndReasonHasItsOwn) {
  std::set<std::string_view> states;
  for (int i = 0; i <= static_cast<int>(AccessState::kNotInPlan); ++i)
    states.insert(StateName(static_cast<AccessState>(i)));
  EXPECT_EQ(states.size(), 8U);
  std::set<std::string_view> reasons;
  for (int i = 0; i <= static_cast<int>(Reason::kNotIncluded); ++i) reasons.insert(ReasonName(static_cast<Reason>(i)));
  EXPECT_EQ(reasons.size(), static_cast<std::size_t>(Reason::kNotIncluded) + 1);
  EXPECT_EQ(StateName(AccessState::kPaymentRequired), "payment_required");
  EXPECT_EQ(ReasonName(Reason::kAuthenticationRequired), "authentication_required");
}

}  // namespace
}  // namespace usher::testing
