// What the HTTP port does with input that means harm: a clear error, and the server goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/http_client.h"
#include "tests/support/running_server.h"

namespace usher {
namespace {

using testing::HasSubstr;

constexpr char kCheck[] = "/usher.v1.EntitlementService/CheckEntitlement";

class HostileInputTest : public testing::Test {
 protected:
  // The server still answers as it should.
  ~HostileInputTest() override {
    const HttpReply reply = PostJson(server_.http_port(), kCheck, R"({"tenantId":"acme","feature":"sso"})");
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_THAT(reply.body, HasSubstr("ACCESS_STATE_NOT_IN_PLAN"));
  }

  HttpReply Post(std::string_view body) { return PostJson(server_.http_port(), kCheck, body); }

  RunningServer server_;
};

TEST_F(HostileInputTest, DeepJsonIsRefused) {
  for (const std::string& body :
       {std::string(100'000, '['), std::string(100'000, '{'), R"({"at":)" + std::string(1'000'000, '[')}) {
    const HttpReply reply = Post(body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.body, HasSubstr("nests deeper"));
  }
}

TEST_F(HostileInputTest, ABodyBeyondTheLimitIsRefused) {
  const HttpReply reply = Post(std::string(3 * 1024 * 1024, ' '));
  EXPECT_EQ(reply.status, 429);
  EXPECT_THAT(reply.body, HasSubstr("resource_exhausted"));
  EXPECT_THAT(reply.body, HasSubstr("MESSAGE_TOO_LARGE"));
}

TEST_F(HostileInputTest, TextThatIsNoUtf8IsRefused) {
  EXPECT_EQ(Post("{\"tenantId\":\"\xc3\x28\",\"feature\":\"sso\"}").status, 400);
}

TEST_F(HostileInputTest, AWebhookBeyondItsLimitIsRefused) {
  const HttpReply reply = PostJson(server_.http_port(), "/usher.v1.IngestService/RelayWebhook",
                                   R"({"provider":"stripe","rawBody":")" + std::string(1'500'000, 'A') + "\"}");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("raw_body"));
}

TEST_F(HostileInputTest, UnknownPathsAreUnimplemented) {
  for (const char* path : {"/", "/usher.v1.EntitlementService/", "/usher.v1.Nope/Check", "/../etc/passwd", "//"}) {
    const HttpReply reply = PostJson(server_.http_port(), path, "{}");
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_THAT(reply.body, HasSubstr("unimplemented"));
  }
}

TEST_F(HostileInputTest, AShortDeadlineIsKept) {
  const HttpReply reply = HttpCall(server_.http_port(), "POST", kCheck, R"({"tenantId":"acme","feature":"sso"})",
                                   {{"Content-Type", "application/json"}, {"Connect-Timeout-Ms", "0"}});
  EXPECT_EQ(reply.status, 504);
  EXPECT_THAT(reply.body, HasSubstr("deadline_exceeded"));
}

TEST_F(HostileInputTest, AWebPageWhoseNameIsPointedHereIsRefused) {
  for (const char* host : {"evil.example", "evil.example:7481", "127.0.0.1.evil.example", "10.0.0.1:80", ""}) {
    HttpConnection connection(server_.http_port());
    connection.Send("POST " + std::string(kCheck) + " HTTP/1.1\r\nHost: " + host +
                    "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    const HttpReply reply = connection.Read();
    EXPECT_EQ(reply.status, 403) << host;
    EXPECT_THAT(reply.body, HasSubstr("HOST_FOREIGN"));
  }
  for (const char* host : {"localhost", "localhost:7481", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:80"}) {
    HttpConnection connection(server_.http_port());
    connection.Send("GET /readyz HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
    EXPECT_EQ(connection.Read().status, 200) << host;
  }
}

TEST_F(HostileInputTest, AMisspeltMemberIsRefusedByName) {
  const HttpReply reply = Post(R"({"tenantId":"acme","feature":"sso","curentUsage":"5"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("curentUsage"));
}

}  // namespace
}  // namespace usher
