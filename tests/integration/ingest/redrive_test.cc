// Parked events, read again.
#include <gtest/gtest.h>

#include "server/engine/refusal.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

const std::vector<Fact> kFacts = {LinkOf(CustomerObject("cus_1"), "acme"),
                                  PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)};
constexpr Instant kLater = kJanuary + kDay;

using RedriveTest = LedgerTest;

TEST_F(RedriveTest, AParkedEventCountsOnceItCanBeRead) {
  const std::string raw = source_.Say(UnusableEvent("evt_1"));
  world_->Deliver(raw);
  source_.Reinterpret(raw, EventThatSays("evt_1", kFacts));
  const auto outcome = world_->ingest.Redrive("stripe", "evt_1", "ops");
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->disposition, Disposition::kApplied);
  EXPECT_EQ(outcome->reason, "");
  EXPECT_EQ(DecodeRevision(outcome->revision)->versions.at(TenantId("acme")), 1);
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
  EXPECT_EQ(Read()->CountEvents()->parked, 0);
  EXPECT_EQ(Audited("").back(), "EVENT_REDRIVEN");
  // A later delivery of the same is a repetition.
  EXPECT_EQ(world_->Deliver(raw).disposition, Disposition::kDuplicate);
}

TEST_F(RedriveTest, AnEventThatIsStillUnusableStaysParkedWithItsPresentReason) {
  const std::string raw = source_.Say(UnusableEvent("evt_1"));
  world_->Deliver(raw);
  ParsedEvent otherwise = UnusableEvent("evt_1");
  otherwise.path = "data.object.status";
  source_.Reinterpret(raw, otherwise);
  const auto outcome = world_->ingest.Redrive("stripe", "evt_1", "ops");
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->disposition, Disposition::kParked);
  EXPECT_EQ(Read()->FindEvents("stripe", "evt_1")->front().reason, "data.object.status: expected a list");
}

TEST_F(RedriveTest, AContradictionIsAppliedBesideWhatItContradicts) {
  Deliver(EventThatSays("evt_1", {kFacts[0]}));
  Deliver(EventThatSays("evt_1", {kFacts[1]}));
  EXPECT_NE(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
  const auto outcome = world_->ingest.Redrive("stripe", "evt_1", "ops");
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->disposition, Disposition::kApplied);
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
}

TEST_F(RedriveTest, AnEventThatTurnsOutToRepeatAnotherDeliveryIsSettled) {
  Deliver(EventThatSays("evt_1", kFacts));
  const std::string raw = source_.Say(UnusableEvent("evt_1"));
  world_->Deliver(raw);
  source_.Reinterpret(raw, EventThatSays("evt_1", kFacts));
  const auto outcome = world_->ingest.Redrive("stripe", "evt_1", "ops");
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->disposition, Disposition::kDuplicate);
  EXPECT_EQ(Read()->CountEvents()->parked, 0);
  EXPECT_EQ(world_->Tenant("acme").version, 1);
}

TEST_F(RedriveTest, OnlyWhatIsParkedCanBeRedriven) {
  Deliver(EventThatSays("evt_1", kFacts));
  Deliver(IgnoredEvent("evt_2"));
  EXPECT_EQ(RefusalOf(world_->ingest.Redrive("stripe", "evt_1", "ops").status()), Refusal::kEventNotParked);
  EXPECT_EQ(RefusalOf(world_->ingest.Redrive("stripe", "evt_2", "ops").status()), Refusal::kEventNotParked);
  EXPECT_EQ(RefusalOf(world_->ingest.Redrive("stripe", "evt_3", "ops").status()), Refusal::kEventUnknown);
  EXPECT_EQ(RefusalOf(world_->ingest.Redrive("paypal", "evt_1", "ops").status()), Refusal::kProviderUnknown);
}

}  // namespace
}  // namespace usher
