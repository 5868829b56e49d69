// Starting, refusing to start, and stopping.
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/time.h"
#include "server/app/system_clock.h"
#include "tests/support/http_client.h"
#include "tests/support/running_server.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LifecycleTest, HealthAndReadinessAreServed) {
  RunningServer server;
  EXPECT_EQ(HttpCall(server.http_port(), "GET", "/healthz").body, "ok\n");
  const HttpReply ready = HttpCall(server.http_port(), "GET", "/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_THAT(ready.body, HasSubstr(R"("ready":true)"));
  EXPECT_THAT(ready.body, HasSubstr(R"("message":"generation 1 is live")"));
  EXPECT_THAT(ready.body, HasSubstr(R"("events_parked":0)"));
  EXPECT_EQ(HttpCall(server.http_port(), "POST", "/readyz").status, 405);
}

TEST(LifecycleTest, ReadinessCountsWhatPeopleShouldLookAt) {
  RunningServer server;
  const HttpReply forged =
      PostJson(server.http_port(), "/usher.v1.IngestService/RelayWebhook", R"({"provider":"stripe","rawBody":"e30="})");
  EXPECT_EQ(forged.status, 400);
  EXPECT_THAT(HttpCall(server.http_port(), "GET", "/readyz").body, HasSubstr(R"("webhooks_forged":1)"));
}

TEST(LifecycleTest, StopsOnEitherSignalWithExitCodeZero) {
  for (const int signal : {SIGTERM, SIGINT}) {
    RunningServer server;
    server.process().Signal(signal);
    EXPECT_EQ(server.process().WaitForExit(), 0);
    EXPECT_THAT(server.process().errors(), HasSubstr("\"message\":\"stopped\""));
  }
}

TEST(LifecycleTest, ASecretNeverReachesTheLog) {
  RunningServer server;
  PostJson(server.http_port(), "/usher.v1.IngestService/RelayWebhook", R"({"provider":"stripe","rawBody":"e30="})");
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().WaitForExit(), 0);
  EXPECT_THAT(server.process().errors(), Not(HasSubstr(kTestWebhookSecret)));
}

TEST(LifecycleTest, EveryLineOfTheLogIsJsonWhateverTheLibrariesSay) {
  RunningServer server(ServerSetup{.more_environment = {{"GRPC_VERBOSITY", "debug"}}});
  HttpConnection connection(server.grpc_port());
  connection.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(1000, '\xff'));  // upsets gRPC
  EXPECT_TRUE(connection.ClosedWithin(std::chrono::seconds(10)));
  HttpCall(server.http_port(), "POST", "/usher.v1.EntitlementService/CheckEntitlement", "\x0a\x01\xff",
           {{"Content-Type", "application/proto"}});  // text that is no UTF-8 upsets protobuf
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().WaitForExit(), 0);
  std::istringstream lines(server.process().errors());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.starts_with("{\"time\":") && line.ends_with("}")) << line;
  }
}

TEST(LifecycleTest, ATerminalThatClosesStopsItInOrder) {
  RunningServer server;
  server.process().Signal(SIGHUP);
  EXPECT_EQ(server.process().WaitForExit(), 0);
  EXPECT_THAT(server.process().errors(), HasSubstr(R"("message":"stopped")"));
}

TEST(LifecycleTest, AStoreThatLivedOnATestClockIsRecognised) {
  RunningServer server({}, {"--test-clock"});
  const std::string tomorrow = FormatInstant(SystemClock().Now() + std::chrono::hours(24));
  const HttpReply set =
      PostJson(server.http_port(), "/usher.v1.TestClockService/SetTime", "{\"time\":\"" + tomorrow + "\"}");
  EXPECT_EQ(set.status, 200) << set.body;
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().WaitForExit(), 0);
  ChildProcess without("usherd", ServerArguments(server.folder()), {});
  EXPECT_TRUE(without.WaitForLine("has lived on a test clock").has_value()) << without.errors();
  without.Signal(SIGTERM);
  EXPECT_EQ(without.WaitForExit(), 0);
}

