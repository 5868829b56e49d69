// Stopping: whoever sends traffic hears of it, running calls end, new ones are refused, the store is left tidy.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <future>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "server/engine/revision.h"
#include "tests/support/eventually.h"
#include "tests/support/http_client.h"
#include "tests/support/running_server.h"
#include "tests/support/server_client.h"
#include "usher/v1/entitlement.pb.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class StopTest : public testing::Test {
 protected:
  void Start(const std::string& delay, const std::string& drain) {
    server_ =
        std::make_unique<RunningServer>(ServerSetup{.more_arguments = {"--stop-delay", delay, "--stop-drain", drain}});
  }

  std::unique_ptr<ServerClient> Client() {
    return MakeServerClient(Transport::kGrpc, server_->grpc_port(), server_->http_port());
  }

  Reply Check(const std::string& min_revision = "", int wait_seconds = 0) {
    v1::CheckEntitlementRequest request;
    request.set_tenant_id("acme");
    request.set_feature("sso");
    request.set_min_revision(min_revision);
    if (wait_seconds > 0) request.mutable_max_wait()->set_seconds(wait_seconds);
    return Client()->Call("usher.v1.EntitlementService/CheckEntitlement", request,
                          std::make_shared<v1::CheckEntitlementResponse>());
  }

  // A check that waits so long for what never comes; returns once it runs.
  std::future<Reply> LongCheck(int wait_seconds) {
    const Reply now = Check();
    EXPECT_TRUE(now.ok()) << now.message;
    const auto& decision = static_cast<const v1::CheckEntitlementResponse&>(*now.response).decision();
    auto revision = DecodeRevision(decision.revision());
    EXPECT_TRUE(revision.ok());
    revision->generation += 1;
    auto running = std::async(std::launch::async, [this, token = EncodeRevision(*revision), wait_seconds] {
      return Check(token, wait_seconds);
    });
    EXPECT_TRUE(Eventually([&] {
      return Metrics().find("grpc_method=\"CheckEntitlement\",transport=\"grpc\"} 2\n") != std::string::npos;
    }));
    return running;
  }

  std::string Metrics() { return HttpCall(server_->http_port(), "GET", "/metrics").body; }

  // What is left of SQLite's log beside the database.
  std::uintmax_t LogBytes() {
    const std::string path = server_->folder().File("usher.db-wal");
    return std::filesystem::exists(path) ? std::filesystem::file_size(path) : 0;
  }

  ChildProcess& process() { return server_->process(); }

  std::unique_ptr<RunningServer> server_;
};

TEST_F(StopTest, LoadBalancersAreToldWhileCallsAreStillTaken) {
  Start("3s", "10s");
  process().Signal(SIGTERM);
  ASSERT_TRUE(process().WaitForLine("\"message\":\"stopping\"").has_value());
  const HttpReply ready = HttpCall(server_->http_port(), "GET", "/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("the server is stopping"));
  EXPECT_EQ(HttpCall(server_->http_port(), "GET", "/healthz").status, 200);
  EXPECT_EQ(GrpcHealth(server_->grpc_port(), ""), "\x08\x02") << "NOT_SERVING";
  EXPECT_EQ(GrpcHealth(server_->grpc_port(), "usher.v1.EntitlementService"), "\x08\x02");
  EXPECT_THAT(Metrics(), HasSubstr("usher_stopping 1\n"));
  EXPECT_TRUE(Check().ok());
  EXPECT_EQ(PostJson(server_->http_port(), "/usher.v1.EntitlementService/CheckEntitlement",
                     R"({"tenantId":"acme","feature":"sso"})")
                .status,
            200);
  EXPECT_EQ(process().WaitForExit(), 0);
}

TEST_F(StopTest, WhoeverWatchesTheHealthIsToldAndHoldsUpNothing) {
  Start("1s", "60s");
  GrpcHealthWatch watch(server_->grpc_port(), "");
  EXPECT_EQ(watch.Next(), "\x08\x01");
  process().Signal(SIGTERM);
  EXPECT_EQ(watch.Next(), "\x08\x02");
  EXPECT_EQ(watch.Next(), "") << "the drain waits for calls that run, and not for this one";
  EXPECT_EQ(watch.End(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(process().WaitForExit(), 0);
}

TEST_F(StopTest, CallsThatRunEndAndNewOnesAreRefused) {
  Start("0s", "10s");
  EXPECT_GT(LogBytes(), 0u);
  auto running = LongCheck(3);
  process().Signal(SIGTERM);
  ASSERT_TRUE(process().WaitForLine("\"message\":\"stopping\"").has_value());
  EXPECT_TRUE(Eventually([&] {
    const HttpReply refused = PostJson(server_->http_port(), "/usher.v1.TenantService/GetTenant", "{}");
    return refused.status == 503 && refused.body.find("NOT_READY") != std::string::npos;
  }));
  EXPECT_TRUE(Eventually([&] { return Check().code == absl::StatusCode::kUnavailable; }));
  EXPECT_EQ(running.get().reason, v1::ERROR_REASON_REVISION_NOT_REACHED) << "its own answer";
  EXPECT_EQ(process().WaitForExit(), 0);
  EXPECT_THAT(process().errors(), testing::EndsWith("\"message\":\"stopped\"}\n"));
  EXPECT_EQ(LogBytes(), 0u);
}

TEST_F(StopTest, TheDrainCutsWhatDoesNotEnd) {
  Start("0s", "100ms");
  auto running = LongCheck(3);
  const auto began = std::chrono::steady_clock::now();
  process().Signal(SIGTERM);
  const Reply cut = running.get();
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(2500)) << "before its own time";
  EXPECT_FALSE(cut.ok());
  EXPECT_EQ(cut.reason, v1::ERROR_REASON_UNSPECIFIED) << "no answer of the service's";
  EXPECT_EQ(process().WaitForExit(), 0);
  EXPECT_EQ(LogBytes(), 0u);
}

TEST_F(StopTest, ACallThatStandsStillDoesNotKeepTheProcess) {
  Start("0s", "100ms");
  auto running = LongCheck(10);
  process().Signal(SIGTERM);
  EXPECT_EQ(process().WaitForExit(), 1);
  EXPECT_THAT(process().errors(), HasSubstr("stopping took too long and was given up"));
  EXPECT_FALSE(running.get().ok());
}

TEST_F(StopTest, ASecondSignalEndsItAtOnce) {
  Start("60s", "60s");
  process().Signal(SIGTERM);
  ASSERT_TRUE(process().WaitForLine("\"message\":\"stopping\"").has_value());
  process().Signal(SIGTERM);
  EXPECT_EQ(process().WaitForExit(), 128 + SIGTERM);
  EXPECT_THAT(process().errors(), HasSubstr("told to stop a second time"));
}

}  // namespace
}  // namespace usher
