#include "server/service/access.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "server/base/api_key.h"
#include "server/service/error.h"

namespace usher {
namespace {

constexpr std::string_view kScheme = "bearer ";

std::string_view ScopeName(Scope scope) {
  switch (scope) {
    case Scope::kCheck: return "check";
    case Scope::kIngest: return "ingest";
    case Scope::kRoles: return "roles";
    case Scope::kCatalog: return "catalog";
    case Scope::kAdmin: return "admin";
    case Scope::kMetrics: return "metrics";
  }
  return "unknown";
}

// The key within `Bearer usk_...`; nullopt for another scheme.
std::optional<std::string_view> TokenIn(std::string_view authorization) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  if (authorization.size() < kScheme.size() ||
      !std::ranges::equal(authorization.substr(0, kScheme.size()), kScheme, same)) {
    return std::nullopt;
  }
  return authorization.substr(kScheme.size());
}

}  // namespace

absl::StatusOr<Principal> AccessGate::Authenticate(const Credentials& shown) const {
  if (is_open()) return everybody_;
  if (!shown.authorization) {
    return MakeError(v1::ERROR_REASON_CREDENTIALS_MISSING,
                     "this server asks for an API key: send `authorization: Bearer usk_...`");
  }
  // Whoever stands between may have looked at another one than the server would.
  if (shown.repeated) {
    return MakeError(v1::ERROR_REASON_CREDENTIALS_MALFORMED,
                     "authorization: expected it once, and the call has it more than once");
  }
  const std::optional<std::string_view> token = TokenIn(*shown.authorization);
  const std::shared_ptr<const KeyRow> row = token ? keys_->Find(HashOfApiKey(*token)) : nullptr;
  if (row == nullptr) {
    // What a key is made of is looked at only when nobody has it: it takes another hash.
    if (token && IsWellFormedApiKey(*token)) {
      return MakeError(v1::ERROR_REASON_CREDENTIALS_UNKNOWN,
                       "this server never made that API key; is it of another server?");
    }
    return MakeError(v1::ERROR_REASON_CREDENTIALS_MALFORMED,
                     "authorization: expected `Bearer` and an API key, usk_ and 39 more characters; this one is of "
                     "another kind, cut or mistyped");
  }
  if (row->revoked_at) {
    return MakeError(v1::ERROR_REASON_CREDENTIALS_REVOKED, "the API key was revoked; ask for another one");
  }
  if (Keys::Expired(*row, clock_->Now())) {
    return MakeError(v1::ERROR_REASON_CREDENTIALS_EXPIRED, "the API key has expired; ask for another one");
  }
  return Principal{.name = row->id + " (" + row->name + ")", .scopes = row->scopes, .tenant = row->tenant};
}

absl::Status AccessGate::Authorize(const Principal& principal, const google::protobuf::Message& request) const {
  const AccessTable::Row* row = table_.Find(request.GetDescriptor());
  // A call that nobody wrote a rule for is closed to everybody.
  if (row == nullptr) return absl::InternalError("no access rule takes a " + request.GetTypeName());
  const AccessRule& rule = *row->rule;
  if (!principal.scopes.Allow(rule.scope)) {
    return MakeError(v1::ERROR_REASON_SCOPE_MISSING,
                     "the API key may not do this: it needs the scope " + std::string(ScopeName(rule.scope)),
                     {{"scope", ScopeName(rule.scope)}});
  }
  // The text names no tenant: it is the same whether the server knows the other one or not.
  if (!principal.tenant.str().empty() && !AccessTable::NamesOnly(*row, request, principal.tenant.str())) {
    return MakeError(v1::ERROR_REASON_TENANT_FOREIGN,
                     "the API key is bound to one tenant: it reaches no other tenant, and no call that concerns more "
                     "than one");
  }
  if (request.ByteSizeLong() > rule.max_request_bytes) {
    const std::string most = std::to_string(rule.max_request_bytes);
    return MakeError(v1::ERROR_REASON_MESSAGE_TOO_LARGE,
                     "the request is larger than the " + most + " bytes that this call takes", {{"limit_bytes", most}});
  }
  return absl::OkStatus();
}

}  // namespace usher
