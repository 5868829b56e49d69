// Operator acts: each is a fact, visible when it is acknowledged, and repeating one changes nothing.
#include <gmock/gmock.h>

#include "server/engine/overrides.h"
#include "server/engine/refusal.h"
#include "server/engine/tenants.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

const TenantId kAcme("acme");
constexpr Instant kLater = kJanuary + kDay;

class RecordTest : public LedgerTest {
 protected:
  void Create() { ASSERT_TRUE(world_->recorder.CreateTenant(kAcme, "Acme Inc.", "ops").ok()); }

  static OutcomeRecord Transfer(OutcomeStatus status) {
    OutcomeRecord record;
    record.provider = "bank";
    record.reference = "transfer-1";
    record.outcome.status = status;
    record.outcome.tenant = kAcme;
    record.outcome.price = PriceId("price_growth");
    record.outcome.start = kJanuary;
    record.outcome.end = kJanuary + 30 * kDay;
    return record;
  }

  static OverrideRecord Sso(bool on, const std::string& reason = "promised") {
    OverrideRecord record;
    record.override_id = "ov_1";
    record.content.tenant = kAcme;
    record.content.feature = FeatureId("sso");
    record.content.value = on;
    record.content.reason = reason;
    return record;
  }

  TenantDetails Describe() { return *DescribeTenant(*Read(), kAcme, clock_.Now()); }
  AccessState SsoNow() { return world_->StateOf("acme", "sso", kLater); }
};

TEST_F(RecordTest, ACreatedTenantIsKnown) {
  const auto created = world_->recorder.CreateTenant(kAcme, "Acme Inc.", "ops");
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->disposition, Disposition::kApplied);
  EXPECT_EQ(DecodeRevision(created->revision)->versions.at(kAcme), 1);
  EXPECT_TRUE(world_->Tenant("acme").timeline->known);
  EXPECT_EQ(Describe().display_name, "Acme Inc.");
  EXPECT_EQ(Audited("acme"), (std::vector<std::string>{"LEDGER_CHANGED", "TENANT_CREATED"}));
  EXPECT_EQ(RefusalOf(world_->recorder.CreateTenant(kAcme, "Acme", "ops").status()), Refusal::kTenantExists);
}

TEST_F(RecordTest, AVouchedOutcomeGrants) {
  clock_.Set(kLater);
  const auto recorded = world_->recorder.RecordOutcome(Transfer(OutcomeStatus::kPending), "ops");
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_NE(SsoNow(), AccessState::kGranted);
  ASSERT_TRUE(world_->recorder.RecordOutcome(Transfer(OutcomeStatus::kSucceeded), "ops").ok());
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater + kDay), AccessState::kGranted);
}

TEST_F(RecordTest, TheSameOutcomeTwiceIsADuplicate) {
  ASSERT_TRUE(world_->recorder.RecordOutcome(Transfer(OutcomeStatus::kSucceeded), "ops").ok());
  const std::int64_t version = world_->Tenant("acme").version;
  clock_.Set(kLater);
  const auto again = world_->recorder.RecordOutcome(Transfer(OutcomeStatus::kSucceeded), "someone");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->disposition, Disposition::kDuplicate);
  EXPECT_EQ(DecodeRevision(again->revision)->versions.at(kAcme), version);
  EXPECT_EQ(world_->Tenant("acme").version, version);
}

TEST_F(RecordTest, AReferenceNamesAPaymentOfOneTenant) {
  ASSERT_TRUE(world_->recorder.RecordOutcome(Transfer(OutcomeStatus::kSucceeded), "ops").ok());
  const std::size_t audited = AuditIn(*store_).size();
  OutcomeRecord other = Transfer(OutcomeStatus::kSucceeded);
  other.outcome.tenant = TenantId("umbrella");
  const absl::Status refused = world_->recorder.RecordOutcome(other, "ops").status();
  EXPECT_EQ(RefusalOf(refused), Refusal::kOutcomeConflict);
  EXPECT_EQ(AboutOf(refused), "transfer-1");
  EXPECT_THAT(StatusMessage(refused), testing::HasSubstr("`transfer-1`"));
  EXPECT_THAT(StatusMessage(refused), testing::Not(testing::HasSubstr("acme"))) << "whose it is stays secret";
  EXPECT_EQ(AuditIn(*store_).size(), audited);
  EXPECT_EQ(world_->Tenant("umbrella").version, 0);
  EXPECT_NE(world_->StateOf("umbrella", "sso", kLater), AccessState::kGranted);
  other.reference = "transfer-2";
  EXPECT_TRUE(world_->recorder.RecordOutcome(other, "ops").ok());
  other.reference = "transfer-1";
  other.provider = "orders";
  EXPECT_TRUE(world_->recorder.RecordOutcome(other, "ops").ok()) << "references of another provider are others";
}

