// Deliveries over a real store: what each becomes, and what repetition, contradiction and forgery do.
#include <gmock/gmock.h>

#include "server/core/fact_codec.h"
#include "server/engine/refusal.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

using testing::HasSubstr;

Fact Link(const std::string& tenant = "acme") { return LinkOf(CustomerObject("cus_1"), tenant); }
Fact Paid() { return PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary); }

using IngestTest = LedgerTest;

// What a second delivery of one event id becomes, by what the first was.
struct RepetitionCase {
  const char* name;
  ParsedEvent first;
  ParsedEvent second;
  Disposition becomes;
  EventCounts counts;  // afterwards
  AccessState sso;     // of the tenant, afterwards
};

const RepetitionCase kRepetitions[] = {
    {"ARepeatedEventIsADuplicate",
     EventThatSays("evt_1", {Link(), Paid()}),
     EventThatSays("evt_1", {Paid(), Link()}),
     Disposition::kDuplicate,
     {1, 0, 0},
     AccessState::kGranted},
    {"ADeliveryThatContradictsAnAppliedOneIsParked",
     EventThatSays("evt_1", {Link()}),
     EventThatSays("evt_1", {Link(), Paid()}),
     Disposition::kParked,
     {1, 0, 1},
     AccessState::kNotInPlan},
    {"AnUnusableRepetitionOfAnAppliedEventIsParked",
     EventThatSays("evt_1", {Link(), Paid()}),
     UnusableEvent("evt_1"),
     Disposition::kParked,
     {1, 0, 1},
     AccessState::kGranted},
    {"AParkedEventRepeatedIsADuplicate",
     UnusableEvent("evt_1"),
     UnusableEvent("evt_1"),
     Disposition::kDuplicate,
     {0, 0, 1},
     AccessState::kNotInPlan},
    {"AParkedEventThatIsReadableNowCounts",
     UnusableEvent("evt_1"),
     EventThatSays("evt_1", {Link(), Paid()}),
     Disposition::kApplied,
     {1, 0, 0},
     AccessState::kGranted},
    {"AnIgnoredEventRepeatedIsADuplicate",
     IgnoredEvent("evt_1"),
     IgnoredEvent("evt_1"),
     Disposition::kDuplicate,
     {0, 1, 0},
     AccessState::kNotInPlan},
    {"AnIgnoredEventThatIsOursNowCounts",
     IgnoredEvent("evt_1"),
     EventThatSays("evt_1", {Link(), Paid()}),
     Disposition::kApplied,
     {1, 0, 0},
     AccessState::kGranted},
    {"AnotherEventWithTheSameFactsIsApplied",
     EventThatSays("evt_1", {Link(), Paid()}),
     EventThatSays("evt_2", {Link(), Paid()}),
     Disposition::kApplied,
     {2, 0, 0},
     AccessState::kGranted},
};

class Repetitions : public LedgerTest, public testing::WithParamInterface<RepetitionCase> {};

TEST_P(Repetitions, BecomeWhatTheRuleSays) {
  const RepetitionCase& row = GetParam();
  Deliver(row.first);
  const EventOutcome second = Deliver(row.second);
  EXPECT_EQ(second.disposition, row.becomes) << second.reason;
  const EventCounts counts = *Read()->CountEvents();
  EXPECT_EQ(counts.applied, row.counts.applied);
  EXPECT_EQ(counts.ignored, row.counts.ignored);
  EXPECT_EQ(counts.parked, row.counts.parked);
  EXPECT_EQ(world_->StateOf("acme", "sso", kJanuary + kDay), row.sso);
  // A third delivery of either is never news.
  EXPECT_EQ(Deliver(row.second).disposition, Disposition::kDuplicate);
}

INSTANTIATE_TEST_SUITE_P(Ingest, Repetitions, testing::ValuesIn(kRepetitions),
                         [](const auto& param) { return std::string(param.param.name); });

