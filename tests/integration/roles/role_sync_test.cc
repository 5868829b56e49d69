// SyncRoles: what a user should have at the identity provider, what it has, and what is done about it.
#include <gmock/gmock.h>

#include "server/engine/refusal.h"
#include "tests/support/eventually.h"
#include "tests/support/ledger/roles_world.h"

namespace usher {
namespace {

using std::chrono::steady_clock;
using testing::ElementsAre;

constexpr Instant kGraceEnd = kJanuary + 33 * kDay;  // 30 days paid, 72 h of leeway

RoleMetadata Metadata(const std::string& tenant, const std::string& plan, std::vector<std::string> roles,
                      std::int64_t version, std::optional<Instant> expires_at = std::nullopt) {
  return {.tenant = TenantId(tenant),
          .plan = plan,
          .roles = std::move(roles),
          .version = version,
          .expires_at = expires_at};
}

class RoleSyncTest : public RolesTest {
 protected:
  // acme has paid; user_1 is a member, user_2 an owner.
  void SetUp() override {
    RolesTest::SetUp();
    Create("acme");
    Pay("acme", "1");
    for (const char* user : {"user_1", "user_2"}) provider_.AddUser(user);
    Put("acme", "user_1");
    Put("acme", "user_2", "owner");
  }

  std::vector<UserSync> Sync(SyncRequest request) { return sync().Sync(request); }
  UserSync SyncOne(const std::string& user, SyncRequest request = {}) {
    if (request.tenant.empty()) request.tenant = TenantId("acme");
    request.users = {UserId(user)};
    return sync().Sync(request).at(0);
  }
  UserSync Look(const std::string& user) { return SyncOne(user, {.tenant = {}, .users = {}, .dry_run = true}); }

