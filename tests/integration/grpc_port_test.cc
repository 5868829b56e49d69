// What the gRPC port does besides its RPCs: health, limits, hostile bytes.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/http_client.h"
#include "tests/support/running_server.h"
#include "tests/support/server_client.h"
#include "usher/v1/entitlement.grpc.pb.h"

namespace usher {
namespace {

class GrpcPortTest : public testing::Test {
 protected:
  grpc::Status Check(const v1::CheckEntitlementRequest& request) {
    const auto stub = v1::EntitlementService::NewStub(
        grpc::CreateChannel(server_.grpc_address(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    v1::CheckEntitlementResponse response;
    return stub->CheckEntitlement(&context, request, &response);
  }

  RunningServer server_;
};

v1::CheckEntitlementRequest AboutSso() {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("acme");
  request.set_feature("sso");
  return request;
}

TEST_F(GrpcPortTest, AMessageBeyondTheLimitIsRefused) {
  v1::CheckEntitlementRequest request = AboutSso();
  request.set_min_revision(std::string(3 * 1024 * 1024, 'x'));
  EXPECT_EQ(Check(request).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Check(AboutSso()).ok());
}

TEST_F(GrpcPortTest, BytesThatAreNoHttp2DoNotHarm) {
  HttpConnection connection(server_.grpc_port());
  connection.Send("GET / HTTP/1.1\r\n\r\n" + std::string(100'000, '\xff'));
  EXPECT_TRUE(connection.ClosedWithin(std::chrono::seconds(10)));
  EXPECT_TRUE(Check(AboutSso()).ok());
}

TEST_F(GrpcPortTest, AnErrorCarriesItsDetails) {
  v1::CheckEntitlementRequest request = AboutSso();
  request.set_feature("");
  const grpc::Status status = Check(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_details(), testing::HasSubstr("MALFORMED_REQUEST"));
}

class HealthTest : public GrpcPortTest {
 protected:
  std::string Health(const std::string& service) { return GrpcHealth(server_.grpc_port(), service); }
};

TEST_F(HealthTest, TheServerAndEachServiceAreServing) {
  for (const char* service :
       {"", "usher.v1.EntitlementService", "usher.v1.IngestService", "usher.v1.TenantService", "usher.v1.EventService",
        "usher.v1.KeyService", "usher.v1.RoleService", "usher.v1.WorkService"}) {
    EXPECT_EQ(Health(service), "\x08\x01") << service;
  }
  EXPECT_NE(Health("usher.v1.Nope"), "\x08\x01");
  EXPECT_NE(Health("usher.v1.TestClockService"), "\x08\x01") << "it is not served";
  const RunningServer with_clock({}, {"--test-clock"});
  EXPECT_EQ(GrpcHealth(with_clock.grpc_port(), "usher.v1.TestClockService"), "\x08\x01");
}

TEST_F(HealthTest, AWatcherIsToldTheStateAtOnceAndOfAnUnknownServiceThatItIsUnknown) {
  EXPECT_EQ(GrpcHealthWatch(server_.grpc_port(), "").Next(), "\x08\x01");
  EXPECT_EQ(GrpcHealthWatch(server_.grpc_port(), "usher.v1.EntitlementService").Next(), "\x08\x01");
  EXPECT_EQ(GrpcHealthWatch(server_.grpc_port(), "usher.v1.Nope").Next(), "\x08\x03");
}

TEST_F(HealthTest, WatchersHaveABoundAndOneThatLeavesMakesRoom) {
  std::vector<std::unique_ptr<GrpcHealthWatch>> watching;
  const auto watch = [&] {
    watching.push_back(std::make_unique<GrpcHealthWatch>(server_.grpc_port(), ""));
    return watching.back()->Next();
  };
  for (int i = 0; i < 100; ++i) ASSERT_EQ(watch(), "\x08\x01") << i;
  EXPECT_EQ(watch(), "");
  EXPECT_EQ(watching.back()->End(), absl::StatusCode::kResourceExhausted);
  watching.clear();
  EXPECT_TRUE(Eventually([&] { return watch() == "\x08\x01"; }));
}

}  // namespace
}  // namespace usher
