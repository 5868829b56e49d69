// Who is let in before the body of a request is waited for: /metrics, the probes, and everything else.
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/http/front.h"
#include "tests/support/http_client.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

class MetricsAccessTest : public LedgerTest {
 protected:
  // What the head of a request is answered where keys exist; nullopt: the request is waited for.
  std::optional<HttpResponse> AnswerHead(const HttpRequest& head, bool without_key = false) {
    Keys keys(*store_, world_->writer, clock_);
    EXPECT_TRUE(keys.Load().ok());
    const AccessGate access(&keys, &clock_);
    const MethodTable methods(&access);
    const Log log;
    CallStats calls;
    HttpFront front(
        {.methods = &methods, .access = &access, .log = &log, .calls = &calls, .metrics_without_key = without_key}, {});
    return front.AnswerHead(head);
  }

  // The status with which a scrape is refused; 0: it is not.
  int Refusal(bool without_key, const std::string& host, const std::string& key = "") {
    HttpRequest request{.method = "GET", .target = "/metrics", .headers = {{"Host", host}}, .body = {}};
    if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
    const std::optional<HttpResponse> refused = AnswerHead(request, without_key);
    return refused ? refused->status : 0;
  }

  std::string MakeKey(const Scopes& scopes, const std::string& tenant = "") {
    Keys keys(*store_, world_->writer, clock_);
    const auto made =
        keys.Create({.name = "scraper", .scopes = scopes, .tenant = TenantId(tenant), .expires_at = {}}, "the test");
    EXPECT_TRUE(made.ok()) << made.status();
    return std::string(made->secret.Reveal());
  }
};

TEST_F(MetricsAccessTest, APortThatOthersReachAsksForAKey) {
  EXPECT_EQ(Refusal(false, "localhost"), 401);
  EXPECT_EQ(Refusal(false, "usher.internal", MakeKey({Scope::kMetrics})), 0);
  EXPECT_EQ(Refusal(false, "usher.internal", MakeKey({Scope::kAdmin})), 0);
  EXPECT_EQ(Refusal(false, "usher.internal", MakeKey({Scope::kCheck, Scope::kIngest, Scope::kRoles, Scope::kCatalog})),
            403);
  EXPECT_EQ(Refusal(false, "usher.internal", MakeKey({Scope::kMetrics}, "acme")), 403);
}

TEST_F(MetricsAccessTest, APortOfThisMachineAnswersThisMachineWithoutOne) {
  EXPECT_EQ(Refusal(true, "localhost:7481"), 0);
  EXPECT_EQ(Refusal(true, "127.0.0.1:7481"), 0);
  EXPECT_EQ(Refusal(true, "LOCALHOST"), 0);
  EXPECT_EQ(Refusal(true, "localhost.:7481"), 0) << "the same name, said to be whole";
  EXPECT_EQ(Refusal(true, "localhost.example.com"), 401);
  EXPECT_EQ(Refusal(true, "usher.example.com"), 401) << "what a proxy or a rebound name asks for";
  EXPECT_EQ(Refusal(true, "localhost", "usk_nonsense"), 401) << "a key that is shown is judged";
}

TEST_F(MetricsAccessTest, WhoeverNeedsAKeyIsToldItsScope) {
  const auto refused =
      AnswerHead({.method = "GET", .target = "/metrics", .headers = {{"Host", "evil"}}, .body = {}}, true);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 401);
  EXPECT_THAT(refused->body, testing::HasSubstr("an API key with the scope metrics"));
  EXPECT_THAT(refused->headers, testing::Contains(testing::Pair("WWW-Authenticate", "Bearer")));
}

TEST_F(MetricsAccessTest, TwoAuthorizationsAreRefusedWhicheverComesFirst) {
  const std::string bearer = "Bearer " + MakeKey({Scope::kAdmin});
  for (const char* target : {"/metrics", "/usher.v1.EntitlementService/CheckEntitlement"}) {
    HttpRequest request{.method = "GET", .target = target, .headers = {{"authorization", bearer}}, .body = {}};
    EXPECT_FALSE(AnswerHead(request).has_value()) << target;
    request.headers.emplace_back("Authorization", "Bearer usk_nonsense");
    for (int order = 0; order < 2; ++order) {
      const auto refused = AnswerHead(request);
      ASSERT_TRUE(refused.has_value()) << target;
      EXPECT_EQ(refused->status, 401);
      EXPECT_THAT(refused->body, testing::HasSubstr("expected it once"));
      std::swap(request.headers[0], request.headers[1]);
    }
  }
}

TEST_F(MetricsAccessTest, AProbeWithAQueryIsTheProbeAndTakesNoBody) {
  const auto status = [&](const char* method, const char* target, const HttpHeaders& headers = {}) {
    const auto answer = AnswerHead({.method = method, .target = target, .headers = headers, .body = {}});
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(status("GET", "/healthz?x"), 200);
  EXPECT_EQ(status("POST", "/healthz?x"), 405);
  EXPECT_EQ(status("GET", "/readyz?verbose"), 0) << "it is waited for";
  EXPECT_EQ(status("POST", "/readyz?verbose"), 405);
  EXPECT_EQ(status("GET", "/readyzx"), 401);
  EXPECT_EQ(status("GET", "/readyz", {{"Content-Length", "0"}}), 0);
  EXPECT_EQ(status("GET", "/readyz", {{"Content-Length", "9"}}), 400);
  EXPECT_EQ(status("GET", "/readyz", {{"Transfer-Encoding", "chunked"}}), 400);
}

}  // namespace
}  // namespace usher
