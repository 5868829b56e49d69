// What callers of EntitlementService are promised, over every transport.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/rpc_fixture.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using EntitlementRpcTest = RpcTest;

INSTANTIATE_TEST_SUITE_P(Over, EntitlementRpcTest, testing::ValuesIn(kTransports),
                         [](const auto& row) { return std::string(TransportName(row.param)); });

TEST_P(EntitlementRpcTest, AStrangerHasTheDefaultPlan) {
  const v1::Decision sso = Check("stranger", "sso");
  EXPECT_FALSE(sso.allowed());
  EXPECT_EQ(sso.state(), v1::ACCESS_STATE_NOT_IN_PLAN);
  EXPECT_FALSE(sso.tenant_known());
  EXPECT_EQ(sso.remedy().kind(), v1::REMEDY_KIND_UPGRADE);
  EXPECT_THAT(sso.remedy().plans(), ElementsAre("pro@1"));
  EXPECT_EQ(sso.generation(), 1);
  EXPECT_EQ(sso.catalog_hash().size(), 64u);
  const v1::Decision projects = Check("stranger", "projects");
  EXPECT_TRUE(projects.allowed());
  EXPECT_EQ(projects.reason(), v1::REASON_CODE_DEFAULT_PLAN);
  EXPECT_EQ(projects.value().limit().amount(), 1);
}

TEST_P(EntitlementRpcTest, AStrangerIsAnErrorWhenAskedFor) {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("stranger");
  request.set_feature("sso");
  request.set_require_known_tenant(true);
  const Reply reply = Fail<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request);
  EXPECT_EQ(reply.code, absl::StatusCode::kNotFound);
  EXPECT_EQ(reply.reason, v1::ERROR_REASON_TENANT_UNKNOWN);
}

TEST_P(EntitlementRpcTest, AMisspeltFeatureIsNotFoundWithASuggestion) {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("acme");
  request.set_feature("project");
  const Reply reply = Fail<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request);
  EXPECT_EQ(reply.code, absl::StatusCode::kNotFound);
  EXPECT_EQ(reply.reason, v1::ERROR_REASON_FEATURE_UNKNOWN);
  EXPECT_THAT(reply.message, HasSubstr("did you mean \"projects\"?"));
}

TEST_P(EntitlementRpcTest, EveryMalformedFieldIsNamedAtOnce) {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("no blanks please");
  request.set_quantity(-1);
  request.set_current_usage(-1);
  request.set_access(v1::GRANTED_ACCESS_NONE);
  request.mutable_max_wait()->set_seconds(11);
  request.mutable_at()->set_nanos(-1);
  const Reply reply = Fail<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request);
  EXPECT_EQ(reply.code, absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reply.reason, v1::ERROR_REASON_MALFORMED_REQUEST);
  if (GetParam() == Transport::kConnectJson) return;  // such a time cannot even be written in JSON
  EXPECT_THAT(reply.violations,
              ElementsAre("tenant_id", "feature", "quantity", "current_usage", "access", "max_wait", "at"));
}

TEST_P(EntitlementRpcTest, APaidInvoiceGrants) {
  const v1::RelayWebhookResponse relayed = Relay(PaidInvoice());
  EXPECT_EQ(relayed.disposition(), v1::DISPOSITION_APPLIED) << relayed.reason();
  EXPECT_EQ(relayed.event_type(), "invoice.paid");
  const v1::Decision decision = Check("acme", "sso", relayed.revision());
  EXPECT_TRUE(decision.allowed());
  EXPECT_EQ(decision.state(), v1::ACCESS_STATE_GRANTED);
  EXPECT_EQ(decision.reason(), v1::REASON_CODE_PAID);
  EXPECT_EQ(decision.plan(), "pro@1");
  EXPECT_EQ(decision.price(), "price_pro");
  EXPECT_TRUE(decision.tenant_known());
  EXPECT_EQ(decision.tenant_version(), 1);
  EXPECT_EQ(decision.valid_until().seconds(), now_ + 30 * 86400);
}

TEST_P(EntitlementRpcTest, UseAgainstALimitIsDecided) {
  Relay(PaidInvoice());
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("acme");
  request.set_feature("projects");
  request.set_current_usage(10);
  const v1::Decision decision =
      Call<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request).decision();
  EXPECT_FALSE(decision.allowed());
  EXPECT_EQ(decision.state(), v1::ACCESS_STATE_OVER_LIMIT);
  EXPECT_EQ(decision.reason(), v1::REASON_CODE_OVER_LIMIT);
  EXPECT_EQ(decision.used(), 10);
  EXPECT_EQ(decision.remaining(), 0);
  request.set_feature("api_calls");
  request.clear_current_usage();
  EXPECT_EQ(Call<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request).decision().reason(),
            v1::REASON_CODE_USAGE_UNKNOWN);
}

