// Who a payment belongs to: links that come late, move, or divide one customer between two tenants.
#include <gmock/gmock.h>

#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

constexpr Instant kLater = kJanuary + kDay;

using LinkTest = LedgerTest;

TEST_F(LinkTest, FactsOfNobodyWaitAndJoinWhenTheLinkArrives) {
  Deliver(EventThatSays("evt_1", {PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
  EXPECT_EQ(*Read()->CountWaitingFacts(), 1);
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kNotInPlan);
  EXPECT_TRUE(Read()->ListTenantStates(TenantId(), 10)->empty());

  clock_.Set(kLater);
  const EventOutcome outcome = Deliver(EventThatSays("evt_2", {LinkOf(CustomerObject("cus_1"), "acme")}));
  EXPECT_EQ(outcome.disposition, Disposition::kApplied);
  EXPECT_EQ(*Read()->CountWaitingFacts(), 0);
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
  const auto ledger = *Read()->TenantFacts(TenantId("acme"), std::nullopt);
  ASSERT_EQ(ledger.size(), 2u);
  for (const TenantFactRow& row : ledger) {
    EXPECT_EQ(row.version, 1);
    EXPECT_EQ(row.learned_at, kLater);
  }
}

TEST_F(LinkTest, ALateLinkReachesThroughEverythingThatIsConnected) {
  Deliver(EventThatSays("evt_1", {PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
  Deliver(EventThatSays("evt_2", {ActiveSubscription("sub_1", "cus_1", "price_growth", kJanuary)}));
  Deliver(EventThatSays("evt_3", {LinkOf(ObjectOf(ObjectKind::kSubscription, "sub_1"), "acme")}));
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
  EXPECT_EQ(*Read()->CountWaitingFacts(), 0);
}

TEST_F(LinkTest, AMovedLinkRaisesBothVersionsAndIsAudited) {
  Deliver(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme"),
                                  PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
  clock_.Set(kLater);
  ASSERT_TRUE(world_->recorder.CreateTenant(TenantId("umbrella"), "", "ops").ok());
  const std::int64_t acme = world_->Tenant("acme").version;
  const std::int64_t umbrella = world_->Tenant("umbrella").version;

  ASSERT_TRUE(world_->recorder.LinkTenant(TenantId("umbrella"), "stripe", "cus_1", "ops").ok());
  EXPECT_EQ(world_->Tenant("acme").version, acme + 1);
  EXPECT_EQ(world_->Tenant("umbrella").version, umbrella + 1);
  EXPECT_NE(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
  EXPECT_EQ(world_->StateOf("umbrella", "sso", kLater), AccessState::kGranted);
  // What was answered before the move stays as it was.
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater - Millis(1)), AccessState::kGranted);
  EXPECT_THAT(Audited("acme"), testing::Contains("LINK_MOVED"));
  EXPECT_THAT(Audited("umbrella"), testing::Contains("LINK_MOVED"));
}

TEST_F(LinkTest, ALinkThatMovesNothingElseRaisesBothVersionsToo) {
  Deliver(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme")}));
  clock_.Set(kLater);
  ASSERT_TRUE(world_->recorder.LinkTenant(TenantId("umbrella"), "stripe", "cus_1", "ops").ok());
  EXPECT_EQ(world_->Tenant("acme").version, 2);
  EXPECT_EQ(world_->Tenant("umbrella").version, 1);
}

TEST_F(LinkTest, AWeakerClaimMovesNothing) {
  Deliver(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme"),
                                  PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
  Deliver(
      EventThatSays("evt_2", {LinkOf(CustomerObject("cus_1"), "thief", kJanuary - kDay, LinkTrust::kClientReference)}));
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
  EXPECT_NE(world_->StateOf("thief", "sso", kLater), AccessState::kGranted);
  EXPECT_THAT(Audited("acme"), testing::Not(testing::Contains("LINK_MOVED")));
}

TEST_F(LinkTest, OneCustomerMayPayForTwoTenants) {
  Deliver(EventThatSays("evt_1", {LinkOf(ObjectOf(ObjectKind::kSubscription, "sub_1"), "acme"),
                                  PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
  Deliver(EventThatSays("evt_2", {LinkOf(ObjectOf(ObjectKind::kSubscription, "sub_2"), "umbrella")}));
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
  EXPECT_EQ(world_->StateOf("umbrella", "sso", kLater), AccessState::kNotInPlan);

  const std::int64_t acme = world_->Tenant("acme").version;
  Deliver(EventThatSays("evt_3", {PaidInvoice("in_2", "cus_1", "sub_2", "price_growth", kJanuary)}));
  EXPECT_EQ(world_->StateOf("umbrella", "sso", kLater), AccessState::kGranted);
  EXPECT_EQ(world_->Tenant("acme").version, acme) << "what another tenant pays is no change";
}

TEST_F(LinkTest, OneEventMayConcernSeveralTenants) {
  const EventOutcome outcome = Deliver(
      EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme"), LinkOf(CustomerObject("cus_2"), "umbrella"),
                              PaidInvoice("in_2", "cus_2", "sub_2", "price_growth", kJanuary)}));
  const Revision revision = *DecodeRevision(outcome.revision);
  EXPECT_EQ(revision.versions.size(), 2u);
  EXPECT_EQ(Read()->TenantFacts(TenantId("acme"), std::nullopt)->size(), 1u);
  EXPECT_EQ(Read()->TenantFacts(TenantId("umbrella"), std::nullopt)->size(), 2u);
}

}  // namespace
}  // namespace usher
