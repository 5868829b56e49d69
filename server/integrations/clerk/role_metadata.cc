#include "server/integrations/clerk/role_metadata.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "server/base/json_text.h"

namespace usher::clerk {
namespace {

constexpr std::array<std::string_view, 5> kMembers = {"tenant", "plan", "roles", "version", "expires_at"};

std::string Quoted(std::string_view text) {
  std::string json;
  AppendJsonString(json, text);
  return json;
}

std::string ExpiryOf(const RoleMetadata& metadata) {
  if (!metadata.expires_at) return "null";
  const std::string text = FormatInstant(*metadata.expires_at);
  return ParseInstant(text).ok() ? Quoted(text) : "null";
}

// The members of our object, without its braces.
std::string Members(const RoleMetadata& metadata) {
  std::string roles;
  for (const std::string& role : metadata.roles) roles.append(roles.empty() ? "" : ",").append(Quoted(role));
  return "\"tenant\":" + Quoted(metadata.tenant.str()) + ",\"plan\":" + Quoted(metadata.plan) + ",\"roles\":[" + roles +
         "],\"version\":" + std::to_string(metadata.version) + ",\"expires_at\":" + ExpiryOf(metadata);
}

bool TakeText(const JsonValue* from, std::string& into) {
  if (from == nullptr || from->type != JsonType::kString) return false;
  into = from->text;
  return true;
}

bool TakeRoles(const JsonValue* from, std::vector<std::string>& into) {
  if (from == nullptr || from->type != JsonType::kArray) return false;
  return std::ranges::all_of(from->children,
                             [&](const JsonMember& element) { return TakeText(&element.value, into.emplace_back()); });
}

bool TakeVersion(const JsonValue* from, std::int64_t& into) {
  if (from == nullptr || from->type != JsonType::kNumber) return false;
  const char* end = from->text.data() + from->text.size();
  const auto [rest, error] = std::from_chars(from->text.data(), end, into);
  return error == std::errc() && rest == end;
}

bool TakeExpiry(const JsonValue* from, std::optional<Instant>& into) {
  if (from == nullptr || from->type == JsonType::kNull) return true;
  if (from->type != JsonType::kString) return false;
  const absl::StatusOr<Instant> at = ParseInstant(from->text);
  if (!at.ok()) return false;
  into = *at;
  return true;
}

// The value of our key, which is neither missing nor null.
OwnedMetadata ReadOwned(const JsonValue& value) {
  OwnedMetadata owned;
  owned.observed.unreadable = true;
  if (value.type != JsonType::kObject) return owned;
  RoleMetadata metadata;
  std::string tenant;
  const bool readable = TakeText(value.Find("tenant"), tenant) && TakeText(value.Find("plan"), metadata.plan) &&
                        TakeRoles(value.Find("roles"), metadata.roles) &&
                        TakeVersion(value.Find("version"), metadata.version) &&
                        TakeExpiry(value.Find("expires_at"), metadata.expires_at);
  for (const JsonMember& member : value.children) {
    if (std::ranges::find(kMembers, member.name) == kMembers.end()) owned.strays.push_back(member.name);
  }
  if (!readable) return owned;
  metadata.tenant = TenantId(std::move(tenant));
  if (!owned.strays.empty()) return owned;
  owned.observed = {.metadata = std::move(metadata), .unreadable = false};
  return owned;
}

}  // namespace

std::string OwnedValue(const RoleMetadata& metadata) { return "{" + Members(metadata) + "}"; }

std::string PatchBody(const std::optional<RoleMetadata>& desired, const std::vector<std::string>& strays) {
  std::string value = "null";
  if (desired) {
    value = "{" + Members(*desired);
    for (const std::string& stray : strays) value.append(",").append(Quoted(stray)).append(":null");
    value += "}";
  }
  return "{\"public_metadata\":{\"usher\":" + value + "}}";
}

std::optional<OwnedMetadata> ReadUser(std::string_view json, const UserId& id) {
  // Users write their own unsafe_metadata: what it holds must not keep their roles from being read.
  constexpr std::array<std::string_view, 2> kWanted = {"id", "public_metadata"};
  const absl::StatusOr<JsonDocument> document = ParseJsonMembers(json, kWanted);
  if (!document.ok() || !document->duplicate_path.empty()) return std::nullopt;
  std::string found;
  if (!TakeText(document->root.Find("id"), found) || found != id.str()) return std::nullopt;
  const JsonValue* metadata = document->root.Find("public_metadata");
  if (metadata == nullptr) return std::nullopt;
  if (metadata->type == JsonType::kNull) return OwnedMetadata{};
  if (metadata->type != JsonType::kObject) return std::nullopt;
  const JsonValue* value = metadata->Find("usher");
  if (value == nullptr || value->type == JsonType::kNull) return OwnedMetadata{};
  return ReadOwned(*value);
}

}  // namespace usher::clerk