TEST_F(IngestTest, AnAcknowledgedEventIsVisibleAndDurable) {
  const EventOutcome outcome = Deliver(EventThatSays("evt_1", {Link(), Paid()}));
  EXPECT_EQ(outcome.disposition, Disposition::kApplied);
  EXPECT_EQ(outcome.event_id, "evt_1");
  EXPECT_EQ(outcome.event_type, "test");
  EXPECT_EQ(outcome.reason, "");
  const absl::StatusOr<Revision> revision = DecodeRevision(outcome.revision);
  ASSERT_TRUE(revision.ok()) << revision.status();
  EXPECT_EQ(*revision, (Revision{store_->Epoch(), {{TenantId("acme"), 1}}, 1}));
  EXPECT_TRUE(world_->projection.Await(*revision, std::chrono::milliseconds(0)).ok());
  EXPECT_EQ(world_->StateOf("acme", "sso", kJanuary + kDay), AccessState::kGranted);
  const WorldTenant before = world_->Tenant("acme");
  Restart();
  EXPECT_EQ(world_->Tenant("acme").version, before.version);
  EXPECT_EQ(world_->Tenant("acme").digest, before.digest);
  EXPECT_EQ(*world_->Tenant("acme").timeline, *before.timeline);
}

TEST_F(IngestTest, OneEventIsOneVersion) {
  EXPECT_EQ(world_->Tenant("acme").version, 0);
  Deliver(EventThatSays("evt_1", {Link(), Paid()}));
  EXPECT_EQ(world_->Tenant("acme").version, 1);
  Deliver(EventThatSays("evt_2", {Paid()}));
  EXPECT_EQ(world_->Tenant("acme").version, 1);
  Deliver(EventThatSays("evt_3", {PaidInvoice("in_2", "cus_1", "sub_1", "price_growth", kJanuary + 30 * kDay)}));
  EXPECT_EQ(world_->Tenant("acme").version, 2);
  const Changes changes = *Read()->ReadChanges({}, 10);
  ASSERT_EQ(changes.rows.size(), 2u);
  EXPECT_EQ(changes.rows[1].version, 2);
  EXPECT_EQ(changes.rows[1].digest, world_->Tenant("acme").digest);
  EXPECT_EQ(Audited("acme"), (std::vector<std::string>{"LEDGER_CHANGED", "LEDGER_CHANGED"}));
}

TEST_F(IngestTest, ADuplicateAnswersTheRevisionOfItsFirstDelivery) {
  const EventOutcome first = Deliver(EventThatSays("evt_1", {Link(), Paid()}));
  EXPECT_EQ(Deliver(EventThatSays("evt_1", {Link(), Paid()})).revision, first.revision);
}

TEST_F(IngestTest, ReceiptGoesByTheMachinesClock) {
  SteppingClock machine;
  machine.Set(kJanuary + 5 * kDay);
  Ingest ingest(*store_, world_->writer, world_->projection, clock_, machine, world_->sources, world_->seal);
  ASSERT_TRUE(ingest
                  .RelayWebhook({.provider = "stripe",
                                 .raw = source_.Say(EventThatSays("evt_1", {Link(), Paid()})),
                                 .headers = {{"signature", "good"}},
                                 .received_at = std::nullopt})
                  .ok());
  EXPECT_EQ(Read()->FindEvents("stripe", "evt_1")->at(0).received, machine.Now());
  EXPECT_EQ((*Read()->FindTenantState(TenantId("acme")))->changed_at, clock_.Now());
}

TEST_F(IngestTest, EveryEventIsInTheInboxWithItsBytes) {
  const std::string raw = source_.Say(UnusableEvent("evt_1"));
  const EventOutcome outcome = world_->Deliver(raw);
  EXPECT_EQ(outcome.reason, "data.object.lines: expected a list");
  const auto rows = *Read()->FindEvents("stripe", "evt_1");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(*world_->seal.Open(rows[0].raw, PayloadLabel(kTestScope, "evt_1")), raw);
  EXPECT_EQ(rows[0].reason, outcome.reason);
  EXPECT_EQ(rows[0].received, clock_.Now());
  EXPECT_EQ(outcome.revision, "");
}

