// What every RPC asks of its caller: one table, and nothing elsewhere.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/status/statusor.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "server/ports/key.h"

namespace usher {

struct AccessRule {
  std::string_view method;  // `usher.v1.EntitlementService/CheckEntitlement`
  Scope scope;
  // Where the request names its tenants: a path of fields, `tenant_id` or `items.tenant_id`. Empty: the call concerns
  // more than one tenant, or one that the request does not name, and is closed to callers who are bound to one.
  std::string_view tenants;
  std::size_t max_request_bytes;  // in protobuf, whatever the transport sent
};

// One rule for every RPC of the server.
std::span<const AccessRule> AccessRules();

// The rules by the type of the request, of which every RPC has its own. Built once, then only read.
class AccessTable {
 public:
  // Only the rules whose method is linked into the program.
  explicit AccessTable(std::span<const AccessRule> rules);

  struct Row {
    const AccessRule* rule = nullptr;
    std::vector<const google::protobuf::FieldDescriptor*> tenants;  // the fields of the path, outermost first
  };

  // Null when no RPC takes such a request.
  const Row* Find(const google::protobuf::Descriptor* request) const;

  // Whether every tenant that `request` names is `tenant`. False when the rule has no path.
  static bool NamesOnly(const Row& row, const google::protobuf::Message& request, std::string_view tenant);

 private:
  std::unordered_map<const google::protobuf::Descriptor*, Row> rows_;
};

// The method that `name` names, null when it is not linked into the program.
const google::protobuf::MethodDescriptor* FindMethod(std::string_view name);

}  // namespace usher
