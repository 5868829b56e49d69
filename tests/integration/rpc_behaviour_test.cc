// What callers are promised, held against a running server over every transport.
#include <chrono>

#include "server/integrations/stripe/signature.h"
#include "tests/support/running_server.h"
#include "tests/support/server_client.h"
#include "tests/support/stripe/stripe_events.h"
#include "usher/v1/entitlement.pb.h"
#include "usher/v1/event.pb.h"
#include "usher/v1/ingest.pb.h"
#include "usher/v1/tenant.pb.h"

namespace usher {
namespace {

using stripe_test::Family;
using testing::ElementsAre;
using testing::HasSubstr;

std::int64_t NowSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class RpcBehaviourTest : public testing::TestWithParam<Transport> {
 protected:
  RpcBehaviourTest() : client_(MakeServerClient(GetParam(), server_.grpc_port(), server_.http_port())) {}

  // Calls and expects success.
  template <class Response, class Request>
  Response Call(const std::string& method, const Request& request) {
    Reply reply = client_->Call("usher.v1." + method, request, std::make_shared<Response>());
    EXPECT_TRUE(reply.ok()) << method << ": " << absl::StatusCodeToString(reply.code) << " " << reply.message;
    return reply.ok() ? static_cast<Response&>(*reply.response) : Response();
  }
  template <class Response, class Request>
  Reply Fail(const std::string& method, const Request& request) {
    Reply reply = client_->Call("usher.v1." + method, request, std::make_shared<Response>());
    EXPECT_FALSE(reply.ok()) << method;
    return reply;
  }

  v1::Decision Check(const std::string& tenant, const std::string& feature, const std::string& min_revision = "") {
    v1::CheckEntitlementRequest request;
    request.set_tenant_id(tenant);
    request.set_feature(feature);
    request.set_min_revision(min_revision);
    return Call<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request).decision();
  }

  v1::RelayWebhookRequest Signed(const std::string& body, std::int64_t at, const std::string& secret) {
    v1::RelayWebhookRequest request;
    request.set_provider("stripe");
    request.set_raw_body(body);
    v1::WebhookHeader& header = *request.add_headers();
    header.set_name("stripe-SIGNATURE");
    header.set_value(stripe::SignatureHeader(Secret(secret), at, body));
    return request;
  }
  v1::RelayWebhookResponse Relay(const std::string& body) {
    return Call<v1::RelayWebhookResponse>("IngestService/RelayWebhook", Signed(body, now_, kTestWebhookSecret));
  }

  // An invoice over price_pro that acme paid just now, for 30 days.
  std::string PaidInvoice() {
    stripe_test::Line line;
    line.price = "price_pro";
    line.start = now_ - 60;
    line.end = now_ + 30 * 86400;
    stripe_test::Invoice invoice;
    invoice.paid_at = now_ - 30;
    invoice.lines = {line};
    invoice.subscription_tenant = "acme";
    return events_.Event("invoice.paid", now_ - 30, invoice);
  }

  v1::RecordPaymentOutcomeRequest Outcome(const std::string& tenant, const std::string& reference) {
    v1::RecordPaymentOutcomeRequest request;
    request.set_tenant_id(tenant);
    request.set_provider("bank");
    request.set_reference(reference);
    request.set_outcome(v1::PAYMENT_OUTCOME_SUCCEEDED);
    request.set_price("price_once");
    return request;
  }
  v1::RecordPaymentOutcomeResponse Record(const v1::RecordPaymentOutcomeRequest& request) {
    return Call<v1::RecordPaymentOutcomeResponse>("IngestService/RecordPaymentOutcome", request);
  }

  v1::Tenant Create(const std::string& tenant) {
    v1::CreateTenantRequest request;
    request.set_tenant_id(tenant);
    request.set_display_name("The " + tenant);
    return Call<v1::CreateTenantResponse>("TenantService/CreateTenant", request).tenant();
  }

