#include "server/core/check.h"

#include <gtest/gtest.h>

#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using enum AccessState;

const std::vector<Fact> kGrowthPaid = {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)})};

struct UsageCase {
  const char* name;
  std::size_t feature;
  std::int64_t quantity;
  std::optional<std::int64_t> used;
  Access access;
  bool allowed;
  Access granted;
  UsageVerdict verdict;
  std::optional<std::int64_t> remaining;
  std::int64_t overage;
};

void ExpectUsage(const std::vector<UsageCase>& rows, const CatalogPtr& catalog = CoreCatalog(), Instant at = kJan,
                 const std::vector<Fact>& facts = kGrowthPaid) {
  const Timeline timeline = TimelineOf(facts, catalog);
  for (const UsageCase& row : rows) {
    SCOPED_TRACE(row.name);
    const Decision decision =
        Check(*catalog, timeline,
              {.feature = row.feature, .quantity = row.quantity, .current_usage = row.used, .access = row.access}, at);
    EXPECT_EQ(decision.allowed, row.allowed);
    EXPECT_EQ(decision.granted_access, row.granted);
    EXPECT_EQ(decision.usage, row.verdict);
    EXPECT_EQ(decision.used, row.used);
    EXPECT_EQ(decision.remaining, row.remaining);
    EXPECT_EQ(decision.overage, row.overage);
  }
}

constexpr auto kNone = Access::kNone;
constexpr auto kRead = Access::kRead;
constexpr auto kUse = Access::kUse;
constexpr auto kAs = UsageVerdict::kAsTimeline;
constexpr auto kOver = UsageVerdict::kOverLimit;
constexpr auto kUnknown = UsageVerdict::kUsageUnknown;
constexpr std::nullopt_t kNo = std::nullopt;

TEST(Check, UseAgainstTheValue) {
  ExpectUsage({
      // name                    feature    +   used access allowed granted verdict remaining overage
      {"BooleanOn", kSso, 1, kNo, kUse, true, kUse, kAs, kNo, 0},
      {"BooleanIgnoresUse", kSso, 7, 9, kUse, true, kUse, kAs, kNo, 0},
      {"LevelPermits", kSupport, 1, kNo, kUse, true, kUse, kAs, kNo, 0},
      {"SetPermits", kRegions, 1, kNo, kUse, true, kUse, kAs, kNo, 0},
      {"LimitWithoutUseAnswersItsValue", kSeats, 1, kNo, kUse, true, kUse, kAs, kNo, 0},
      {"MoreThanTheWholeLimit", kSeats, 11, kNo, kUse, false, kUse, kOver, kNo, 0},
      {"OneMoreFits", kSeats, 1, 9, kUse, true, kUse, kAs, 1, 0},
      {"OneMoreDoesNotFit", kSeats, 1, 10, kUse, false, kUse, kOver, 0, 0},
      {"KeepWhatIsThere", kSeats, 0, 10, kUse, true, kUse, kAs, 0, 0},
      {"ReadAtTheLimit", kSeats, 1, 10, kRead, true, kUse, kOver, 0, 0},
      {"OverAndKept", kSeats, 0, 12, kUse, true, kUse, kOver, 0, 2},
      {"OverAndMore", kSeats, 1, 12, kUse, false, kUse, kOver, 0, 2},
      {"MeteredWithoutUse", kApi, 1, kNo, kUse, false, kUse, kUnknown, kNo, 0},
      {"MeteredWithoutUseKeeps", kApi, 0, kNo, kUse, true, kUse, kUnknown, kNo, 0},
      {"MeteredInTheCap", kApi, 1, 499, kUse, true, kUse, kAs, 1, 399},
      {"MeteredAtTheCap", kApi, 1, 500, kUse, false, kUse, kOver, 0, 400},
      {"HugeUseDoesNotOverflow", kSeats, INT64_MAX, INT64_MAX, kUse, false, kUse, kOver, 0, INT64_MAX - 10},
  });
}

TEST(Check, UnlimitedHasNothingRemainingToSay) {
  const auto unlimited = CoreCatalog([](Catalog& catalog) {
    catalog.plans[kGrowthPlan].entitlements[kSeats]->fixed = kUnlimited;
    catalog.plans[kGrowthPlan].entitlements[kApi]->fixed = Metered{.included = {.amount = 100}, .cap = kUnlimited};
  });
  ExpectUsage({{"Limit", kSeats, 1000, 1000, kUse, true, kUse, kAs, kNo, 0},
               {"SoftMetered", kApi, 1, 150, kUse, true, kUse, kAs, kNo, 50},
               {"SoftMeteredWithoutUse", kApi, 1, kNo, kUse, true, kUse, kUnknown, kNo, 0}},
              unlimited);
}

