// The work table: what is asked for is done once by one holder at a time, and nothing is lost.
#include "tests/contract/work_contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST_P(WorkContract, WhatIsEnqueuedComesBackAsItWas) {
  Enqueue(Boundary("acme", kJanuary + seconds(5)));
  Reopen();
  const WorkRow row = Only();
  const WorkRow expected{.id = row.id,
                         .kind = WorkKind::kBoundary,
                         .key = "acme",
                         .tenant = TenantId("acme"),
                         .wanted = 1,
                         .due = kJanuary + seconds(5),
                         .lease_until = std::nullopt,
                         .fence = 0,
                         .attempts = 0,
                         .last_error = "",
                         .dead = false,
                         .created_at = kJanuary};
  EXPECT_EQ(row, expected);
  EXPECT_EQ(Must(Read()->FindWork(row.id)), row);
  EXPECT_EQ(Must(Read()->FindWork(row.id + 1)), std::nullopt);
}

TEST_P(WorkContract, AskingAgainIsOneRowThatFallsDueAtTheEarlierTime) {
  Enqueue(Boundary("acme", kJanuary + seconds(5)));
  Enqueue(Boundary("acme", kJanuary + seconds(9)));
  EXPECT_EQ(Only().due, kJanuary + seconds(5));
  Enqueue(Boundary("acme", kJanuary + seconds(2)));
  EXPECT_EQ(Only().due, kJanuary + seconds(2));
  EXPECT_EQ(Only().wanted, 3);
}

TEST_P(WorkContract, SchedulingMovesTheRowBothWays) {
  for (const seconds due : {seconds(5), seconds(9), seconds(2)}) {
    Write([&](StoreTransaction& transaction) {
      Must(transaction.ScheduleWork(Boundary("acme", kJanuary + due), kJanuary));
    });
    EXPECT_EQ(Only().due, kJanuary + due);
  }
  EXPECT_EQ(Only().wanted, 3);
}

TEST_P(WorkContract, OneKeyOfTwoKindsIsTwoRows) {
  Enqueue(Boundary("acme"));
  Enqueue({.kind = WorkKind::kRetention, .key = "acme", .tenant = TenantId(), .due = kJanuary});
  EXPECT_EQ(All().size(), 2u);
  EXPECT_THAT(Claim(kJanuary, 9, {WorkKind::kRetention}), testing::SizeIs(1));
  EXPECT_THAT(Claim(kJanuary, 9, {WorkKind::kCatalog}), IsEmpty());
}

TEST_P(WorkContract, ClaimsWhatIsDueInOrderOfDueThenAge) {
  Enqueue(Boundary("late", kJanuary + seconds(1)));
  Enqueue(Boundary("b", kJanuary));
  Enqueue(Boundary("a", kJanuary));
  Enqueue(Boundary("first", kJanuary - seconds(1)));
  EXPECT_THAT(Keys(Claim(kJanuary, 2)), ElementsAre("first", "b"));
  EXPECT_THAT(Keys(Claim()), ElementsAre("a"));
  EXPECT_THAT(Keys(Claim(kJanuary + seconds(1))), ElementsAre("late"));
}

TEST_P(WorkContract, TheOrderHoldsAcrossKinds) {
  Enqueue({.kind = WorkKind::kCatalog, .key = "c", .tenant = TenantId(), .due = kJanuary - seconds(1)});
  Enqueue(Boundary("b", kJanuary - seconds(2)));
  Enqueue({.kind = WorkKind::kRetention, .key = "r", .tenant = TenantId(), .due = kJanuary - seconds(3)});
  EXPECT_THAT(Keys(Claim(kJanuary, 9, {WorkKind::kBoundary, WorkKind::kCatalog, WorkKind::kRetention})),
              ElementsAre("r", "b", "c"));
}

