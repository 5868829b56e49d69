#include "server/service/access_table.h"

#include <algorithm>

namespace usher {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;
// A revision token speaks of up to 500 tenants.
constexpr std::size_t kWithRevision = 256 * kKiB;
constexpr std::size_t kSmall = 16 * kKiB;
constexpr std::string_view kAcrossTenants;

constexpr AccessRule kRules[] = {
    // method                                            scope           tenants            request
    {"usher.v1.EntitlementService/CheckEntitlement", Scope::kCheck, "tenant_id", kWithRevision},
    {"usher.v1.EntitlementService/BatchCheckEntitlements", Scope::kCheck, "items.tenant_id", kMiB},
    {"usher.v1.EntitlementService/ListEntitlements", Scope::kCheck, "tenant_id", kWithRevision},
    {"usher.v1.EntitlementService/ExplainEntitlement", Scope::kCheck, "tenant_id", kWithRevision},
    {"usher.v1.EntitlementService/GetTimeline", Scope::kCheck, "tenant_id", kWithRevision},

    // A webhook says itself whom it concerns.
    {"usher.v1.IngestService/RelayWebhook", Scope::kIngest, kAcrossTenants, 2 * kMiB},
    // A reference names one payment among those of all tenants: that it is taken tells of another's payment.
    {"usher.v1.IngestService/RecordPaymentOutcome", Scope::kIngest, kAcrossTenants, kSmall},
    {"usher.v1.TenantService/CreateTenant", Scope::kIngest, "tenant_id", kSmall},
    // An account that belonged to another tenant moves, and what it paid with it.
    {"usher.v1.TenantService/LinkTenant", Scope::kIngest, kAcrossTenants, kSmall},

    {"usher.v1.TenantService/GetTenant", Scope::kAdmin, "tenant_id", kSmall},
    {"usher.v1.TenantService/ListTenants", Scope::kAdmin, kAcrossTenants, kSmall},
    {"usher.v1.TenantService/PutOverride", Scope::kAdmin, "tenant_id", 64 * kKiB},
    {"usher.v1.TenantService/RemoveOverride", Scope::kAdmin, "tenant_id", kSmall},
    {"usher.v1.TenantService/SuspendTenant", Scope::kAdmin, "tenant_id", kSmall},
    {"usher.v1.TenantService/ReinstateTenant", Scope::kAdmin, "tenant_id", kSmall},

    // What they answer of a user is its membership of the tenant. That a member is one elsewhere too, for longer, shows
    // in its home (docs/decisions/0020); who is no member is answered alike wherever else it may be.
    {"usher.v1.RoleService/CheckPermission", Scope::kCheck, "tenant_id", kWithRevision},
    {"usher.v1.RoleService/SyncRoles", Scope::kRoles, "tenant_id", 64 * kKiB},
    {"usher.v1.RoleService/PutMember", Scope::kRoles, "tenant_id", kSmall},
    {"usher.v1.RoleService/RemoveMember", Scope::kRoles, "tenant_id", kSmall},
    {"usher.v1.RoleService/ListMembers", Scope::kRoles, "tenant_id", kSmall},

    {"usher.v1.EventService/ListEvents", Scope::kAdmin, kAcrossTenants, kSmall},
    {"usher.v1.EventService/GetEvent", Scope::kAdmin, kAcrossTenants, kSmall},
    {"usher.v1.EventService/RedriveEvent", Scope::kAdmin, kAcrossTenants, kSmall},

    {"usher.v1.KeyService/CreateKey", Scope::kAdmin, kAcrossTenants, kSmall},
    {"usher.v1.KeyService/ListKeys", Scope::kAdmin, kAcrossTenants, kSmall},
    {"usher.v1.KeyService/RevokeKey", Scope::kAdmin, kAcrossTenants, kSmall},

    {"usher.v1.WorkService/ListWork", Scope::kAdmin, kAcrossTenants, kSmall},
    {"usher.v1.WorkService/RedriveWork", Scope::kAdmin, kAcrossTenants, kSmall},

    // One clock for all tenants.
    {"usher.v1.TestClockService/GetTime", Scope::kAdmin, kAcrossTenants, kSmall},
    {"usher.v1.TestClockService/SetTime", Scope::kAdmin, kAcrossTenants, kSmall},
};

// The fields of `path` from `type` on; empty when it names none.
std::vector<const FieldDescriptor*> FieldsOf(std::string_view path, const Descriptor* type) {
  std::vector<const FieldDescriptor*> fields;
  while (!path.empty() && type != nullptr) {
    const std::size_t end = std::min(path.find('.'), path.size());
    const FieldDescriptor* field = type->FindFieldByName(std::string(path.substr(0, end)));
    if (field == nullptr) return {};
    fields.push_back(field);
    type = field->message_type();
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return fields;
}

using Fields = std::span<const FieldDescriptor* const>;

// Every text at the end of `fields` is `text`.
bool AllAre(const Message& message, Fields fields, std::string_view text) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* field = fields.front();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const Fields rest = fields.subspan(1);
    if (!field->is_repeated()) return AllAre(reflection.GetMessage(message, field), rest, text);
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (!AllAre(reflection.GetRepeatedMessage(message, field, i), rest, text)) return false;
    }
    return true;
  }
  std::string scratch;
  return reflection.GetStringReference(message, field, &scratch) == text;
}

}  // namespace

std::span<const AccessRule> AccessRules() { return kRules; }

const MethodDescriptor* FindMethod(std::string_view name) {
  std::string dotted(name);
  std::ranges::replace(dotted, '/', '.');
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(dotted);
}

AccessTable::AccessTable(std::span<const AccessRule> rules) {
  for (const AccessRule& rule : rules) {
    const MethodDescriptor* method = FindMethod(rule.method);
    if (method == nullptr) continue;
    const Descriptor* request = method->input_type();
    rows_.emplace(request, Row{.rule = &rule, .tenants = FieldsOf(rule.tenants, request)});
  }
}

const AccessTable::Row* AccessTable::Find(const Descriptor* request) const {
  const auto found = rows_.find(request);
  return found == rows_.end() ? nullptr : &found->second;
}

bool AccessTable::NamesOnly(const Row& row, const Message& request, std::string_view tenant) {
  return !row.tenants.empty() && AllAre(request, row.tenants, tenant);
}

}  // namespace usher
