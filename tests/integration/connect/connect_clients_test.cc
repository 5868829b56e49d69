// The server as other people's clients see it: @connectrpc/connect with code made of our protos, buf curl, and curl.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/running_server.h"
#include "tests/support/temporary_folder.h"

namespace usher {
namespace {

using testing::HasSubstr;

struct Finished {
  int exit_code = -1;
  std::string output;  // errors too
};

Finished RunShell(const std::string& command) {
  Finished finished;
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return finished;
  std::array<char, 4096> chunk;
  for (std::size_t count = 0; (count = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) {
    finished.output.append(chunk.data(), count);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) finished.exit_code = WEXITSTATUS(status);
  return finished;
}

// One server that asks nobody for a key, and one set of generated code for all tests here.
class ConnectClientsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    has_node_ = RunShell("node --version").exit_code == 0;
    if (!has_node_) return;
    const std::vector<std::string> every_service = {"--test-clock"};
    server_ = std::make_unique<RunningServer>(std::map<std::string, std::string>{}, every_service);
    folder_ = std::make_unique<TemporaryFolder>();
    generated_ = folder_->File("generated");
    const Finished generate = RunShell(
        "tools/node_modules/.bin/buf generate proto --template '"
        R"({"version":"v2","plugins":[{"local":"tools/node_modules/.bin/protoc-gen-es","strategy":"all","out":")" +
        generated_ + R"(","opt":["target=js","js_import_style=legacy_commonjs"]}]}')");
    ASSERT_EQ(generate.exit_code, 0) << "./dev setup installs the npm packages of tools/\n" << generate.output;
  }

  static void TearDownTestSuite() {
    server_.reset();
    folder_.reset();
  }

  void SetUp() override {
    if (!has_node_) GTEST_SKIP() << "there is no node here: ./dev setup installs it";
    ASSERT_NE(server_, nullptr);
  }

  static std::string Url() { return "http://127.0.0.1:" + std::to_string(server_->http_port()); }

  // Fails unless the group of suite.js ends well. Returns what it printed.
  static std::string RunGroup(const std::string& group) {
    const Finished finished = RunShell("NODE_PATH=tools/node_modules node tests/integration/connect/suite.js " +
                                       generated_ + " " + Url() + " " + kTestWebhookSecret + " " + group);
    EXPECT_EQ(finished.exit_code, 0) << finished.output;
    return finished.output;
  }

  // `arguments` end up in a shell.
  static Finished BufCurl(const std::string& method, const std::string& data, const std::string& arguments = "") {
    return RunShell("tools/node_modules/.bin/buf curl --schema proto " + arguments + " --data '" + data + "' " + Url() +
                    "/usher.v1." + method);
  }

  static Finished Curl(const std::string& arguments) {
    return RunShell("curl -sS --noproxy '*' --max-time 20 " + arguments);
  }

 private:
  static inline bool has_node_ = false;
  static inline std::unique_ptr<RunningServer> server_;
  static inline std::unique_ptr<TemporaryFolder> folder_;
  static inline std::string generated_;
};

TEST_F(ConnectClientsTest, EveryRpcAnswersTheConnectClientInEveryWay) {
  const std::string output = RunGroup("everyRpc");
  ASSERT_THAT(output, testing::StartsWith("calls "));
  const int calls = std::atoi(output.c_str() + 6);
  EXPECT_GE(calls, 7 * 18);
  RecordProperty("cases", calls);
}

TEST_F(ConnectClientsTest, TheConnectClientLivesThroughTheLifeOfATenant) {
  EXPECT_THAT(RunGroup("story"), HasSubstr("story proto_get_gzip"));
}

TEST_F(ConnectClientsTest, TheConnectClientReadsErrorsWithTheirDetails) {
  EXPECT_THAT(RunGroup("errors"), HasSubstr("errors proto_get_gzip"));
}

TEST_F(ConnectClientsTest, TheConnectClientAndTheServerSpeakGzip) {
  EXPECT_THAT(RunGroup("gzip"), HasSubstr("gzip json_gzip gzip"));
}

