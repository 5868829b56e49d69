// Members and permissions, over every transport.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/rpc_fixture.h"
#include "tests/support/eventually.h"
#include "usher/v1/role.pb.h"
#include "usher/v1/test_clock.pb.h"
#include "usher/v1/work.pb.h"

namespace usher {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kDaySeconds = 86400;

class RoleRpcTest : public RpcTest {
 protected:
  RoleRpcTest() : RpcTest({"--test-clock"}) {}

  static v1::PutMemberRequest Member(const std::string& tenant, const std::string& user, const std::string& kind) {
    v1::PutMemberRequest request;
    request.set_tenant_id(tenant);
    request.set_user_id(user);
    request.set_kind(kind);
    return request;
  }
  void Put(const std::string& user, const std::string& kind) {
    const auto put = Call<v1::PutMemberResponse>("RoleService/PutMember", Member("acme", user, kind));
    EXPECT_EQ(put.member().kind(), kind);
    EXPECT_TRUE(put.member().home());
  }
  v1::CheckPermissionResponse Can(const std::string& user, const std::string& permission) {
    v1::CheckPermissionRequest request;
    request.set_tenant_id("acme");
    request.set_user_id(user);
    request.set_permission(permission);
    return Call<v1::CheckPermissionResponse>("RoleService/CheckPermission", request);
  }
};

INSTANTIATE_TEST_SUITE_P(Over, RoleRpcTest, testing::ValuesIn(kTransports),
                         [](const auto& row) { return std::string(TransportName(row.param)); });

TEST_P(RoleRpcTest, WhatAMemberMayDoFollowsWhatWasPaid) {
  Create("acme");
  Put("user_1", "owner");
  EXPECT_FALSE(Can("user_1", "sso.configure").allowed());
  Relay(PaidInvoice());  // for 30 days
  const v1::CheckPermissionResponse paid = Can("user_1", "sso.configure");
  EXPECT_TRUE(paid.allowed());
  EXPECT_THAT(paid.roles(), ElementsAre("admin"));
  EXPECT_EQ(paid.decision().feature(), "sso");

  v1::SetTimeRequest later;
  later.mutable_time()->set_seconds(now_ + 90 * kDaySeconds);
  Call<v1::SetTimeResponse>("TestClockService/SetTime", later);
  const v1::CheckPermissionResponse lapsed = Can("user_1", "sso.configure");
  EXPECT_FALSE(lapsed.allowed());
  EXPECT_EQ(lapsed.reason(), v1::PERMISSION_REASON_NO_ROLE);
  EXPECT_THAT(lapsed.roles(), ElementsAre("viewer"));
  EXPECT_TRUE(Can("user_1", "project.read").allowed());
  EXPECT_EQ(Can("user_2", "project.read").reason(), v1::PERMISSION_REASON_NOT_A_MEMBER);
}

TEST_P(RoleRpcTest, MembersComeAndGo) {
  Create("acme");
  Put("user_2", "member");
  Put("user_1", "owner");
  v1::ListMembersRequest list;
  list.set_tenant_id("acme");
  const auto members = Call<v1::ListMembersResponse>("RoleService/ListMembers", list);
  ASSERT_EQ(members.members_size(), 2);
  EXPECT_EQ(members.members(0).user_id(), "user_1");
  v1::RemoveMemberRequest remove;
  remove.set_tenant_id("acme");
  remove.set_user_id("user_1");
  Call<v1::RemoveMemberResponse>("RoleService/RemoveMember", remove);
  EXPECT_EQ(Fail<v1::RemoveMemberResponse>("RoleService/RemoveMember", remove).reason, v1::ERROR_REASON_MEMBER_UNKNOWN);
  EXPECT_EQ(Call<v1::ListMembersResponse>("RoleService/ListMembers", list).members_size(), 1);
}

TEST_P(RoleRpcTest, MistakesAreNamed) {
  Create("acme");
  EXPECT_EQ(Fail<v1::PutMemberResponse>("RoleService/PutMember", Member("acme", "user_1", "ownr")).reason,
            v1::ERROR_REASON_MEMBER_KIND_UNKNOWN);
  EXPECT_EQ(Fail<v1::PutMemberResponse>("RoleService/PutMember", Member("acmee", "user_1", "owner")).reason,
            v1::ERROR_REASON_TENANT_UNKNOWN);
  EXPECT_THAT(Fail<v1::PutMemberResponse>("RoleService/PutMember", v1::PutMemberRequest()).violations,
              ElementsAre("tenant_id", "user_id", "kind"));
  v1::CheckPermissionRequest unknown;
  unknown.set_tenant_id("acme");
  unknown.set_user_id("user_1");
  unknown.set_permission("project.reed");
  EXPECT_EQ(Fail<v1::CheckPermissionResponse>("RoleService/CheckPermission", unknown).reason,
            v1::ERROR_REASON_PERMISSION_UNKNOWN);
}

// Without an identity provider nobody does the work that waits for one, and nobody cries about it.
TEST_P(RoleRpcTest, AServerWithoutAnIdentityProviderSaysSo) {
  Create("acme");
  Put("user_1", "owner");
  v1::SyncRolesRequest sync;
  sync.set_tenant_id("acme");
  const Reply reply = Fail<v1::SyncRolesResponse>("RoleService/SyncRoles", sync);
  EXPECT_EQ(reply.code, absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(reply.reason, v1::ERROR_REASON_IDENTITY_PROVIDER_MISSING);
  for (int n = 0; n < 3; ++n) Relay(PaidInvoice());
  v1::ListWorkRequest work;
  work.set_kind(v1::WORK_KIND_ROLES);
  const auto waiting = Call<v1::ListWorkResponse>("WorkService/ListWork", work);
  ASSERT_EQ(waiting.work_size(), 1);
  EXPECT_EQ(waiting.work(0).key(), "user_1");
  EXPECT_EQ(waiting.work(0).state(), v1::WORK_STATE_WAITING);
}

}  // namespace
}  // namespace usher