struct PaymentCase {
  const char* name;
  OutcomeStatus known;
  OutcomeStatus said;
  void (*change)(OutcomeFact&);  // what is said differently
  const char* refused;           // the part of the message that says what; null: it is recorded
  bool known_without_period = false;
};

constexpr auto kNothing = [](OutcomeFact&) {};
constexpr auto kNoPeriod = [](OutcomeFact& outcome) { outcome.start = outcome.end = std::nullopt; };
constexpr auto kLonger = [](OutcomeFact& outcome) { *outcome.end += kDay; };
constexpr auto kMore = [](OutcomeFact& outcome) { outcome.quantity_milli = 2000; };
constexpr auto kRenewing = [](OutcomeFact& outcome) { outcome.subscription = "sub"; };
constexpr auto kOther = [](OutcomeFact& outcome) { outcome.price = PriceId("price_other"); };

TEST_F(RecordTest, WhatIsSaidOfOnePaymentAgain) {
  using enum OutcomeStatus;
  constexpr PaymentCase kCases[] = {
      {"other price", kSucceeded, kSucceeded, kOther, "another price"},
      {"other quantity", kSucceeded, kSucceeded, kMore, "another quantity"},
      {"other subscription", kSucceeded, kSucceeded, kRenewing, "another subscription"},
      {"longer period", kSucceeded, kSucceeded, kLonger, "another period"},
      {"period left out", kSucceeded, kSucceeded, kNoPeriod, "another period"},
      {"price of a pending one", kPending, kSucceeded, kOther, "another price"},
      {"quantity of a pending one", kPending, kSucceeded, kMore, "another quantity"},
      {"subscription of a pending one", kPending, kSucceeded, kRenewing, "another subscription"},
      {"period of a pending one", kPending, kSucceeded, kLonger, "another period"},
      {"period added to a pending one", kPending, kPending, kNothing, "another period", true},
      {"reversal of another period", kSucceeded, kReversed, kLonger, "another period"},
      {"reversal without period", kSucceeded, kReversed, kNoPeriod, "another period"},
      {"success with the period", kPending, kSucceeded, kNothing, nullptr, true},
      {"success after a failure", kFailed, kSucceeded, kNothing, nullptr, true},
      {"late pending one without period", kSucceeded, kPending, kNoPeriod, nullptr},
      {"success as announced", kPending, kSucceeded, kNothing, nullptr},
      {"reversal", kSucceeded, kReversed, kNothing, nullptr},
  };
  constexpr char kOtherPrice[] = "    price_other: { plan: growth@1, interval: month, currency: usd }\n";
  ASSERT_TRUE(world_->Activate(TestCatalog(kOtherPrice)).ok());
  int number = 0;
  for (const PaymentCase& row : kCases) {
    OutcomeRecord known = Transfer(row.known);
    known.reference = "transfer-" + std::to_string(++number);
    OutcomeRecord said = known;
    said.outcome.status = row.said;
    row.change(said.outcome);
    if (row.known_without_period) kNoPeriod(known.outcome);
    ASSERT_TRUE(world_->recorder.RecordOutcome(known, "ops").ok()) << row.name;
    const std::size_t audited = AuditIn(*store_).size();
    const auto recorded = world_->recorder.RecordOutcome(said, "ops");
    if (row.refused == nullptr) {
      ASSERT_TRUE(recorded.ok()) << row.name << ": " << recorded.status();
      EXPECT_EQ(recorded->disposition, Disposition::kApplied) << row.name;
      continue;
    }
    EXPECT_EQ(RefusalOf(recorded.status()), Refusal::kOutcomeConflict) << row.name;
    EXPECT_THAT(StatusMessage(recorded.status()), testing::HasSubstr(row.refused)) << row.name;
    EXPECT_THAT(StatusMessage(recorded.status()), testing::HasSubstr("record its reversal")) << row.name;
    EXPECT_EQ(AuditIn(*store_).size(), audited) << row.name << ": a refusal stores nothing";
  }
}

