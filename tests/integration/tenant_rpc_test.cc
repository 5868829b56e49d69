// What callers of TenantService are promised, over every transport.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/rpc_fixture.h"

namespace usher {
namespace {

using testing::ElementsAre;

using TenantRpcTest = RpcTest;

INSTANTIATE_TEST_SUITE_P(Over, TenantRpcTest, testing::ValuesIn(kTransports),
                         [](const auto& row) { return std::string(TransportName(row.param)); });

TEST_P(TenantRpcTest, TenantsAreCreatedReadAndListed) {
  EXPECT_EQ(Create("beta").display_name(), "The beta");
  Create("alpha");
  Create("gamma");
  v1::CreateTenantRequest again;
  again.set_tenant_id("alpha");
  EXPECT_EQ(Fail<v1::CreateTenantResponse>("TenantService/CreateTenant", again).reason, v1::ERROR_REASON_TENANT_EXISTS);
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

TEST_P(TenantRpcTest, AnUnknownTenantIsToldAlikeEverywhere) {
  v1::GetTenantRequest get;
  get.set_tenant_id("delta");
  v1::CheckEntitlementRequest check;
  check.set_tenant_id("delta");
  check.set_feature("sso");
  check.set_require_known_tenant(true);
  const Reply from_get = Fail<v1::GetTenantResponse>("TenantService/GetTenant", get);
  const Reply from_check = Fail<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", check);
  EXPECT_EQ(from_get.message, from_check.message);
  EXPECT_EQ(from_get.metadata.at("tenant_id"), "delta");
  EXPECT_EQ(from_check.metadata.at("tenant_id"), "delta");
}

TEST_P(TenantRpcTest, TextsThatSteerATerminalAreRefused) {
  const std::string evil = "\x1b]0;owned\x07";
  v1::CreateTenantRequest create;
  create.set_tenant_id("acme");
  create.set_display_name(evil);
  EXPECT_THAT(Fail<v1::CreateTenantResponse>("TenantService/CreateTenant", create).violations,
              ElementsAre("display_name"));
  Create("acme");
  v1::PutOverrideRequest put;
  put.set_tenant_id("acme");
  put.set_override_id("ov-1");
  put.set_feature("sso");
  put.set_mode(v1::OVERRIDE_MODE_DENY);
  put.set_reason(evil);
  put.set_subscription_id(evil);
  EXPECT_THAT(Fail<v1::PutOverrideResponse>("TenantService/PutOverride", put).violations,
              ElementsAre("reason", "subscription_id"));
  v1::BatchCheckEntitlementsRequest batch;
  v1::BatchCheckItem& item = *batch.add_items();
  item.set_tenant_id("acme");
  item.set_feature("sso");
  item.set_correlation_id(evil);
  const auto answers = Call<v1::BatchCheckEntitlementsResponse>("EntitlementService/BatchCheckEntitlements", batch);
  EXPECT_THAT(answers.results(0).error().message(), testing::HasSubstr("items[0].correlation_id"));
}

TEST_P(TenantRpcTest, ALinkToAnAccountThatPaidNothingIsSeen) {
  v1::LinkTenantRequest link;
  link.set_tenant_id("late");
  link.set_provider("stripe");
  link.set_external_id("cus_1");
  const auto first = Call<v1::LinkTenantResponse>("TenantService/LinkTenant", link);
  link.set_external_id("cus_2");
  const auto second = Call<v1::LinkTenantResponse>("TenantService/LinkTenant", link);
  EXPECT_EQ(second.tenant().version(), first.tenant().version()) << "nothing follows from it yet";
  EXPECT_EQ(second.tenant().links_size(), 2);
  v1::GetTenantRequest get;
  get.set_tenant_id("late");
  EXPECT_EQ(Call<v1::GetTenantResponse>("TenantService/GetTenant", get).tenant().links_size(), 2);
}

TEST_P(TenantRpcTest, ALinkBringsWhatTheAccountPaid) {
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
  EXPECT_THAT(Fail<v1::LinkTenantResponse>("TenantService/LinkTenant", link).violations, ElementsAre("external_id"));
}

TEST_P(TenantRpcTest, AnOperatorSuspendsAndReinstates) {
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

TEST_P(TenantRpcTest, AnOverrideIsPutReplacedByEtagAndRemoved) {
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

TEST_P(TenantRpcTest, AnOverrideMustFitTheFeature) {
  Create("acme");
  v1::PutOverrideRequest put;
  put.set_tenant_id("acme");
  put.set_override_id("ov-1");
  put.set_feature("sso");
  put.set_mode(v1::OVERRIDE_MODE_SET);
  put.mutable_value()->mutable_limit()->set_amount(7);
  put.set_reason("mistake");
  EXPECT_THAT(Fail<v1::PutOverrideResponse>("TenantService/PutOverride", put).violations, ElementsAre("value"));
  put.set_feature("projects");
  put.mutable_value()->mutable_limit()->clear_amount();
  EXPECT_THAT(Fail<v1::PutOverrideResponse>("TenantService/PutOverride", put).violations, ElementsAre("value"));
  put.set_feature("sso");
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

}  // namespace
}  // namespace usher
