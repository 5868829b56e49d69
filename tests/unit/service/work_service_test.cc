// usher.v1.WorkService over a real store.
#include "server/service/work_service.h"

#include <gmock/gmock.h>

#include "server/service/error.h"
#include "server/service/readiness.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

using testing::ElementsAre;

class WorkServiceTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    service_ = std::make_unique<WorkService>(store_.get(), &world_->writer, &clock_, &clock_);
  }

  void Write(const std::function<absl::Status(StoreTransaction&)>& write) {
    const absl::Status done = world_->writer.Commit(
        [&](StoreTransaction& transaction, std::vector<TenantChange>&) { return write(transaction); });
    ASSERT_TRUE(done.ok()) << done;
  }
  void Enqueue(const std::string& tenant, Instant due = kJanuary) {
    Write([&](StoreTransaction& transaction) {
      return transaction.EnqueueWork(
          {.kind = WorkKind::kBoundary, .key = tenant, .tenant = TenantId(tenant), .due = due}, kJanuary);
    });
  }
  // Claims the boundary that is due first, and buries it.
  WorkRow Claim() {
    WorkRow row;
    Write([&](StoreTransaction& transaction) {
      row = transaction
                .ClaimWork({.kinds = {WorkKind::kBoundary},
                            .due_by = kJanuary,
                            .now = kJanuary,
                            .lease_until = kJanuary + kDay,
                            .limit = 1})
                ->at(0);
      return absl::OkStatus();
    });
    return row;
  }
  void Bury(const WorkRow& row) {
    Write([&](StoreTransaction& transaction) {
      return transaction.BuryWork(HoldOf(row, kJanuary), "it is gone").status();
    });
  }

  v1::ListWorkResponse List(const v1::ListWorkRequest& request) {
    const auto response = service_->ListWork({}, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ListWorkResponse());
  }
  absl::StatusOr<v1::RedriveWorkResponse> Redrive(std::int64_t id) {
    v1::RedriveWorkRequest request;
    request.set_work_id(id);
    return service_->RedriveWork({.principal = {.name = "ops", .scopes = {Scope::kAdmin}, .tenant = {}}}, request);
  }

  std::unique_ptr<WorkService> service_;
};

TEST_F(WorkServiceTest, EveryStateIsToldAsItIs) {
  for (const char* tenant : {"dead", "running", "waiting"}) Enqueue(tenant);
  Bury(Claim());
  Claim();
  v1::ListWorkRequest request;
  request.set_kind(v1::WORK_KIND_BOUNDARY);
  const v1::ListWorkResponse all = List(request);
  ASSERT_EQ(all.work_size(), 3);
  EXPECT_EQ(all.work(0).state(), v1::WORK_STATE_DEAD);
  EXPECT_EQ(all.work(0).last_error(), "it is gone");
  EXPECT_EQ(all.work(0).tenant_id(), "dead");
  EXPECT_EQ(all.work(0).attempts(), 1);
  EXPECT_EQ(all.work(1).state(), v1::WORK_STATE_RUNNING);
  EXPECT_EQ(all.work(2).state(), v1::WORK_STATE_WAITING);
  clock_.Set(kJanuary + kDay);
  EXPECT_EQ(List(request).work(1).state(), v1::WORK_STATE_WAITING) << "its lease is over";
  request.set_dead_only(true);
  EXPECT_EQ(List(request).work_size(), 1);
}

TEST_F(WorkServiceTest, PagesGoOnWhereTheyStopped) {
  for (const char* tenant : {"a", "b", "c"}) Enqueue(tenant);
  v1::ListWorkRequest request;
  request.set_kind(v1::WORK_KIND_BOUNDARY);
  request.set_page_size(2);
  const v1::ListWorkResponse first = List(request);
  ASSERT_EQ(first.work_size(), 2);
  request.set_page_token(first.next_page_token());
  const v1::ListWorkResponse second = List(request);
  ASSERT_EQ(second.work_size(), 1);
  EXPECT_EQ(second.work(0).key(), "c");
  EXPECT_EQ(second.next_page_token(), "");
  request.set_dead_only(true);  // another list
  EXPECT_EQ(ReasonOf(service_->ListWork({}, request).status()), v1::ERROR_REASON_PAGE_TOKEN_INVALID);
}

TEST_F(WorkServiceTest, ADeadLetterDoesNotStandBehindBoundariesOfTheFarFuture) {
  for (const char* tenant : {"a", "b"}) Enqueue(tenant, kJanuary + 365 * kDay);
  Enqueue("soon", kJanuary + kDay);
  Enqueue("dead");
  Bury(Claim());
  v1::ListWorkRequest request;
  request.set_kind(v1::WORK_KIND_BOUNDARY);
  request.set_page_size(1);
  std::vector<std::string> keys;
  do {
    const v1::ListWorkResponse page = List(request);
    ASSERT_EQ(page.work_size(), 1);
    keys.push_back(page.work(0).key());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(keys, ElementsAre("dead", "soon", "a", "b"));
}

TEST_F(WorkServiceTest, AnUnknownKindIsMalformed) {
  v1::ListWorkRequest request;
  request.set_kind(static_cast<v1::WorkKind>(99));
  EXPECT_EQ(ReasonOf(service_->ListWork({}, request).status()), v1::ERROR_REASON_MALFORMED_REQUEST);
}

TEST_F(WorkServiceTest, ARedrivenDeadLetterIsTriedAgainAndAudited) {
  Enqueue("acme");
  const WorkRow row = Claim();
  EXPECT_EQ(ReasonOf(WithReason(Redrive(row.id).status())), v1::ERROR_REASON_WORK_NOT_DEAD);
  Bury(row);
  const auto redriven = Redrive(row.id);
  ASSERT_TRUE(redriven.ok()) << redriven.status();
  EXPECT_EQ(redriven->work().state(), v1::WORK_STATE_WAITING);
  EXPECT_EQ(redriven->work().attempts(), 0);
  EXPECT_EQ(Claim().id, row.id);
  EXPECT_THAT(Audited("acme"), ElementsAre("WORK_REDRIVEN"));
  EXPECT_EQ(ReasonOf(WithReason(Redrive(row.id + 99).status())), v1::ERROR_REASON_WORK_UNKNOWN);
}

TEST_F(WorkServiceTest, DeadLettersShowOnReadyz) {
  const auto dead = [&] {
    HealthReport report;
    AddCounts(*store_, world_->ingest, report);
    EXPECT_TRUE(report.ready());
    for (const HealthCount& count : report.counts) {
      if (count.name == "work_dead") return std::pair(count.value, report.warnings.size());
    }
    ADD_FAILURE() << "no count of dead letters";
    return std::pair(std::int64_t{-1}, std::size_t{0});
  };
  EXPECT_EQ(dead(), std::pair(std::int64_t{0}, std::size_t{0}));
  Enqueue("acme");
  Bury(Claim());
  EXPECT_EQ(dead(), std::pair(std::int64_t{1}, std::size_t{1}));
}

}  // namespace
}  // namespace usher