TEST(Check, AValueOfNothingPermitsNothing) {
  const auto nothing = CoreCatalog([](Catalog& catalog) {
    catalog.plans[kGrowthPlan].entitlements[kSeats]->fixed = Limit{};
    catalog.plans[kGrowthPlan].entitlements[kRegions]->fixed = ValueSet{};
  });
  ExpectUsage({{"Limit", kSeats, 0, kNo, kUse, false, kNone, kAs, kNo, 0},
               {"LimitAndNoUse", kSeats, 0, 0, kUse, false, kNone, kAs, 0, 0},
               {"Set", kRegions, 1, kNo, kUse, false, kNone, kAs, kNo, 0}},
              nothing);
}

TEST(Check, OverLimitModesAfterADowngrade) {
  const auto with = [](OverLimitMode then, Millis after) {
    return CoreCatalog([=](Catalog& catalog) {
      catalog.features[kSeats].over_limit = {.then = then, .after = {.months = 0, .exact = after}};
    });
  };
  // Ten seats in January, three from February on.
  const std::vector<Fact> downgraded = {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)}),
                                        Paid("in_2", kFeb, {Monthly("starter", kFeb)})};
  const auto row = [](const char* name, Access access, bool allowed, Access granted) {
    return UsageCase{name, kSeats, 0, 8, access, allowed, granted, kOver, 0, 5};
  };
  ExpectUsage({row("BlockNewMayUse", kUse, true, kUse)}, with(OverLimitMode::kBlockNew, Millis(0)), kFeb, downgraded);
  ExpectUsage({row("ReadOnlyMayRead", kRead, true, kRead), row("ReadOnlyMayNotUse", kUse, false, kRead)},
              with(OverLimitMode::kReadOnly, Millis(0)), kFeb, downgraded);
  ExpectUsage({row("BlockMayNotRead", kRead, false, kNone)}, with(OverLimitMode::kBlock, Millis(0)), kFeb, downgraded);
  ExpectUsage({row("WithinTheDelayMayUse", kUse, true, kUse)}, with(OverLimitMode::kBlock, Days(14)),
              kFeb + Days(14) - kMs, downgraded);
  ExpectUsage({row("AfterTheDelayMayNot", kUse, false, kNone)}, with(OverLimitMode::kBlock, Days(14)), kFeb + Days(14),
              downgraded);
}

TEST(Check, TheDelayOfOverLimitBoundsTheAnswer) {
  const auto catalog = CoreCatalog([](Catalog& changed) {
    changed.features[kSeats].over_limit = {.then = OverLimitMode::kBlock, .after = {.months = 0, .exact = Days(14)}};
  });
  const Timeline timeline = TimelineOf(
      {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)}), Paid("in_2", kFeb, {Monthly("starter", kFeb)})},
      catalog);
  const Decision decision = Check(*catalog, timeline, {.feature = kSeats, .quantity = 0, .current_usage = 8}, kFeb);
  EXPECT_EQ(decision.valid_until, kFeb + Days(14));
  EXPECT_FALSE(decision.provisional);
}

TEST(Check, SaysWhatItRestsOn) {
  const CatalogPtr catalog = CoreCatalog();
  const Decision decision =
      Check(*catalog, TimelineOf(kGrowthPaid), {.feature = kSso, .current_usage = std::nullopt}, kJan);
  EXPECT_EQ(decision.state, kGranted);
  EXPECT_EQ(decision.reason, Reason::kPaid);
  EXPECT_EQ(decision.plan, "growth@2");
  EXPECT_EQ(decision.price, PriceId("growth"));
  EXPECT_EQ(decision.valid_until, kFeb);
  EXPECT_FALSE(decision.provisional);
  EXPECT_TRUE(decision.tenant_known);
  EXPECT_EQ(decision.evaluated_at, kJan);
  ASSERT_EQ(decision.sources.size(), 1U);
  EXPECT_EQ(decision.sources[0].source, "invoice in_1");
  EXPECT_EQ(decision.sources[0].subscription, "sub_1");
  EXPECT_EQ(decision.remedy.kind, RemedyKind::kNone);
}

