// Boundaries: what a tenant's access becomes with time alone has its effects at that time.
#include <gmock/gmock.h>

#include "catalog/absl_bridge.h"
#include "server/engine/schedule.h"
#include "tests/support/ledger/faulty_store.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

using testing::IsEmpty;

constexpr Millis kLease = std::chrono::minutes(1);

UserId MemberOf(const std::string& tenant) { return UserId("member_of_" + tenant); }

class BoundaryTest : public LedgerTest {
 protected:
  Scheduler SchedulerOver(Writer& writer) { return {writer, world_->projection, clock_, clock_}; }

  std::vector<WorkRow> Work(WorkKind kind) {
    return *Read()->ListWork({.kind = kind, .dead_only = false, .after = {}, .limit = 1000});
  }
  // When the tenant's boundary falls due; none without exactly one row for it.
  std::optional<Instant> BoundaryOf(const std::string& tenant) {
    std::optional<Instant> due;
    for (const WorkRow& row : Work(WorkKind::kBoundary)) {
      if (row.tenant != TenantId(tenant)) continue;
      EXPECT_FALSE(due.has_value()) << "two rows";
      EXPECT_EQ(row.key, tenant);
      due = row.due;
    }
    return due;
  }
  Instant StoredBoundary(const std::string& tenant) {
    return (*Read()->FindTenantState(TenantId(tenant)))->next_boundary;
  }
  // How often the effects on the tenant's one member were asked for.
  std::int64_t Effects(const std::string& tenant) {
    for (const WorkRow& row : Work(WorkKind::kRoles)) {
      if (row.key == MemberOf(tenant).str()) return row.wanted;
    }
    return 0;
  }

  std::vector<WorkRow> Claim(WorkKind kind, std::size_t limit = 100) {
    std::vector<WorkRow> rows;
    const absl::Status claimed =
        world_->writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
          auto result = transaction.ClaimWork({.kinds = {kind},
                                               .due_by = clock_.Now(),
                                               .now = clock_.Now(),
                                               .lease_until = clock_.Now() + kLease,
                                               .limit = limit});
          rows = result.value_or(std::vector<WorkRow>());
          return result.status();
        });
    EXPECT_TRUE(claimed.ok()) << claimed;
    return rows;
  }
  void RunDue() {
    Scheduler scheduler = SchedulerOver(world_->writer);
    for (const WorkRow& row : Claim(WorkKind::kBoundary)) {
      EXPECT_EQ(scheduler.RunBoundary(row).kind, WorkResult::Kind::kSettled);
    }
  }
  void RunPasses() {
    Scheduler scheduler = SchedulerOver(world_->writer);
    for (int pages = 0; pages < 100; ++pages) {
      const std::vector<WorkRow> rows = Claim(WorkKind::kCatalog);
      if (rows.empty()) return;
      EXPECT_EQ(scheduler.RunCatalogPass(rows.at(0)).kind, WorkResult::Kind::kSettled);
    }
    ADD_FAILURE() << "the pass does not end";
  }

  // As on a server that has stored the generation and does not yet answer from it.
  void AskForAPassOfAGenerationThatIsNotLive() {
    auto transaction = *store_->Begin();
    ASSERT_TRUE(transaction->PutCatalog({Sha256("c"), "acme", "c"}).ok());
    ASSERT_TRUE(transaction->AppendGeneration({2, Sha256("c"), "file", kJanuary}).ok());
    ASSERT_TRUE(AskForCatalogPass(*transaction, kJanuary).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }

  // acme pays for 30 days from the first of January and means to go on.
  void AcmePays() { TenantPays("acme", "1"); }
  void TenantPays(const std::string& tenant, const std::string& n) {
    Deliver(EventThatSays("evt_" + n, {LinkOf(CustomerObject("cus_" + n), tenant),
                                       ActiveSubscription("sub_" + n, "cus_" + n, "price_growth", kJanuary),
                                       PaidInvoice("in_" + n, "cus_" + n, "sub_" + n, "price_growth", kJanuary)}));
    // After its payment, which is no effect of time.
    const absl::Status joined = world_->writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) {
      return transaction.PutMember(
          {.tenant = TenantId(tenant), .user = MemberOf(tenant), .kind = "member", .created_at = kJanuary});
    });
    ASSERT_TRUE(joined.ok()) << joined;
  }
};

