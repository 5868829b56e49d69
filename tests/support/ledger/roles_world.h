// A world with members, and an identity provider that the test holds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/engine/members.h"
#include "server/engine/roles.h"
#include "tests/support/fake_identity_provider.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {

// TestCatalog with kinds `owner` and `member`. free@1 makes both `viewer`; growth@1 an owner `admin`, a member `pro`.
// Everybody may project.read, pro and admin report.export, admin and viewer sso.set, which requires sso.
inline CatalogPtr MembersCatalog(const std::string& growth_member_role = "pro") {
  return CatalogFrom(R"(apiVersion: usher/v1
catalog: test
features:
  sso: { type: boolean }
  projects: { type: limit, unit: project, merge: max }
groups:
  core: { default_plan: free@1 }
plans:
  free@1:
    { title: Free, group: core, entitlements: { projects: 1 }, member_roles: { owner: viewer, member: viewer } }
  growth@1:
    title: Growth
    group: core
    includes: free@1
    entitlements: { projects: 20, sso: true }
    member_roles: { owner: admin, member: )" +
                     growth_member_role + R"( }
prices:
  live:
    price_live_growth: { plan: growth@1, interval: month, currency: usd }
  test:
    price_growth: { plan: growth@1, interval: month, currency: usd }
member_kinds: { owner: {}, member: {} }
roles:
  viewer: { permissions: [project.read, sso.set] }
  pro: { permissions: [project.read, report.export] }
  admin: { permissions: [project.read, report.export, sso.set] }
permissions:
  project.read: {}
  report.export: {}
  sso.set: { requires: sso }
)");
}

class RolesTest : public LedgerTest {
 protected:
  CatalogPtr StartCatalog() const override { return MembersCatalog(); }
  void Restart() override {
    sync_.reset();
    LedgerTest::Restart();
    sync_ =
        std::make_unique<RoleSync>(*store_, world_->projection, clock_, provider_, [this](const std::string& problem) {
          const MutexLock lock(reports_mutex_);
          reports_.push_back(problem);
        });
  }
  void TearDown() override { sync_.reset(); }

  void Activate(const CatalogPtr& catalog) {
    const auto activation = world_->Activate(catalog, /*allow_changed_content=*/true);
    ASSERT_TRUE(activation.ok()) << activation.status();
  }

  // Known to the server, nothing paid.
  void Create(const std::string& tenant) {
    ASSERT_TRUE(world_->recorder.CreateTenant(TenantId(tenant), tenant, "ops").ok());
  }
  // `tenant` pays for growth@1, 30 days from `from`, and means to go on.
  void Pay(const std::string& tenant, const std::string& n, Instant from = kJanuary) {
    Deliver(
        EventThatSays("evt_" + n, {LinkOf(CustomerObject("cus_" + tenant), tenant),
                                   ActiveSubscription("sub_" + tenant, "cus_" + tenant, "price_growth", from),
                                   PaidInvoice("in_" + n, "cus_" + tenant, "sub_" + tenant, "price_growth", from)}));
  }

  absl::StatusOr<Membership> TryPut(const std::string& tenant, const std::string& user, const std::string& kind) {
    return PutMember(world_->writer,
                     {.tenant = TenantId(tenant), .user = UserId(user), .kind = kind, .created_at = clock_.Now()},
                     "ops");
  }
  Membership Put(const std::string& tenant, const std::string& user, const std::string& kind = "member") {
    const absl::StatusOr<Membership> put = TryPut(tenant, user, kind);
    EXPECT_TRUE(put.ok()) << put.status();
    return put.value_or(Membership());
  }
  absl::Status Remove(const std::string& tenant, const std::string& user) {
    return RemoveMember(world_->writer, TenantId(tenant), UserId(user), clock_.Now(), "ops");
  }

  std::vector<WorkRow> RolesWork() {
    return *Read()->ListWork({.kind = WorkKind::kRoles, .dead_only = false, .after = {}, .limit = 100'000});
  }
  // Whom work is to be done about, sorted.
  std::vector<std::string> Wanted() {
    std::vector<std::string> users;
    for (const WorkRow& row : RolesWork()) {
      if (!row.dead) users.push_back(row.key);
    }
    std::ranges::sort(users);
    return users;
  }
  void ForgetWork() {
    const absl::Status done =
        world_->writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
          for (const WorkRow& row : RolesWork()) {
            absl::Status cancelled = transaction.CancelWork(WorkKind::kRoles, row.key);
            if (!cancelled.ok()) return cancelled;
          }
          return absl::OkStatus();
        });
    ASSERT_TRUE(done.ok()) << done;
  }

  RoleSync& sync() { return *sync_; }
  // What a person was told.
  std::vector<std::string> Reports() {
    const MutexLock lock(reports_mutex_);
    return reports_;
  }

  FakeIdentityProvider provider_;
  Mutex reports_mutex_;
  std::vector<std::string> reports_ ABSL_GUARDED_BY(reports_mutex_);
  std::unique_ptr<RoleSync> sync_;
};

}  // namespace usher
