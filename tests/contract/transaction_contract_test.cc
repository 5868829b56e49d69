// Transactions: all or nothing, one after the other, durable, and beside readers.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "catalog/absl_bridge.h"
#include "tests/contract/store_contract.h"

namespace usher {
namespace {

using TransactionContract = StoreContract;

AuditRecord Note(const std::string& detail) {
  return {.at = kJanuary, .actor = "test", .action = "NOTE", .tenant = "", .detail = detail};
}

EventRow EventOf(const std::string& id) {
  return {.position = 0,
          .scope = kTestScope,
          .id = id,
          .type = "t",
          .created = kJanuary,
          .received = kJanuary,
          .disposition = EventDisposition::kApplied,
          .reason = "",
          .content = DigestOf(id),
          .raw = "{}"};
}

void WriteOneOfEverything(StoreTransaction& transaction) {
  const Fact fact = LinkOf(CustomerObject("cus_1"), "acme");
  const std::int64_t position = Must(transaction.InsertEvent(EventOf("evt_1")));
  Must(transaction.AddFact(fact, kJanuary));
  Must(transaction.AddEventFacts(position, std::vector{FactDigest(fact)}));
  Must(transaction.AddEventTenants(position, std::vector{TenantId("acme")}));
  Must(transaction.JoinLedger(TenantId("acme"), 1, kJanuary, std::vector{FactDigest(fact)}));
  Must(transaction.PutTenantState({.tenant = TenantId("acme"), .version = 1, .trace = "t", .digest = DigestOf("t")}));
  Must(transaction.AppendChange({TenantId("acme"), 1, DigestOf("t")}));
  Must(transaction.AppendAudit(Note("n")));
  Must(transaction.PutCatalog({DigestOf("c"), "acme", "c"}));
  Must(transaction.AppendGeneration({1, DigestOf("c"), "file", kJanuary}));
  Must(transaction.PutPublished("growth@1", DigestOf("p")));
}

void ExpectEmpty(StoreReader& reader) {
  EXPECT_TRUE(Must(reader.FindEvents("stripe", "evt_1")).empty());
  EXPECT_TRUE(Must(reader.FactsOf(CustomerObject("cus_1"))).empty());
  EXPECT_TRUE(Must(reader.TenantFacts(TenantId("acme"), std::nullopt)).empty());
  EXPECT_EQ(Must(reader.CountWaitingFacts()), 0);
  EXPECT_FALSE(Must(reader.FindTenantState(TenantId("acme"))).has_value());
  EXPECT_TRUE(Must(reader.ReadChanges({}, 10)).rows.empty());
  EXPECT_TRUE(Must(reader.ListAudit(0, 10)).empty());
  EXPECT_FALSE(Must(reader.FindCatalog(DigestOf("c"))).has_value());
  EXPECT_FALSE(Must(reader.LatestGeneration()).has_value());
  EXPECT_FALSE(Must(reader.FindPublished("growth@1")).has_value());
}

TEST_P(TransactionContract, WithoutCommitNothingHappened) {
  WriteOneOfEverything(*Begin());
  ExpectEmpty(*Read());
  Reopen();
  ExpectEmpty(*Read());
  ExpectEmpty(*Begin());
}

TEST_P(TransactionContract, ATransactionSeesItsOwnWritesAndOthersDoNot) {
  auto transaction = Begin();
  WriteOneOfEverything(*transaction);
  EXPECT_TRUE(Must(transaction->FindTenantState(TenantId("acme"))).has_value());
  EXPECT_EQ(Must(transaction->ConnectedFacts(CustomerObject("cus_1"))).size(), 1u);
  ExpectEmpty(*Read());
  Must(transaction->Commit());
  EXPECT_TRUE(Must(Read()->FindTenantState(TenantId("acme"))).has_value());
}

TEST_P(TransactionContract, AReaderSeesOneStateHoweverLongItReads) {
  auto reader = Read();
  EXPECT_FALSE(Must(reader->FindTenantState(TenantId("acme"))).has_value());
  Write(WriteOneOfEverything);
  ExpectEmpty(*reader);
  reader = Read();
  EXPECT_TRUE(Must(reader->FindTenantState(TenantId("acme"))).has_value());
}

TEST_P(TransactionContract, AFailedWriteUndoesAllOfIt) {
  {
    auto transaction = Begin();
    WriteOneOfEverything(*transaction);
    EXPECT_FALSE(transaction->AppendChange({TenantId("acme"), 1, DigestOf("again")}).ok());
  }
  ExpectEmpty(*Read());
  Write(WriteOneOfEverything);
}

TEST_P(TransactionContract, ABusyStoreIsUnavailableAndRecovers) {
  Reopen(std::chrono::milliseconds(20));
  auto holder = Begin();
  const absl::Status refused = store_->Begin().status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(StatusMessage(refused), testing::HasSubstr("busy"));
  holder.reset();
  Write(WriteOneOfEverything);
}

TEST_P(TransactionContract, ASecondOpenedStoreSeesTheSameHistoryOrIsRefused) {
  Write(WriteOneOfEverything);
  if (!GetParam().shared) {
    EXPECT_EQ(GetParam().open(folder_, std::chrono::seconds(5)).status().code(), absl::StatusCode::kAborted);
    return;
  }
  auto other = Must(GetParam().open(folder_, std::chrono::seconds(5)));
  EXPECT_EQ(other->Epoch(), store_->Epoch());
  EXPECT_TRUE(Must(Must(other->Read())->FindTenantState(TenantId("acme"))).has_value());
}

TEST_P(TransactionContract, ATriedWriteChangesNothingThatAnyoneReads) {
  Must(store_->TryWrite());
  ExpectEmpty(*Read());
  Must(store_->TryWrite());
}

TEST_P(TransactionContract, TheEpochNamesOneHistory) {
  const std::string epoch = store_->Epoch();
  EXPECT_FALSE(epoch.empty());
  Reopen();
  EXPECT_EQ(store_->Epoch(), epoch);
  const TemporaryFolder elsewhere;
  EXPECT_NE(Must(GetParam().open(elsewhere, std::chrono::seconds(5)))->Epoch(), epoch);
}

TEST_P(TransactionContract, ConcurrentWritersAllSucceedAndReadersNeverSeeHalf) {
  constexpr int kWriters = 4;
  constexpr int kEach = 25;
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::thread reading([&] {
    while (!done) {
      auto reader = Read();
      // Every commit adds one event and one audit row.
      const auto events = Must(reader->ListEvents({.disposition = {}, .before = {}, .limit = 1000}));
      if (events.size() != Must(reader->ListAudit(0, 1000)).size()) ++torn;
    }
  });
  std::vector<std::thread> writing;
  for (int writer = 0; writer < kWriters; ++writer) {
    writing.emplace_back([&, writer] {
      for (int n = 0; n < kEach; ++n) {
        auto transaction = Begin();
        Must(transaction->InsertEvent(EventOf("evt_" + std::to_string(writer) + "_" + std::to_string(n))));
        Must(transaction->AppendAudit(Note("one more")));
        Must(transaction->Commit());
      }
    });
  }
  for (std::thread& thread : writing) thread.join();
  done = true;
  reading.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(Must(Read()->CountEvents()).applied, kWriters * kEach);
  EXPECT_EQ(Must(Read()->ListAudit(0, 1000)).back().position, kWriters * kEach);
}

INSTANTIATE_TEST_SUITE_P(Engines, TransactionContract, testing::ValuesIn(StoreEngines()),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace usher