TEST_F(RecordTest, ASuccessNeedsAPeriodOrATerm) {
  OutcomeRecord record = Transfer(OutcomeStatus::kSucceeded);
  kNoPeriod(record.outcome);
  const absl::Status refused = world_->recorder.RecordOutcome(record, "ops").status();
  EXPECT_TRUE(absl::IsInvalidArgument(refused)) << refused;
  EXPECT_FALSE(RefusalOf(refused).has_value());
  EXPECT_THAT(StatusMessage(refused), testing::HasSubstr("price `price_growth` is not sold once"));
  EXPECT_EQ(world_->Tenant("acme").version, 0);
  record.outcome.status = OutcomeStatus::kPending;
  EXPECT_TRUE(world_->recorder.RecordOutcome(record, "ops").ok()) << "what is under way may say its period later";
}

TEST_F(RecordTest, ALinkToAnAccountThatPaidNothingIsSeenThoughNothingFollowsFromIt) {
  const auto first = world_->recorder.LinkTenant(kAcme, "stripe", "cus_1", "ops");
  const auto second = world_->recorder.LinkTenant(kAcme, "stripe", "cus_2", "ops");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->disposition, Disposition::kApplied);
  EXPECT_EQ(second->revision, first->revision);
  EXPECT_EQ(Describe().links.size(), 2u);
}

TEST_F(RecordTest, AnOutcomeNeedsAPriceOfItsMode) {
  OutcomeRecord record = Transfer(OutcomeStatus::kSucceeded);
  record.livemode = true;
  const auto refused = world_->recorder.RecordOutcome(record, "ops");
  EXPECT_EQ(RefusalOf(refused.status()), Refusal::kPriceUnknown);
  EXPECT_THAT(StatusMessage(refused.status()), testing::HasSubstr("no live price `price_growth`"));
  record.outcome.price = PriceId("price_live_growth");
  EXPECT_TRUE(world_->recorder.RecordOutcome(record, "ops").ok());
}

