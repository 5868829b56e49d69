// The access table holds for the protos as they are, and AccessGate for the table.
#include "server/service/access_table.h"

#include <map>
#include <set>
#include <string>

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "server/service/access.h"
#include "server/service/error.h"
#include "tests/support/declared_rpcs.h"
#include "usher/v1/entitlement.pb.h"
#include "usher/v1/key.pb.h"
#include "usher/v1/tenant.pb.h"

namespace usher {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::MethodDescriptor;

std::string NameOf(const MethodDescriptor* method) { return method->service()->full_name() + "/" + method->name(); }

TEST(AccessTableTest, EveryRpcHasOneRuleAndEveryRuleAnRpc) {
  std::map<std::string, int> rules;
  for (const AccessRule& rule : AccessRules()) ++rules[std::string(rule.method)];
  for (const MethodDescriptor* method : DeclaredRpcs()) {
    EXPECT_EQ(rules[NameOf(method)], 1) << NameOf(method) << ": add a row to server/service/access_table.cc";
    rules.erase(NameOf(method));
  }
  for (const auto& [name, count] : rules) ADD_FAILURE() << name << " has a rule and is no RPC";
}

TEST(AccessTableTest, EveryRequestTypeBelongsToOneRpc) {
  std::set<const Descriptor*> requests;
  for (const MethodDescriptor* method : DeclaredRpcs()) {
    EXPECT_TRUE(requests.insert(method->input_type()).second) << NameOf(method) << " shares its request type";
  }
}

// Whether `type` has a field for a tenant's id somewhere; paths are collected without regard to repetition.
void CollectTenantFields(const Descriptor* type, const std::string& prefix, std::set<std::string>& paths, int depth) {
  for (int i = 0; i < type->field_count() && depth < 5; ++i) {
    const auto* field = type->field(i);
    if (field->name() == "tenant_id" || field->name() == "tenant_ids") paths.insert(prefix + field->name());
    if (field->message_type() != nullptr) {
      CollectTenantFields(field->message_type(), prefix + field->name() + ".", paths, depth + 1);
    }
  }
}

TEST(AccessTableTest, ARuleNamesEveryTenantOfItsRequestOrIsClosedToBoundCallers) {
  const AccessTable table(AccessRules());
  for (const MethodDescriptor* method : DeclaredRpcs()) {
    const AccessTable::Row* row = table.Find(method->input_type());
    ASSERT_NE(row, nullptr) << NameOf(method);
    if (row->rule->tenants.empty()) continue;
    EXPECT_FALSE(row->tenants.empty()) << NameOf(method) << ": " << row->rule->tenants << " is no path of its request";
    std::set<std::string> paths;
    CollectTenantFields(method->input_type(), "", paths, 0);
    EXPECT_EQ(paths, std::set<std::string>{std::string(row->rule->tenants)}) << NameOf(method);
  }
}

TEST(AccessTableTest, NoRequestMayBeLargerThanTheServerReceives) {
  for (const AccessRule& rule : AccessRules()) {
    EXPECT_GT(rule.max_request_bytes, 0u) << rule.method;
    EXPECT_LE(rule.max_request_bytes, std::size_t{2} * 1024 * 1024) << rule.method;
  }
}

class AuthorizeTest : public testing::Test {
 protected:
  v1::ErrorReason Ask(const Principal& principal, const google::protobuf::Message& request) {
    const absl::Status status = access_.Authorize(principal, request);
    return status.ok() ? v1::ERROR_REASON_UNSPECIFIED : ReasonOf(WithReason(status));
  }

  static Principal Bound(const std::string& tenant) {
    return {.name = "bound", .scopes = {Scope::kAdmin}, .tenant = TenantId(tenant)};
  }

  const AccessGate access_{Principal{}};
};

TEST_F(AuthorizeTest, EveryItemOfABatchHasToBeOfTheTenant) {
  v1::BatchCheckEntitlementsRequest batch;
  for (const char* tenant : {"acme", "acme", "other"}) batch.add_items()->set_tenant_id(tenant);
  EXPECT_EQ(Ask(Bound("acme"), batch), v1::ERROR_REASON_TENANT_FOREIGN);
  batch.mutable_items(2)->set_tenant_id("acme");
  EXPECT_EQ(Ask(Bound("acme"), batch), v1::ERROR_REASON_UNSPECIFIED);
  batch.mutable_items(0)->clear_tenant_id();
  EXPECT_EQ(Ask(Bound("acme"), batch), v1::ERROR_REASON_TENANT_FOREIGN);
}

TEST_F(AuthorizeTest, TheTextIsTheSameForEveryForeignTenant) {
  std::set<std::string> texts;
  for (const char* tenant : {"other", "", "ACME", "acme ", "acm", "acmes"}) {
    v1::CheckEntitlementRequest request;
    request.set_tenant_id(tenant);
    const absl::Status status = access_.Authorize(Bound("acme"), request);
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << tenant;
    texts.insert(ToRpcStatus(status).SerializeAsString());
  }
  EXPECT_EQ(texts.size(), 1u);
}

TEST_F(AuthorizeTest, ACallThatConcernsMoreThanOneTenantIsClosedToTheBound) {
  v1::CreateKeyRequest request;
  request.set_tenant_id("acme");
  EXPECT_EQ(Ask(Bound("acme"), request), v1::ERROR_REASON_TENANT_FOREIGN);
  EXPECT_EQ(Ask(Bound("acme"), v1::ListTenantsRequest()), v1::ERROR_REASON_TENANT_FOREIGN);
  EXPECT_EQ(Ask(Bound(""), request), v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(AuthorizeTest, NobodyHasNoScope) {
  EXPECT_EQ(Ask(Principal{}, v1::CheckEntitlementRequest()), v1::ERROR_REASON_SCOPE_MISSING);
}

TEST_F(AuthorizeTest, ACallWithoutARuleIsClosedToAdmins) {
  EXPECT_EQ(Ask(Bound(""), v1::Decision()), v1::ERROR_REASON_INTERNAL);
}

TEST_F(AuthorizeTest, ARequestLargerThanItsLimitIsRefused) {
  v1::ListTenantsRequest request;
  request.set_page_token(std::string(std::size_t{16} * 1024 - 100, 'x'));
  EXPECT_EQ(Ask(Bound(""), request), v1::ERROR_REASON_UNSPECIFIED);
  request.set_page_token(std::string(std::size_t{16} * 1024, 'x'));
  EXPECT_EQ(Ask(Bound(""), request), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
}

}  // namespace
}  // namespace usher
