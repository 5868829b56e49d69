// Effects: whatever changes what members may do asks for their roles to be brought in step, in the same transaction.
#include "server/engine/effects.h"

#include <gmock/gmock.h>

#include "server/engine/schedule.h"
#include "tests/support/ledger/roles_world.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Millis kLease = std::chrono::minutes(1);
constexpr Instant kPeriodEnd = kJanuary + 30 * kDay;

class EffectsTest : public RolesTest {
 protected:
  std::vector<WorkRow> Claim(WorkKind kind) {
    std::vector<WorkRow> rows;
    const absl::Status claimed =
        world_->writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
          auto result = transaction.ClaimWork({.kinds = {kind},
                                               .due_by = clock_.Now(),
                                               .now = clock_.Now(),
                                               .lease_until = clock_.Now() + kLease,
                                               .limit = 100});
          rows = result.value_or(std::vector<WorkRow>());
          return result.status();
        });
    EXPECT_TRUE(claimed.ok()) << claimed;
    return rows;
  }
  Scheduler MakeScheduler() { return {world_->writer, world_->projection, clock_, clock_}; }
  void RunBoundaries() {
    Scheduler scheduler = MakeScheduler();
    for (const WorkRow& row : Claim(WorkKind::kBoundary)) {
      EXPECT_EQ(scheduler.RunBoundary(row).kind, WorkResult::Kind::kSettled);
    }
  }
  void RunPasses() {
    Scheduler scheduler = MakeScheduler();
    for (std::vector<WorkRow> rows = Claim(WorkKind::kCatalog); !rows.empty(); rows = Claim(WorkKind::kCatalog)) {
      EXPECT_EQ(scheduler.RunCatalogPass(rows.at(0)).kind, WorkResult::Kind::kSettled);
    }
  }
};

TEST_F(EffectsTest, AChangeOfTheLedgerAsksForEveryMemberAtHome) {
  Create("acme");
  Create("beta");
  Put("acme", "user_1");
  Put("acme", "user_2", "owner");
  Put("beta", "user_3");
  clock_.Set(kJanuary + kDay);
  Put("acme", "user_3");  // whose home is beta
  ForgetWork();
  Pay("acme", "1");
  EXPECT_THAT(Wanted(), ElementsAre("user_1", "user_2"));
  for (const WorkRow& row : RolesWork()) EXPECT_EQ(row.tenant, TenantId("acme"));
  EXPECT_EQ(RolesWork().at(0).due, Instant{}) << "at once, whatever the tenant's time is";
}

TEST_F(EffectsTest, WhatChangesNothingAsksForNothing) {
  Create("acme");
  Pay("acme", "1");
  Put("acme", "user_1");
  ForgetWork();
  Pay("acme", "1");  // once more
  EXPECT_THAT(Wanted(), IsEmpty());
}

TEST_F(EffectsTest, ATenantWithoutMembersAsksForNothing) {
  Pay("acme", "1");
  EXPECT_THAT(RolesWork(), IsEmpty());
}

TEST_F(EffectsTest, OneRowServesAnyNumberOfChanges) {
  Create("acme");
  Put("acme", "user_1");
  for (int n = 0; n < 5; ++n) Pay("acme", std::to_string(n), kJanuary + n * 30 * kDay);
  ASSERT_EQ(RolesWork().size(), 1u);
  EXPECT_EQ(RolesWork().at(0).wanted, 6) << "the put, and five payments";
}

TEST_F(EffectsTest, AGraceThatEndsAsksAlthoughNoEventComes) {
  Create("acme");
  Pay("acme", "1");
  Put("acme", "user_1");
  ForgetWork();
  clock_.Set(kPeriodEnd);
  RunBoundaries();
  EXPECT_THAT(Wanted(), ElementsAre("user_1")) << "the period has ended";
  ForgetWork();
  clock_.Set(kPeriodEnd + 3 * kDay);
  RunBoundaries();
  EXPECT_THAT(Wanted(), ElementsAre("user_1")) << "the grace has ended";
}

TEST_F(EffectsTest, ACatalogAsksForTheMembersOfEveryTenant) {
  for (const char* tenant : {"acme", "beta"}) {
    Create(tenant);
    Put(tenant, "user_of_" + std::string(tenant));
  }
  RunPasses();
  ForgetWork();
  Activate(MembersCatalog(/*growth_member_role=*/"viewer"));
  EXPECT_THAT(Wanted(), IsEmpty()) << "the pass is work of its own";
  RunPasses();
  EXPECT_THAT(Wanted(), ElementsAre("user_of_acme", "user_of_beta"));
}

TEST_F(EffectsTest, ManyMembersAreAllAskedFor) {
  constexpr int kMembers = 1201;  // three pages
  Create("acme");
  const absl::Status put =
      world_->writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        for (int n = 0; n < kMembers; ++n) {
          absl::Status member = transaction.PutMember({.tenant = TenantId("acme"),
                                                       .user = UserId("user_" + std::to_string(n)),
                                                       .kind = "member",
                                                       .created_at = kJanuary});
          if (!member.ok()) return member;
        }
        return absl::OkStatus();
      });
  ASSERT_TRUE(put.ok()) << put;
  Pay("acme", "1");
  EXPECT_EQ(Wanted().size(), static_cast<std::size_t>(kMembers));
  Pay("acme", "2", kPeriodEnd);
  EXPECT_EQ(Wanted().size(), static_cast<std::size_t>(kMembers)) << "one row per user, however often";
}

}  // namespace
}  // namespace usher