TEST_F(IngestTest, BytesThatNameNoEventAreParkedUnderTheirDigest) {
  const EventOutcome outcome = world_->Deliver("no event at all");
  EXPECT_EQ(outcome.disposition, Disposition::kParked);
  EXPECT_THAT(outcome.event_id, testing::StartsWith("sha256:"));
  EXPECT_EQ(world_->Deliver("no event at all").disposition, Disposition::kDuplicate);
  EXPECT_EQ(world_->Deliver("another non-event").disposition, Disposition::kParked);
}

TEST_F(IngestTest, TheEventThatTaughtAFactCanBeNamed) {
  Deliver(EventThatSays("evt_1", {Link(), Paid()}));
  Deliver(EventThatSays("evt_2", {Paid()}));
  const auto taught = *Read()->EventsThatTaught(FactDigest(Paid()));
  ASSERT_EQ(taught.size(), 2u);
  EXPECT_EQ(taught[0].id, "evt_1");
  EXPECT_EQ(*Read()->EventTenants(taught[0].position), std::vector{TenantId("acme")});
  EXPECT_TRUE(Read()->EventTenants(taught[1].position)->empty());
}

struct RejectionCase {
  const char* name;
  const char* signature;
  Refusal refusal;
  RejectedDeliveries counted;
};

const RejectionCase kRejections[] = {
    {"AForgedDelivery", "bad", Refusal::kSignatureInvalid, {1, 0, 0, 0}},
    {"AStaleDelivery", "stale", Refusal::kSignatureStale, {0, 1, 0, 0}},
    {"ADeliveryThatNothingCanVerify", "no secret", Refusal::kWebhookSecretMissing, {0, 0, 1, 0}},
};

class Rejections : public LedgerTest, public testing::WithParamInterface<RejectionCase> {};

TEST_P(Rejections, LeaveNothingBehindAndAreCounted) {
  const std::string raw = source_.Say(EventThatSays("evt_1", {Link(), Paid()}));
  const auto outcome = world_->TryDeliver(raw, GetParam().signature);
  EXPECT_EQ(RefusalOf(outcome.status()), GetParam().refusal);
  EXPECT_TRUE(Read()->FindEvents("stripe", "evt_1")->empty());
  EXPECT_TRUE(Read()->FactsOf(CustomerObject("cus_1"))->empty());
  const RejectedDeliveries rejected = world_->ingest.rejected();
  EXPECT_EQ(rejected.forged, GetParam().counted.forged);
  EXPECT_EQ(rejected.stale, GetParam().counted.stale);
  EXPECT_EQ(rejected.without_secret, GetParam().counted.without_secret);
}

INSTANTIATE_TEST_SUITE_P(Ingest, Rejections, testing::ValuesIn(kRejections),
                         [](const auto& param) { return std::string(param.param.name); });

constexpr auto kForeignLivemode = ScopeVerdict::kForeignLivemode;
constexpr auto kForeignAccount = ScopeVerdict::kForeignAccount;

// One after the other, a day apart.
struct ForeignCase {
  const char* name;
  std::vector<ParsedEvent> events;
  std::vector<ForeignEvents> foreign;
};

const BillingScope kLive{.provider = "stripe", .account = "", .livemode = true};
const BillingScope kLiveConnected{.provider = "stripe", .account = "acct_1", .livemode = true};
BillingScope Connected(const char* account) { return {.provider = "stripe", .account = account, .livemode = false}; }

