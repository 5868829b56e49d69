// usher.v1.RoleService over a real store and an identity provider in memory.
#include "server/service/role_service.h"

#include <gmock/gmock.h>

#include "google/rpc/error_details.pb.h"
#include "server/engine/revision.h"
#include "server/service/convert.h"
#include "server/service/error.h"
#include "server/service/readiness.h"
#include "tests/support/ledger/roles_world.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const CallContext kOps{.principal = {.name = "ops", .scopes = {Scope::kRoles}, .tenant = {}}};
constexpr Instant kGraceEnd = kJanuary + 33 * kDay;

class RoleServiceTest : public RolesTest {
 protected:
  void SetUp() override {
    RolesTest::SetUp();
    service_ = std::make_unique<RoleService>(store_.get(), &world_->writer, &world_->projection, &clock_, &sync());
    Create("acme");
    Pay("acme", "1");
  }

  absl::StatusOr<v1::PutMemberResponse> TryPutMember(const std::string& tenant, const std::string& user,
                                                     const std::string& kind) {
    v1::PutMemberRequest request;
    request.set_tenant_id(tenant);
    request.set_user_id(user);
    request.set_kind(kind);
    return service_->PutMember(kOps, request);
  }
  void PutMember(const std::string& user, const std::string& kind = "member", const std::string& tenant = "acme") {
    provider_.AddUser(user);
    const auto put = TryPutMember(tenant, user, kind);
    ASSERT_TRUE(put.ok()) << put.status();
  }

  v1::SyncRolesRequest SyncOf(const std::string& tenant) {
    v1::SyncRolesRequest request;
    request.set_tenant_id(tenant);
    return request;
  }
  v1::SyncRolesResponse Sync(const v1::SyncRolesRequest& request) {
    const auto response = service_->SyncRoles({}, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::SyncRolesResponse());
  }

  v1::CheckPermissionRequest About(const std::string& user, const std::string& permission) {
    v1::CheckPermissionRequest request;
    request.set_tenant_id("acme");
    request.set_user_id(user);
    request.set_permission(permission);
    return request;
  }
  v1::CheckPermissionResponse Can(const v1::CheckPermissionRequest& request) {
    const auto response = service_->CheckPermission({}, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::CheckPermissionResponse());
  }

  static v1::ErrorReason ReasonIn(const v1::UserRoles& user) {
    google::rpc::ErrorInfo info;
    for (const auto& detail : user.error().details()) detail.UnpackTo(&info);
    v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
    v1::ErrorReason_Parse("ERROR_REASON_" + info.reason(), &reason);
    return reason;
  }

  std::unique_ptr<RoleService> service_;
};

// ---- members

TEST_F(RoleServiceTest, MembersAreListedAsTheyWerePut) {
  PutMember("user_b", "owner");
  PutMember("user_a");
  clock_.Set(kJanuary + kDay);
  Create("beta");
  PutMember("user_a", "owner", "beta");
  v1::ListMembersRequest request;
  request.set_tenant_id("acme");
  const auto acme = service_->ListMembers({}, request);
  ASSERT_TRUE(acme.ok()) << acme.status();
  ASSERT_EQ(acme->members_size(), 2);
  EXPECT_EQ(acme->members(0).user_id(), "user_a");
  EXPECT_EQ(acme->members(0).kind(), "member");
  EXPECT_TRUE(acme->members(0).home());
  EXPECT_EQ(FromProto(acme->members(1).created_at()), kJanuary);
  request.set_tenant_id("beta");
  EXPECT_FALSE(service_->ListMembers({}, request)->members(0).home());
  request.set_tenant_id("gamma");
  EXPECT_EQ(ReasonOf(WithReason(service_->ListMembers({}, request).status())), v1::ERROR_REASON_TENANT_UNKNOWN);
}

