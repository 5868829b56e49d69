// Who may read /metrics, before anything of it is made.
#include <gtest/gtest.h>

#include "server/http/front.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

class MetricsAccessTest : public LedgerTest {
 protected:
  // The status with which a scrape is refused; 0: it is not.
  int Refusal(bool without_key, const std::string& host, const std::string& key = "") {
    Keys keys(*store_, world_->writer, clock_);
    EXPECT_TRUE(keys.Load().ok());
    const AccessGate access(&keys, &clock_);
    const MethodTable methods(&access);
    const Log log;
    CallStats calls;
    HttpFront front(
        {.methods = &methods, .access = &access, .log = &log, .calls = &calls, .metrics_without_key = without_key}, {});
    HttpRequest request{.method = "GET", .target = "/metrics", .headers = {{"Host", host}}, .body = {}};
    if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
    const std::optional<HttpResponse> refused = front.AnswerHead(request);
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
  EXPECT_EQ(Refusal(true, "usher.example.com"), 403) << "what a proxy or a rebound name asks for";
  EXPECT_EQ(Refusal(true, "localhost", "usk_nonsense"), 401) << "a key that is shown is judged";
}

}  // namespace
}  // namespace usher