// Starts with the usual arguments and `more`, expects the exit code, returns what it said.
std::string Refused(const std::vector<std::string>& more, int exit_code,
                    const std::map<std::string, std::string>& environment = {}) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = ServerArguments(folder);
  for (std::size_t i = 0; i + 1 < more.size(); i += 2) {
    const auto flag = std::find(arguments.begin(), arguments.end(), more[i]);
    if (flag != arguments.end()) *(flag + 1) = more[i + 1];
  }
  ChildProcess process("usherd", arguments, environment);
  EXPECT_EQ(process.WaitForExit(), exit_code);
  return process.errors();
}

TEST(RefusedStartTest, BeyondLoopback) {
  EXPECT_THAT(Refused({"--grpc", "0.0.0.0:0"}, 2), HasSubstr("expected a loopback address"));
  EXPECT_THAT(Refused({"--http", "[::]:0"}, 2), HasSubstr("expected a loopback address"));
}

TEST(RefusedStartTest, BlankSecret) {
  EXPECT_THAT(Refused({}, 2, {{"USHER_STRIPE_WEBHOOK_SECRET", " "}}), HasSubstr("secret is empty"));
}

TEST(RefusedStartTest, ASecretThatIsNoneOfStripes) {
  const std::string said = Refused({}, 2, {{"USHER_STRIPE_WEBHOOK_SECRET", "hunter2"}});
  EXPECT_THAT(said, HasSubstr("expected the endpoint's signing secret, whsec_..."));
  EXPECT_THAT(said, Not(HasSubstr("hunter2")));
}

TEST(RefusedStartTest, CatalogThatIsNotThere) {
  EXPECT_THAT(Refused({"--catalog", "/nonexistent.yaml"}, 2), HasSubstr("/nonexistent.yaml"));
}

TEST(RefusedStartTest, CatalogWithErrors) {
  const TemporaryFolder folder;
  std::ofstream(folder.File("bad.yaml")) << "apiVersion: usher/v1\ncatalog: x\nfeatures: { sso: { type: bolean } }\n";
  const std::string errors =
      Refused({"--catalog", folder.File("bad.yaml"), "--store", "sqlite:" + folder.File("unmade.db")}, 2);
  EXPECT_THAT(errors, HasSubstr("bad.yaml:3:"));
  EXPECT_THAT(errors, HasSubstr("usher catalog validate"));
  EXPECT_FALSE(std::ifstream(folder.File("unmade.db")).is_open()) << "a start that failed left a database behind";
}

TEST(RefusedStartTest, StoreInAFolderThatIsNotThere) {
  EXPECT_THAT(Refused({"--store", "sqlite:/nonexistent/usher.db"}, 2), HasSubstr("/nonexistent"));
}

TEST(RefusedStartTest, StoreThatIsNoDatabase) {
  const TemporaryFolder folder;
  std::ofstream(folder.File("usher.db")) << std::string(10'000, 'x');
  Refused({"--store", "sqlite:" + folder.File("usher.db")}, 2);
  std::ofstream(folder.File("usher.db")) << "SQLite format 3" << std::string(10'000, 'x');  // seen when it is opened
  Refused({"--store", "sqlite:" + folder.File("usher.db")}, 1);
}

TEST(RefusedStartTest, APayloadKeyThatIsNotThere) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = ServerArguments(folder);
  arguments.insert(arguments.end(), {"--payload-key", "/nonexistent/key"});
  ChildProcess process("usherd", arguments);
  EXPECT_EQ(process.WaitForExit(), 2);
  EXPECT_THAT(process.errors(), HasSubstr("the payload key: cannot read /nonexistent/key"));
}

TEST(RefusedStartTest, PortsInUse) {
  RunningServer server;
  EXPECT_THAT(Refused({"--http", "127.0.0.1:" + std::to_string(server.http_port())}, 1),
              HasSubstr("cannot listen for HTTP"));
  const std::string errors = Refused({"--grpc", server.grpc_address()}, 1);
  EXPECT_THAT(errors, HasSubstr("cannot listen for gRPC"));
  EXPECT_THAT(errors, Not(HasSubstr("\"message\":\"grpc\""))) << "what gRPC says by itself";
}

}  // namespace
}  // namespace usher
