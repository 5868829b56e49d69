#include "server/engine/writer.h"

#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"
#include "tests/support/ledger/faulty_store.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

class WriterTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = sqlite::Open({.path = folder_.File("usher.db")});
    ASSERT_TRUE(store.ok()) << store.status();
    inner_ = *std::move(store);
    store_ = std::make_unique<FaultyStore>(*inner_);
    writer_ = std::make_unique<Writer>(*store_, projection_, EnqueuedFunction(),
                                       [this](std::chrono::milliseconds time) { pauses_.push_back(time); });
  }

  static Change Note(const std::string& text) {
    return [text](StoreTransaction& transaction, std::vector<TenantChange>&) {
      return transaction.AppendAudit({.at = kJanuary, .actor = "", .action = "NOTE", .tenant = "", .detail = text});
    };
  }

  std::vector<std::string> Notes() {
    std::vector<std::string> notes;
    for (const AuditRow& row : AuditIn(*store_)) notes.push_back(row.record.detail);
    return notes;
  }

  // Runs `changes` so that all but the first wait while the first is committing: they become one batch.
  std::vector<absl::Status> CommitTogether(const std::vector<Change>& changes) {
    std::latch first_runs(1);
    std::latch go_on(1);
    std::thread first([&] {
      const absl::Status status = writer_->Commit([&](StoreTransaction&, std::vector<TenantChange>&) {
        first_runs.count_down();
        go_on.wait();
        return absl::OkStatus();
      });
      EXPECT_TRUE(status.ok()) << status;
    });
    first_runs.wait();
    std::vector<absl::Status> results(changes.size());
    std::vector<std::thread> waiting;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      waiting.emplace_back([&, i] { results[i] = writer_->Commit(changes[i]); });
    }
    while (writer_->waiting() < changes.size()) std::this_thread::yield();
    go_on.count_down();
    first.join();
    for (std::thread& thread : waiting) thread.join();
    return results;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> inner_;
  std::unique_ptr<FaultyStore> store_;
  Projection projection_;
  std::vector<std::chrono::milliseconds> pauses_;  // instead of waiting
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, AChangeIsDurableWhenCommitReturns) {
  EXPECT_TRUE(writer_->Commit(Note("a")).ok());
  EXPECT_EQ(Notes(), std::vector<std::string>{"a"});
}

TEST_F(WriterTest, OnlyTransactionsThatWroteAreObserved) {
  EXPECT_TRUE(writer_->Commit(Note("a")).ok());
  const std::int64_t nanos = writer_->stats().nanos.sum();
  EXPECT_EQ(writer_->stats().batch_sizes.sum(), 1);
  EXPECT_TRUE(writer_->Commit([](StoreTransaction&, std::vector<TenantChange>&) { return absl::OkStatus(); }).ok());
  EXPECT_EQ(writer_->stats().batch_sizes.sum(), 1);
  EXPECT_EQ(writer_->stats().nanos.sum(), nanos);
}

TEST_F(WriterTest, AFailedChangeLeavesNothing) {
  const absl::Status status = writer_->Commit([](StoreTransaction& transaction, std::vector<TenantChange>& published) {
    EXPECT_TRUE(Note("a")(transaction, published).ok());
    return Refuse(Refusal::kTenantUnknown, "no");
  });
  EXPECT_EQ(RefusalOf(status), Refusal::kTenantUnknown);
  EXPECT_TRUE(Notes().empty());
}

TEST_F(WriterTest, ChangesThatWaitShareACommit) {
  const int before = store_->commits();
  for (const absl::Status& status : CommitTogether({Note("a"), Note("b"), Note("c"), Note("d")})) {
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ(store_->commits() - before, 2);
  EXPECT_THAT(Notes(), testing::UnorderedElementsAre("a", "b", "c", "d"));
}

TEST_F(WriterTest, OneRefusalDoesNotSpoilTheBatch) {
  const Change refused = [](StoreTransaction& transaction, std::vector<TenantChange>& published) {
    EXPECT_TRUE(Note("never")(transaction, published).ok());
    return Refuse(Refusal::kEtagMismatch, "no");
  };
  const auto results = CommitTogether({Note("a"), Note("b"), refused, Note("c"), Note("d")});
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].ok(), i != 2) << results[i];
  EXPECT_THAT(Notes(), testing::UnorderedElementsAre("a", "b", "c", "d"));
}

TEST_F(WriterTest, OneChangeThatLosesEveryRaceDoesNotSpoilTheBatch) {
  const Change losing = [](StoreTransaction&, std::vector<TenantChange>&) { return Aborted("somebody else won"); };
  const auto results = CommitTogether({Note("a"), Note("b"), losing, Note("c")});
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].ok(), i != 2) << results[i];
  EXPECT_THAT(Notes(), testing::UnorderedElementsAre("a", "b", "c"));
}

TEST_F(WriterTest, AStoreThatFailsFailsTheWholeBatchOnce) {
  std::atomic<int> runs = 0;
  const Change counting = [&](StoreTransaction& transaction, std::vector<TenantChange>& published) {
    ++runs;
    return Note("a")(transaction, published);
  };
  const Change out_of_room = [](StoreTransaction&, std::vector<TenantChange>&) {
    return ResourceExhausted("the disk is full");
  };
  for (const absl::Status& status : CommitTogether({counting, counting, counting, out_of_room})) {
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  }
  EXPECT_LE(runs, 3);
  EXPECT_TRUE(Notes().empty());
}