TEST_F(RoleServiceTest, PagesOfMembersGoOnWhereTheyStopped) {
  for (const char* user : {"a", "b", "c"}) PutMember(user);
  v1::ListMembersRequest request;
  request.set_tenant_id("acme");
  request.set_page_size(2);
  const auto first = *service_->ListMembers({}, request);
  ASSERT_EQ(first.members_size(), 2);
  request.set_page_token(first.next_page_token());
  const auto second = *service_->ListMembers({}, request);
  ASSERT_EQ(second.members_size(), 1);
  EXPECT_EQ(second.members(0).user_id(), "c");
  EXPECT_EQ(second.next_page_token(), "");
  Create("beta");
  request.set_tenant_id("beta");  // another list
  EXPECT_EQ(ReasonOf(service_->ListMembers({}, request).status()), v1::ERROR_REASON_PAGE_TOKEN_INVALID);
}

TEST_F(RoleServiceTest, AnUnknownKindIsNamedWithTheNearest) {
  const absl::Status error = TryPutMember("acme", "user_1", "ownr").status();
  EXPECT_EQ(ReasonOf(error), v1::ERROR_REASON_MEMBER_KIND_UNKNOWN);
  EXPECT_EQ(error.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(error.message()), HasSubstr("did you mean \"owner\"?"));
  const absl::Status far = TryPutMember("acme", "user_1", "visitor").status();
  EXPECT_THAT(std::string(far.message()), HasSubstr("(it has "));
  for (const char* kind : {"owner", "member"}) EXPECT_THAT(std::string(far.message()), HasSubstr(kind));
  EXPECT_EQ(ReasonOf(WithReason(TryPutMember("gamma", "user_1", "owner").status())), v1::ERROR_REASON_TENANT_UNKNOWN);
  EXPECT_EQ(ReasonOf(TryPutMember("acme", "a user", "owner").status()), v1::ERROR_REASON_MALFORMED_REQUEST);
}

TEST_F(RoleServiceTest, OnlyAMemberCanBeRemoved) {
  PutMember("user_1");
  v1::RemoveMemberRequest request;
  request.set_tenant_id("acme");
  request.set_user_id("user_1");
  EXPECT_TRUE(service_->RemoveMember(kOps, request).ok());
  const absl::Status error = WithReason(service_->RemoveMember(kOps, request).status());
  EXPECT_EQ(ReasonOf(error), v1::ERROR_REASON_MEMBER_UNKNOWN);
  EXPECT_EQ(error.code(), absl::StatusCode::kNotFound);
}

// ---- permissions

TEST_F(RoleServiceTest, APermissionFollowsThePlan) {
  PutMember("user_1");
  const v1::CheckPermissionResponse now = Can(About("user_1", "report.export"));
  EXPECT_TRUE(now.allowed());
  EXPECT_EQ(now.reason(), v1::PERMISSION_REASON_GRANTED);
  EXPECT_EQ(now.kind(), "member");
  EXPECT_THAT(now.roles(), ElementsAre("pro"));
  EXPECT_EQ(now.plan(), "growth@1");
  EXPECT_FALSE(now.has_decision());
  EXPECT_EQ(FromProto(now.valid_until()), kGraceEnd);
  EXPECT_EQ(now.tenant_version(), 2);
  EXPECT_FALSE(now.revision().empty());
  v1::CheckPermissionRequest later = About("user_1", "report.export");
  *later.mutable_at() = ToProto(kGraceEnd);
  const v1::CheckPermissionResponse then = Can(later);
  EXPECT_FALSE(then.allowed());
  EXPECT_EQ(then.reason(), v1::PERMISSION_REASON_NO_ROLE);
  EXPECT_THAT(then.roles(), ElementsAre("viewer"));
  EXPECT_EQ(FromProto(then.evaluated_at()), kGraceEnd);
}

TEST_F(RoleServiceTest, TheFeatureThatAPermissionRequiresHasItsSay) {
  PutMember("user_1", "owner");
  const v1::CheckPermissionResponse now = Can(About("user_1", "sso.set"));
  EXPECT_TRUE(now.allowed());
  EXPECT_EQ(now.decision().feature(), "sso");
  EXPECT_TRUE(now.decision().allowed());
  v1::CheckPermissionRequest later = About("user_1", "sso.set");
  *later.mutable_at() = ToProto(kGraceEnd);
  const v1::CheckPermissionResponse then = Can(later);
  EXPECT_FALSE(then.allowed()) << "a viewer has the permission, and the tenant lost the feature";
  EXPECT_EQ(then.reason(), v1::PERMISSION_REASON_FEATURE_DENIED);
  EXPECT_EQ(then.decision().state(), v1::ACCESS_STATE_PAYMENT_REQUIRED);
}

