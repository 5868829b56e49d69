// A server in this process, over an engine whose store the test can stall.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/rpc/grpc_server.h"
#include "server/service/call_stats.h"
#include "server/service/convert.h"
#include "server/service/error.h"
#include "tests/support/eventually.h"
#include "tests/support/ledger/ledger_world.h"
#include "tests/support/ledger/stalled_store.h"
#include "usher/v1/entitlement.grpc.pb.h"
#include "usher/v1/tenant.grpc.pb.h"

namespace usher {

// The longest that any check may take: far above what it takes on a busy machine, far below what waiting for something
// else would take.
inline constexpr std::chrono::milliseconds kPatience{10'000};

class HotPathTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    clock_.Set(kJanuary);
    Deliver(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme"),
                                    PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
    clock_.Set(kJanuary + 10 * kDay);
    // So that the past is not in memory any more.
    const auto activation = world_->Activate(TestCatalog("label: later\n"));
    ASSERT_TRUE(activation.ok()) << activation.status();
    stalled_ = std::make_unique<StalledStore>(*store_);
    writer_ = std::make_unique<Writer>(*stalled_, world_->projection);
    recorder_ = std::make_unique<Recorder>(*stalled_, *writer_, world_->projection, clock_, world_->sources);
    entitlement_ = std::make_unique<EntitlementService>(stalled_.get(), &world_->projection, &clock_, nullptr);
    tenant_ = std::make_unique<TenantService>(stalled_.get(), recorder_.get(), &world_->projection, &clock_);
  }

  void TearDown() override {
    stalled_->GoOn();
    server_ = nullptr;
  }

  // With entitlements and tenants, and what `services` has.
  void Start(const AsyncLimits& limits = {}, Services services = {}) {
    services.entitlement = entitlement_.get();
    services.tenant = tenant_.get();
    auto server = GrpcServer::Start("127.0.0.1:0", services,
                                    {.access = access_, .log = log_, .calls = calls_, .limits = {.async = limits}});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->port()), grpc::InsecureChannelCredentials());
    stub_ = v1::EntitlementService::NewStub(channel_);
  }

  static v1::CheckEntitlementRequest AboutSso() {
    v1::CheckEntitlementRequest request;
    request.set_tenant_id("acme");
    request.set_feature("sso");
    return request;
  }
  // A question that only the store can answer.
  static v1::CheckEntitlementRequest AboutThePast() {
    v1::CheckEntitlementRequest request = AboutSso();
    *request.mutable_at() = ToProto(kJanuary - kDay);
    return request;
  }

  grpc::Status Check(const v1::CheckEntitlementRequest& request, std::chrono::milliseconds patience = kPatience,
                     v1::CheckEntitlementResponse* answer = nullptr) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    v1::CheckEntitlementResponse response;
    return stub_->CheckEntitlement(&context, request, answer == nullptr ? &response : answer);
  }

  // Calls in the background, all at the same time.
  class Asking {
   public:
    Asking(v1::EntitlementService::Stub& stub, const v1::CheckEntitlementRequest& request,
           std::chrono::milliseconds patience = kPatience) {
      context_.set_deadline(std::chrono::system_clock::now() + patience);
      reader_ = stub.AsyncCheckEntitlement(&context_, request, &queue_);
      reader_->Finish(&response_, &status_, this);
    }
    ~Asking() {
      Await();
      queue_.Shutdown();
    }
    void Cancel() { context_.TryCancel(); }
    const grpc::Status& Await() {
      void* tag = nullptr;
      bool ok = false;
      if (!std::exchange(awaited_, true)) queue_.Next(&tag, &ok);
      return status_;
    }
    // Whether Await would return at once.
    bool Ended() {
      void* tag = nullptr;
      bool ok = false;
      const auto now = std::chrono::system_clock::now();
      if (!awaited_) awaited_ = queue_.AsyncNext(&tag, &ok, now) == grpc::CompletionQueue::GOT_EVENT;
      return awaited_;
    }

   private:
    grpc::ClientContext context_;
    grpc::CompletionQueue queue_;
    v1::CheckEntitlementResponse response_;
    grpc::Status status_;
    std::unique_ptr<grpc::ClientAsyncResponseReader<v1::CheckEntitlementResponse>> reader_;
    bool awaited_ = false;
  };
  std::unique_ptr<Asking> Ask(const v1::CheckEntitlementRequest& request,
                              std::chrono::milliseconds patience = kPatience) {
    return std::make_unique<Asking>(*stub_, request, patience);
  }

  static void ExpectOverloaded(const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
    google::rpc::Status details;
    ASSERT_TRUE(details.ParseFromString(status.error_details()));
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    for (const google::protobuf::Any& detail : details.details()) {
      if (detail.Is<google::rpc::ErrorInfo>()) detail.UnpackTo(&info);
      if (detail.Is<google::rpc::RetryInfo>()) detail.UnpackTo(&retry);
    }
    EXPECT_EQ(info.reason(), "OVERLOADED");
    EXPECT_GT(retry.retry_delay().seconds(), 0);
  }

  CallStats calls_;
  const AccessGate access_{Principal{.name = "test", .scopes = {Scope::kAdmin}, .tenant = {}}};
  const Log log_;
  std::unique_ptr<StalledStore> stalled_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<EntitlementService> entitlement_;
  std::unique_ptr<TenantService> tenant_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::EntitlementService::Stub> stub_;
};

}  // namespace usher
