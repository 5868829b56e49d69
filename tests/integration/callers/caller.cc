#include "tests/integration/callers/caller.h"

#include <gtest/gtest.h>

#include "usher/v1/entitlement.pb.h"

namespace usher {

std::unique_ptr<ServerClient> CallerWith(const RunningServer& server, const std::string& key, Transport transport) {
  return MakeServerClient(transport, server.grpc_port(), server.http_port(), key.empty() ? "" : Bearer(key));
}

v1::CreateKeyResponse MakeKey(const RunningServer& server, const Scopes& scopes, const std::string& tenant) {
  v1::CreateKeyRequest request;
  request.set_name("test");
  request.set_tenant_id(tenant);
  for (const Scope scope : kScopes) {
    if (scopes.Has(scope)) request.add_scopes(static_cast<v1::KeyScope>(scope));
  }
  const Reply reply = CallerWith(server, server.admin_key())
                          ->Call("usher.v1.KeyService/CreateKey", request, std::make_shared<v1::CreateKeyResponse>());
  EXPECT_TRUE(reply.ok()) << reply.message;
  return reply.ok() ? static_cast<const v1::CreateKeyResponse&>(*reply.response) : v1::CreateKeyResponse();
}

Reply CheckAcme(const RunningServer& server, const std::string& key, Transport transport) {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("acme");
  request.set_feature("sso");
  return CallerWith(server, key, transport)
      ->Call("usher.v1.EntitlementService/CheckEntitlement", request, std::make_shared<v1::CheckEntitlementResponse>());
}

}  // namespace usher