  static bool WentWell(const UserSync& sync) { return std::holds_alternative<std::monostate>(sync.problem); }
  static absl::Status StatusOf(const UserSync& sync) {
    const auto* status = std::get_if<absl::Status>(&sync.problem);
    return status == nullptr ? absl::OkStatus() : *status;
  }
};

TEST_F(RoleSyncTest, WritesWhatTheProviderDoesNotHave) {
  const UserSync user = SyncOne("user_1");
  EXPECT_TRUE(WentWell(user));
  EXPECT_EQ(user.action, RoleAction::kWrite);
  EXPECT_EQ(user.desired, Metadata("acme", "growth@1", {"pro"}, 2, kGraceEnd));
  EXPECT_FALSE(user.observed.metadata.has_value());
  EXPECT_EQ(provider_.At("user_1").metadata, user.desired);
  EXPECT_EQ(SyncOne("user_2").desired, Metadata("acme", "growth@1", {"admin"}, 2, kGraceEnd));
}

TEST_F(RoleSyncTest, TheSecondTimeChangesNothing) {
  const SyncRequest both{.tenant = TenantId("acme"), .users = {UserId("user_1"), UserId("user_2")}};
  for (const UserSync& user : Sync(both)) EXPECT_EQ(user.action, RoleAction::kWrite);
  const int writes = provider_.writes();
  for (const UserSync& user : Sync(both)) EXPECT_EQ(user.action, RoleAction::kNone);
  EXPECT_EQ(provider_.writes(), writes);
}

TEST_F(RoleSyncTest, ADryRunWritesNothing) {
  EXPECT_EQ(Look("user_1").action, RoleAction::kWrite);
  EXPECT_EQ(Look("user_1").action, RoleAction::kWrite);
  EXPECT_EQ(provider_.writes(), 0);
}

TEST_F(RoleSyncTest, AnswersInTheOrderOfTheQuestion) {
  std::vector<std::string> users;
  for (const UserSync& user : Sync({.tenant = TenantId("acme"), .users = {UserId("user_2"), UserId("user_1")}})) {
    users.push_back(user.user.str());
  }
  EXPECT_THAT(users, ElementsAre("user_2", "user_1"));
}

TEST_F(RoleSyncTest, WhatSomebodyElseChangedThereIsMended) {
  SyncOne("user_1");
  provider_.Set("user_1", {.metadata = Metadata("acme", "growth@1", {"admin"}, 2, kGraceEnd), .unreadable = false});
  EXPECT_EQ(SyncOne("user_1").action, RoleAction::kWrite);
  EXPECT_EQ(provider_.At("user_1").metadata->roles, std::vector<std::string>{"pro"});
  provider_.Set("user_1", {.metadata = std::nullopt, .unreadable = true});
  EXPECT_EQ(SyncOne("user_1").action, RoleAction::kWrite);
  EXPECT_FALSE(provider_.At("user_1").unreadable);
}

TEST_F(RoleSyncTest, AProviderThatLiesShowsAsDrift) {
  provider_.Lie(true);
  EXPECT_EQ(SyncOne("user_1").action, RoleAction::kWrite);
  EXPECT_EQ(Look("user_1").action, RoleAction::kWrite) << "it did not keep what it said it kept";
}

TEST_F(RoleSyncTest, AGreaterVersionOfTheSameTenantWinsUnlessForced) {
  const RoleMetadata newer = Metadata("acme", "growth@1", {"admin"}, 9);
  provider_.Set("user_1", {.metadata = newer, .unreadable = false});
  EXPECT_EQ(SyncOne("user_1").action, RoleAction::kNewer);
  EXPECT_EQ(provider_.At("user_1").metadata, newer);
  EXPECT_EQ(SyncOne("user_1", {.tenant = {}, .users = {}, .dry_run = false, .force = true}).action, RoleAction::kWrite);
  EXPECT_EQ(provider_.At("user_1").metadata->version, 2);
}

TEST_F(RoleSyncTest, AGreaterVersionOfAnotherTenantSaysNothing) {
  provider_.Set("user_1", {.metadata = Metadata("beta", "growth@1", {"admin"}, 9), .unreadable = false});
  EXPECT_EQ(SyncOne("user_1").action, RoleAction::kWrite);
  EXPECT_EQ(provider_.At("user_1").metadata->tenant, TenantId("acme"));
}

TEST_F(RoleSyncTest, RolesFollowTheServersTime) {
  clock_.Set(kGraceEnd - Millis(1));
  EXPECT_EQ(SyncOne("user_1").desired, Metadata("acme", "growth@1", {"pro"}, 2, kGraceEnd));
  clock_.Set(kGraceEnd);
  EXPECT_EQ(SyncOne("user_1").desired, Metadata("acme", "free@1", {"viewer"}, 2));
}

TEST_F(RoleSyncTest, AKindThatTheCatalogForgotHasNoRoles) {
  ASSERT_TRUE(TryPut("acme", "user_1", "guest").ok());
  EXPECT_EQ(SyncOne("user_1").desired, Metadata("acme", "growth@1", {}, 2, kGraceEnd));
}

TEST_F(RoleSyncTest, AUserWhoseHomeIsElsewhereIsLeftAloneAndNotAskedAbout) {
  Create("beta");
  clock_.Set(kJanuary + kDay);
  Put("beta", "user_1", "owner");
  const UserSync user = SyncOne("user_1", {.tenant = TenantId("beta")});
  EXPECT_EQ(user.action, RoleAction::kElsewhere);
  EXPECT_FALSE(user.desired.has_value());
  EXPECT_FALSE(user.observed.metadata.has_value());
  EXPECT_EQ(provider_.reads(), 0);
}

TEST_F(RoleSyncTest, AfterTheHomeMovedItIsTheNextTenantsRoles) {
  Create("beta");
  clock_.Set(kJanuary + kDay);
  Put("beta", "user_2", "owner");
  SyncOne("user_2");
  ASSERT_TRUE(Remove("acme", "user_2").ok());
  EXPECT_EQ(SyncOne("user_2", {.tenant = TenantId("beta")}).desired, Metadata("beta", "free@1", {"viewer"}, 1));
  EXPECT_EQ(provider_.At("user_2").metadata->tenant, TenantId("beta"));
}

// Nobody learns of users that are not its own, neither here nor there.
TEST_F(RoleSyncTest, StrangersAreNoMembersWhateverTheyHave) {
  Create("beta");
  provider_.AddUser("user_3");
  provider_.Set("user_4", {.metadata = Metadata("acme", "growth@1", {"admin"}, 2), .unreadable = false});
  for (const char* user : {"user_1", "user_3", "user_4", "user_9"}) {
    SCOPED_TRACE(user);
    const UserSync found = SyncOne(user, {.tenant = TenantId("beta")});
    EXPECT_EQ(RefusalOf(StatusOf(found)), Refusal::kMemberUnknown);
    EXPECT_FALSE(found.desired.has_value());
    EXPECT_FALSE(found.observed.metadata.has_value());
  }
  EXPECT_EQ(provider_.writes(), 0);
}

TEST_F(RoleSyncTest, NeitherTimeNorFailureTellsAStrangersOtherTenant) {
  Create("beta");
  provider_.AddUser("user_3");
  for (const char* user : {"user_1", "user_3"}) {  // of acme, and of nobody
    SCOPED_TRACE(user);
    const int before = provider_.reads();
    EXPECT_EQ(RefusalOf(StatusOf(SyncOne(user, {.tenant = TenantId("beta")}))), Refusal::kMemberUnknown);
    EXPECT_EQ(provider_.reads(), before + 1);
    provider_.FailNext(1, Busy());
    EXPECT_TRUE(std::holds_alternative<ProviderFailure>(SyncOne(user, {.tenant = TenantId("beta")}).problem));
  }
}

// What is left there may be the newest home's by now.
TEST_F(RoleSyncTest, ATenantLeavesFormerMembersAloneWhoHaveAnotherHome) {
  SyncOne("user_1");
  Create("beta");
  Put("beta", "user_1");
  ASSERT_TRUE(Remove("acme", "user_1").ok());
  EXPECT_EQ(RefusalOf(StatusOf(SyncOne("user_1"))), Refusal::kMemberUnknown);
  EXPECT_TRUE(provider_.At("user_1").metadata.has_value());
}

TEST_F(RoleSyncTest, ATenantCleansUpWhatIsLeftOfItsFormerMembers) {
  SyncOne("user_1");
  ASSERT_TRUE(Remove("acme", "user_1").ok());
  EXPECT_EQ(Look("user_1").action, RoleAction::kRemove);
  EXPECT_EQ(SyncOne("user_1").action, RoleAction::kRemove);
  EXPECT_FALSE(provider_.At("user_1").metadata.has_value());
  EXPECT_EQ(RefusalOf(StatusOf(SyncOne("user_1"))), Refusal::kMemberUnknown);
}

TEST_F(RoleSyncTest, AUserThatFailsDoesNotFailTheOthers) {
  provider_.FailFor("user_1", WrongKey());
  const auto users = Sync({.tenant = TenantId("acme"), .users = {UserId("user_1"), UserId("user_2")}});
  ASSERT_TRUE(std::holds_alternative<ProviderFailure>(users.at(0).problem));
  EXPECT_EQ(std::get<ProviderFailure>(users.at(0).problem).message, "the key is not valid");
  EXPECT_TRUE(WentWell(users.at(1)));
  EXPECT_EQ(provider_.At("user_2").metadata->roles, std::vector<std::string>{"admin"});
}

TEST_F(RoleSyncTest, ADeadlineEndsTheWaitAndSaysWhoIsNotDone) {
  provider_.Hold();
  const auto start = steady_clock::now();
  const auto users = Sync({.tenant = TenantId("acme"),
                           .users = {UserId("user_1"), UserId("user_2")},
                           .deadline = start + std::chrono::milliseconds(50)});
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(20));
  for (const UserSync& user : users) EXPECT_EQ(StatusOf(user).code(), absl::StatusCode::kDeadlineExceeded);
  provider_.Release();
}

TEST_F(RoleSyncTest, AStopEndsTheWaitAndBeginsNoCall) {
  SyncRequest request{.tenant = TenantId("acme")};
  for (int n = 0; n < 50; ++n) {
    const std::string user = "many_" + std::to_string(n);
    provider_.AddUser(user);
    Put("acme", user);
    request.users.emplace_back(user);
  }
  provider_.Hold();
  std::vector<UserSync> users;
  std::thread asking([&] { users = Sync(request); });
  EXPECT_TRUE(Eventually([&] { return provider_.at_once() == static_cast<int>(RoleSync::kParallel); }));
  sync().RequestStop();
  asking.join();  // although the provider holds its calls
  ASSERT_EQ(users.size(), 50u);
  for (const UserSync& user : users) EXPECT_EQ(StatusOf(user).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(StatusOf(SyncOne("user_1")).code(), absl::StatusCode::kUnavailable) << "nor does anybody wait later";
  provider_.Release();
  EXPECT_TRUE(Eventually([&] { return provider_.at_once() == 0; }));
  WorkRow row;
  row.key = "user_1";
  EXPECT_EQ(sync().Run(row).kind, WorkResult::Kind::kRetry);
  sync_.reset();  // waits for what was queued
  EXPECT_EQ(provider_.writes(), 0);
  EXPECT_EQ(provider_.reads(), static_cast<int>(RoleSync::kParallel));
}

TEST_F(RoleSyncTest, ParallelCallsAreBounded) {
  SyncRequest request{.tenant = TenantId("acme")};
  for (int n = 0; n < 50; ++n) {
    const std::string user = "many_" + std::to_string(n);
    provider_.AddUser(user);
    Put("acme", user);
    request.users.emplace_back(user);
  }
  provider_.Hold();
  std::thread asking([&] {
    for (const UserSync& user : Sync(request)) EXPECT_EQ(user.action, RoleAction::kWrite);
  });
  EXPECT_TRUE(Eventually([&] { return provider_.at_once() == static_cast<int>(RoleSync::kParallel); }));
  provider_.Release();
  asking.join();
  EXPECT_LE(provider_.most_at_once(), static_cast<int>(RoleSync::kParallel));
}

// A slow run must not write over a later one what it derived earlier.
TEST_F(RoleSyncTest, RunsOfOneUserTakeTurns) {
  provider_.Hold();
  std::vector<std::thread> asking;
  for (int n = 0; n < 4; ++n) asking.emplace_back([&] { SyncOne("user_1"); });
  EXPECT_TRUE(Eventually([&] { return provider_.at_once() == 1; }));
  Pay("acme", "2", kJanuary + 30 * kDay);  // while the first run waits with what it derived
  provider_.Release();
  for (std::thread& thread : asking) thread.join();
  EXPECT_FALSE(provider_.overlapped());
  EXPECT_EQ(provider_.At("user_1").metadata->version, 3);
}

struct DecideCase {
  const char* name;
  std::optional<RoleMetadata> desired;
  ObservedMetadata observed;
  RoleAction action;
  RoleAction forced;
};

TEST(DecideRoles, ByWhatIsThereAndWhatShouldBe) {
  using enum RoleAction;
  const RoleMetadata pro = Metadata("acme", "growth@1", {"pro"}, 2, kGraceEnd);
  const auto with = [&](const std::function<void(RoleMetadata&)>& change) {
    RoleMetadata changed = pro;
    change(changed);
    return ObservedMetadata{.metadata = changed, .unreadable = false};
  };
  const std::vector<DecideCase> rows = {
      {"InStep", pro, with([](RoleMetadata&) {}), kNone, kNone},
      {"Nothing", pro, {}, kWrite, kWrite},
      {"Unreadable", pro, {.metadata = std::nullopt, .unreadable = true}, kWrite, kWrite},
      {"OtherPlan", pro, with([](RoleMetadata& m) { m.plan = "free@1"; }), kWrite, kWrite},
      {"OtherRoles", pro, with([](RoleMetadata& m) { m.roles = {}; }), kWrite, kWrite},
      {"OtherEnd", pro, with([](RoleMetadata& m) { m.expires_at.reset(); }), kWrite, kWrite},
      {"OlderVersion", pro, with([](RoleMetadata& m) { m.version = 1; }), kWrite, kWrite},
      {"GreaterVersion", pro, with([](RoleMetadata& m) { m.version = 3; }), kNewer, kWrite},
      {"GreaterVersionElsewhere", pro, with([](RoleMetadata& m) { m.version = 3, m.tenant = TenantId("b"); }), kWrite,
       kWrite},
      {"NothingToRemove", std::nullopt, {}, kNone, kNone},
      {"SomethingToRemove", std::nullopt, with([](RoleMetadata& m) { m.version = 3; }), kRemove, kRemove},
      {"SomethingUnreadableToRemove", std::nullopt, {.metadata = std::nullopt, .unreadable = true}, kRemove, kRemove},
  };
  for (const DecideCase& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(DecideRoles(row.desired, row.observed, /*force=*/false), row.action);
    EXPECT_EQ(DecideRoles(row.desired, row.observed, /*force=*/true), row.forced);
  }
}

}  // namespace
}  // namespace usher
