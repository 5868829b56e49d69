// Every RPC that the protos declare, over every transport, with every kind of caller.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "server/base/api_key.h"
#include "server/service/access_table.h"
#include "tests/integration/callers/caller.h"
#include "tests/support/declared_rpcs.h"
#include "usher/v1/entitlement.grpc.pb.h"
#include "usher/v1/tenant.grpc.pb.h"

namespace usher {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

std::string NameOf(const MethodDescriptor* method) { return method->service()->full_name() + "/" + method->name(); }

std::unique_ptr<Message> New(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// A request that is about `tenant` and says nothing else.
std::unique_ptr<Message> RequestAbout(const MethodDescriptor* method, std::string_view path,
                                      const std::string& tenant) {
  std::unique_ptr<Message> request = New(method->input_type());
  Message* message = request.get();
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('.'), path.size());
    const auto* field = message->GetDescriptor()->FindFieldByName(std::string(path.substr(0, end)));
    if (field->message_type() == nullptr) {
      message->GetReflection()->SetString(message, field, tenant);
      break;
    }
    message = field->is_repeated() ? message->GetReflection()->AddMessage(message, field)
                                   : message->GetReflection()->MutableMessage(message, field);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return request;
}

class AccessTest : public testing::TestWithParam<Transport> {
 protected:
  static void SetUpTestSuite() {
    server_ = new RunningServer(ServerSetup{.keys = true, .more_arguments = {"--test-clock"}});
    v1::CreateTenantRequest known;
    known.set_tenant_id("known");
    EXPECT_TRUE(CallerWith(*server_, server_->admin_key())
                    ->Call("usher.v1.TenantService/CreateTenant", known, std::make_shared<v1::CreateTenantResponse>())
                    .ok());
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static Reply Call(ServerClient& client, const MethodDescriptor* method, const Message& request) {
    return client.Call(NameOf(method), request, std::shared_ptr<Message>(New(method->output_type())));
  }

  static const AccessRule& RuleOf(const MethodDescriptor* method) { return *table_.Find(method->input_type())->rule; }

  // The call came to the service, whatever that says of a request that is nearly empty.
  static bool LetIn(const Reply& reply) {
    return reply.code != absl::StatusCode::kUnauthenticated && reply.code != absl::StatusCode::kPermissionDenied &&
           reply.code != absl::StatusCode::kUnimplemented && reply.code != absl::StatusCode::kInternal;
  }

  std::unique_ptr<ServerClient> Caller(const std::string& key) { return CallerWith(*server_, key, GetParam()); }

  static RunningServer* server_;
  static inline const AccessTable table_{AccessRules()};
  const std::vector<const MethodDescriptor*> methods_ = DeclaredRpcs();
};

RunningServer* AccessTest::server_ = nullptr;

class AccessTestOfGrpc : public testing::Test {
 protected:
  const std::unique_ptr<RunningServer> server_ = std::make_unique<RunningServer>(ServerSetup{.keys = true});
};

TEST_P(AccessTest, WithoutAKeyThatIsGoodNobodyIsLetIn) {
  const v1::CreateKeyResponse revoked = MakeKey(*server_, {Scope::kAdmin});
  v1::RevokeKeyRequest revoke;
  revoke.set_key_id(revoked.key().key_id());
  ASSERT_TRUE(CallerWith(*server_, server_->admin_key())
                  ->Call("usher.v1.KeyService/RevokeKey", revoke, std::make_shared<v1::RevokeKeyResponse>())
                  .ok());
  std::string mistyped = server_->admin_key();
  mistyped.back() = mistyped.back() == 'a' ? 'b' : 'a';
  const std::map<std::string, v1::ErrorReason> cases = {
      {"", v1::ERROR_REASON_CREDENTIALS_MISSING},
      {"Basic dXNlcjpwYXNz", v1::ERROR_REASON_CREDENTIALS_MALFORMED},
      {server_->admin_key(), v1::ERROR_REASON_CREDENTIALS_MALFORMED},
      {Bearer(""), v1::ERROR_REASON_CREDENTIALS_MALFORMED},
      {Bearer(mistyped), v1::ERROR_REASON_CREDENTIALS_MALFORMED},
      {Bearer(MakeApiKey().Reveal()), v1::ERROR_REASON_CREDENTIALS_UNKNOWN},
      {Bearer(revoked.secret()), v1::ERROR_REASON_CREDENTIALS_REVOKED},
  };
  for (const auto& [authorization, reason] : cases) {
    const auto client = MakeServerClient(GetParam(), server_->grpc_port(), server_->http_port(), authorization);
    for (const MethodDescriptor* method : methods_) {
      const Reply reply = Call(*client, method, *New(method->input_type()));
      EXPECT_EQ(reply.code, absl::StatusCode::kUnauthenticated) << NameOf(method) << " with " << authorization;
      EXPECT_EQ(v1::ErrorReason_Name(reply.reason), v1::ErrorReason_Name(reason)) << NameOf(method);
    }
  }
}

TEST_F(AccessTestOfGrpc, TwoKeysAtOnceAreNone) {
  const auto channel = grpc::CreateChannel(server_->grpc_address(), grpc::InsecureChannelCredentials());
  const auto twice = [&](grpc::ClientContext& context, const std::string& first, const std::string& second) {
    context.AddMetadata("authorization", Bearer(first));
    context.AddMetadata("authorization", Bearer(second));
  };
  const std::string weak = MakeKey(*server_, {Scope::kCheck}).secret();
  for (const auto& [first, second] : {std::pair(weak, server_->admin_key()), std::pair(server_->admin_key(), weak)}) {
    grpc::ClientContext of_check;
    twice(of_check, first, second);
    v1::CheckEntitlementResponse checked;
    const grpc::Status check = v1::EntitlementService::NewStub(channel)->CheckEntitlement(&of_check, {}, &checked);
    grpc::ClientContext of_get;
    twice(of_get, first, second);
    v1::GetTenantResponse got;
    const grpc::Status get = v1::TenantService::NewStub(channel)->GetTenant(&of_get, {}, &got);
    for (const grpc::Status& status : {check, get}) {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << status.error_message();
      EXPECT_EQ(status.error_message(), "authorization: expected it once, and the call has it more than once");
    }
  }
}

TEST_P(AccessTest, OnlyTheScopeOfTheRuleAndAdminOpenACall) {
  for (const Scope scope : kScopes) {
    const auto client = Caller(MakeKey(*server_, {scope}).secret());
    for (const MethodDescriptor* method : methods_) {
      const AccessRule& rule = RuleOf(method);
      const Reply reply = Call(*client, method, *RequestAbout(method, rule.tenants, "acme"));
      if (scope == rule.scope || scope == Scope::kAdmin) {
        EXPECT_TRUE(LetIn(reply)) << NameOf(method) << ": " << reply.message;
      } else {
        EXPECT_EQ(reply.code, absl::StatusCode::kPermissionDenied) << NameOf(method);
        EXPECT_EQ(reply.reason, v1::ERROR_REASON_SCOPE_MISSING) << NameOf(method);
      }
    }
  }
}

TEST_P(AccessTest, ABoundKeyReachesItsTenantAndNoOther) {
  const auto client = Caller(MakeKey(*server_, {Scope::kAdmin}, "acme").secret());
  for (const MethodDescriptor* method : methods_) {
    const AccessRule& rule = RuleOf(method);
    const Reply own = Call(*client, method, *RequestAbout(method, rule.tenants, "acme"));
    EXPECT_EQ(LetIn(own), !rule.tenants.empty()) << NameOf(method) << ": " << own.message;
    std::set<std::string> texts;
    for (const char* tenant : {"known", "stranger"}) {
      const Reply foreign = Call(*client, method, *RequestAbout(method, rule.tenants, tenant));
      EXPECT_EQ(foreign.code, absl::StatusCode::kPermissionDenied) << NameOf(method);
      EXPECT_EQ(foreign.reason, v1::ERROR_REASON_TENANT_FOREIGN) << NameOf(method);
      texts.insert(foreign.message);
    }
    EXPECT_EQ(texts.size(), 1u) << NameOf(method);
  }
}

TEST_P(AccessTest, WhatAnRpcNeedsIsWhatItsRuleSays) {
  // The table once more, by name: a slip of a row must not go unnoticed.
  const std::map<std::string, Scope> services = {{"usher.v1.EntitlementService", Scope::kCheck},
                                                 {"usher.v1.IngestService", Scope::kIngest},
                                                 {"usher.v1.RoleService", Scope::kRoles},
                                                 {"usher.v1.CatalogService", Scope::kCatalog}};
  const std::set<std::string> ingest = {"CreateTenant", "LinkTenant"};
  for (const MethodDescriptor* method : methods_) {
    const auto found = services.find(method->service()->full_name());
    Scope expected = found == services.end() ? Scope::kAdmin : found->second;
    if (ingest.contains(method->name())) expected = Scope::kIngest;
    if (method->name() == "CheckPermission") expected = Scope::kCheck;
    EXPECT_EQ(static_cast<int>(RuleOf(method).scope), static_cast<int>(expected)) << NameOf(method);
  }
}

INSTANTIATE_TEST_SUITE_P(Transports, AccessTest, testing::ValuesIn(kTransports),
                         [](const auto& row) { return TransportName(row.param); });

}  // namespace
}  // namespace usher