TEST_F(RecordTest, ALinkMakesTheTenantKnownAndIsListed) {
  const auto linked = world_->recorder.LinkTenant(kAcme, "stripe", "cus_1", "ops");
  ASSERT_TRUE(linked.ok()) << linked.status();
  EXPECT_EQ(Describe().links, std::vector{CustomerObject("cus_1")});
  EXPECT_EQ(world_->recorder.LinkTenant(kAcme, "stripe", "cus_1", "ops")->disposition, Disposition::kDuplicate);
  EXPECT_EQ(RefusalOf(world_->recorder.LinkTenant(kAcme, "paypal", "cus_1", "ops").status()),
            Refusal::kProviderUnknown);
  EXPECT_EQ(world_->recorder.LinkTenant(kAcme, "stripe", "in_1", "ops").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(RecordTest, ALinkMovesBackAndForthWithinOneMillisecond) {
  for (const char* tenant : {"acme", "umbrella", "acme", "umbrella"}) {
    const auto linked = world_->recorder.LinkTenant(TenantId(tenant), "stripe", "cus_1", "ops");
    ASSERT_TRUE(linked.ok()) << linked.status();
    EXPECT_EQ(linked->disposition, Disposition::kApplied);
    EXPECT_EQ(DescribeTenant(*Read(), TenantId(tenant), clock_.Now())->links.size(), 1u) << tenant;
  }
  EXPECT_TRUE(Describe().links.empty());
}

TEST_F(RecordTest, AnOverrideGrantsUntilItIsRemoved) {
  Create();
  ASSERT_TRUE(world_->recorder.PutOverride(Sso(true), "ops").ok());
  EXPECT_EQ(SsoNow(), AccessState::kGranted);
  EXPECT_EQ(world_->recorder.PutOverride(Sso(true), "someone else")->disposition, Disposition::kDuplicate);
  ASSERT_EQ(Describe().overrides.size(), 1u);
  EXPECT_EQ(Describe().overrides[0].override_id, "ov_1");
  ASSERT_TRUE(world_->recorder.RemoveOverride(kAcme, "ov_1", "over", "", "ops").ok());
  EXPECT_EQ(SsoNow(), AccessState::kNotInPlan);
  EXPECT_TRUE(Describe().overrides.empty());
  EXPECT_EQ(RefusalOf(world_->recorder.RemoveOverride(kAcme, "ov_1", "over", "", "ops").status()),
            Refusal::kOverrideUnknown);
  ASSERT_TRUE(world_->recorder.PutOverride(Sso(true), "ops").ok());
  EXPECT_EQ(SsoNow(), AccessState::kGranted);
}

TEST_F(RecordTest, AnExpiredOverrideIsNotListed) {
  Create();
  OverrideRecord record = Sso(true);
  record.content.expires_at = kLater;
  ASSERT_TRUE(world_->recorder.PutOverride(record, "ops").ok());
  EXPECT_EQ(Describe().overrides.size(), 1u);
  clock_.Set(kLater);
  EXPECT_TRUE(Describe().overrides.empty());
}

TEST_F(RecordTest, AnEtagGuardsAgainstLostUpdates) {
  Create();
  ASSERT_TRUE(world_->recorder.PutOverride(Sso(true), "ops").ok());
  const std::string etag = Describe().overrides[0].etag;
  OverrideRecord changed = Sso(true, "another reason");
  changed.etag = etag;
  ASSERT_TRUE(world_->recorder.PutOverride(changed, "ops").ok());
  EXPECT_NE(Describe().overrides[0].etag, etag);
  EXPECT_EQ(RefusalOf(world_->recorder.PutOverride(changed, "ops").status()), Refusal::kEtagMismatch);
  EXPECT_EQ(RefusalOf(world_->recorder.RemoveOverride(kAcme, "ov_1", "over", etag, "ops").status()),
            Refusal::kEtagMismatch);
  EXPECT_TRUE(world_->recorder.RemoveOverride(kAcme, "ov_1", "over", Describe().overrides[0].etag, "ops").ok());
  OverrideRecord gone = Sso(true);
  gone.etag = etag;
  EXPECT_EQ(RefusalOf(world_->recorder.PutOverride(gone, "ops").status()), Refusal::kEtagMismatch);
}

TEST_F(RecordTest, AnOverrideNeedsAKnownTenantAndFeature) {
  EXPECT_EQ(RefusalOf(world_->recorder.PutOverride(Sso(true), "ops").status()), Refusal::kTenantUnknown);
  Create();
  OverrideRecord record = Sso(true);
  record.content.feature = FeatureId("ss0");
  EXPECT_EQ(RefusalOf(world_->recorder.PutOverride(record, "ops").status()), Refusal::kFeatureUnknown);
}

TEST_F(RecordTest, ASuspendedTenantHasNothingUntilItIsReinstated) {
  Create();
  ASSERT_TRUE(world_->recorder.PutOverride(Sso(true), "ops").ok());
  ASSERT_TRUE(world_->recorder.SetSuspended(kAcme, true, "abuse", "ops").ok());
  EXPECT_EQ(SsoNow(), AccessState::kSuspended);
  EXPECT_TRUE(Describe().suspended);
  EXPECT_EQ(Describe().suspension_reason, "abuse");
  EXPECT_EQ(world_->recorder.SetSuspended(kAcme, true, "abuse", "ops")->disposition, Disposition::kDuplicate);
  ASSERT_TRUE(world_->recorder.SetSuspended(kAcme, false, "", "ops").ok());
  EXPECT_EQ(SsoNow(), AccessState::kGranted);
  EXPECT_FALSE(Describe().suspended);
  EXPECT_EQ(world_->recorder.SetSuspended(kAcme, false, "", "ops")->disposition, Disposition::kDuplicate);
  EXPECT_EQ(RefusalOf(world_->recorder.SetSuspended(TenantId("x"), true, "", "ops").status()), Refusal::kTenantUnknown);
}

TEST_F(RecordTest, EveryActIsAuditedWithItsActor) {
  Create();
  ASSERT_TRUE(world_->recorder.PutOverride(Sso(true), "alice").ok());
  ASSERT_TRUE(world_->recorder.RemoveOverride(kAcme, "ov_1", "over", "", "bob").ok());
  ASSERT_TRUE(world_->recorder.SetSuspended(kAcme, true, "abuse", "carol").ok());
  ASSERT_TRUE(world_->recorder.RecordOutcome(Transfer(OutcomeStatus::kSucceeded), "dave").ok());
  std::vector<std::string> acts;
  for (const AuditRow& row : AuditIn(*store_)) {
    if (row.record.action != "LEDGER_CHANGED") acts.push_back(row.record.actor + " " + row.record.action);
  }
  EXPECT_EQ(acts,
            (std::vector<std::string>{"file CATALOG_ACTIVATED", "ops TENANT_CREATED", "alice OVERRIDE_PUT",
                                      "bob OVERRIDE_REMOVED", "carol TENANT_SUSPENDED", "dave OUTCOME_RECORDED"}));
}

TEST_F(RecordTest, AnUnknownTenantCannotBeDescribed) {
  EXPECT_EQ(RefusalOf(DescribeTenant(*Read(), TenantId("nobody"), kJanuary).status()), Refusal::kTenantUnknown);
}

}  // namespace
}  // namespace usher
