// A running server and typed calls to it over the transport that the test is run with.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/integrations/stripe/signature.h"
#include "tests/support/kept_logs.h"
#include "tests/support/running_server.h"
#include "tests/support/server_client.h"
#include "tests/support/stripe/stripe_events.h"
#include "usher/v1/entitlement.pb.h"
#include "usher/v1/event.pb.h"
#include "usher/v1/ingest.pb.h"
#include "usher/v1/tenant.pb.h"

namespace usher {

inline std::int64_t NowSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class RpcTest : public testing::TestWithParam<Transport> {
 protected:
  explicit RpcTest(const std::vector<std::string>& more_arguments = {})
      : server_({}, more_arguments),
        client_(MakeServerClient(GetParam(), server_.grpc_port(), server_.http_port(),
                                 std::string("Basic ") + kCanaryAuthorization)) {
    NotePlanted("kCanaryAuthorization");
  }

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
    NotePlanted("kCanaryEmail");
    NotePlanted("kCanaryPersonName");
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
  stripe_test::StripeEvents events_{stripe_test::Family::kBasil};
  RunningServer server_;
  std::unique_ptr<ServerClient> client_;
};

}  // namespace usher