constexpr Instant kPeriodEnd = kJanuary + 30 * kDay;

TEST_F(BoundaryTest, AStateChangeLeavesOneRowForTheNextBoundary) {
  AcmePays();
  EXPECT_EQ(BoundaryOf("acme"), kPeriodEnd);
  EXPECT_EQ(StoredBoundary("acme"), kPeriodEnd);
  Deliver(EventThatSays("evt_2", {PaidInvoice("in_2", "cus_1", "sub_1", "price_growth", kPeriodEnd)}));
  EXPECT_EQ(BoundaryOf("acme"), StoredBoundary("acme"));
}

TEST_F(BoundaryTest, ARenewalMovesTheBoundaryLater) {
  AcmePays();
  clock_.Set(kPeriodEnd);
  Deliver(EventThatSays("evt_2", {PaidInvoice("in_2", "cus_1", "sub_1", "price_growth", kPeriodEnd)}));
  EXPECT_GT(BoundaryOf("acme"), kPeriodEnd);
  EXPECT_EQ(BoundaryOf("acme"), StoredBoundary("acme"));
}

TEST_F(BoundaryTest, ATenantWithoutABoundaryHasNoRow) {
  Deliver(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme")}));
  EXPECT_EQ(StoredBoundary("acme"), kForever);
  EXPECT_EQ(BoundaryOf("acme"), std::nullopt);
}

TEST_F(BoundaryTest, WhenTheBoundaryIsDueTheEffectsFollowAndTheNextOneIsPut) {
  AcmePays();
  RunDue();
  EXPECT_EQ(Effects("acme"), 0) << "nothing is due yet";
  Instant last = kJanuary;
  std::int64_t seen = 0;
  while (const std::optional<Instant> due = BoundaryOf("acme")) {
    ASSERT_GT(*due, last);
    last = *due;
    clock_.Set(*due);
    RunDue();
    EXPECT_EQ(Effects("acme"), ++seen);
    EXPECT_EQ(BoundaryOf("acme").value_or(kForever), StoredBoundary("acme"));
  }
  EXPECT_GE(seen, 2) << "the period ends, then the grace";
  EXPECT_FALSE(CarriesValue(world_->StateOf("acme", "sso", last)));
  EXPECT_EQ(StoredBoundary("acme"), kForever);
}

TEST_F(BoundaryTest, MovingTheBoundaryIsNoChangeOfTheLedger) {
  AcmePays();
  const TenantState before = **Read()->FindTenantState(TenantId("acme"));
  const std::size_t changes = ChangesIn(*store_).size();
  clock_.Set(kPeriodEnd);
  RunDue();
  const TenantState after = **Read()->FindTenantState(TenantId("acme"));
  EXPECT_EQ(after.version, before.version);
  EXPECT_EQ(after.digest, before.digest);
  EXPECT_EQ(after.trace, before.trace);
  EXPECT_EQ(after.changed_at, before.changed_at);
  EXPECT_EQ(ChangesIn(*store_).size(), changes);
}

TEST_F(BoundaryTest, AHoldThatIsOverHasNoEffect) {
  AcmePays();
  clock_.Set(kPeriodEnd);
  const WorkRow row = Claim(WorkKind::kBoundary).at(0);
  clock_.Set(kPeriodEnd + kLease);
  Scheduler scheduler = SchedulerOver(world_->writer);
  EXPECT_EQ(scheduler.RunBoundary(row).kind, WorkResult::Kind::kLost);
  EXPECT_EQ(Effects("acme"), 0);
  EXPECT_EQ(StoredBoundary("acme"), kPeriodEnd);
  RunDue();
  EXPECT_EQ(Effects("acme"), 1);
}

// Work that may not run says nothing about the store, and spoils nothing that shares a commit with it.
TEST_F(BoundaryTest, WorkThatMayNotRunIsItsOwnFailure) {
  FaultyStore faulty(*store_);
  Writer writer(faulty, world_->projection);
  Scheduler scheduler = SchedulerOver(writer);
  WorkRow gone;
  gone.id = 999;
  EXPECT_EQ(scheduler.RunBoundary(gone).kind, WorkResult::Kind::kLost);
  AskForAPassOfAGenerationThatIsNotLive();
  EXPECT_EQ(scheduler.RunCatalogPass(Claim(WorkKind::kCatalog).at(0)).kind, WorkResult::Kind::kRetry);
  faulty.FailAt(1, Unavailable("a write was tried"));
  EXPECT_TRUE(writer.TakesChanges().ok());
}

TEST_F(BoundaryTest, AChangeDuringTheRunKeepsItsOwnBoundary) {
  AcmePays();
  clock_.Set(kPeriodEnd);
  const WorkRow row = Claim(WorkKind::kBoundary).at(0);
  Deliver(EventThatSays("evt_2", {PaidInvoice("in_2", "cus_1", "sub_1", "price_growth", kPeriodEnd)}));
  const std::optional<Instant> moved = BoundaryOf("acme");
  Scheduler scheduler = SchedulerOver(world_->writer);
  EXPECT_EQ(scheduler.RunBoundary(row).kind, WorkResult::Kind::kSettled);
  EXPECT_EQ(BoundaryOf("acme"), moved);
  EXPECT_EQ(StoredBoundary("acme"), moved);
  EXPECT_THAT(Claim(WorkKind::kBoundary), IsEmpty());
}

TEST_F(BoundaryTest, ATenantOnABillingTestClockWaitsForThatClock) {
  const ObjectRef clock = ObjectOf(ObjectKind::kTestClock, "clock_1");
  Fact subscription = ActiveSubscription("sub_1", "cus_1", "price_growth", kJanuary);
  std::get<SubscriptionFact>(subscription.content).test_clock = "clock_1";
  Deliver(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme"), subscription,
                                  Fact{clock, kJanuary + kDay, TestClockFact{.frozen_time = kJanuary + kDay}},
                                  PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
  ASSERT_EQ(world_->Tenant("acme").timeline->frozen_at, kJanuary + kDay);
  EXPECT_EQ(StoredBoundary("acme"), kForever);
  EXPECT_EQ(BoundaryOf("acme"), std::nullopt);
}

// Whichever call to the store fails, as if the process died there: afterwards the effect is asked for exactly once.
TEST_F(BoundaryTest, ACrashBetweenAnyTwoStepsLosesNothingAndDoublesNothing) {
  int failures = 0;
  for (int step = 1;; ++step) {
    SetUp();  // the same database: every round is a tenant of its own
    const std::string tenant = "tenant_" + std::to_string(step);
    clock_.Set(kJanuary);
    TenantPays(tenant, std::to_string(1000 + step));
    clock_.Set(kPeriodEnd);
    FaultyStore faulty(*store_);
    Writer writer(faulty, world_->projection);
    const std::vector<WorkRow> rows = Claim(WorkKind::kBoundary);
    ASSERT_EQ(rows.size(), 1u);
    faulty.FailAt(step, Unavailable("the process died"));
    Scheduler scheduler = SchedulerOver(writer);
    const WorkResult result = scheduler.RunBoundary(rows[0]);
    if (result.kind == WorkResult::Kind::kSettled) {
      EXPECT_EQ(Effects(tenant), 1);
      break;
    }
    ++failures;
    EXPECT_EQ(Effects(tenant), 0) << "step " << step;
    EXPECT_EQ(StoredBoundary(tenant), kPeriodEnd) << "step " << step;
    clock_.Set(kPeriodEnd + kLease);
    RunDue();
    EXPECT_EQ(Effects(tenant), 1) << "step " << step;
    EXPECT_EQ(BoundaryOf(tenant), StoredBoundary(tenant)) << "step " << step;
    // Out of the way of the next round.
    while (const std::optional<Instant> due = BoundaryOf(tenant)) {
      clock_.Set(*due);
      RunDue();
    }
  }
  EXPECT_GE(failures, 5);
}

TEST_F(BoundaryTest, ACatalogBringsEveryTenantInStepPageByPage) {
  constexpr int kTenants = 230;  // three pages
  for (int n = 0; n < kTenants; ++n) TenantPays("tenant_" + std::to_string(n), std::to_string(n));
  RunPasses();
  for (int n = 0; n < kTenants; ++n) EXPECT_EQ(Effects("tenant_" + std::to_string(n)), 0) << "already in step";
  ASSERT_TRUE(
      world_->Activate(TestCatalog("payment_policy: { renewal_leeway: 1h }\n"), /*allow_changed_content=*/true).ok());
  RunPasses();
  EXPECT_THAT(Work(WorkKind::kCatalog), IsEmpty());
  for (int n = 0; n < kTenants; ++n) {
    const std::string tenant = "tenant_" + std::to_string(n);
    EXPECT_EQ(Effects(tenant), 1) << tenant;
    EXPECT_EQ((*Read()->FindTenantState(TenantId(tenant)))->generation, 2);
    EXPECT_EQ(BoundaryOf(tenant), StoredBoundary(tenant));
  }
}

TEST_F(BoundaryTest, APassGoesOnWhereACrashStoppedIt) {
  constexpr int kTenants = 150;
  for (int n = 0; n < kTenants; ++n) TenantPays("tenant_" + std::to_string(n), std::to_string(n));
  RunPasses();
  ASSERT_TRUE(
      world_->Activate(TestCatalog("payment_policy: { renewal_leeway: 1h }\n"), /*allow_changed_content=*/true).ok());
  Scheduler scheduler = SchedulerOver(world_->writer);
  EXPECT_EQ(scheduler.RunCatalogPass(Claim(WorkKind::kCatalog).at(0)).kind, WorkResult::Kind::kSettled);
  Restart();  // under the first catalog again: one more generation, whose pass begins anew
  RunPasses();
  for (int n = 0; n < kTenants; ++n) {
    EXPECT_EQ((*Read()->FindTenantState(TenantId("tenant_" + std::to_string(n))))->generation, 3);
  }
}

TEST_F(BoundaryTest, ATenantWhoseTraceOtherRulesDerivedIsBroughtInStep) {
  AcmePays();
  RunPasses();
  auto transaction = *store_->Begin();
  const TenantState right = **transaction->FindTenantState(TenantId("acme"));
  TenantState state = right;
  state.trace = "by other rules";
  state.digest = Sha256("by other rules");
  state.next_boundary = kForever;
  ASSERT_TRUE(transaction->PutTenantState(state).ok());
  ASSERT_TRUE(transaction->CancelWork(WorkKind::kBoundary, "acme").ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  Restart();
  RunPasses();
  EXPECT_EQ(BoundaryOf("acme"), kPeriodEnd);
  EXPECT_EQ(Effects("acme"), 1);
  const TenantState kept = **Read()->FindTenantState(TenantId("acme"));
  EXPECT_EQ(kept.trace, right.trace) << "the next start need not derive it again";
  EXPECT_EQ(kept.digest, right.digest);
  EXPECT_EQ(kept.version, right.version);
  Restart();
  RunPasses();
  EXPECT_EQ(Effects("acme"), 1);
}

TEST_F(BoundaryTest, APassWaitsForTheGenerationThatItIsAbout) {
  AcmePays();
  RunPasses();
  AskForAPassOfAGenerationThatIsNotLive();
  Scheduler scheduler = SchedulerOver(world_->writer);
  EXPECT_EQ(scheduler.RunCatalogPass(Claim(WorkKind::kCatalog).at(0)).kind, WorkResult::Kind::kRetry);
  EXPECT_EQ(Work(WorkKind::kCatalog).size(), 1u);
}

}  // namespace
}  // namespace usher
