// The worker: claims, runs, settles, sleeps, stops.
#include "server/engine/deliver.h"

#include <atomic>

#include <gmock/gmock.h>

#include "catalog/absl_bridge.h"
#include "tests/support/eventually.h"
#include "tests/support/ledger/faulty_store.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

// Nothing in these tests waits for a poll: whoever forgets to wake the worker misses the deadline.
constexpr Millis kNoPoll = std::chrono::hours(1);

WorkResult Done() { return {}; }
WorkResult Failed() { return {.kind = WorkResult::Kind::kRetry, .error = "it is down"}; }

// Has no room, and counts who asks.
class FailingStore : public Store {
 public:
  explicit FailingStore(Store& inner) : inner_(inner) {}
  int begun() const { return begun_; }

  std::string_view Name() const override { return inner_.Name(); }
  const std::string& Epoch() const override { return inner_.Epoch(); }
  absl::StatusOr<std::unique_ptr<StoreReader>> Read() override { return inner_.Read(); }
  absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() override {
    ++begun_;
    return absl::ResourceExhaustedError("no room");
  }
  absl::Status TryWrite() override { return absl::ResourceExhaustedError("no room"); }

 private:
  Store& inner_;
  std::atomic<int> begun_{0};
};

// Later every time it is asked.
class HastyClock : public Clock {
 public:
  Instant Now() const override { return kJanuary + ++readings_ * Millis(10); }

 private:
  mutable std::atomic<int> readings_{0};
};

class DeliverTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = sqlite::Open({.path = folder_.File("usher.db")});
    ASSERT_TRUE(store.ok()) << store.status();
    inner_ = *std::move(store);
    store_ = std::make_unique<FaultyStore>(*inner_);
    writer_ = std::make_unique<Writer>(*store_, projection_, [this](WorkKind kind, Instant due) {
      const MutexLock lock(mutex_);
      if (worker_ != nullptr) worker_->Wake(kind, due);
    });
  }
  void TearDown() override { StopWorker(); }

  // Starts a worker over boundaries. `run` may block; what it was given is remembered.
  void Start(std::function<WorkResult(const WorkRow&)> run, WorkerOptions options = {}) {
    options.kinds = {WorkKind::kBoundary};
    options.run = [this, run = std::move(run)](const WorkRow& row) {
      WorkResult result = run(row);
      const MutexLock lock(mutex_);
      ran_.push_back(row);
      return result;
    };
    options.random = [] { return std::uint32_t{1} << 31; };
    options.report = [this](const std::string& problem) {
      const MutexLock lock(mutex_);
      reports_.push_back(problem);
    };
    if (options.poll == WorkerOptions().poll) options.poll = kNoPoll;
    auto worker = std::make_unique<Worker>(*store_, *writer_, clock_, clock_, std::move(options));
    const MutexLock lock(mutex_);
    worker_ = std::move(worker);
    worker_->WakeNow();
  }
  void StopWorker() {
    Worker* worker = nullptr;
    {
      const MutexLock lock(mutex_);
      worker = worker_.get();
    }
    if (worker != nullptr) worker->Stop();
  }

  void Enqueue(const std::string& tenant, Instant due = kJanuary) {
    const absl::Status done = writer_->Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) {
      return transaction.EnqueueWork(
          {.kind = WorkKind::kBoundary, .key = tenant, .tenant = TenantId(tenant), .due = due}, kJanuary);
    });
    ASSERT_TRUE(done.ok()) << done;
  }

  std::vector<WorkRow> Rows() { return *(*inner_->Read())->ListWork({}); }
  WorkRow RowOf(const std::string& tenant) {
    for (const WorkRow& row : Rows()) {
      if (row.key == tenant) return row;
    }
    return {};
  }
  std::vector<std::string> Ran() {
    const MutexLock lock(mutex_);
    std::vector<std::string> keys;
    for (const WorkRow& row : ran_) keys.push_back(row.key);
    return keys;
  }
  std::vector<std::string> Reports() {
    const MutexLock lock(mutex_);
    return reports_;
  }

  TemporaryFolder folder_;
  SteppingClock clock_;
  Projection projection_;
  std::unique_ptr<Store> inner_;
  std::unique_ptr<FaultyStore> store_;
  std::unique_ptr<Writer> writer_;

  Mutex mutex_;
  std::unique_ptr<Worker> worker_;
  std::vector<WorkRow> ran_;
  std::vector<std::string> reports_;
};

