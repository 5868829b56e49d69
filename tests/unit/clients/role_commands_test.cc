// usher members, roles and can, before a fake server.
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/cli/command.h"
#include "tests/unit/clients/fake_usher.h"

namespace usher {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kFebruary = 1'769'904'000;

class RoleCommandsTest : public testing::Test {
 protected:
  int Run(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> arguments(std::istream_iterator<std::string>(stream), {});
    arguments.insert(arguments.end(), {"--server", fake_.address()});
    out_.str("");
    err_.str("");
    CommandContext context;
    context.out = &out_;
    context.err = &err_;
    return RunCli(arguments, context);
  }

  static v1::RoleMetadata Pro() {
    v1::RoleMetadata metadata;
    metadata.set_plan("growth@2");
    metadata.add_roles("pro");
    metadata.add_roles("viewer");
    metadata.set_version(3);
    metadata.mutable_expires_at()->set_seconds(kFebruary);
    return metadata;
  }
  static v1::UserRoles User(const std::string& id, v1::RoleAction action) {
    v1::UserRoles user;
    user.set_user_id(id);
    user.set_action(action);
    if (action != v1::ROLE_ACTION_ELSEWHERE) *user.mutable_desired() = Pro();
    return user;
  }

  FakeUsher fake_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(RoleCommandsTest, CanAnswersByItsExitCode) {
  v1::CheckPermissionResponse answer;
  answer.set_allowed(true);
  answer.set_reason(v1::PERMISSION_REASON_GRANTED);
  answer.set_kind("owner");
  answer.add_roles("pro_admin");
  answer.mutable_valid_until()->set_seconds(kFebruary);
  fake_.Answer(answer);
  EXPECT_EQ(Run("can acme user_1 member.invite"), kExitYes);
  EXPECT_EQ(fake_.asked(), R"(CheckPermissionRequest tenant_id: "acme" user_id: "user_1" permission: "member.invite")");
  EXPECT_EQ(out_.str(),
            "user_1 may member.invite in acme: a member of kind owner has role pro_admin\n"
            "until 2026-02-01T00:00:00Z\n");

  answer.set_allowed(false);
  answer.set_reason(v1::PERMISSION_REASON_NO_ROLE);
  answer.set_plan("free@1");
  answer.clear_valid_until();
  fake_.Answer(answer);
  EXPECT_EQ(Run("can acme user_1 member.invite --at 2026-03-01T00:00:00Z"), kExitNo);
  EXPECT_THAT(fake_.asked(), HasSubstr("at { seconds: 1772323200 }"));
  EXPECT_EQ(
      out_.str(),
      "user_1 may not member.invite in acme: a member of kind owner has role pro_admin under free@1, which does not "
      "include it\n");
  EXPECT_EQ(Run("can acme user_1 member.invite --at tomorrow"), kExitCouldNotAsk);
  EXPECT_THAT(err_.str(), HasSubstr("--at:"));
}

TEST_F(RoleCommandsTest, CanShowsTheDecisionThatDenies) {
  v1::CheckPermissionResponse answer;
  answer.set_reason(v1::PERMISSION_REASON_FEATURE_DENIED);
  answer.mutable_decision()->set_feature("sso");
  answer.mutable_decision()->set_state(v1::ACCESS_STATE_PAYMENT_REQUIRED);
  answer.mutable_decision()->set_reason(v1::REASON_CODE_RENEWAL_UNPAID);
  fake_.Answer(answer);
  EXPECT_EQ(Run("can acme user_1 sso.set"), kExitNo);
  EXPECT_THAT(out_.str(), HasSubstr("it requires a feature that the tenant may not use"));
  EXPECT_THAT(out_.str(), HasSubstr("sso"));
  EXPECT_THAT(out_.str(), HasSubstr("payment required"));
}

TEST_F(RoleCommandsTest, ADryRunPrintsDesiredObservedAndAction) {
  v1::SyncRolesResponse response;
  *response.add_users() = User("user_1", v1::ROLE_ACTION_WRITE);
  v1::UserRoles& in_step = *response.add_users() = User("user_2", v1::ROLE_ACTION_NONE);
  *in_step.mutable_observed() = Pro();
  *response.add_users() = User("user_3", v1::ROLE_ACTION_ELSEWHERE);
  fake_.Answer(response);
  EXPECT_EQ(Run("roles sync acme --dry-run"), kExitNo) << "somebody is not in step";
  EXPECT_EQ(fake_.asked(), R"(SyncRolesRequest tenant_id: "acme" dry_run: true)");
  const std::string pro = "growth@2: pro, viewer; v3, until 2026-02-01T00:00:00Z";
  EXPECT_EQ(out_.str(),
            "user    desired                                                observed                       "
            "                        action\n"
            "user_1  " +
                pro +
                "  nothing                                                would write\n"
                "user_2  " +
                pro + "  " + pro +
                "  none: in step\n"
                "user_3  as its home has it                                                                    "
                "                        none: its home is elsewhere\n");
}

TEST_F(RoleCommandsTest, ASyncThatWentWellExitsWithYes) {
  v1::SyncRolesResponse response;
  *response.add_users() = User("user_1", v1::ROLE_ACTION_WRITE);
  *response.add_users() = User("user_2", v1::ROLE_ACTION_REMOVE);
  fake_.Answer(response);
  EXPECT_EQ(Run("roles sync acme --user user_1 --user user_2 --force"), kExitYes);
  EXPECT_EQ(fake_.asked(), R"(SyncRolesRequest tenant_id: "acme" user_ids: "user_1" user_ids: "user_2" force: true)");
  EXPECT_THAT(out_.str(), HasSubstr("written"));
  EXPECT_THAT(out_.str(), HasSubstr("removed"));
}

TEST_F(RoleCommandsTest, WhoFailedOrIsNewerThereExitsWithNo) {
  v1::SyncRolesResponse failed;
  v1::UserRoles& user = *failed.add_users();
  user.set_user_id("user_1");
  user.mutable_error()->set_message("clerk does not know the user");
  fake_.Answer(failed);
  EXPECT_EQ(Run("roles sync acme"), kExitNo);
  EXPECT_THAT(out_.str(), HasSubstr("failed: clerk does not know the user"));
  v1::SyncRolesResponse newer;
  *newer.add_users() = User("user_1", v1::ROLE_ACTION_NEWER);
  fake_.Answer(newer);
  EXPECT_EQ(Run("roles sync acme"), kExitNo);
  EXPECT_THAT(out_.str(), HasSubstr("--force"));
}

TEST_F(RoleCommandsTest, WhatSomebodyElseLeftIsToldAndNotShown) {
  v1::SyncRolesResponse response;
  v1::UserRoles& unreadable = *response.add_users() = User("user_1", v1::ROLE_ACTION_WRITE);
  unreadable.set_observed_unreadable(true);
  v1::UserRoles& foreign = *response.add_users() = User("user_2", v1::ROLE_ACTION_WRITE);
  foreign.set_observed_foreign(true);
  fake_.Answer(response);
  Run("roles sync acme --dry-run");
  EXPECT_THAT(out_.str(), HasSubstr("unreadable"));
  EXPECT_THAT(out_.str(), HasSubstr("another tenant's"));
}

TEST_F(RoleCommandsTest, APageOfRolesHasTheTimeThatTheServerGivesIt) {
  Run("roles sync acme");
  EXPECT_GT(fake_.patience(), std::chrono::seconds(20));
  EXPECT_LE(fake_.patience(), std::chrono::seconds(31)) << "gRPC rounds up";
  Run("members list acme");
  EXPECT_LE(fake_.patience(), std::chrono::seconds(11));
}

TEST_F(RoleCommandsTest, RolesAsJsonAreAllPagesInOne) {
  v1::SyncRolesResponse response;
  *response.add_users() = User("user_1", v1::ROLE_ACTION_NONE);
  response.set_provider("clerk");
  fake_.Answer(response);
  EXPECT_EQ(Run("--format json roles sync acme"), kExitYes);
  EXPECT_THAT(out_.str(), HasSubstr("\"provider\": \"clerk\""));
  EXPECT_THAT(out_.str(), HasSubstr("ROLE_ACTION_NONE"));
}

TEST_F(RoleCommandsTest, MembersArePutListedAndRemoved) {
  v1::PutMemberResponse put;
  put.mutable_member()->set_kind("owner");
  put.mutable_member()->set_home(true);
  fake_.Answer(put);
  EXPECT_EQ(Run("members put acme user_1 owner"), kExitYes);
  EXPECT_EQ(fake_.asked(), R"(PutMemberRequest tenant_id: "acme" user_id: "user_1" kind: "owner")");
  EXPECT_EQ(out_.str(), "user_1 is a member of acme, of kind owner\n");
  put.mutable_member()->set_home(false);
  fake_.Answer(put);
  Run("members put acme user_1 owner");
  EXPECT_THAT(out_.str(), HasSubstr("follow an older membership"));

  v1::ListMembersResponse list;
  v1::Member& member = *list.add_members();
  member.set_user_id("user_1");
  member.set_kind("owner");
  member.mutable_created_at()->set_seconds(kFebruary);
  member.set_home(true);
  fake_.Answer(list);
  EXPECT_EQ(Run("members list acme --limit 7"), kExitYes);
  EXPECT_EQ(fake_.asked(), R"(ListMembersRequest tenant_id: "acme" page_size: 7)");
  EXPECT_EQ(out_.str(),
            "user    kind   since                 roles at the identity provider\n"
            "user_1  owner  2026-02-01T00:00:00Z  follow this tenant\n");

  EXPECT_EQ(Run("members remove acme user_1"), kExitYes);
  EXPECT_EQ(fake_.asked(), R"(RemoveMemberRequest tenant_id: "acme" user_id: "user_1")");
  EXPECT_EQ(out_.str(), "user_1 is no member of acme any more\n");
}

TEST_F(RoleCommandsTest, ATenantWithoutMembersSaysSo) {
  EXPECT_EQ(Run("members list acme"), kExitYes);
  EXPECT_EQ(out_.str(), "acme has no members\n");
  EXPECT_EQ(Run("roles sync acme"), kExitYes);
  EXPECT_EQ(out_.str(), "acme has no members\n");
}

}  // namespace
}  // namespace usher