TEST(Check, SuspendedWithOnSuspendedAllowMayBeUsed) {
  const CatalogPtr catalog = CoreCatalog();
  std::vector<Fact> facts = kGrowthPaid;
  facts.push_back(Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1"));
  facts.push_back(Dispute("dp_1", DisputeStatus::kOpen, kJan, "ch_1"));
  const Timeline timeline = TimelineOf(facts);
  const Decision support = Check(*catalog, timeline, {.feature = kSupport, .current_usage = std::nullopt}, kJan);
  EXPECT_EQ(support.state, kSuspended);
  EXPECT_TRUE(support.allowed);
  EXPECT_FALSE(Check(*catalog, timeline, {.feature = kSso, .current_usage = std::nullopt}, kJan).allowed);
}

struct RemedyCase {
  const char* name;
  std::vector<Fact> facts;
  CheckRequest request;
  RemedyKind kind;
  std::vector<std::string> plans;
};

TEST(Check, Remedies) {
  const auto ask = [](std::size_t feature, std::int64_t quantity = 1, std::optional<std::int64_t> used = std::nullopt) {
    return CheckRequest{.feature = feature, .quantity = quantity, .current_usage = used};
  };
  const Fact open = Open("in_1", kJan, {Monthly("growth", kJan)});
  std::vector<Fact> disputed = kGrowthPaid;
  disputed.push_back(Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1"));
  disputed.push_back(Dispute("dp_1", DisputeStatus::kOpen, kJan, "ch_1"));
  std::vector<Fact> refunded = kGrowthPaid;
  refunded.push_back(CreditNote("cn_1", kJan, "in_1", 1000));
  const std::vector<RemedyCase> rows = {
      {"Authenticate", {AcmePays(), open, AskedFor("in_1", kJan)}, ask(kSso), RemedyKind::kCompleteAuthentication, {}},
      {"Wait",
       {AcmePays(), Session("cs_1", CheckoutPayment::kUnpaid, kJan, "growth")},
       ask(kSso),
       RemedyKind::kWait,
       {}},
      {"Pay", {AcmePays(), open}, ask(kSso), RemedyKind::kPay, {}},
      {"Upgrade", {}, ask(kSeats), RemedyKind::kUpgrade, {"growth@2", "starter@1"}},
      {"NoPlanHasIt",
       {Overridden("o", OverrideMode::kDeny, kJan, "sso", false)},
       ask(kSso),
       RemedyKind::kContactOperator,
       {}},
      {"ASuspensionNeedsTheOperator", {Suspension("acme", true, kJan)}, ask(kSso), RemedyKind::kContactOperator, {}},
      {"ADisputeToo", disputed, ask(kSso), RemedyKind::kContactOperator, {}},
      {"RefundedMayBuyAgain", refunded, ask(kSso), RemedyKind::kUpgrade, {"growth@2"}},
      {"MoreThanAnyPlan", kGrowthPaid, ask(kSeats, 1, 10), RemedyKind::kReduceUse, {}},
      {"APlanWithRoom",
       {AcmePays(), Paid("in_1", kJan, {Monthly("starter", kJan)})},
       ask(kSeats, 1, 3),
       RemedyKind::kUpgrade,
       {"growth@2"}},
      {"AnUnmappedPrice",
       {AcmePays(), Paid("in_1", kJan, {Monthly("unknown", kJan)})},
       ask(kSso),
       RemedyKind::kContactOperator,
       {}},
      {"SaysHowMuchIsUsed", kGrowthPaid, ask(kApi), RemedyKind::kNone, {}},
  };
  const CatalogPtr catalog = CoreCatalog();
  for (const RemedyCase& row : rows) {
    SCOPED_TRACE(row.name);
    const Decision decision = Check(*catalog, TimelineOf(row.facts), row.request, kJan);
    EXPECT_FALSE(decision.allowed);
    EXPECT_EQ(decision.remedy.kind, row.kind);
    EXPECT_EQ(decision.remedy.plans, row.plans);
  }
}

TEST(Check, RemediesShowPublicPlansOnly) {
  const auto hidden = CoreCatalog([](Catalog& catalog) { catalog.plans[kGrowthPlan].offered = Offered::kPrivate; });
  const Decision decision =
      Check(*hidden, TimelineOf({}, hidden), {.feature = kSeats, .current_usage = std::nullopt}, kJan);
  EXPECT_EQ(decision.remedy.plans, std::vector<std::string>{"starter@1"});
}

}  // namespace
}  // namespace usher::testing