TEST_P(EntitlementRpcTest, ABatchAnswersEveryItemAtOneInstant) {
  Relay(PaidInvoice());
  v1::BatchCheckEntitlementsRequest request;
  for (const char* feature : {"sso", "nope", "projects"}) {
    v1::BatchCheckItem& item = *request.add_items();
    item.set_correlation_id(std::string("about ") + feature);
    item.set_tenant_id("acme");
    item.set_feature(feature);
  }
  request.add_items()->set_feature("sso");  // of nobody
  const auto response = Call<v1::BatchCheckEntitlementsResponse>("EntitlementService/BatchCheckEntitlements", request);
  ASSERT_EQ(response.results_size(), 4);
  EXPECT_EQ(response.results(0).correlation_id(), "about sso");
  EXPECT_TRUE(response.results(0).decision().allowed());
  EXPECT_EQ(response.results(1).error().code(), static_cast<int>(absl::StatusCode::kNotFound));
  EXPECT_EQ(response.results(2).decision().value().limit().amount(), 10);
  EXPECT_EQ(response.results(3).error().code(), static_cast<int>(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(response.results(3).error().message(), HasSubstr("items[3].tenant_id"));
  EXPECT_EQ(response.generation(), 1);
  EXPECT_TRUE(Check("acme", "sso", response.revision()).allowed());

  for (int i = 0; i < 500; ++i) *request.add_items() = request.items(0);
  EXPECT_THAT(Fail<v1::BatchCheckEntitlementsResponse>("EntitlementService/BatchCheckEntitlements", request).violations,
              ElementsAre("items"));
}

TEST_P(EntitlementRpcTest, AListHasEveryFeature) {
  Relay(PaidInvoice());
  v1::ListEntitlementsRequest request;
  request.set_tenant_id("acme");
  request.set_include_sources(true);
  const auto response = Call<v1::ListEntitlementsResponse>("EntitlementService/ListEntitlements", request);
  std::vector<std::string> features;
  for (const v1::Decision& decision : response.entitlements()) features.push_back(decision.feature());
  EXPECT_THAT(features, ElementsAre("api_calls", "projects", "regions", "sso", "support"));
  EXPECT_EQ(response.entitlements(3).sources(0).name(), "invoice in_1");
  EXPECT_EQ(response.tenant_version(), 1);
}

TEST_P(EntitlementRpcTest, AnExplanationLeadsFromTheEventToTheAnswer) {
  const v1::RelayWebhookResponse relayed = Relay(PaidInvoice());
  v1::ExplainEntitlementRequest request;
  request.set_tenant_id("acme");
  request.set_feature("sso");
  const auto response = Call<v1::ExplainEntitlementResponse>("EntitlementService/ExplainEntitlement", request);
  EXPECT_TRUE(response.decision().allowed());
  ASSERT_GE(response.steps_size(), 2);
  EXPECT_EQ(response.steps(0).kind(), v1::EXPLAIN_STEP_KIND_FACT);
  EXPECT_EQ(response.steps(0).event_id(), relayed.event_id());
  EXPECT_EQ(response.steps(response.steps_size() - 1).kind(), v1::EXPLAIN_STEP_KIND_DECISION);
  for (const v1::ExplainStep& step : response.steps()) EXPECT_TRUE(step.sentence().ends_with(".")) << step.sentence();

  request.mutable_as_known_at()->set_seconds(now_ - 3600);
  EXPECT_EQ(Fail<v1::ExplainEntitlementResponse>("EntitlementService/ExplainEntitlement", request).reason,
            v1::ERROR_REASON_CATALOG_UNKNOWN);
  request.mutable_as_known_at()->set_seconds(now_ + 3600);
  EXPECT_TRUE(
      Call<v1::ExplainEntitlementResponse>("EntitlementService/ExplainEntitlement", request).decision().allowed());
}

TEST_P(EntitlementRpcTest, ATimelineCoversAllTime) {
  Relay(PaidInvoice());
  v1::GetTimelineRequest request;
  request.set_tenant_id("acme");
  const auto response = Call<v1::GetTimelineResponse>("EntitlementService/GetTimeline", request);
  ASSERT_GE(response.segments_size(), 2);
  EXPECT_FALSE(response.segments(0).has_starts_at());
  EXPECT_FALSE(response.segments(response.segments_size() - 1).has_ends_at());
  for (int i = 1; i < response.segments_size(); ++i) {
    EXPECT_EQ(response.segments(i - 1).ends_at().seconds(), response.segments(i).starts_at().seconds());
  }
  request.set_tenant_id("stranger");
  EXPECT_EQ(Fail<v1::GetTimelineResponse>("EntitlementService/GetTimeline", request).reason,
            v1::ERROR_REASON_TENANT_UNKNOWN);
}

TEST_P(EntitlementRpcTest, ARevisionOfSomebodyElseIsRefused) {
  Create("acme");
  Create("other");
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("acme");
  request.set_feature("sso");
  request.set_min_revision(Check("other", "sso").revision());
  EXPECT_EQ(Fail<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request).reason,
            v1::ERROR_REASON_REVISION_INVALID);
  request.set_min_revision("made-up");
  EXPECT_EQ(Fail<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request).reason,
            v1::ERROR_REASON_REVISION_INVALID);
}

}  // namespace
}  // namespace usher