TEST_P(WorkContract, AHeldRowIsNotClaimedUntilItsLeaseEnds) {
  Enqueue(Boundary("acme"));
  const WorkRow held = Claim().at(0);
  EXPECT_EQ(held.fence, 1);
  EXPECT_EQ(held.attempts, 1);
  EXPECT_EQ(held.lease_until, kJanuary + kLease);
  EXPECT_EQ(Only(), held);
  EXPECT_THAT(Claim(kJanuary + kLease - Millis(1)), IsEmpty());
  const WorkRow again = Claim(kJanuary + kLease).at(0);
  EXPECT_EQ(again.fence, 2);
  EXPECT_EQ(again.attempts, 2);
}

TEST_P(WorkContract, DueAndLeaseGoByTheirOwnClocks) {
  Enqueue(Boundary("acme", kJanuary + std::chrono::hours(24 * 400)));
  Write([&](StoreTransaction& transaction) {
    const auto rows = Must(transaction.ClaimWork({.kinds = {WorkKind::kBoundary},
                                                  .due_by = kJanuary + std::chrono::hours(24 * 500),
                                                  .now = kJanuary,
                                                  .lease_until = kJanuary + kLease,
                                                  .limit = 1}));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].lease_until, kJanuary + kLease);
  });
}

TEST_P(WorkContract, OneTenantIsHeldOnceAKind) {
  const auto item = [](const std::string& key, const std::string& tenant) {
    return WorkItem{.kind = WorkKind::kBoundary, .key = key, .tenant = TenantId(tenant), .due = kJanuary};
  };
  Enqueue(item("a1", "acme"));
  Enqueue(item("a2", "acme"));
  Enqueue(item("z1", "zeta"));
  Enqueue({.kind = WorkKind::kCatalog, .key = "a3", .tenant = TenantId("acme"), .due = kJanuary});
  const auto rows = Claim();
  EXPECT_THAT(Keys(rows), ElementsAre("a1", "z1"));
  EXPECT_THAT(Claim(), IsEmpty());
  EXPECT_THAT(Keys(Claim(kJanuary, 9, {WorkKind::kCatalog})), ElementsAre("a3"));
  EXPECT_TRUE(Finish(HoldOf(rows[0])));
  EXPECT_THAT(Keys(Claim()), ElementsAre("a2"));
}

TEST_P(WorkContract, FinishedWorkIsGone) {
  Enqueue(Boundary("acme"));
  EXPECT_TRUE(Finish(HoldOf(Claim().at(0))));
  EXPECT_THAT(All(), IsEmpty());
}

TEST_P(WorkContract, WhatWasAskedForAgainMeanwhileGetsAnotherGo) {
  Enqueue(Boundary("acme"));
  const WorkRow held = Claim().at(0);
  Enqueue(Boundary("acme"));
  EXPECT_TRUE(Finish(HoldOf(held)));
  EXPECT_EQ(Only().attempts, 0);
  EXPECT_EQ(Only().lease_until, std::nullopt);
  EXPECT_EQ(Claim().at(0).wanted, 2);
}

TEST_P(WorkContract, WhatWasAskedForAgainMeanwhileIsNotBuried) {
  Enqueue(Boundary("acme"));
  EXPECT_TRUE(Retry(HoldOf(Claim().at(0)), kJanuary));
  const WorkRow held = Claim().at(0);
  Enqueue(Boundary("acme"));
  EXPECT_TRUE(Bury(HoldOf(held)));
  EXPECT_FALSE(Only().dead);
  EXPECT_EQ(Only().attempts, 0);
  EXPECT_EQ(Only().last_error, "");
  EXPECT_EQ(Only().lease_until, std::nullopt);
  EXPECT_TRUE(Bury(HoldOf(Claim().at(0)))) << "nobody asked since";
  EXPECT_TRUE(Only().dead);
}

