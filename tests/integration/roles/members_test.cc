// Members: who is put, removed, audited, and whose roles are brought in step then.
#include <gmock/gmock.h>

#include "server/engine/refusal.h"
#include "tests/support/ledger/faulty_store.h"
#include "tests/support/ledger/roles_world.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using MembersTest = RolesTest;

TEST_F(MembersTest, APutMemberIsKeptAuditedAndBroughtInStep) {
  Create("acme");
  const Membership put = Put("acme", "user_1", "owner");
  EXPECT_TRUE(put.home);
  EXPECT_EQ(put.row.created_at, kJanuary);
  EXPECT_EQ(*Read()->FindMember(TenantId("acme"), UserId("user_1")), put.row);
  EXPECT_THAT(Wanted(), ElementsAre("user_1"));
  EXPECT_EQ(RolesWork().at(0).tenant, TenantId("acme"));
  EXPECT_EQ(Audited("acme").back(), "MEMBER_PUT");
  EXPECT_EQ(AuditIn(*store_).back().record.actor, "ops");
}

TEST_F(MembersTest, RepetitionChangesNothing) {
  Create("acme");
  const Membership first = Put("acme", "user_1");
  ForgetWork();
  const std::size_t audited = AuditIn(*store_).size();
  clock_.Set(kJanuary + kDay);
  const Membership again = Put("acme", "user_1");
  EXPECT_EQ(again.row, first.row);
  EXPECT_TRUE(again.home);
  EXPECT_EQ(AuditIn(*store_).size(), audited);
  EXPECT_THAT(Wanted(), IsEmpty());
}

TEST_F(MembersTest, AnotherKindIsAChangeThatKeepsTheMembershipsAge) {
  Create("acme");
  Put("acme", "user_1");
  ForgetWork();
  clock_.Set(kJanuary + kDay);
  EXPECT_EQ(Put("acme", "user_1", "owner").row.created_at, kJanuary);
  EXPECT_THAT(Wanted(), ElementsAre("user_1"));
}

TEST_F(MembersTest, ATenantThatNobodyKnowsHasNoMembers) {
  EXPECT_EQ(RefusalOf(TryPut("acmee", "user_1", "member").status()), Refusal::kTenantUnknown);
  EXPECT_EQ(RefusalOf(Remove("acmee", "user_1")), Refusal::kTenantUnknown);
  EXPECT_FALSE((*Read()->FindMember(TenantId("acmee"), UserId("user_1"))).has_value());
}

TEST_F(MembersTest, ASecondMembershipLeavesTheMetadataAtHome) {
  Create("acme");
  Create("beta");
  Put("acme", "user_1");
  ForgetWork();
  clock_.Set(kJanuary + kDay);
  EXPECT_FALSE(Put("beta", "user_1", "owner").home);
  EXPECT_THAT(Wanted(), IsEmpty()) << "what the user has at the provider is acme's";
  ASSERT_TRUE(Remove("beta", "user_1").ok());
  EXPECT_THAT(Wanted(), IsEmpty());
}

TEST_F(MembersTest, WhoLosesItsHomeMovesToTheNextOldest) {
  for (const char* tenant : {"acme", "beta", "gamma"}) {
    Create(tenant);
    Put(tenant, "user_1");
    clock_.Set(clock_.Now() + kDay);
  }
  ForgetWork();
  ASSERT_TRUE(Remove("acme", "user_1").ok());
  EXPECT_THAT(Wanted(), ElementsAre("user_1"));
  EXPECT_EQ(RolesWork().at(0).tenant, TenantId("beta"));
  EXPECT_EQ(Audited("acme").back(), "MEMBER_REMOVED");
  EXPECT_THAT(*Read()->ListHomeMembers(TenantId("beta"), UserId(), 9), testing::SizeIs(1));
}

TEST_F(MembersTest, TheLastMembershipLeavesWorkToRemoveTheMetadata) {
  Create("acme");
  Put("acme", "user_1");
  ForgetWork();
  ASSERT_TRUE(Remove("acme", "user_1").ok());
  EXPECT_THAT(Wanted(), ElementsAre("user_1"));
  EXPECT_EQ(RefusalOf(Remove("acme", "user_1")), Refusal::kMemberUnknown);
}

// Whichever write fails: neither the member nor its audit nor its work is there, or all are.
TEST_F(MembersTest, AMemberItsAuditAndItsWorkAreOneTransaction) {
  Create("acme");
  FaultyStore faulty(*store_);
  Writer writer(faulty, world_->projection);
  int failures = 0;
  for (int step = 1;; ++step) {
    const UserId user("user_" + std::to_string(step));
    faulty.FailAt(step, Unavailable("the process died"));
    const auto put =
        PutMember(writer, {.tenant = TenantId("acme"), .user = user, .kind = "member", .created_at = kJanuary}, "ops");
    const bool is_there = (*Read()->FindMember(TenantId("acme"), user)).has_value();
    EXPECT_EQ(is_there, put.ok());
    EXPECT_EQ(std::ranges::count(Wanted(), user.str()), put.ok() ? 1 : 0);
    if (put.ok()) break;
    ++failures;
  }
  EXPECT_GE(failures, 5);
}

}  // namespace
}  // namespace usher
