#include "server/service/key_service.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/service/convert.h"
#include "server/service/page_token.h"
#include "server/service/validate.h"

namespace usher {
namespace {

constexpr char kKeyList[] = "keys";
constexpr std::size_t kMaxNameBytes = 64;

// The values of KeyScope are the stored numbers of Scope.
std::optional<Scope> FromProto(int scope) {
  for (const Scope known : kScopes) {
    if (static_cast<int>(known) == scope) return known;
  }
  return std::nullopt;
}

v1::Key KeyMessage(const KeyRow& row) {
  v1::Key key;
  key.set_key_id(row.id);
  key.set_name(row.name);
  for (const Scope scope : kScopes) {
    if (row.scopes.Has(scope)) key.add_scopes(static_cast<v1::KeyScope>(scope));
  }
  key.set_tenant_id(row.tenant.str());
  *key.mutable_created_at() = ToProto(row.created_at);
  if (row.expires_at) *key.mutable_expires_at() = ToProto(*row.expires_at);
  if (row.revoked_at) *key.mutable_revoked_at() = ToProto(*row.revoked_at);
  key.set_created_by(row.created_by);
  return key;
}

KeyRequest ReadRequest(const v1::CreateKeyRequest& request, Instant now, Violations& violations) {
  KeyRequest key;
  key.name = ReadName(request.name(), kMaxNameBytes, "name", violations);
  for (const int number : request.scopes()) {
    const std::optional<Scope> scope = FromProto(number);
    if (scope) key.scopes.Add(*scope);
    if (!scope) violations.Add("scopes", "expected CHECK, INGEST, ROLES, CATALOG, ADMIN or METRICS");
  }
  if (request.scopes().empty()) violations.Add("scopes", "expected at least one");
  if (!request.tenant_id().empty()) key.tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  key.expires_at = ReadInstant(request.has_expires_at(), request.expires_at(), "expires_at", violations);
  if (key.expires_at && *key.expires_at <= now) violations.Add("expires_at", "expected a time after now");
  return key;
}

}  // namespace

KeyService::KeyService(Store* store, Keys* keys, const Clock* clock) : store_(*store), keys_(*keys), clock_(*clock) {}

absl::StatusOr<v1::CreateKeyResponse> KeyService::CreateKey(const CallContext& context,
                                                            const v1::CreateKeyRequest& request) {
  Violations violations;
  const KeyRequest key = ReadRequest(request, clock_.Now(), violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<NewKey> made = keys_.Create(key, context.principal.name);
  if (!made.ok()) return made.status();
  v1::CreateKeyResponse response;
  *response.mutable_key() = KeyMessage(made->row);
  response.set_secret(made->secret.Reveal());
  return response;
}

absl::StatusOr<v1::ListKeysResponse> KeyService::ListKeys(const CallContext& /*context*/,
                                                          const v1::ListKeysRequest& request) {
  Violations violations;
  const std::size_t page_size = ReadPageSize(request.page_size(), violations);
  if (!violations.empty()) return violations.ToStatus();
  std::int64_t after = 0;
  if (!request.page_token().empty()) {
    const absl::StatusOr<std::string> position = DecodePageToken(kKeyList, request.page_token());
    if (!position.ok()) return position.status();
    std::from_chars(position->data(), position->data() + position->size(), after);
  }
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::vector<KeyRow>> rows = (*reader)->ListKeys(after, page_size + 1);
  if (!rows.ok()) return rows.status();
  v1::ListKeysResponse response;
  response.set_next_page_token(
      CutPage(*rows, page_size, kKeyList, [](const KeyRow& row) { return std::to_string(row.position); }));
  for (const KeyRow& row : *rows) *response.add_keys() = KeyMessage(row);
  return response;
}

absl::StatusOr<v1::RevokeKeyResponse> KeyService::RevokeKey(const CallContext& context,
                                                            const v1::RevokeKeyRequest& request) {
  Violations violations;
  const std::string id = ReadName(request.key_id(), kMaxNameBytes, "key_id", violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<KeyRow> revoked = keys_.Revoke(id, context.principal.name);
  if (!revoked.ok()) return revoked.status();
  v1::RevokeKeyResponse response;
  *response.mutable_key() = KeyMessage(*revoked);
  return response;
}

}  // namespace usher
