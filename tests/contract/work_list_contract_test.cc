// What is told of the work table: lists, counts, what falls due.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/work_contract.h"

namespace usher {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class WorkListContract : public WorkContract {};

TEST_P(WorkListContract, TheBacklogIsWhatIsDueOfAKindAndWhatWasGivenUp) {
  const auto backlog = [&](WorkKind kind) { return Must(Read()->ReadWorkBacklog(kind, kJanuary + seconds(5))); };
  EXPECT_EQ(backlog(WorkKind::kBoundary).due, 0);
  EXPECT_FALSE(backlog(WorkKind::kBoundary).waiting_since.has_value());
  for (const char* tenant : {"dead", "held"}) Enqueue(Boundary(tenant));
  const auto rows = Claim();
  EXPECT_TRUE(Bury(HoldOf(rows.at(0))));
  Enqueue(Boundary("acme", kJanuary + seconds(5)));
  Enqueue(Boundary("later", kJanuary + seconds(6)));
  Enqueue({.kind = WorkKind::kRetention, .key = "payloads", .tenant = TenantId(), .due = kJanuary + seconds(1)});
  EXPECT_EQ(backlog(WorkKind::kBoundary).due, 2) << "what somebody holds is not done";
  EXPECT_EQ(backlog(WorkKind::kBoundary).waiting_since, kJanuary);
  EXPECT_EQ(backlog(WorkKind::kBoundary).dead, 1);
  EXPECT_EQ(backlog(WorkKind::kRetention).due, 1);
  EXPECT_EQ(backlog(WorkKind::kRetention).waiting_since, kJanuary + seconds(1));
  EXPECT_EQ(backlog(WorkKind::kRetention).dead, 0);
}

TEST_P(WorkListContract, WhatIsDueAtOnceWaitsSinceItWasFirstWanted) {
  const auto enqueue = [&](const std::string& key, Instant due, Instant now) {
    Write([&](StoreTransaction& transaction) { Must(transaction.EnqueueWork(Boundary(key, due), now)); });
  };
  const auto waiting_since = [&] {
    return Must(Read()->ReadWorkBacklog(WorkKind::kBoundary, kJanuary + seconds(9))).waiting_since;
  };
  enqueue("b", Instant{}, kJanuary + seconds(5));
  enqueue("a", Instant{}, kJanuary + seconds(7));
  EXPECT_EQ(waiting_since(), kJanuary + seconds(5));
  enqueue("c", kJanuary + seconds(6), kJanuary);
  EXPECT_EQ(waiting_since(), kJanuary + seconds(5));
  enqueue("d", kJanuary + seconds(3), kJanuary);
  EXPECT_EQ(waiting_since(), kJanuary + seconds(3));
}

TEST_P(WorkListContract, ADeadLetterIsLeftAloneAndListedUntilItIsRedriven) {
  Enqueue(Boundary("acme"));
  Enqueue(Boundary("zeta"));
  const auto rows = Claim();
  EXPECT_TRUE(Bury(HoldOf(rows.at(0))));
  EXPECT_THAT(Claim(kJanuary + seconds(1)), IsEmpty());
  auto reader = Read();
  const auto dead = Must(reader->ListWork({.kind = {}, .dead_only = true, .after = {}, .limit = 9}));
  ASSERT_THAT(Keys(dead), ElementsAre("acme"));
  EXPECT_EQ(dead[0].last_error, "it is gone");
  EXPECT_EQ(Must(reader->CountWork()).dead, 1);
  EXPECT_EQ(Must(reader->CountWork()).live, 1);
  EXPECT_EQ(Must(reader->NextWorkDue(std::vector{WorkKind::kBoundary}, kBeginning)), kJanuary);  // zeta's

  Write([&](StoreTransaction& transaction) {
    EXPECT_TRUE(Must(transaction.RedriveWork(dead[0].id)));
    EXPECT_FALSE(Must(transaction.RedriveWork(dead[0].id))) << "it is alive already";
    EXPECT_FALSE(Must(transaction.RedriveWork(77)));
  });
  const WorkRow again = Claim(kJanuary + seconds(1)).at(0);
  EXPECT_EQ(again.attempts, 1);
  EXPECT_EQ(again.last_error, "");
}

TEST_P(WorkListContract, ListsInPagesAndByKind) {
  for (const char* tenant : {"a", "b", "c"}) Enqueue(Boundary(tenant));
  Enqueue({.kind = WorkKind::kCatalog, .key = "d", .tenant = TenantId(), .due = kJanuary});
  auto reader = Read();
  const auto page = Must(reader->ListWork({.kind = {}, .dead_only = false, .after = {}, .limit = 2}));
  EXPECT_THAT(Keys(page), ElementsAre("a", "b"));
  const WorkPosition second{.dead = false, .due = page[1].due, .id = page[1].id};
  EXPECT_THAT(Keys(Must(reader->ListWork({.kind = {}, .dead_only = false, .after = second, .limit = 9}))),
              ElementsAre("c", "d"));
  EXPECT_THAT(Keys(Must(reader->ListWork({.kind = WorkKind::kCatalog, .dead_only = false, .after = {}, .limit = 9}))),
              ElementsAre("d"));
  EXPECT_THAT(Keys(Must(reader->ListWork({.kind = WorkKind::kCatalog, .dead_only = true, .after = {}, .limit = 9}))),
              IsEmpty());
}

TEST_P(WorkListContract, ListsDeadLettersFirstAndThenWhatIsDueSoonest) {
  Enqueue(Boundary("far", kJanuary + std::chrono::hours(9000)));
  Enqueue(Boundary("soon", kJanuary + seconds(2)));
  Enqueue({.kind = WorkKind::kCatalog, .key = "sooner", .tenant = TenantId(), .due = kJanuary + seconds(1)});
  Enqueue({.kind = WorkKind::kRetention, .key = "dead late", .tenant = TenantId(), .due = kJanuary + seconds(3)});
  Enqueue(Boundary("dead"));
  for (const WorkRow& row : Claim(kJanuary, 1)) EXPECT_TRUE(Bury(HoldOf(row)));
  for (const WorkRow& row : Claim(kJanuary + seconds(3), 1, {WorkKind::kRetention})) {
    EXPECT_TRUE(Retry(HoldOf(row), kJanuary + seconds(3)));
  }
  for (const WorkRow& row : Claim(kJanuary + seconds(3), 1, {WorkKind::kRetention})) EXPECT_TRUE(Bury(HoldOf(row)));
  auto reader = Read();
  for (const std::size_t page_size : {1u, 2u, 3u, 5u, 9u}) {
    std::vector<std::string> listed;
    WorkFilter filter{.kind = {}, .dead_only = false, .after = {}, .limit = page_size};
    for (int page = 0; page < 6; ++page) {
      for (const WorkRow& row : Must(reader->ListWork(filter))) {
        listed.push_back(row.key);
        filter.after = {.dead = row.dead, .due = row.due, .id = row.id};
      }
    }
    EXPECT_THAT(listed, ElementsAre("dead", "dead late", "sooner", "soon", "far")) << page_size << " a page";
  }
  EXPECT_THAT(Keys(Must(reader->ListWork({.kind = WorkKind::kRetention, .dead_only = true, .after = {}, .limit = 9}))),
              ElementsAre("dead late"));
}

TEST_P(WorkListContract, KnowsWhatFallsDueNext) {
  Enqueue(Boundary("a", kJanuary + seconds(2)));
  Enqueue(Boundary("b", kJanuary + seconds(5)));
  Enqueue({.kind = WorkKind::kCatalog, .key = "c", .tenant = TenantId(), .due = kJanuary + seconds(3)});
  auto reader = Read();
  const std::vector<WorkKind> boundaries = {WorkKind::kBoundary};
  EXPECT_EQ(Must(reader->NextWorkDue(boundaries, kJanuary)), kJanuary + seconds(2));
  EXPECT_EQ(Must(reader->NextWorkDue(boundaries, kJanuary + seconds(2))), kJanuary + seconds(5));
  EXPECT_EQ(Must(reader->NextWorkDue(boundaries, kJanuary + seconds(5))), std::nullopt);
  EXPECT_EQ(Must(reader->NextWorkDue(std::vector{WorkKind::kBoundary, WorkKind::kCatalog}, kJanuary + seconds(2))),
            kJanuary + seconds(3));
}

INSTANTIATE_TEST_SUITE_P(Engines, WorkListContract, testing::ValuesIn(StoreEngines()),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace usher