TEST_F(DeliverTest, AWorkerTellsWhyItStandsStillUntilItGoesOn) {
  store_->FailAt(1, absl::ResourceExhaustedError("no room"));
  Start([](const WorkRow&) { return Done(); }, {.poll = Millis(1)});
  EXPECT_TRUE(Eventually([&] { return !Reports().empty(); }));
  EXPECT_EQ(Reports().front(), "work cannot be claimed: no room");
  EXPECT_TRUE(Eventually([&] { return worker_->trouble().empty(); })) << "the next claim went well";
}

TEST_F(DeliverTest, WorkThatOutlivesItsLeaseIsTrouble) {
  std::atomic<bool> begun = false;
  std::atomic<bool> go_on = false;
  Enqueue("acme");
  Start([&](const WorkRow&) {
    begun = true;
    EXPECT_TRUE(Eventually([&] { return go_on.load(); }));
    return Done();
  });
  ASSERT_TRUE(Eventually([&] { return begun.load(); }));
  EXPECT_EQ(worker_->trouble(), "");
  clock_.Set(kJanuary + std::chrono::seconds(60));
  EXPECT_TRUE(
      Eventually([&] { return worker_->trouble().find("runs for longer than its lease") != std::string::npos; }));
  go_on = true;
  EXPECT_TRUE(Eventually([&] { return worker_->trouble().empty(); }));
}

TEST_F(DeliverTest, DueWorkIsRunAndGone) {
  Enqueue("acme");
  Start([](const WorkRow&) { return Done(); });
  EXPECT_TRUE(Eventually([&] { return Rows().empty(); }));
  EXPECT_THAT(Ran(), ElementsAre("acme"));
}

TEST_F(DeliverTest, WhatIsEnqueuedLaterWakesTheWorker) {
  Start([](const WorkRow&) { return Done(); });
  for (const char* tenant : {"a", "b", "c"}) {
    Enqueue(tenant);
    EXPECT_TRUE(Eventually([&] { return Rows().empty(); })) << tenant;
  }
  EXPECT_THAT(Ran(), ElementsAre("a", "b", "c"));
}

TEST_F(DeliverTest, WorkOfTheFutureWaitsForItsTime) {
  Enqueue("later", kJanuary + Millis(1));
  Start([](const WorkRow&) { return Done(); });
  Enqueue("now");
  EXPECT_TRUE(Eventually([&] { return Ran().size() == 1; }));
  EXPECT_EQ(Ran(), std::vector<std::string>{"now"});
  clock_.Set(kJanuary + Millis(1));
  {
    const MutexLock lock(mutex_);
    worker_->WakeNow();
  }
  EXPECT_TRUE(Eventually([&] { return Rows().empty(); }));
}

TEST_F(DeliverTest, SleepsNoLongerThanUntilTheNextDueTime) {
  Enqueue("acme", kJanuary + Millis(20));
  Start([](const WorkRow&) { return Done(); });
  clock_.Set(kJanuary + Millis(20));  // as if the time had passed
  EXPECT_TRUE(Eventually([&] { return Rows().empty(); }));
}

TEST_F(DeliverTest, WhatFallsDueBetweenTheClaimAndTheSleepDoesNotWait) {
  const HastyClock hasty;
  Enqueue("acme", kJanuary + Millis(15));  // the claim reads 10, the sleep 20
  const Worker worker(*store_, *writer_, hasty, clock_,
                      {.kinds = {WorkKind::kBoundary}, .run = [](const WorkRow&) { return Done(); }, .poll = kNoPoll});
  EXPECT_TRUE(Eventually([&] { return Rows().empty(); }));
}

