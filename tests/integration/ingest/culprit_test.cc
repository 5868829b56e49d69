// Events that the store cannot take for a reason of their own: they are kept, and spoil nobody else's day.
#include <latch>
#include <thread>

#include <gmock/gmock.h>

#include "catalog/absl_bridge.h"
#include "server/storage/sqlite/connection.h"
#include "tests/support/ledger/faulty_store.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

ParsedEvent Sale(const std::string& id, const std::string& customer) {
  return EventThatSays(id, {LinkOf(CustomerObject(customer), "tenant-of-" + customer),
                            PaidInvoice("in_" + customer, customer, "sub_" + customer, "price_growth", kJanuary)});
}

class CulpritTest : public LedgerTest {
 protected:
  // From now on no fact about `customer` can be stored.
  void Poison(const std::string& customer) {
    Execute("CREATE TRIGGER poison BEFORE INSERT ON facts WHEN (SELECT id FROM objects WHERE object = new.object) = '" +
            customer + "' BEGIN SELECT RAISE(ABORT, 'poisoned'); END");
  }
  void Repair() { Execute("DROP TRIGGER poison"); }

  void Execute(const std::string& sql) {
    const auto connection = *sqlite::Connection::Open(folder_.File("usher.db"), std::chrono::seconds(5));
    const absl::Status done = connection->Execute(sql);
    ASSERT_TRUE(done.ok()) << done;
  }

  EventRow Stored(const std::string& id) { return Read()->FindEvents("stripe", id)->at(0); }
};

TEST_F(CulpritTest, IsParkedWithTheReasonAndChangesNothing) {
  Poison("cus_1");
  const EventOutcome outcome = Deliver(Sale("evt_1", "cus_1"));
  EXPECT_EQ(outcome.disposition, Disposition::kParked);
  EXPECT_EQ(outcome.revision, "");
  EXPECT_THAT(outcome.reason, Not(HasSubstr("poisoned"))) << "the sender's log may be anybody's";
  EXPECT_EQ(Stored("evt_1").disposition, EventDisposition::kParked);
  EXPECT_THAT(Stored("evt_1").reason, HasSubstr("poisoned"));
  EXPECT_TRUE(Read()->FactsOf(CustomerObject("cus_1"))->empty());
  EXPECT_TRUE(StatesIn(*store_).empty());
}

TEST_F(CulpritTest, IsParkedOnceHoweverOftenItComes) {
  Poison("cus_1");
  const std::string raw = source_.Say(Sale("evt_1", "cus_1"));
  EXPECT_EQ(world_->Deliver(raw).disposition, Disposition::kParked);
  world_->Deliver(raw);
  EXPECT_EQ(Read()->FindEvents("stripe", "evt_1")->size(), 1u);
  EXPECT_EQ(Read()->CountEvents()->parked, 1);
}

TEST_F(CulpritTest, CountsOnceRepairedWhenItIsRedriven) {
  Poison("cus_1");
  Deliver(Sale("evt_1", "cus_1"));
  EXPECT_FALSE(world_->ingest.Redrive("stripe", "evt_1", "ops").ok()) << "whoever asks is told";
  EXPECT_EQ(Stored("evt_1").disposition, EventDisposition::kParked);
  Repair();
  const auto redriven = world_->ingest.Redrive("stripe", "evt_1", "ops");
  ASSERT_TRUE(redriven.ok()) << redriven.status();
  EXPECT_EQ(redriven->disposition, Disposition::kApplied);
  EXPECT_EQ(world_->StateOf("tenant-of-cus_1", "sso", kJanuary + kDay), AccessState::kGranted);
}

TEST_F(CulpritTest, CountsOnceRepairedWhenItIsDeliveredAgain) {
  Poison("cus_1");
  const std::string raw = source_.Say(Sale("evt_1", "cus_1"));
  world_->Deliver(raw);
  Repair();
  EXPECT_EQ(world_->Deliver(raw).disposition, Disposition::kApplied);
  EXPECT_EQ(Read()->FindEvents("stripe", "evt_1")->size(), 1u);
  EXPECT_EQ(world_->StateOf("tenant-of-cus_1", "sso", kJanuary + kDay), AccessState::kGranted);
}

TEST_F(CulpritTest, IsTheOnlyOneOfItsBatchThatIsParked) {
  Poison("cus_2");
  std::vector<std::string> raws;
  for (int n = 0; n < 5; ++n) {
    raws.push_back(source_.Say(Sale("evt_" + std::to_string(n), "cus_" + std::to_string(n))));
  }
  std::latch first_runs(1);
  std::latch go_on(1);
  std::thread first([&] {
    const absl::Status status = world_->writer.Commit([&](StoreTransaction&, std::vector<TenantChange>&) {
      first_runs.count_down();
      go_on.wait();
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  });
  first_runs.wait();
  std::vector<EventOutcome> outcomes(raws.size());
  std::vector<std::thread> delivering;
  for (std::size_t n = 0; n < raws.size(); ++n) {
    delivering.emplace_back([&, n] { outcomes[n] = world_->Deliver(raws[n]); });
  }
  while (world_->writer.waiting() < raws.size()) std::this_thread::yield();
  go_on.count_down();
  first.join();
  for (std::thread& thread : delivering) thread.join();
  for (std::size_t n = 0; n < raws.size(); ++n) {
    EXPECT_EQ(outcomes[n].disposition, n == 2 ? Disposition::kParked : Disposition::kApplied) << n;
  }
  EXPECT_EQ(StatesIn(*store_).size(), 4u);
}

TEST_F(CulpritTest, ThatCannotEvenBeKeptIsNotAcknowledged) {
  Poison("cus_1");
  Execute("CREATE TRIGGER closed BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no more events'); END");
  const auto outcome = world_->TryDeliver(source_.Say(Sale("evt_1", "cus_1")));
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(Read()->FindEvents("stripe", "evt_1")->empty());
}

// The sender delivers again, and the store may do better by then.
TEST_F(CulpritTest, IsNoneWhenTheStoreItselfFails) {
  for (const absl::Status& failure :
       {Unavailable("locked"), ResourceExhausted("full"), FailedPrecondition("read-only")}) {
    FaultyStore faulty(*store_);
    Writer writer(faulty, world_->projection);
    Ingest ingest(faulty, writer, world_->projection, clock_, clock_, world_->sources, world_->seal);
    faulty.FailAt(3, failure);
    const auto outcome = ingest.RelayWebhook({.provider = "stripe",
                                              .raw = source_.Say(Sale("evt_1", "cus_1")),
                                              .headers = {{"signature", "good"}},
                                              .received_at = std::nullopt});
    EXPECT_EQ(outcome.status(), failure);
    EXPECT_TRUE(Read()->FindEvents("stripe", "evt_1")->empty());
  }
}

}  // namespace
}  // namespace usher