const ForeignCase kForeign[] = {
    {"WhatIsOursAndDecidesNothingIsNotForeign", {IgnoredEvent("evt_1"), UnusableEvent("evt_2")}, {}},
    {"AnotherLivemodeIsToldFromAnotherAccount",
     {IgnoredEvent("evt_1", kLive), IgnoredEvent("evt_2", Connected("acct_1"))},
     {{"stripe", kForeignLivemode, 1, kJanuary, "another livemode"},
      {"stripe", kForeignAccount, 1, kJanuary + kDay, "account acct_1"}}},
    {"AccountsAreOneSumThatTellsOfTheLast",
     {IgnoredEvent("evt_1", Connected("acct_2")), IgnoredEvent("evt_2", Connected("acct_3")),
      IgnoredEvent("evt_3", Connected("acct_1"))},
     {{"stripe", kForeignAccount, 3, kJanuary + 2 * kDay, "account acct_1"}}},
    {"AnAccountOfAnotherLivemodeIsOfAnotherLivemode",
     {IgnoredEvent("evt_1", kLive), IgnoredEvent("evt_2", kLiveConnected)},
     {{"stripe", kForeignLivemode, 2, kJanuary + kDay, "another livemode"}}},
    {"ARepetitionCountsOnce",
     {IgnoredEvent("evt_1", kLive), IgnoredEvent("evt_1", kLive)},
     {{"stripe", kForeignLivemode, 1, kJanuary, "another livemode"}}},
    {"AProviderThatIsBuiltInNoMoreIsNobodys",
     {IgnoredEvent("evt_1", {.provider = "gone", .account = "", .livemode = true})},
     {}},
};

class Foreign : public LedgerTest, public testing::WithParamInterface<ForeignCase> {};

TEST_P(Foreign, EventsAreCountedByWhatIsForeignOfThem) {
  Instant now = kJanuary;
  for (const ParsedEvent& event : GetParam().events) {
    clock_.Set(now);
    Deliver(event);
    now += kDay;
  }
  Restart();
  const auto foreign = world_->ingest.CountForeignEvents(*Read());
  ASSERT_TRUE(foreign.ok()) << foreign.status();
  EXPECT_EQ(*foreign, GetParam().foreign);
}

INSTANTIATE_TEST_SUITE_P(Ingest, Foreign, testing::ValuesIn(kForeign),
                         [](const auto& param) { return std::string(param.param.name); });

TEST_F(IngestTest, AnUnknownProviderIsRefusedAndCounted) {
  const auto outcome = world_->ingest.RelayWebhook({.provider = "paypal", .raw = "", .headers = {}, .received_at = {}});
  EXPECT_EQ(RefusalOf(outcome.status()), Refusal::kProviderUnknown);
  EXPECT_THAT(StatusMessage(outcome.status()), HasSubstr("`stripe`"));
  EXPECT_EQ(world_->ingest.rejected().unknown_provider, 1);
}

TEST_F(IngestTest, AnEventBeforeTheFirstCatalogIsNotTaken) {
  Projection empty;
  Writer writer(*store_, empty);
  Ingest ingest(*store_, writer, empty, clock_, clock_, world_->sources, world_->seal);
  const auto outcome = ingest.RelayWebhook({.provider = "stripe",
                                            .raw = source_.Say(EventThatSays("evt_1", {Link()})),
                                            .headers = {{"signature", "good"}},
                                            .received_at = {}});
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(Read()->FindEvents("stripe", "evt_1")->empty());
}

TEST_F(IngestTest, TheNextBoundaryIsKeptForWhoeverWatchesTheClock) {
  Deliver(EventThatSays("evt_1", {Link(), Paid()}));
  const auto state = *Read()->FindTenantState(TenantId("acme"));
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->next_boundary, NextBoundary(*world_->Tenant("acme").timeline, clock_.Now()));
  EXPECT_LT(state->next_boundary, kForever);
  EXPECT_EQ(state->generation, 1);
}

}  // namespace
}  // namespace usher