TEST_F(RoleServiceTest, AStrangerIsAnsweredNotRefused) {
  PutMember("user_1");
  for (const char* tenant : {"acme", "gamma"}) {
    v1::CheckPermissionRequest request = About("user_2", "project.read");
    request.set_tenant_id(tenant);
    const v1::CheckPermissionResponse answer = Can(request);
    EXPECT_FALSE(answer.allowed());
    EXPECT_EQ(answer.reason(), v1::PERMISSION_REASON_NOT_A_MEMBER);
    EXPECT_EQ(answer.roles_size(), 0);
  }
}

TEST_F(RoleServiceTest, AnUnknownPermissionIsNamedWithTheNearest) {
  PutMember("user_1");
  const absl::Status error = service_->CheckPermission({}, About("user_1", "project.reed")).status();
  EXPECT_EQ(ReasonOf(error), v1::ERROR_REASON_PERMISSION_UNKNOWN);
  EXPECT_THAT(std::string(error.message()), HasSubstr("did you mean \"project.read\"?"));
}

TEST_F(RoleServiceTest, ARevisionThatIsNotReachedIsWaitedFor) {
  v1::CheckPermissionRequest request = About("user_1", "project.read");
  request.set_min_revision(
      EncodeRevision({.epoch = store_->Epoch(), .versions = {{TenantId("acme"), 9}}, .generation = 1}));
  request.mutable_max_wait()->set_nanos(1'000'000);
  EXPECT_EQ(ReasonOf(WithReason(service_->CheckPermission({}, request).status())),
            v1::ERROR_REASON_REVISION_NOT_REACHED);
}

// ---- roles at the provider

TEST_F(RoleServiceTest, ADryRunTellsAndARunDoes) {
  PutMember("user_1");
  v1::SyncRolesRequest request = SyncOf("acme");
  request.set_dry_run(true);
  const v1::SyncRolesResponse dry = Sync(request);
  ASSERT_EQ(dry.users_size(), 1);
  EXPECT_EQ(dry.provider(), "fake");
  EXPECT_EQ(dry.users(0).action(), v1::ROLE_ACTION_WRITE);
  EXPECT_TRUE(dry.users(0).drift());
  EXPECT_EQ(dry.users(0).desired().plan(), "growth@1");
  EXPECT_FALSE(dry.users(0).has_observed());
  EXPECT_FALSE(provider_.At("user_1").metadata.has_value());

  request.set_dry_run(false);
  EXPECT_EQ(Sync(request).users(0).action(), v1::ROLE_ACTION_WRITE);
  const v1::UserRoles again = Sync(request).users(0);
  EXPECT_EQ(again.action(), v1::ROLE_ACTION_NONE);
  EXPECT_FALSE(again.drift());
  EXPECT_EQ(again.observed().ShortDebugString(), again.desired().ShortDebugString());
  EXPECT_EQ(provider_.writes(), 1);
}