TEST_P(WorkContract, AFailureKeepsASoonerTimeThatWasScheduledMeanwhile) {
  struct {
    const char* name;
    std::optional<seconds> scheduled;
    std::optional<seconds> enqueued;
    seconds due;
  } const rows[] = {
      {.name = "nothing", .scheduled = {}, .enqueued = {}, .due = seconds(8)},
      {.name = "sooner", .scheduled = seconds(3), .enqueued = {}, .due = seconds(3)},
      {.name = "later", .scheduled = seconds(20), .enqueued = {}, .due = seconds(8)},
      {.name = "only asked for", .scheduled = {}, .enqueued = seconds(3), .due = seconds(8)},
      {.name = "due before", .scheduled = {}, .enqueued = seconds(-3), .due = seconds(8)},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Enqueue(Boundary(row.name));
    const WorkRow held = Claim().at(0);
    Write([&](StoreTransaction& transaction) {
      if (row.scheduled) Must(transaction.ScheduleWork(Boundary(row.name, kJanuary + *row.scheduled), kJanuary));
      if (row.enqueued) Must(transaction.EnqueueWork(Boundary(row.name, kJanuary + *row.enqueued), kJanuary));
    });
    EXPECT_TRUE(Retry(HoldOf(held), kJanuary + seconds(8)));
    EXPECT_EQ(Must(Read()->FindWork(held.id))->due, kJanuary + row.due);
  }
}

TEST_P(WorkContract, AFailureIsTriedAgainWhenItIsDue) {
  Enqueue(Boundary("acme"));
  EXPECT_TRUE(Retry(HoldOf(Claim().at(0)), kJanuary + seconds(8)));
  EXPECT_EQ(Only().last_error, "it is down");
  EXPECT_EQ(Only().attempts, 1);
  EXPECT_THAT(Claim(kJanuary + seconds(7)), IsEmpty());
  const WorkRow again = Claim(kJanuary + seconds(8)).at(0);
  EXPECT_EQ(again.attempts, 2);
  EXPECT_TRUE(Finish(HoldOf(again, kJanuary + seconds(9))));
}

TEST_P(WorkContract, AskingAgainDoesNotShortenTheWaitAfterAFailure) {
  Enqueue(Boundary("acme"));
  EXPECT_TRUE(Retry(HoldOf(Claim().at(0)), kJanuary + seconds(8)));
  Enqueue(Boundary("acme"));
  EXPECT_EQ(Only().due, kJanuary + seconds(8));
  EXPECT_EQ(Only().wanted, 2);
  EXPECT_EQ(Only().attempts, 1);
}

TEST_P(WorkContract, ReleasedWorkWasNeverTried) {
  Enqueue(Boundary("acme"));
  EXPECT_TRUE(Release(HoldOf(Claim().at(0))));
  EXPECT_EQ(Only().attempts, 0);
  EXPECT_EQ(Claim().at(0).attempts, 1);
}

TEST_P(WorkContract, AskingForADeadLetterLetsItLive) {
  Enqueue(Boundary("acme"));
  EXPECT_TRUE(Bury(HoldOf(Claim().at(0))));
  Enqueue(Boundary("acme", kJanuary + seconds(3)));
  EXPECT_FALSE(Only().dead);
  EXPECT_EQ(Only().attempts, 0);
  EXPECT_EQ(Only().last_error, "");
  EXPECT_EQ(Only().due, kJanuary + seconds(3));
}

TEST_P(WorkContract, SchedulingForgetsAFailureAndKeepsAHolder) {
  const auto schedule = [&] {
    Write([](StoreTransaction& transaction) {
      Must(transaction.ScheduleWork(Boundary("acme", kJanuary + seconds(3)), kJanuary));
    });
  };
  Enqueue(Boundary("acme"));
  EXPECT_TRUE(Retry(HoldOf(Claim().at(0)), kJanuary + seconds(800)));
  schedule();
  EXPECT_EQ(Only().due, kJanuary + seconds(3));
  EXPECT_EQ(Only().attempts, 0);
  EXPECT_EQ(Only().last_error, "");
  const WorkRow held = Claim(kJanuary + seconds(3)).at(0);
  schedule();
  EXPECT_EQ(Only().attempts, 1);
  EXPECT_EQ(Only().lease_until, held.lease_until);
  EXPECT_TRUE(Finish(HoldOf(held)));
  EXPECT_EQ(All().size(), 1u) << "it was scheduled anew meanwhile";
}