TEST_F(DeliverTest, WorkOfAnotherKindWakesNobody) {
  constexpr int kAsked = 400;
  Start([](const WorkRow&) { return Done(); });
  Enqueue("acme");
  ASSERT_TRUE(Eventually([&] { return Rows().empty(); }));
  const int before = store_->calls();
  for (int n = 0; n < kAsked; ++n) {
    const absl::Status done = writer_->Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) {
      return transaction.EnqueueWork(
          {.kind = WorkKind::kRetention, .key = std::to_string(n), .tenant = TenantId(), .due = kJanuary}, kJanuary);
    });
    ASSERT_TRUE(done.ok()) << done;
  }
  // Begin, enqueue, commit; and what the worker was about to look for.
  EXPECT_LE(store_->calls() - before, 3 * kAsked + 9) << "a worker of boundaries claims in vain";
}

TEST_F(DeliverTest, PollsForWhatNobodyAnnounced) {
  Start([](const WorkRow&) { return Done(); }, {.poll = Millis(5)});
  auto transaction = *inner_->Begin();  // another process
  ASSERT_TRUE(
      transaction
          ->EnqueueWork({.kind = WorkKind::kBoundary, .key = "x", .tenant = TenantId("x"), .due = kJanuary}, kJanuary)
          .ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  EXPECT_TRUE(Eventually([&] { return Ran().size() == 1; }));
}

TEST_F(DeliverTest, AFailureIsTriedAgainAfterTheBackOff) {
  Enqueue("acme");
  Start([](const WorkRow&) { return Failed(); });
  EXPECT_TRUE(Eventually([&] { return RowOf("acme").last_error == "it is down"; }));
  EXPECT_EQ(RowOf("acme").due, kJanuary + Millis(500));  // half of the first second
  EXPECT_EQ(RowOf("acme").lease_until, std::nullopt);
  EXPECT_EQ(RowOf("acme").attempts, 1);
}

TEST_F(DeliverTest, TheOtherSidesWishIsHonoured) {
  Enqueue("acme");
  Start([](const WorkRow&) {
    WorkResult result = Failed();
    result.retry_after = std::chrono::seconds(30);
    return result;
  });
  EXPECT_TRUE(Eventually([&] { return RowOf("acme").last_error == "it is down"; }));
  EXPECT_EQ(RowOf("acme").due, kJanuary + Millis(30'500));
}

TEST_F(DeliverTest, AFinalAnswerIsADeadLetterAtOnce) {
  Enqueue("acme");
  Start([](const WorkRow&) { return WorkResult{.kind = WorkResult::Kind::kFinal, .error = "no such user"}; });
  EXPECT_TRUE(Eventually([&] { return RowOf("acme").dead; }));
  EXPECT_EQ(RowOf("acme").last_error, "no such user");
  EXPECT_TRUE(Eventually([&] { return Reports().size() == 1; }));
  EXPECT_THAT(Reports(), ElementsAre(testing::AllOf(HasSubstr("dead letter"), HasSubstr("no such user"))));
}

TEST_F(DeliverTest, WhatWasAskedForWhileItFailedForGoodIsRunAgain) {
  Enqueue("acme");
  std::atomic<int> runs = 0;
  Start([&](const WorkRow&) {
    if (runs.fetch_add(1) > 0) return Done();
    Enqueue("acme");
    return WorkResult{.kind = WorkResult::Kind::kFinal, .error = "no such user"};
  });
  EXPECT_TRUE(Eventually([&] { return runs == 2 && Rows().empty(); }));
  StopWorker();
  EXPECT_THAT(Reports(), testing::IsEmpty()) << "nothing was given up";
}

TEST_F(DeliverTest, AfterTheDeclaredAttemptsItIsADeadLetter) {
  Enqueue("acme");
  WorkerOptions options{.most_attempts = 3};
  options.backoff.first = Millis(0);
  Start([](const WorkRow&) { return Failed(); }, std::move(options));
  EXPECT_TRUE(Eventually([&] { return RowOf("acme").dead; }));
  EXPECT_EQ(Ran().size(), 3u);
}

TEST_F(DeliverTest, WorkThatKillsItsHoldersIsGivenUp) {
  Enqueue("acme");
  for (int died = 0; died < 3; ++died) {
    auto transaction = *inner_->Begin();
    ASSERT_EQ(transaction
                  ->ClaimWork({.kinds = {WorkKind::kBoundary},
                               .due_by = kJanuary,
                               .now = kJanuary,
                               .lease_until = kJanuary,
                               .limit = 1})
                  ->size(),
              1u);
    ASSERT_TRUE(transaction->Commit().ok());
  }
  Start([](const WorkRow&) { return Done(); }, {.most_attempts = 3});
  EXPECT_TRUE(Eventually([&] { return RowOf("acme").dead; }));
  EXPECT_TRUE(Ran().empty());
  EXPECT_THAT(RowOf("acme").last_error, HasSubstr("3 attempts"));
}

TEST_F(DeliverTest, ThePoisonOfOneTenantBlocksNobody) {
  for (const char* tenant : {"poison", "a", "b"}) Enqueue(tenant);
  Start([](const WorkRow& row) { return row.key == "poison" ? Failed() : Done(); });
  EXPECT_TRUE(Eventually([&] { return Rows().size() == 1; }));
  EXPECT_THAT(Ran(), UnorderedElementsAre("poison", "a", "b"));
}

TEST_F(DeliverTest, SettledWorkIsLeftAsItsTransactionLeftIt) {
  Enqueue("acme");
  Start([](const WorkRow&) { return WorkResult{.kind = WorkResult::Kind::kSettled}; });
  EXPECT_TRUE(Eventually([&] { return Ran().size() == 1; }));
  StopWorker();
  EXPECT_EQ(RowOf("acme").lease_until, kJanuary + WorkerOptions().lease);
}

TEST_F(DeliverTest, AfterAStopNothingIsHeld) {
  for (const char* tenant : {"a", "b", "c"}) Enqueue(tenant);
  Start(
      [this](const WorkRow&) {
        EXPECT_TRUE(Eventually([&] {
          const MutexLock lock(mutex_);
          return worker_ != nullptr;
        }));
        worker_->RequestStop();
        return Done();
      },
      {.batch = 3});
  EXPECT_TRUE(Eventually([&] { return Ran().size() == 1; }));
  StopWorker();
  EXPECT_EQ(Ran(), std::vector<std::string>{"a"});
  EXPECT_EQ(Rows().size(), 2u);
  for (const WorkRow& row : Rows()) {
    EXPECT_EQ(row.lease_until, std::nullopt) << row.key;
    EXPECT_EQ(row.attempts, 0) << row.key;
  }
}

TEST_F(DeliverTest, WhatOutlastedItsLeaseIsNotBegun) {
  for (const char* tenant : {"slow", "next"}) Enqueue(tenant);
  Start(
      [this](const WorkRow& row) {
        if (row.key == "slow") clock_.Set(kJanuary + WorkerOptions().lease);
        return Done();
      },
      {.batch = 2});
  EXPECT_TRUE(Eventually([&] { return Rows().empty(); }));
  StopWorker();
  const MutexLock lock(mutex_);
  for (const WorkRow& row : ran_) {
    if (row.key == "next") {
      EXPECT_EQ(row.attempts, 2) << "the first claim was over before its turn";
    }
  }
}

TEST_F(DeliverTest, AStoreThatGoesOnFailingIsToldOnce) {
  Projection none;
  FailingStore failing(*inner_);
  Writer writer(failing, none);
  std::vector<std::string> reports;  // the worker's thread alone, until it is stopped
  Worker worker(failing, writer, clock_, clock_,
                {.kinds = {WorkKind::kBoundary},
                 .run = [](const WorkRow&) { return Done(); },
                 .poll = Millis(1),
                 .report = [&](const std::string& problem) { reports.push_back(problem); }});
  EXPECT_TRUE(Eventually([&] { return failing.begun() >= 5; }));
  worker.Stop();
  EXPECT_THAT(reports, ElementsAre("work cannot be claimed: no room"));
}

TEST_F(DeliverTest, AStoreThatFailsIsToldAndTriedAgain) {
  Enqueue("acme");
  store_->FailAt(1, Unavailable("the database went away"));
  Start([](const WorkRow&) { return Done(); }, {.poll = Millis(5)});
  EXPECT_TRUE(Eventually([&] { return Rows().empty(); }));
  EXPECT_THAT(Reports(), ElementsAre(HasSubstr("the database went away")));
}

}  // namespace
}  // namespace usher
