// /metrics of a real server: what calls did to it, and who may read it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/callers/caller.h"
#include "tests/integration/rpc_fixture.h"
#include "tests/support/http_client.h"

namespace usher {
namespace {

using testing::HasSubstr;

std::string Scrape(const RunningServer& server) { return HttpCall(server.http_port(), "GET", "/metrics").body; }

class MetricsHttpTest : public RpcTest {};

TEST_P(MetricsHttpTest, CallsDecisionsAndEventsAreCountedOverEveryTransport) {
  Relay(PaidInvoice());
  Check("acme", "sso");
  Check("stranger", "sso");
  v1::CheckEntitlementRequest nonsense;
  nonsense.set_tenant_id("acme");
  nonsense.set_feature("nonsense");
  Fail<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", nonsense);
  const std::string text = Scrape(server_);
  const std::string check =
      R"({grpc_service="usher.v1.EntitlementService",grpc_method="CheckEntitlement",transport=")" +
      std::string(GetParam() == Transport::kGrpc ? "grpc" : "connect") + "\"";
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total" + check + "} 3\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total" + check + ",grpc_code=\"OK\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total" + check + ",grpc_code=\"NotFound\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_count" + check + "} 3\n"));
  EXPECT_THAT(text, HasSubstr("usher_decisions_total{state=\"granted\",allowed=\"true\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("usher_decisions_total{state=\"not_in_plan\",allowed=\"false\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("usher_events_total{disposition=\"applied\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("usher_projection_tenants 1\n"));
  EXPECT_THAT(text, HasSubstr("usher_catalog_generation 1\n"));
  EXPECT_THAT(text, HasSubstr("usher_stopping 0\n"));
}

TEST_P(MetricsHttpTest, DecisionsAreCountedWhereverTheyAreAnsweredFrom) {
  Relay(PaidInvoice());
  v1::CheckEntitlementRequest check;
  check.set_tenant_id("acme");
  check.set_feature("sso");
  v1::BatchCheckEntitlementsRequest batch;
  for (int i = 0; i < 2; ++i) {
    v1::BatchCheckItem& item = *batch.add_items();
    item.set_tenant_id("acme");
    item.set_feature("sso");
  }
  // Sources are not in memory: with them everything is read from the store.
  for (const bool from_store : {false, true}) {
    check.set_include_sources(from_store);
    batch.set_include_sources(from_store);
    Call<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", check);
    Call<v1::BatchCheckEntitlementsResponse>("EntitlementService/BatchCheckEntitlements", batch);
    const std::string counted = from_store ? "6\n" : "3\n";
    EXPECT_THAT(Scrape(server_), HasSubstr("usher_decisions_total{state=\"granted\",allowed=\"true\"} " + counted));
  }
}

INSTANTIATE_TEST_SUITE_P(Transports, MetricsHttpTest, testing::ValuesIn(kTransports),
                         [](const auto& row) { return std::string(TransportName(row.param)); });

TEST(MetricsAccessTest, OnThisMachineNoKeyIsNeededAndAKeyThatIsShownIsJudged) {
  RunningServer server({.keys = true});
  const auto status = [&](const std::string& key) {
    const HttpHeaders headers = key.empty() ? HttpHeaders{} : HttpHeaders{{"Authorization", "Bearer " + key}};
    return HttpCall(server.http_port(), "GET", "/metrics", "", headers).status;
  };
  EXPECT_EQ(status(""), 200);
  EXPECT_EQ(status(MakeKey(server, {Scope::kMetrics}).secret()), 200);
  EXPECT_EQ(status(server.admin_key()), 200);
  EXPECT_EQ(status("nonsense"), 401);
  EXPECT_EQ(status(MakeKey(server, {Scope::kCheck}).secret()), 403);
  EXPECT_EQ(status(MakeKey(server, {Scope::kMetrics}, "acme").secret()), 403);
  EXPECT_EQ(CheckAcme(server, MakeKey(server, {Scope::kMetrics}).secret()).reason, v1::ERROR_REASON_SCOPE_MISSING);
}

TEST(MetricsAccessTest, ARefusedCallerIsCounted) {
  RunningServer server({.keys = true});
  EXPECT_EQ(PostJson(server.http_port(), "/usher.v1.TenantService/GetTenant", "{}").status, 401);
  EXPECT_EQ(PostJson(server.http_port(), "/anything", "{}").status, 401);
  const std::string text = Scrape(server);
  EXPECT_THAT(text, HasSubstr(R"(grpc_method="GetTenant",transport="connect",grpc_code="Unauthenticated"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(grpc_method="unknown",transport="connect",grpc_code="Unauthenticated"} 1)"));
}

}  // namespace
}  // namespace usher