TEST_P(WorkContract, AHolderWhoseLeaseRanOutSettlesNothing) {
  Enqueue(Boundary("acme"));
  const WorkRow held = Claim().at(0);
  const WorkHold late = HoldOf(held, kJanuary + kLease);
  EXPECT_FALSE(Finish(late));
  EXPECT_FALSE(Retry(late, kJanuary));
  EXPECT_FALSE(Release(late));
  EXPECT_FALSE(Bury(late));
  EXPECT_EQ(Only(), held);
}

TEST_P(WorkContract, AHolderWhoseRowSomebodyElseHoldsSettlesNothing) {
  Enqueue(Boundary("acme"));
  const WorkRow first = Claim().at(0);
  const WorkRow second = Claim(kJanuary + kLease).at(0);
  const WorkHold old = HoldOf(first, kJanuary);  // its clock is late
  EXPECT_FALSE(Finish(old));
  EXPECT_FALSE(Retry(old, kJanuary));
  EXPECT_FALSE(Release(old));
  EXPECT_FALSE(Bury(old));
  EXPECT_EQ(Only(), second);
  EXPECT_TRUE(Finish(HoldOf(second, kJanuary + kLease)));
}

TEST_P(WorkContract, AnOldHolderDoesNotMeetANewRowUnderItsId) {
  Enqueue(Boundary("acme"));
  const WorkRow held = Claim().at(0);
  Write([](StoreTransaction& transaction) { Must(transaction.CancelWork(WorkKind::kBoundary, "acme")); });
  EXPECT_THAT(All(), IsEmpty());
  Enqueue(Boundary("acme"));
  const WorkRow fresh = Claim().at(0);
  EXPECT_NE(fresh.id, held.id);
  EXPECT_FALSE(Finish(HoldOf(held)));
  EXPECT_EQ(Only(), fresh);
}

TEST_P(WorkContract, CancellingConcernsOneKeyOfOneKind) {
  Enqueue(Boundary("acme"));
  Enqueue({.kind = WorkKind::kCatalog, .key = "acme", .tenant = TenantId(), .due = kJanuary});
  Write([](StoreTransaction& transaction) {
    Must(transaction.CancelWork(WorkKind::kBoundary, "acme"));
    Must(transaction.CancelWork(WorkKind::kBoundary, "nobody"));
  });
  EXPECT_EQ(Only().kind, WorkKind::kCatalog);
}

TEST_P(WorkContract, ATransactionKnowsTheEarliestWorkItAskedFor) {
  auto transaction = Begin();
  EXPECT_THAT(transaction->EarliestWork(), IsEmpty());
  Must(transaction->EnqueueWork(Boundary("a", kJanuary + seconds(5)), kJanuary));
  Must(transaction->ScheduleWork(Boundary("b", kJanuary + seconds(3)), kJanuary));
  Must(transaction->EnqueueWork(Boundary("c", kJanuary + seconds(9)), kJanuary));
  Must(transaction->EnqueueWork(
      {.kind = WorkKind::kCatalog, .key = "d", .tenant = TenantId(), .due = kJanuary + seconds(1)}, kJanuary));
  EXPECT_THAT(transaction->EarliestWork(), ElementsAre(Pair(WorkKind::kBoundary, kJanuary + seconds(3)),
                                                       Pair(WorkKind::kCatalog, kJanuary + seconds(1))));
  Must(transaction->Commit());
}

