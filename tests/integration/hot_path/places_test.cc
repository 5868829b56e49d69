// Calls that wait take places of their own kind, and the others are answered.
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "server/engine/members.h"
#include "server/engine/revision.h"
#include "tests/integration/hot_path/hot_server.h"
#include "tests/support/fake_identity_provider.h"
#include "usher/v1/ingest.grpc.pb.h"
#include "usher/v1/role.grpc.pb.h"

namespace usher {
namespace {

// More than there are places of any kind.
constexpr int kCalls = 60;

class PlacesTest : public HotPathTest {
 protected:
  void SetUp() override {
    HotPathTest::SetUp();
    sync_ = std::make_unique<RoleSync>(*store_, world_->projection, clock_, provider_);
    ingest_ = std::make_unique<IngestService>(&world_->ingest, &world_->recorder, &world_->sources, &clock_);
    role_ = std::make_unique<RoleService>(store_.get(), &world_->writer, &world_->projection, &clock_, sync_.get());
    Start({}, {.ingest = ingest_.get(), .role = role_.get()});
  }
  void TearDown() override {
    stalled_->GoOn();
    provider_.Release();
    for (std::thread& thread : waiting_) thread.join();
    HotPathTest::TearDown();
  }

  using Call = std::function<grpc::Status(grpc::ClientContext&)>;

  static grpc::Status Make(const Call& call) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return call(context);
  }

  // Makes `call` until every place for its kind is taken.
  void FillPlacesOf(const Call& call) {
    for (int i = 0; i < kCalls; ++i) {
      waiting_.emplace_back([this, call] {
        const grpc::Status status = Make(call);
        if (status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) return;
        ExpectOverloaded(status);
        ++refused_;
      });
    }
    ASSERT_TRUE(Eventually([&] { return refused_ > 0; }));
  }

  Call AskForTimeline() {
    return [this](grpc::ClientContext& context) {
      v1::GetTimelineRequest request;
      request.set_tenant_id("acme");
      v1::GetTimelineResponse response;
      return stub_->GetTimeline(&context, request, &response);
    };
  }
  Call AskForPermission(const std::string& min_revision = "") {
    return [this, min_revision](grpc::ClientContext& context) {
      v1::CheckPermissionRequest request;
      request.set_tenant_id("acme");
      request.set_user_id("ann");
      request.set_permission("report.export");
      request.set_min_revision(min_revision);
      request.mutable_max_wait()->set_seconds(10);
      v1::CheckPermissionResponse response;
      return v1::RoleService::NewStub(channel_)->CheckPermission(&context, request, &response);
    };
  }
  Call SyncAnn() {
    return [this](grpc::ClientContext& context) {
      v1::SyncRolesRequest request;
      request.set_tenant_id("acme");
      request.add_user_ids("ann");
      v1::SyncRolesResponse response;
      return v1::RoleService::NewStub(channel_)->SyncRoles(&context, request, &response);
    };
  }
  Call RecordPayment() {
    return [this](grpc::ClientContext& context) {
      v1::RecordPaymentOutcomeRequest request;
      request.set_tenant_id("acme");
      request.set_provider("bank");
      request.set_reference("transfer-1");
      request.set_outcome(v1::PAYMENT_OUTCOME_SUCCEEDED);
      request.set_price("price_growth");
      *request.mutable_period_start() = ToProto(kJanuary);
      *request.mutable_period_end() = ToProto(kJanuary + 30 * kDay);
      v1::RecordPaymentOutcomeResponse response;
      return v1::IngestService::NewStub(channel_)->RecordPaymentOutcome(&context, request, &response);
    };
  }
  Call DescribeTenant() {
    return [this](grpc::ClientContext& context) {
      v1::GetTenantRequest request;
      request.set_tenant_id("acme");
      v1::GetTenantResponse response;
      return v1::TenantService::NewStub(channel_)->GetTenant(&context, request, &response);
    };
  }
  void ExpectAnswered(const Call& call) {
    const grpc::Status status = Make(call);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  FakeIdentityProvider provider_;
  std::unique_ptr<RoleSync> sync_;
  std::unique_ptr<IngestService> ingest_;
  std::unique_ptr<RoleService> role_;
  std::vector<std::thread> waiting_;
  std::atomic<int> refused_ = 0;
};

TEST_F(PlacesTest, WhoeverWaitsForARevisionDoesNotHoldUpThePaymentThatItIsAbout) {
  FillPlacesOf(AskForPermission(
      EncodeRevision({.epoch = store_->Epoch(), .versions = {{TenantId("acme"), 2}}, .generation = 2})));
  ExpectAnswered(DescribeTenant());
  ExpectAnswered(RecordPayment());  // nobody waits any more
}

TEST_F(PlacesTest, ASlowIdentityProviderHoldsUpNobodyElse) {
  provider_.AddUser("ann");
  ASSERT_TRUE(PutMember(world_->writer,
                        {.tenant = TenantId("acme"), .user = UserId("ann"), .kind = "owner", .created_at = kJanuary},
                        "test")
                  .ok());
  provider_.Hold();
  FillPlacesOf(SyncAnn());
  ExpectAnswered(RecordPayment());
  ExpectAnswered(DescribeTenant());
  // The catalog has no permissions.
  EXPECT_EQ(Make(AskForPermission()).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(PlacesTest, WhoeverWaitsForTheStoreLeavesPaymentsTheirPlaces) {
  stalled_->Stall();
  FillPlacesOf(AskForTimeline());
  ExpectAnswered(RecordPayment());
}

}  // namespace
}  // namespace usher