TEST_F(WriterTest, ALostRaceIsRunAgain) {
  store_->FailAt(2, Aborted("somebody else won"));
  EXPECT_TRUE(writer_->Commit(Note("a")).ok());
  EXPECT_EQ(Notes(), std::vector<std::string>{"a"});
}

TEST_F(WriterTest, ARaceThatIsAlwaysLostIsTold) {
  int runs = 0;
  const absl::Status status = writer_->Commit([&](StoreTransaction&, std::vector<TenantChange>&) {
    ++runs;
    return Aborted("somebody else won");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(runs, 3);
}

// Two that met once would otherwise meet again.
TEST_F(WriterTest, PausesBetweenRacesAreDrawnAtRandomAndGrow) {
  std::set<std::chrono::milliseconds> drawn[2];
  for (int n = 0; n < 60; ++n) {
    pauses_.clear();
    EXPECT_FALSE(writer_->Commit([](StoreTransaction&, std::vector<TenantChange>&) { return Aborted("lost"); }).ok());
    ASSERT_EQ(pauses_.size(), static_cast<std::size_t>(Writer::kTries - 1));
    for (std::size_t run = 0; run < 2; ++run) drawn[run].insert(pauses_[run]);
  }
  for (const auto& pauses : drawn) EXPECT_GT(pauses.size(), 4u);
  EXPECT_LE(*drawn[0].rbegin(), Writer::kLongestFirstPause);
  EXPECT_GT(*drawn[1].rbegin(), Writer::kLongestFirstPause);
  EXPECT_LE(*drawn[1].rbegin(), 2 * Writer::kLongestFirstPause);
}

TEST_F(WriterTest, APauseLasts) {
  const auto begun = std::chrono::steady_clock::now();
  PauseFor(std::chrono::milliseconds(5));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(5));
}

struct FailureCase {
  absl::Status status;
  bool concerns_everyone;
};

TEST_F(WriterTest, OnlyTheStoresOwnFailuresConcernEveryone) {
  const FailureCase cases[] = {
      {Unavailable("locked"), true},
      {ResourceExhausted("full"), true},
      {FailedPrecondition("read-only"), true},
      {Aborted("lost"), true},
      {Internal("refused a statement"), false},
      {DataLoss("a damaged fact"), false},
      {InvalidArgument("odd"), false},
      {Refuse(Refusal::kEtagMismatch, "read again"), false},
      {Refuse(Refusal::kEventNotParked, "no"), false},
  };
  for (const FailureCase& row : cases) EXPECT_EQ(ConcernsEveryone(row.status), row.concerns_everyone) << row.status;
}

TEST_F(WriterTest, ItTakesChangesUntilTheStoreFailsAndAgainOnceATriedOneSucceeds) {
  EXPECT_TRUE(writer_->TakesChanges().ok());
  EXPECT_FALSE(writer_->Commit([](StoreTransaction&, std::vector<TenantChange>&) { return Internal("mine"); }).ok());
  store_->FailAt(1, ResourceExhausted("full"));
  EXPECT_TRUE(writer_->TakesChanges().ok()) << "a change's own failure says nothing about the store";
  EXPECT_FALSE(writer_->Commit(Note("a")).ok());
  store_->FailAt(1, ResourceExhausted("still full"));
  EXPECT_EQ(StatusMessage(writer_->TakesChanges()), "still full");
  EXPECT_TRUE(writer_->Commit([](StoreTransaction&, std::vector<TenantChange>&) { return absl::OkStatus(); }).ok());
  store_->FailAt(1, ResourceExhausted("still full"));
  EXPECT_EQ(StatusMessage(writer_->TakesChanges()), "still full") << "what wrote nothing needed no room";
  EXPECT_TRUE(writer_->TakesChanges().ok());
  store_->FailAt(1, Internal("nothing is tried"));
  EXPECT_TRUE(writer_->TakesChanges().ok());
}

TEST_F(WriterTest, AMismatchedEtagIsNoRace) {
  int runs = 0;
  const absl::Status status = writer_->Commit([&](StoreTransaction&, std::vector<TenantChange>&) {
    ++runs;
    return Refuse(Refusal::kEtagMismatch, "read again");
  });
  EXPECT_EQ(RefusalOf(status), Refusal::kEtagMismatch);
  EXPECT_EQ(runs, 1);
}

TEST_F(WriterTest, NothingIsAcknowledgedWhoseCommitFailed) {
  store_->FailAt(3, Unavailable("the database went away"));
  EXPECT_EQ(writer_->Commit(Note("a")).code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(Notes().empty());
  EXPECT_TRUE(writer_->Commit(Note("b")).ok());
  EXPECT_EQ(Notes(), std::vector<std::string>{"b"});
}

TEST_F(WriterTest, ManyCallersAllGetTheirTurn) {
  constexpr int kCallers = 8;
  constexpr int kEach = 50;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) EXPECT_TRUE(writer_->Commit(Note("x")).ok());
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(Notes().size(), static_cast<std::size_t>(kCallers * kEach));
  EXPECT_LE(store_->commits(), kCallers * kEach);
}

}  // namespace
}  // namespace usher