TEST_P(WorkContract, ARedrivenRowCountsAsAskedFor) {
  Enqueue(Boundary("acme", kJanuary));
  EXPECT_TRUE(Bury(HoldOf(Claim().at(0))));
  auto transaction = Begin();
  EXPECT_TRUE(Must(transaction->RedriveWork(1)));
  EXPECT_THAT(transaction->EarliestWork(), ElementsAre(Pair(WorkKind::kBoundary, kJanuary)));
}

TEST_P(WorkContract, ATransactionKnowsWhetherItHasWritten) {
  auto transaction = Begin();
  EXPECT_FALSE(transaction->HasWritten());
  const WorkClaim claim{.kinds = {WorkKind::kBoundary}, .due_by = kJanuary, .now = kJanuary, .lease_until = kJanuary};
  EXPECT_THAT(Must(transaction->ClaimWork(claim)), IsEmpty());
  EXPECT_FALSE(transaction->HasWritten()) << "there was nothing to claim";
  Must(transaction->EnqueueWork(Boundary("a"), kJanuary));
  EXPECT_TRUE(transaction->HasWritten());
  Must(transaction->Commit());
  transaction.reset();
  EXPECT_FALSE(Begin()->HasWritten()) << "what others wrote before is not its own";
}

TEST_P(WorkContract, AMarkIsTheLastThatWasPut) {
  EXPECT_EQ(Must(Read()->FindMark("clock")), std::nullopt);
  for (const char* text : {"1", "2"}) {
    Write([&](StoreTransaction& transaction) { Must(transaction.PutMark("clock", text)); });
  }
  Write([&](StoreTransaction& transaction) { Must(transaction.PutMark("other", "")); });
  Reopen();
  EXPECT_EQ(Must(Read()->FindMark("clock")), "2");
  EXPECT_EQ(Must(Read()->FindMark("other")), "");
}

TEST_P(WorkContract, AfterACrashNobodyHoldsWork) {
  Enqueue(Boundary("acme"));
  Enqueue({.kind = WorkKind::kCatalog, .key = "c", .tenant = TenantId(), .due = kJanuary});
  const WorkRow held = Claim().at(0);
  const WorkRow other = Claim(kJanuary, 1, {WorkKind::kCatalog}).at(0);
  Reopen();
  Write([](StoreTransaction& transaction) {
    Must(transaction.ReclaimWork(WorkKind::kBoundary, kJanuary, kJanuary + seconds(9)));
  });
  EXPECT_FALSE(Finish(HoldOf(held)));
  EXPECT_TRUE(Finish(HoldOf(other))) << "another kind is as it was";
  EXPECT_EQ(Only().attempts, 1) << "work that kills its holders is still given up";
  EXPECT_EQ(Claim().at(0).attempts, 2);
}

TEST_P(WorkContract, NoFailureOutwaitsTheLongestBackOff) {
  for (const char* tenant : {"a failure", "a short one"}) Enqueue(Boundary(tenant));
  const auto rows = Claim();
  EXPECT_TRUE(Retry(HoldOf(rows.at(0)), kJanuary + seconds(1000)));
  EXPECT_TRUE(Retry(HoldOf(rows.at(1)), kJanuary + seconds(9)));
  Enqueue(Boundary("the future", kJanuary + seconds(1000)));
  Write([](StoreTransaction& transaction) {
    Must(transaction.ReclaimWork(WorkKind::kBoundary, kJanuary + seconds(1), kJanuary + seconds(9)));
  });
  std::vector<Instant> dues;
  for (const WorkRow& row : All()) dues.push_back(row.due);
  EXPECT_THAT(dues, ElementsAre(kJanuary + seconds(1), kJanuary + seconds(9), kJanuary + seconds(1000)));
}

INSTANTIATE_TEST_SUITE_P(Engines, WorkContract, testing::ValuesIn(StoreEngines()), testing::PrintToStringParamName());

}  // namespace
}  // namespace usher