TEST_F(RoleServiceTest, PagesOfUsersCoverAllMembers) {
  for (const char* user : {"a", "b", "c"}) PutMember(user);
  v1::SyncRolesRequest request = SyncOf("acme");
  request.set_page_size(2);
  const v1::SyncRolesResponse first = Sync(request);
  EXPECT_EQ(first.users_size(), 2);
  request.set_page_token(first.next_page_token());
  const v1::SyncRolesResponse second = Sync(request);
  ASSERT_EQ(second.users_size(), 1);
  EXPECT_EQ(second.users(0).user_id(), "c");
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(RoleServiceTest, NothingOfAnotherTenantIsNamed) {
  PutMember("user_1");
  clock_.Set(kJanuary + kDay);
  Create("beta");
  PutMember("user_1", "owner", "beta");
  Sync(SyncOf("acme"));
  const v1::UserRoles elsewhere = Sync(SyncOf("beta")).users(0);
  EXPECT_EQ(elsewhere.action(), v1::ROLE_ACTION_ELSEWHERE);
  EXPECT_FALSE(elsewhere.drift());
  EXPECT_THAT(elsewhere.ShortDebugString(), Not(HasSubstr("acme")));
  EXPECT_THAT(elsewhere.ShortDebugString(), Not(HasSubstr("growth")));

  PutMember("user_2", "member", "beta");
  provider_.Set("user_2", provider_.At("user_1"));  // as after a move that was not finished
  v1::SyncRolesRequest request = SyncOf("beta");
  request.add_user_ids("user_2");
  request.set_dry_run(true);
  const v1::UserRoles foreign = Sync(request).users(0);
  EXPECT_TRUE(foreign.observed_foreign());
  EXPECT_FALSE(foreign.has_observed());
  EXPECT_EQ(foreign.action(), v1::ROLE_ACTION_WRITE);
}

TEST_F(RoleServiceTest, EveryUserHasItsOwnError) {
  for (const char* user : {"busy", "fine", "refused"}) PutMember(user);
  provider_.FailFor("busy", Busy(Millis(5000)));
  provider_.FailFor("refused", WrongKey());
  v1::SyncRolesRequest request = SyncOf("acme");
  for (const char* user : {"busy", "fine", "refused", "stranger"}) request.add_user_ids(user);
  const v1::SyncRolesResponse response = Sync(request);
  ASSERT_EQ(response.users_size(), 4);
  EXPECT_EQ(response.users(0).error().code(), static_cast<int>(absl::StatusCode::kUnavailable));
  EXPECT_EQ(response.users(0).action(), v1::ROLE_ACTION_UNSPECIFIED);
  EXPECT_EQ(response.users(0).error().details_size(), 2) << "RetryInfo beside the reason";
  EXPECT_FALSE(response.users(1).has_error());
  EXPECT_EQ(ReasonIn(response.users(2)), v1::ERROR_REASON_IDENTITY_PROVIDER_REFUSED);
  EXPECT_EQ(ReasonIn(response.users(3)), v1::ERROR_REASON_MEMBER_UNKNOWN);
}

TEST_F(RoleServiceTest, BadRequestsAreNamedField) {
  v1::SyncRolesRequest many = SyncOf("acme");
  for (int n = 0; n < 101; ++n) many.add_user_ids("u" + std::to_string(n));
  v1::SyncRolesRequest both = SyncOf("acme");
  both.add_user_ids("u");
  both.set_page_token("t");
  v1::SyncRolesRequest blank = SyncOf("acme");
  blank.add_user_ids("");
  v1::SyncRolesRequest large = SyncOf("acme");
  large.set_page_size(101);
  v1::SyncRolesRequest negative = SyncOf("acme");
  negative.set_page_size(-1);
  for (const auto& [request, field] :
       {std::pair(many, "user_ids"), std::pair(both, "page_token"), std::pair(blank, "user_ids[0]"),
        std::pair(large, "page_size: expected 1 to 100,"), std::pair(negative, "page_size: expected 1 to 100,")}) {
    const absl::Status error = service_->SyncRoles({}, request).status();
    EXPECT_EQ(ReasonOf(error), v1::ERROR_REASON_MALFORMED_REQUEST);
    EXPECT_THAT(std::string(error.message()), HasSubstr(field));
  }
  EXPECT_EQ(ReasonOf(WithReason(service_->SyncRoles({}, SyncOf("gamma")).status())), v1::ERROR_REASON_TENANT_UNKNOWN);
}

TEST_F(RoleServiceTest, AServerWithoutAProviderSaysSoAndDoesTheRest) {
  PutMember("user_1");
  RoleService without(store_.get(), &world_->writer, &world_->projection, &clock_, nullptr);
  EXPECT_EQ(ReasonOf(without.SyncRoles({}, SyncOf("acme")).status()), v1::ERROR_REASON_IDENTITY_PROVIDER_MISSING);
  EXPECT_TRUE(without.CheckPermission({}, About("user_1", "project.read"))->allowed());
  // The work that nobody does is no alarm.
  EXPECT_THAT(Wanted(), ElementsAre("user_1"));
  HealthReport report;
  AddCounts(*store_, world_->ingest, report);
  EXPECT_TRUE(report.ready());
  EXPECT_TRUE(report.warnings.empty());
}

}  // namespace
}  // namespace usher