  const std::int64_t now_ = NowSeconds();
  stripe_test::StripeEvents events_{Family::kBasil};
  RunningServer server_;
  std::unique_ptr<ServerClient> client_;
};

INSTANTIATE_TEST_SUITE_P(Over, RpcBehaviourTest, testing::ValuesIn(kTransports),
                         [](const auto& row) { return std::string(TransportName(row.param)); });

TEST_P(RpcBehaviourTest, AStrangerHasTheDefaultPlan) {
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

TEST_P(RpcBehaviourTest, AStrangerIsAnErrorWhenAskedFor) {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("stranger");
  request.set_feature("sso");
  request.set_require_known_tenant(true);
  const Reply reply = Fail<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request);
  EXPECT_EQ(reply.code, absl::StatusCode::kNotFound);
  EXPECT_EQ(reply.reason, v1::ERROR_REASON_TENANT_UNKNOWN);
}

TEST_P(RpcBehaviourTest, AMisspeltFeatureIsNotFoundWithASuggestion) {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("acme");
  request.set_feature("project");
  const Reply reply = Fail<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request);
  EXPECT_EQ(reply.code, absl::StatusCode::kNotFound);
  EXPECT_EQ(reply.reason, v1::ERROR_REASON_FEATURE_UNKNOWN);
  EXPECT_THAT(reply.message, HasSubstr("did you mean \"projects\"?"));
}

