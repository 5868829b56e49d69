// The worker that keeps roles in step: late, twice, through failures, it ends with the present.
#include <atomic>

#include <gmock/gmock.h>

#include "server/engine/dead_letters.h"
#include "server/engine/effects.h"
#include "server/engine/schedule.h"
#include "tests/support/eventually.h"
#include "tests/support/ledger/roles_world.h"

namespace usher {
namespace {

using testing::ElementsAre;

constexpr Instant kGraceEnd = kJanuary + 33 * kDay;

class RoleWorkerTest : public RolesTest {
 protected:
  void SetUp() override {
    RolesTest::SetUp();
    Create("acme");
    provider_.AddUser("user_1");
  }
  void TearDown() override {
    workers_.clear();
    RolesTest::TearDown();
  }

  void StartWorker(std::int64_t most_attempts = 20) {
    workers_.push_back(std::make_unique<Worker>(
        *store_, world_->writer, clock_, clock_,
        WorkerOptions{.kinds = {WorkKind::kRoles},
                      .run = [this](const WorkRow& row) { return sync().Run(row); },
                      .most_attempts = most_attempts,
                      .poll = Millis(5),
                      .backoff = {.first = Millis(0), .longest = Millis(0), .longest_asked = Millis(60'000)}}));
  }
  bool Idle() {
    return Eventually([&] { return RolesWork().empty(); });
  }
  std::vector<std::string> RolesOf(const std::string& user) {
    const ObservedMetadata has = provider_.At(user);
    return has.metadata ? has.metadata->roles : std::vector<std::string>{"nothing"};
  }

  std::vector<std::unique_ptr<Worker>> workers_;
};

TEST_F(RoleWorkerTest, WhatChangesIsBroughtToTheProvider) {
  StartWorker();
  Put("acme", "user_1");
  ASSERT_TRUE(Idle());
  EXPECT_THAT(RolesOf("user_1"), ElementsAre("viewer"));
  Pay("acme", "1");
  ASSERT_TRUE(Idle());
  EXPECT_THAT(RolesOf("user_1"), ElementsAre("pro"));
  Put("acme", "user_1", "owner");
  ASSERT_TRUE(Idle());
  EXPECT_THAT(RolesOf("user_1"), ElementsAre("admin"));
  ASSERT_TRUE(Remove("acme", "user_1").ok());
  ASSERT_TRUE(Idle());
  EXPECT_FALSE(provider_.At("user_1").metadata.has_value());
}

TEST_F(RoleWorkerTest, RolesChangeWhenAGraceEndsAlthoughNoEventComes) {
  Pay("acme", "1");
  Put("acme", "user_1");
  StartWorker();
  ASSERT_TRUE(Idle());
  EXPECT_EQ(provider_.At("user_1").metadata->expires_at, kGraceEnd);
  Scheduler scheduler(world_->writer, world_->projection, clock_, clock_);
  Worker boundaries(*store_, world_->writer, clock_, clock_,
                    WorkerOptions{.kinds = {WorkKind::kBoundary},
                                  .run = [&](const WorkRow& row) { return scheduler.RunBoundary(row); },
                                  .poll = Millis(5)});
  clock_.Set(kGraceEnd);
  EXPECT_TRUE(Eventually([&] { return RolesOf("user_1") == std::vector<std::string>{"viewer"}; }));
}

TEST_F(RoleWorkerTest, WhatIsInStepIsNotWrittenAgain) {
  StartWorker();
  Put("acme", "user_1");
  ASSERT_TRUE(Idle());
  const int writes = provider_.writes();
  auto transaction = *store_->Begin();
  ASSERT_TRUE(EnqueueRoles(*transaction, TenantId("acme"), UserId("user_1"), kJanuary).ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  ASSERT_TRUE(Idle());
  EXPECT_EQ(provider_.writes(), writes);
}

TEST_F(RoleWorkerTest, AProviderThatIsBusyOrDownLosesNothing) {
  provider_.FailNext(5, Busy());
  StartWorker();
  Put("acme", "user_1");
  ASSERT_TRUE(Idle());
  EXPECT_THAT(RolesOf("user_1"), ElementsAre("viewer"));
  EXPECT_GE(provider_.reads(), 5);
}

TEST_F(RoleWorkerTest, AnswersGoOnAndEventsAreTakenWhileTheProviderStandsStill) {
  provider_.Hold();
  StartWorker();
  Put("acme", "user_1");
  ASSERT_TRUE(Eventually([&] { return provider_.at_once() == 1; }));
  Pay("acme", "1");
  EXPECT_EQ(world_->StateOf("acme", "sso", clock_.Now()), AccessState::kGranted);
  provider_.Release();
  ASSERT_TRUE(Idle());
  EXPECT_THAT(RolesOf("user_1"), ElementsAre("pro")) << "the change that came meanwhile is not forgotten";
}

TEST_F(RoleWorkerTest, AProviderThatAsksToWaitIsLeftAloneForSoLong) {
  provider_.FailNext(1, Busy(Millis(30'000)));
  Put("acme", "user_1");
  StartWorker();
  ASSERT_TRUE(Eventually([&] { return !RolesWork().empty() && RolesWork().at(0).last_error == "too many requests"; }));
  EXPECT_EQ(RolesWork().at(0).due, kJanuary + Millis(30'000));
  clock_.Set(kJanuary + Millis(30'000));
  ASSERT_TRUE(Idle());
  EXPECT_EQ(provider_.reads(), 2);
}

TEST_F(RoleWorkerTest, AUserThatTheProviderDoesNotKnowIsADeadLetterUntilItIsRedriven) {
  Put("acme", "user_2");
  StartWorker();
  ASSERT_TRUE(Eventually([&] { return !RolesWork().empty() && RolesWork().at(0).dead; }));
  const WorkRow row = RolesWork().at(0);
  EXPECT_EQ(row.last_error, "there is no such user");
  EXPECT_EQ(row.attempts, 1) << "asking again would not help";
  provider_.AddUser("user_2");
  ASSERT_TRUE(RedriveDeadLetter(world_->writer, row.id, "ops", clock_.Now()).ok());
  ASSERT_TRUE(Idle());
  EXPECT_THAT(RolesOf("user_2"), ElementsAre("viewer"));
}

TEST_F(RoleWorkerTest, AnythingNewRevivesADeadLetter) {
  provider_.FailFor("user_1", TooLarge());
  Put("acme", "user_1");
  StartWorker();
  ASSERT_TRUE(Eventually([&] { return !RolesWork().empty() && RolesWork().at(0).dead; }));
  provider_.FailFor("user_1", std::nullopt);
  Pay("acme", "1");
  ASSERT_TRUE(Idle());
  EXPECT_THAT(RolesOf("user_1"), ElementsAre("pro"));
}

// A key that was rotated concerns everybody: no user is given up for it, and it is told once.
TEST_F(RoleWorkerTest, AProviderThatRefusesTheServerGivesNobodyUp) {
  provider_.AddUser("user_2");
  provider_.FailNext(2, WrongKey());
  Put("acme", "user_1");
  Put("acme", "user_2");
  StartWorker(/*most_attempts=*/3);
  ASSERT_TRUE(Eventually([&] {
    const std::vector<WorkRow> rows = RolesWork();
    return rows.size() == 2 && rows[0].last_error == "the key is not valid" && rows[1].last_error == rows[0].last_error;
  }));
  for (const WorkRow& row : RolesWork()) {
    EXPECT_FALSE(row.dead);
    EXPECT_EQ(row.due, kJanuary + Millis(60'000)) << "as long as this worker lets others ask for";
  }
  EXPECT_THAT(Reports(), ElementsAre("the key is not valid"));
  clock_.Set(kJanuary + Millis(60'000));
  ASSERT_TRUE(Idle());
}

TEST_F(RoleWorkerTest, SomebodyWhoIsGoneThereHasNothingLeftToRemove) {
  Put("acme", "user_1");
  StartWorker();
  ASSERT_TRUE(Idle());
  provider_.RemoveUser("user_1");
  ASSERT_TRUE(Remove("acme", "user_1").ok());
  EXPECT_TRUE(Idle());
}

TEST_F(RoleWorkerTest, AFailingTenantDoesNotHoldUpAnother) {
  Create("beta");
  provider_.AddUser("user_2");
  provider_.FailFor("user_1", Busy());
  Put("acme", "user_1");
  Put("beta", "user_2");
  StartWorker(/*most_attempts=*/1'000'000);
  EXPECT_TRUE(Eventually([&] { return RolesOf("user_2") == std::vector<std::string>{"viewer"}; }));
  provider_.FailFor("user_1", std::nullopt);
  EXPECT_TRUE(Idle());
}

TEST_F(RoleWorkerTest, WorkSurvivesARestartAndWritesThePresent) {
  Put("acme", "user_1");
  Pay("acme", "1");
  Restart();
  EXPECT_THAT(Wanted(), ElementsAre("user_1"));
  StartWorker();
  ASSERT_TRUE(Idle());
  EXPECT_THAT(RolesOf("user_1"), ElementsAre("pro"));
}

// Several workers, events, members and syncs at a time: in the end every user has what it should, and no two calls
// about one user were ever made at a time.
TEST_F(RoleWorkerTest, UnderDisorderEverybodyEndsInStep) {
  constexpr int kTenants = 4;
  constexpr int kUsers = 6;
  std::vector<std::string> users;
  for (int u = 0; u < kUsers; ++u) {
    users.push_back("u" + std::to_string(u));
    provider_.AddUser(users.back());
  }
  for (int t = 0; t < kTenants; ++t) Create("t" + std::to_string(t));
  for (int n = 0; n < 3; ++n) StartWorker(/*most_attempts=*/1'000'000);
  std::atomic<bool> done = false;
  std::thread syncing([&] {
    for (int n = 0; !done; ++n) {
      SyncRequest request{.tenant = TenantId("t" + std::to_string(n % kTenants))};
      for (const std::string& user : users) request.users.emplace_back(user);
      sync().Sync(request);
    }
  });
  std::uint32_t state = 7;
  const auto random = [&state](int below) {
    state = state * 1664525 + 1013904223;
    return static_cast<int>((state >> 16) % static_cast<std::uint32_t>(below));
  };
  for (int step = 0; step < 150; ++step) {
    const std::string tenant = "t" + std::to_string(random(kTenants));
    const std::string& user = users[static_cast<std::size_t>(random(kUsers))];
    switch (random(5)) {
      case 0: Pay(tenant, std::to_string(step), clock_.Now()); break;
      case 1: provider_.FailNext(random(3), Busy()); break;
      case 2: Remove(tenant, user).IgnoreError(); break;
      default: Put(tenant, user, random(2) == 0 ? "member" : "owner"); break;
    }
    clock_.Set(clock_.Now() + Millis(1));
  }
  done = true;
  syncing.join();
  EXPECT_TRUE(Idle());
  EXPECT_FALSE(provider_.overlapped());
  const Projection::View view = *world_->projection.Current();
  for (const std::string& user : users) {
    const auto memberships = *Read()->FindMemberships(UserId(user));
    const std::optional<RoleMetadata> has = provider_.At(user).metadata;
    if (memberships.empty()) {
      EXPECT_FALSE(has.has_value()) << user;
      continue;
    }
    const auto desired = DesiredMetadata(*Read(), *view.catalog(), memberships.front(), clock_.Now());
    ASSERT_TRUE(desired.ok());
    EXPECT_EQ(has, *desired) << user;
  }
}

}  // namespace
}  // namespace usher
