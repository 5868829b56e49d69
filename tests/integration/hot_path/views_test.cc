// A call that waits for the store holds no view: what was replaced since would not be freed.
#include <functional>
#include <memory>
#include <thread>

#include "tests/integration/hot_path/hot_server.h"
#include "tests/support/ledger/roles_world.h"

namespace usher {
namespace {

class ViewsTest : public HotPathTest {
 protected:
  void SetUp() override {
    HotPathTest::SetUp();
    sync_ = std::make_unique<RoleSync>(*stalled_, world_->projection, clock_, provider_);
    role_ = std::make_unique<RoleService>(stalled_.get(), writer_.get(), &world_->projection, &clock_, sync_.get());
  }

  void Activate(CatalogPtr catalog) {
    EXPECT_TRUE(world_->Activate(std::move(catalog), /*allow_changed_content=*/true).ok());
  }

  // Activates two catalogs. A view from before keeps the first of both.
  std::weak_ptr<const Catalog> ReplaceCatalogs() {
    CatalogPtr first = MembersCatalog("viewer");
    std::weak_ptr<const Catalog> replaced = first;
    Activate(std::move(first));
    Activate(MembersCatalog());
    return replaced;
  }

  FakeIdentityProvider provider_;
  std::unique_ptr<RoleSync> sync_;
  std::unique_ptr<RoleService> role_;
};

template <class Request>
Request AboutAcme() {
  Request request;
  request.set_tenant_id("acme");
  return request;
}

TEST_F(ViewsTest, AreHeldByNobodyWhoWaitsForTheStore) {
  Activate(MembersCatalog());
  auto permission = AboutAcme<v1::CheckPermissionRequest>();
  permission.set_user_id("ann");
  permission.set_permission("report.export");
  auto member = AboutAcme<v1::PutMemberRequest>();
  member.set_user_id("ann");
  member.set_kind("owner");
  auto override_request = AboutAcme<v1::PutOverrideRequest>();
  override_request.set_override_id("ov_1");
  override_request.set_feature("sso");
  override_request.set_mode(v1::OVERRIDE_MODE_DENY);
  override_request.set_reason("test");
  auto explain = AboutAcme<v1::ExplainEntitlementRequest>();
  explain.set_feature("sso");
  v1::BatchCheckEntitlementsRequest batch;
  *batch.mutable_at() = ToProto(kJanuary - kDay);
  for (const char* tenant : {"acme", "nobody"}) {
    batch.add_items()->set_tenant_id(tenant);
    batch.mutable_items()->rbegin()->set_feature("sso");
  }
  struct Row {
    const char* name;
    std::function<absl::Status()> call;
  };
  const Row rows[] = {
      {"CheckEntitlement", [&] { return entitlement_->CheckEntitlement({}, AboutThePast()).status(); }},
      {"BatchCheckEntitlements", [&] { return entitlement_->BatchCheckEntitlements({}, batch).status(); }},
      {"ExplainEntitlement", [&] { return entitlement_->ExplainEntitlement({}, explain).status(); }},
      {"GetTimeline", [&] { return entitlement_->GetTimeline({}, AboutAcme<v1::GetTimelineRequest>()).status(); }},
      {"GetTenant", [&] { return tenant_->GetTenant({}, AboutAcme<v1::GetTenantRequest>()).status(); }},
      {"PutOverride", [&] { return tenant_->PutOverride({}, override_request).status(); }},
      {"PutMember", [&] { return role_->PutMember({}, member).status(); }},
      {"CheckPermission", [&] { return role_->CheckPermission({}, permission).status(); }},
      {"a run of role work",
       [&] {
         WorkRow work;
         work.key = "ann";
         sync_->Run(work);
         return absl::OkStatus();
       }},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    stalled_->Stall();
    std::thread calling([&] {
      const absl::Status called = row.call();
      EXPECT_TRUE(called.ok()) << called;
    });
    EXPECT_TRUE(Eventually([&] { return stalled_->held() == 1; }));
    const std::weak_ptr<const Catalog> replaced = ReplaceCatalogs();
    EXPECT_TRUE(replaced.expired());
    stalled_->GoOn();
    calling.join();
  }
}

}  // namespace
}  // namespace usher