TEST_F(ConnectClientsTest, TheServerKeepsTheDeadlinesOfTheConnectClient) {
  EXPECT_THAT(RunGroup("timeouts"), HasSubstr("timeouts proto_get_gzip"));
}

TEST_F(ConnectClientsTest, BufCurlReadsAndWrites) {
  const Finished created = BufCurl("TenantService/CreateTenant", R"({"tenantId":"buf","displayName":"Buf"})");
  EXPECT_EQ(created.exit_code, 0) << created.output;
  EXPECT_THAT(created.output, HasSubstr(R"("displayName": "Buf")"));
  const Finished check =
      BufCurl("EntitlementService/CheckEntitlement", R"({"tenantId":"buf","feature":"projects","currentUsage":0})");
  EXPECT_EQ(check.exit_code, 0) << check.output;
  EXPECT_THAT(check.output, HasSubstr(R"("allowed": true)"));
}

TEST_F(ConnectClientsTest, BufCurlReadsErrorsWithTheirDetails) {
  const Finished unknown = BufCurl("EntitlementService/CheckEntitlement", R"({"tenantId":"buf","feature":"ssoo"})");
  EXPECT_EQ(unknown.exit_code, 5 << 3) << unknown.output;  // NOT_FOUND, as buf tells codes
  EXPECT_THAT(unknown.output, HasSubstr(R"("code": "not_found")"));
  EXPECT_THAT(unknown.output, HasSubstr("google.rpc.ErrorInfo"));
  EXPECT_THAT(unknown.output, HasSubstr("FEATURE_UNKNOWN"));
}

TEST_F(ConnectClientsTest, CurlReadsGzip) {
  const Finished list = Curl("--compressed -D - -H 'content-type: application/json' -d '{\"tenantId\":\"curl\"}' " +
                             Url() + "/usher.v1.EntitlementService/ListEntitlements");
  EXPECT_THAT(list.output, HasSubstr("Content-Encoding: gzip"));
  EXPECT_THAT(list.output, HasSubstr(R"("feature":"sso")"));
}

TEST_F(ConnectClientsTest, AKeyIsShownInAHeader) {
  const RunningServer server(ServerSetup{.keys = true});
  const std::string url =
      "http://127.0.0.1:" + std::to_string(server.http_port()) + "/usher.v1.EntitlementService/CheckEntitlement";
  const std::string json = R"({"tenantId":"keyed","feature":"sso"})";
  const std::string header = "--header 'authorization: Bearer " + server.admin_key() + "'";
  const std::string buf = "tools/node_modules/.bin/buf curl --schema proto --data '" + json + "' ";
  const Finished refused = RunShell(buf + url);
  EXPECT_EQ(refused.exit_code, 16 << 3) << refused.output;  // UNAUTHENTICATED, as buf tells codes
  EXPECT_THAT(refused.output, HasSubstr("CREDENTIALS_MISSING"));
  const Finished answered = RunShell(buf + header + " " + url);
  EXPECT_EQ(answered.exit_code, 0) << answered.output;
  const std::string get =
      "-w '%{http_code}' -G --data-urlencode encoding=json --data-urlencode 'message=" + json + "' ";
  EXPECT_THAT(Curl(get + url).output, testing::EndsWith("401"));
  const Finished read = Curl(get + header + " " + url);
  EXPECT_THAT(read.output, testing::EndsWith("200"));
  EXPECT_THAT(read.output, HasSubstr(R"("feature":"sso")"));
}

TEST_F(ConnectClientsTest, CurlAsksWithGet) {
  const Finished check =
      Curl("-G --data-urlencode encoding=json --data-urlencode 'message={\"tenantId\":\"curl\",\"feature\":\"sso\"}' " +
           Url() + "/usher.v1.EntitlementService/CheckEntitlement");
  EXPECT_THAT(check.output, HasSubstr(R"("feature":"sso")"));
  const Finished write =
      Curl("-o /dev/null -w '%{http_code}' -G --data-urlencode encoding=json --data-urlencode 'message={}' " + Url() +
           "/usher.v1.TenantService/CreateTenant");
  EXPECT_EQ(write.output, "405");
}

}  // namespace
}  // namespace usher
