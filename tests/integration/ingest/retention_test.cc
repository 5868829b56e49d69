// What is stored of an event's payload, and for how long.
#include "server/engine/retention.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Millis kKeep = 90 * kDay;

class RetentionTest : public LedgerTest {
 protected:
  std::string RawOf(const std::string& id) { return Read()->FindEvents("stripe", id)->at(0).raw; }

  // Runs retention as often as it is due, as a worker would.
  void RunRetention() {
    Retention retention(world_->writer, clock_, kKeep);
    for (int runs = 0; runs < 100; ++runs) {
      std::vector<WorkRow> rows;
      ASSERT_TRUE(world_->writer
                      .Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
                        auto claimed = transaction.ClaimWork({.kinds = {WorkKind::kRetention},
                                                              .due_by = clock_.Now(),
                                                              .now = clock_.Now(),
                                                              .lease_until = clock_.Now() + std::chrono::minutes(1),
                                                              .limit = 1});
                        rows = *std::move(claimed);
                        return absl::OkStatus();
                      })
                      .ok());
      if (rows.empty()) return;
      EXPECT_EQ(retention.Run(rows[0]).kind, WorkResult::Kind::kSettled);
    }
    ADD_FAILURE() << "retention is due for ever";
  }
  void AskForRetention() {
    ASSERT_TRUE(world_->writer
                    .Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) {
                      return transaction.EnqueueWork(RetentionWork(), clock_.Now());
                    })
                    .ok());
  }
};

TEST_F(RetentionTest, NoPayloadIsReadableInTheDatabaseFiles) {
  const std::string raw = source_.Say(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme")}));
  const std::string secret = "jenny.rosen@example.com";
  for (const std::string& body : {raw, "{\"email\":\"" + secret + "\"}"}) world_->Deliver(body);
  world_.reset();
  store_.reset();
  for (const char* name : {"usher.db", "usher.db-wal"}) {
    std::ostringstream bytes;
    bytes << std::ifstream(folder_.File(name), std::ios::binary).rdbuf();
    EXPECT_THAT(bytes.str(), Not(HasSubstr(secret))) << name;
  }
  Restart();
}

TEST_F(RetentionTest, PayloadsOfSettledEventsGoWhenTheirTimeIsOverAndNothingElseDoes) {
  const std::vector<Fact> facts = {LinkOf(CustomerObject("cus_1"), "acme"),
                                   PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)};
  const std::string applied = source_.Say(EventThatSays("evt_1", facts));
  world_->Deliver(applied);
  const std::string parked = source_.Say(UnusableEvent("evt_2"));
  world_->Deliver(parked);
  const std::size_t audited = AuditIn(*store_).size();
  AskForRetention();
  clock_.Set(kJanuary + kKeep);
  RunRetention();
  EXPECT_NE(RawOf("evt_1"), "") << "its time is not over";
  clock_.Set(kJanuary + kKeep + std::chrono::hours(1));
  RunRetention();
  EXPECT_EQ(RawOf("evt_1"), "");
  EXPECT_NE(RawOf("evt_2"), "") << "a parked event keeps its payload until it is settled";
  EXPECT_EQ(AuditIn(*store_).size(), audited);
  EXPECT_EQ(Read()->TenantFacts(TenantId("acme"), std::nullopt)->size(), facts.size());
  EXPECT_EQ(Read()->EventsThatTaught(FactDigest(facts[1]))->size(), 1u);
  // A late repetition is still known as one.
  EXPECT_EQ(world_->Deliver(applied).disposition, Disposition::kDuplicate);

  source_.Reinterpret(parked, EventThatSays("evt_2", {LinkOf(CustomerObject("cus_2"), "acme")}));
  ASSERT_TRUE(world_->ingest.Redrive("stripe", "evt_2", "ops").ok());
  clock_.Set(kJanuary + kKeep + std::chrono::hours(3));
  RunRetention();
  EXPECT_EQ(RawOf("evt_2"), "");
}

TEST_F(RetentionTest, ManyPayloadsGoInBatchesWithoutAPause) {
  constexpr int kEvents = 450;
  for (int n = 0; n < kEvents; ++n) Deliver(IgnoredEvent("evt_" + std::to_string(n)));
  AskForRetention();
  clock_.Set(kJanuary + kKeep + Millis(1));
  RunRetention();
  for (int n = 0; n < kEvents; ++n) EXPECT_EQ(RawOf("evt_" + std::to_string(n)), "") << n;
}

TEST_F(RetentionTest, ItGoesOnByItself) {
  AskForRetention();
  RunRetention();
  const auto rows = *Read()->ListWork({.kind = WorkKind::kRetention, .dead_only = false, .after = {}, .limit = 9});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].due, kJanuary + std::chrono::hours(1));
}

TEST_F(RetentionTest, ALostKeyLosesTheRedriveAndNothingElse) {
  const std::string parked = source_.Say(UnusableEvent("evt_2"));
  world_->Deliver(parked);
  Deliver(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme"),
                                  PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
  PayloadSeal::Key other{};
  other[0] = 1;
  world_->seal = PayloadSeal({other});
  EXPECT_EQ(world_->StateOf("acme", "sso", kJanuary + kDay), AccessState::kGranted);
  const EventRow before = Read()->FindEvents("stripe", "evt_2")->at(0);
  const absl::Status refused = world_->ingest.Redrive("stripe", "evt_2", "ops").status();
  EXPECT_EQ(RefusalOf(refused), Refusal::kPayloadUnreadable);
  EXPECT_THAT(StatusMessage(refused), HasSubstr("start the server with the key"));
  EXPECT_EQ(RawOf("evt_2"), before.raw);
  // Sent again after the repair, it counts, whatever became of the key.
  source_.Reinterpret(parked, EventThatSays("evt_2", {LinkOf(CustomerObject("cus_2"), "acme")}));
  EXPECT_EQ(world_->Deliver(parked).disposition, Disposition::kApplied);
}

}  // namespace
}  // namespace usher