TEST_P(RpcBehaviourTest, EveryMalformedFieldIsNamedAtOnce) {
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

TEST_P(RpcBehaviourTest, APaidInvoiceGrants) {
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

TEST_P(RpcBehaviourTest, UseAgainstALimitIsDecided) {
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

TEST_P(RpcBehaviourTest, ARepeatedWebhookChangesNothing) {
  const std::string body = PaidInvoice();
  Relay(body);
  EXPECT_EQ(Relay(body).disposition(), v1::DISPOSITION_DUPLICATE);
  EXPECT_EQ(Check("acme", "sso").tenant_version(), 1);
}

TEST_P(RpcBehaviourTest, AForgedOrStaleWebhookIsRefusedAndNotStored) {
  const std::string body = PaidInvoice();
  const Reply forged =
      Fail<v1::RelayWebhookResponse>("IngestService/RelayWebhook", Signed(body, now_, "whsec_of_somebody_else"));
  EXPECT_EQ(forged.code, absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(forged.reason, v1::ERROR_REASON_SIGNATURE_INVALID);
  const Reply stale =
      Fail<v1::RelayWebhookResponse>("IngestService/RelayWebhook", Signed(body, now_ - 400, kTestWebhookSecret));
  EXPECT_EQ(stale.reason, v1::ERROR_REASON_SIGNATURE_STALE);
  v1::RelayWebhookRequest other = Signed(body, now_, kTestWebhookSecret);
  other.set_provider("stripey");
  EXPECT_EQ(Fail<v1::RelayWebhookResponse>("IngestService/RelayWebhook", other).reason,
            v1::ERROR_REASON_PROVIDER_UNKNOWN);
  EXPECT_EQ(Call<v1::ListEventsResponse>("EventService/ListEvents", v1::ListEventsRequest()).events_size(), 0);
}

TEST_P(RpcBehaviourTest, EventsCanBeReadAndOnlyParkedOnesRedriven) {
  const std::string id = Relay(PaidInvoice()).event_id();
  const v1::RelayWebhookResponse parked = Relay(R"({"id":"evt_odd","object":"event","type":"invoice.paid","created":1})");
  EXPECT_EQ(parked.disposition(), v1::DISPOSITION_PARKED);
  EXPECT_NE(parked.reason(), "");
  const v1::RelayWebhookResponse ignored = Relay(
      R"({"id":"evt_new","object":"event","type":"ping","created":1,"livemode":false,"data":{"object":{}}})");
  EXPECT_EQ(ignored.disposition(), v1::DISPOSITION_IGNORED);

  v1::ListEventsRequest list;
  list.set_page_size(2);
  const auto first = Call<v1::ListEventsResponse>("EventService/ListEvents", list);
  ASSERT_EQ(first.events_size(), 2);
  EXPECT_EQ(first.events(0).event_id(), "evt_new");
  list.set_page_token(first.next_page_token());
  const auto second = Call<v1::ListEventsResponse>("EventService/ListEvents", list);
  ASSERT_EQ(second.events_size(), 1);
  EXPECT_EQ(second.events(0).event_id(), id);
  EXPECT_EQ(second.next_page_token(), "");
  list.set_disposition(v1::DISPOSITION_PARKED);
  EXPECT_EQ(Fail<v1::ListEventsResponse>("EventService/ListEvents", list).reason, v1::ERROR_REASON_PAGE_TOKEN_INVALID);
  list.clear_page_token();
  EXPECT_EQ(Call<v1::ListEventsResponse>("EventService/ListEvents", list).events_size(), 1);

  v1::GetEventRequest get;
  get.set_provider("stripe");
  get.set_event_id(id);
  const auto got = Call<v1::GetEventResponse>("EventService/GetEvent", get);
  ASSERT_EQ(got.deliveries_size(), 1);
  EXPECT_THAT(got.deliveries(0).tenant_ids(), ElementsAre("acme"));
  get.set_event_id("evt_none");
  EXPECT_EQ(Fail<v1::GetEventResponse>("EventService/GetEvent", get).reason, v1::ERROR_REASON_EVENT_UNKNOWN);

  v1::RedriveEventRequest redrive;
  redrive.set_provider("stripe");
  redrive.set_event_id("evt_odd");
  EXPECT_EQ(Call<v1::RedriveEventResponse>("EventService/RedriveEvent", redrive).disposition(),
            v1::DISPOSITION_PARKED);
  redrive.set_event_id(id);
  EXPECT_EQ(Fail<v1::RedriveEventResponse>("EventService/RedriveEvent", redrive).reason,
            v1::ERROR_REASON_EVENT_NOT_PARKED);
}

TEST_P(RpcBehaviourTest, ARecordedOutcomeGrantsOnce) {
  EXPECT_EQ(Record(Outcome("buyer", "order-1")).disposition(), v1::DISPOSITION_APPLIED);
  EXPECT_EQ(Check("buyer", "sso").reason(), v1::REASON_CODE_OUTCOME_RECORDED);
  v1::RecordPaymentOutcomeRequest unknown = Outcome("buyer", "order-2");
  unknown.set_price("price_nope");
  EXPECT_EQ(Fail<v1::RecordPaymentOutcomeResponse>("IngestService/RecordPaymentOutcome", unknown).reason,
            v1::ERROR_REASON_PRICE_UNKNOWN);
  v1::RecordPaymentOutcomeRequest odd = Outcome("buyer", "order 3");
  odd.set_provider("stripe");
  odd.clear_outcome();
  odd.set_quantity(0);
  odd.mutable_period_start()->set_seconds(now_);
  odd.mutable_occurred_at()->set_seconds(now_ + 3600);
  EXPECT_THAT(Fail<v1::RecordPaymentOutcomeResponse>("IngestService/RecordPaymentOutcome", odd).violations,
              ElementsAre("provider", "reference", "outcome", "quantity", "period_end", "occurred_at"));
}

TEST_P(RpcBehaviourTest, TheSameRecordTwiceIsADuplicate) {
  v1::RecordPaymentOutcomeRequest request = Outcome("buyer", "order-1");
  request.mutable_occurred_at()->set_seconds(now_ - 5);
  EXPECT_EQ(Record(request).disposition(), v1::DISPOSITION_APPLIED);
  EXPECT_EQ(Record(request).disposition(), v1::DISPOSITION_DUPLICATE);
}

TEST_P(RpcBehaviourTest, ABatchAnswersEveryItemAtOneInstant) {
  Relay(PaidInvoice());
  v1::BatchCheckEntitlementsRequest request;
  for (const char* feature : {"sso", "nope", "projects"}) {
    v1::BatchCheckItem& item = *request.add_items();
    item.set_correlation_id(std::string("about ") + feature);
    item.set_tenant_id("acme");
    item.set_feature(feature);
  }
  request.add_items()->set_feature("sso");  // of nobody
  const auto response =
      Call<v1::BatchCheckEntitlementsResponse>("EntitlementService/BatchCheckEntitlements", request);
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
  EXPECT_THAT(
      Fail<v1::BatchCheckEntitlementsResponse>("EntitlementService/BatchCheckEntitlements", request).violations,
      ElementsAre("items"));
}

TEST_P(RpcBehaviourTest, AListHasEveryFeature) {
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

TEST_P(RpcBehaviourTest, AnExplanationLeadsFromTheEventToTheAnswer) {
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
  EXPECT_TRUE(Call<v1::ExplainEntitlementResponse>("EntitlementService/ExplainEntitlement", request)
                  .decision()
                  .allowed());
}

TEST_P(RpcBehaviourTest, ATimelineCoversAllTime) {
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

TEST_P(RpcBehaviourTest, TenantsAreCreatedReadAndListed) {
  EXPECT_EQ(Create("beta").display_name(), "The beta");
  Create("alpha");
  Create("gamma");
  v1::CreateTenantRequest again;
  again.set_tenant_id("alpha");
  EXPECT_EQ(Fail<v1::CreateTenantResponse>("TenantService/CreateTenant", again).reason,
            v1::ERROR_REASON_TENANT_EXISTS);
  v1::GetTenantRequest get;
  get.set_tenant_id("beta");
  EXPECT_EQ(Call<v1::GetTenantResponse>("TenantService/GetTenant", get).tenant().version(), 1);
  get.set_tenant_id("delta");
  EXPECT_EQ(Fail<v1::GetTenantResponse>("TenantService/GetTenant", get).reason, v1::ERROR_REASON_TENANT_UNKNOWN);

  v1::ListTenantsRequest list;
  list.set_page_size(2);
  const auto first = Call<v1::ListTenantsResponse>("TenantService/ListTenants", list);
  ASSERT_EQ(first.tenants_size(), 2);
  EXPECT_EQ(first.tenants(0).tenant_id(), "alpha");
  list.set_page_token(first.next_page_token());
  const auto second = Call<v1::ListTenantsResponse>("TenantService/ListTenants", list);
  ASSERT_EQ(second.tenants_size(), 1);
  EXPECT_EQ(second.tenants(0).tenant_id(), "gamma");
  list.set_page_token("made up");
  EXPECT_EQ(Fail<v1::ListTenantsResponse>("TenantService/ListTenants", list).reason,
            v1::ERROR_REASON_PAGE_TOKEN_INVALID);
  list.clear_page_token();
  list.set_page_size(1001);
  EXPECT_THAT(Fail<v1::ListTenantsResponse>("TenantService/ListTenants", list).violations, ElementsAre("page_size"));
}

TEST_P(RpcBehaviourTest, ALinkBringsWhatTheAccountPaid) {
  stripe_test::Line line;
  line.price = "price_pro";
  line.start = now_ - 60;
  line.end = now_ + 86400;
  stripe_test::Invoice invoice;
  invoice.paid_at = now_ - 30;
  invoice.lines = {line};
  Relay(events_.Event("invoice.paid", now_ - 30, invoice));
  EXPECT_FALSE(Check("late", "sso").allowed());
  v1::LinkTenantRequest link;
  link.set_tenant_id("late");
  link.set_provider("stripe");
  link.set_external_id("cus_1");
  const auto linked = Call<v1::LinkTenantResponse>("TenantService/LinkTenant", link);
  ASSERT_EQ(linked.tenant().links_size(), 1);
  EXPECT_EQ(linked.tenant().links(0).external_id(), "cus_1");
  EXPECT_TRUE(Check("late", "sso", linked.revision()).allowed());
  link.set_external_id("prod_1");
  EXPECT_EQ(Fail<v1::LinkTenantResponse>("TenantService/LinkTenant", link).code, absl::StatusCode::kInvalidArgument);
}

TEST_P(RpcBehaviourTest, AnOperatorSuspendsAndReinstates) {
  Relay(PaidInvoice());
  v1::SuspendTenantRequest suspend;
  suspend.set_tenant_id("acme");
  suspend.set_reason("chargeback fraud");
  const auto suspended = Call<v1::SuspendTenantResponse>("TenantService/SuspendTenant", suspend);
  EXPECT_TRUE(suspended.tenant().suspended());
  EXPECT_EQ(suspended.tenant().suspension_reason(), "chargeback fraud");
  EXPECT_EQ(Check("acme", "sso", suspended.revision()).reason(), v1::REASON_CODE_OPERATOR_SUSPENDED);
  v1::ReinstateTenantRequest reinstate;
  reinstate.set_tenant_id("acme");
  reinstate.set_reason("cleared");
  const auto reinstated = Call<v1::ReinstateTenantResponse>("TenantService/ReinstateTenant", reinstate);
  EXPECT_FALSE(reinstated.tenant().suspended());
  EXPECT_TRUE(Check("acme", "sso", reinstated.revision()).allowed());
  suspend.set_tenant_id("stranger");
  EXPECT_EQ(Fail<v1::SuspendTenantResponse>("TenantService/SuspendTenant", suspend).reason,
            v1::ERROR_REASON_TENANT_UNKNOWN);
  suspend.set_reason(" ");
  EXPECT_THAT(Fail<v1::SuspendTenantResponse>("TenantService/SuspendTenant", suspend).violations,
              ElementsAre("reason"));
}

TEST_P(RpcBehaviourTest, AnOverrideIsPutReplacedByEtagAndRemoved) {
  Create("acme");
  v1::PutOverrideRequest put;
  put.set_tenant_id("acme");
  put.set_override_id("ov-1");
  put.set_feature("projects");
  put.set_mode(v1::OVERRIDE_MODE_SET);
  put.mutable_value()->mutable_limit()->set_amount(7);
  put.set_reason("promised by sales");
  const auto first = Call<v1::PutOverrideResponse>("TenantService/PutOverride", put);
  EXPECT_EQ(first.override().value().limit().amount(), 7);
  EXPECT_NE(first.override().etag(), "");
  const v1::Decision decision = Check("acme", "projects", first.revision());
  EXPECT_EQ(decision.value().limit().amount(), 7);
  EXPECT_EQ(decision.reason(), v1::REASON_CODE_OVERRIDE);

  put.set_etag(first.override().etag());
  put.mutable_value()->mutable_limit()->set_amount(8);
  const auto second = Call<v1::PutOverrideResponse>("TenantService/PutOverride", put);
  EXPECT_NE(second.override().etag(), first.override().etag());
  put.mutable_value()->mutable_limit()->set_amount(9);
  EXPECT_EQ(Fail<v1::PutOverrideResponse>("TenantService/PutOverride", put).reason, v1::ERROR_REASON_ETAG_MISMATCH);

  v1::RemoveOverrideRequest remove;
  remove.set_tenant_id("acme");
  remove.set_override_id("ov-1");
  remove.set_reason("over");
  const auto removed = Call<v1::RemoveOverrideResponse>("TenantService/RemoveOverride", remove);
  EXPECT_EQ(Check("acme", "projects", removed.revision()).value().limit().amount(), 1);
  EXPECT_EQ(Fail<v1::RemoveOverrideResponse>("TenantService/RemoveOverride", remove).reason,
            v1::ERROR_REASON_OVERRIDE_UNKNOWN);
}

TEST_P(RpcBehaviourTest, AnOverrideMustFitTheFeature) {
  Create("acme");
  v1::PutOverrideRequest put;
  put.set_tenant_id("acme");
  put.set_override_id("ov-1");
  put.set_feature("sso");
  put.set_mode(v1::OVERRIDE_MODE_SET);
  put.mutable_value()->mutable_limit()->set_amount(7);
  put.set_reason("mistake");
  EXPECT_THAT(Fail<v1::PutOverrideResponse>("TenantService/PutOverride", put).violations, ElementsAre("value"));
  put.set_mode(v1::OVERRIDE_MODE_ADD);
  EXPECT_THAT(Fail<v1::PutOverrideResponse>("TenantService/PutOverride", put).violations, ElementsAre("mode"));
  put.set_mode(v1::OVERRIDE_MODE_DENY);
  EXPECT_THAT(Fail<v1::PutOverrideResponse>("TenantService/PutOverride", put).violations, ElementsAre("value"));
  put.set_feature("ssso");
  EXPECT_EQ(Fail<v1::PutOverrideResponse>("TenantService/PutOverride", put).reason, v1::ERROR_REASON_FEATURE_UNKNOWN);
  put.mutable_expires_at()->set_seconds(now_ - 1);
  put.clear_reason();
  EXPECT_THAT(Fail<v1::PutOverrideResponse>("TenantService/PutOverride", put).violations,
              ElementsAre("expires_at", "reason"));
}

TEST_P(RpcBehaviourTest, ARevisionOfSomebodyElseIsRefused) {
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

TEST_P(RpcBehaviourTest, WhatWasAcknowledgedSurvivesARestart) {
  const std::string revision = Relay(PaidInvoice()).revision();
  EXPECT_EQ(server_.Restart(), 0);
  client_ = MakeServerClient(GetParam(), server_.grpc_port(), server_.http_port());
  EXPECT_TRUE(Check("acme", "sso", revision).allowed());
}

}  // namespace
}  // namespace usher
