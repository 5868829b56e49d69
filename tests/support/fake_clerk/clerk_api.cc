#include "tests/support/fake_clerk/clerk_api.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "catalog/absl_bridge.h"
#include "server/base/json_text.h"
#include "tests/support/write_json.h"

namespace usher {
namespace {

constexpr std::string_view kUsers = "/v1/users";
constexpr std::string_view kMetadataSuffix = "/metadata";
constexpr std::array<const char*, 3> kMetadata = {"public_metadata", "private_metadata", "unsafe_metadata"};
constexpr std::array<std::string_view, 6> kPersonal = {"email_address", "first_name", "last_name",
                                                       "username",      "password",   "external_id"};
constexpr std::array<std::string_view, 5> kVersions = {"2021-02-05", "2024-10-01", "2025-04-10", "2025-11-10",
                                                       "2026-05-12"};
constexpr std::size_t kMostMetadataBytes = 8 * 1024;

HttpResponse Json(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

JsonValue EmptyObject() { return {.type = JsonType::kObject, .boolean = false, .text = "", .children = {}}; }

JsonValue Object(const std::string& json) {
  absl::StatusOr<JsonDocument> document = ParseJson(json);
  if (!document.ok()) throw std::invalid_argument("no JSON object: " + json);
  return std::move(document->root);
}

bool IsMetadata(std::string_view name) { return std::ranges::find(kMetadata, name) != kMetadata.end(); }

// What `path` asks for: {id, is its metadata}; nullopt when it is no path of a user.
std::optional<std::pair<std::string, bool>> UserOf(std::string_view path) {
  if (!path.starts_with(kUsers) || !path.substr(kUsers.size()).starts_with('/')) return std::nullopt;
  std::string_view id = path.substr(kUsers.size() + 1);
  const bool metadata = id.ends_with(kMetadataSuffix);
  if (metadata) id.remove_suffix(kMetadataSuffix.size());
  if (id.empty() || id.find('/') != std::string_view::npos) return std::nullopt;
  return std::pair(std::string(id), metadata);
}

HttpResponse NoSuchUser(std::string_view what) {
  return ClerkError(404, "resource_not_found", "No user was found with id " + std::string(what));
}

}  // namespace

void DeepMerge(JsonValue& into, const JsonValue& patch) {
  for (const JsonMember& member : patch.children) {
    const auto found = std::ranges::find(into.children, member.name, &JsonMember::name);
    if (member.value.type == JsonType::kNull) {
      if (found != into.children.end()) into.children.erase(found);
      continue;
    }
    JsonValue& target =
        found != into.children.end() ? found->value : into.children.emplace_back(member.name, JsonValue{}).value;
    if (member.value.type != JsonType::kObject) {
      target = member.value;
      continue;
    }
    if (target.type != JsonType::kObject) target = EmptyObject();
    DeepMerge(target, member.value);
  }
}

HttpResponse ClerkError(int status, std::string_view code, std::string_view message) {
  std::string body = "{\"errors\":[{\"message\":";
  AppendJsonString(body, message);
  body += ",\"long_message\":";
  AppendJsonString(body, message);
  body += ",\"code\":";
  AppendJsonString(body, code);
  return Json(status, body + ",\"meta\":{}}],\"clerk_trace_id\":\"5f2c3f0e9a\"}");
}

HttpResponse TooManyRequests(std::int64_t seconds) {
  HttpResponse response = ClerkError(429, "too_many_requests", "Too many requests. Please try again in a bit.");
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

HttpResponse ClerkApi::Answer(const HttpRequest& request, Time now) {
  if (auto refusal = Refuse(request)) return *std::move(refusal);
  if (auto refusal = Throttle(requests_, rules_.requests, now)) return *std::move(refusal);
  if (request.method == "POST" && request.Path() == kUsers) return CreateUser(request);
  const auto asked = UserOf(request.Path());
  if (!asked) return ClerkError(404, "resource_not_found", "There is nothing here");
  const auto& [id, metadata] = *asked;
  if (request.method != (metadata ? "PATCH" : "GET")) return ClerkError(405, "method_not_allowed", "Another method");
  if (metadata) {
    if (auto refusal = Throttle(updates_[id], rules_.updates_of_user, now)) return *std::move(refusal);
  }
  User* user = FindUser(id);
  if (user == nullptr) return NoSuchUser(id);
  return metadata ? Update(*user, id, request) : Json(200, UserJson(id, *user));
}

HttpResponse ClerkApi::Pretend(const HttpRequest& request) const {
  const auto asked = UserOf(request.Path());
  const auto user = asked ? users_.find(asked->first) : users_.end();
  return user == users_.end() ? NoSuchUser("?") : Json(200, UserJson(user->first, user->second));
}

std::optional<HttpResponse> ClerkApi::Refuse(const HttpRequest& request) const {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = request.Header("authorization").value_or("");
  if (!authorization.starts_with(kBearer)) {
    return ClerkError(401, "authorization_header_format_invalid", "Invalid Authorization header format");
  }
  const std::string_view key = authorization.substr(kBearer.size());
  const bool right =
      rules_.secret_key.empty() ? key.starts_with("sk_test_") || key.starts_with("sk_live_") : key == rules_.secret_key;
  if (!right) return ClerkError(401, "clerk_key_invalid", "The provided Clerk Secret Key is invalid");
  const std::string_view version = request.Header("clerk-api-version").value_or("");
  if (std::ranges::find(kVersions, version) == kVersions.end()) {
    return ClerkError(400, "api_version_invalid", "The header Clerk-API-Version names no version");
  }
  const std::string_view type = request.Header("content-type").value_or("");
  if (request.method != "GET" && !type.starts_with("application/json")) {
    return ClerkError(415, "unsupported_content_type", "Content-Type must be application/json");
  }
  return std::nullopt;
}

std::optional<HttpResponse> ClerkApi::Throttle(Recent& recent, std::size_t most, Time now) const {
  while (!recent.empty() && recent.front() + rules_.window <= now) recent.pop_front();
  if (recent.size() >= most) {
    return TooManyRequests(std::chrono::ceil<std::chrono::seconds>(recent.front() + rules_.window - now).count());
  }
  recent.push_back(now);
  return std::nullopt;
}

HttpResponse ClerkApi::CreateUser(const HttpRequest& request) {
  const absl::StatusOr<JsonDocument> body = ParseJson(request.body);
  if (!body.ok()) return ClerkError(400, "request_body_invalid", "The body is no JSON object");
  User user;
  for (const JsonMember& member : body->root.children) {
    if (!IsMetadata(member.name) && std::ranges::find(kPersonal, member.name) == kPersonal.end()) {
      return ClerkError(422, "form_param_unknown", member.name + " is not a valid parameter for this request.");
    }
  }
  const std::string id = "user_fake" + std::to_string(++created_);
  HttpResponse answer = Update(user, id, request);
  if (answer.status == 200) users_[id] = std::move(user);
  return answer;
}

HttpResponse ClerkApi::Update(User& user, const std::string& id, const HttpRequest& request) const {
  const absl::StatusOr<JsonDocument> body = ParseJson(request.body);
  if (!body.ok()) return ClerkError(400, "request_body_invalid", "The body is no JSON object");
  User merged = user;
  for (const JsonMember& member : body->root.children) {
    if (!IsMetadata(member.name)) {
      if (request.method == "POST") continue;
      return ClerkError(422, "form_param_unknown", member.name + " is not a valid parameter for this request.");
    }
    if (member.value.type != JsonType::kObject) {
      return ClerkError(422, "form_param_type_invalid", member.name + " must be an object");
    }
    JsonValue& target = merged.metadata.try_emplace(member.name, EmptyObject()).first->second;
    DeepMerge(target, member.value);
    if (WriteJson(target).size() > kMostMetadataBytes) {
      return ClerkError(422, "form_param_exceeds_allowed_size", member.name + " exceeds the maximum of 8KB");
    }
  }
  user = std::move(merged);
  return Json(200, UserJson(id, user));
}

std::string ClerkApi::UserJson(const std::string& id, const User& user) const {
  std::string json = "{\"id\":";
  AppendJsonString(json, id);
  json +=
      ",\"object\":\"user\",\"external_id\":null,\"first_name\":\"Ada\",\"last_name\":\"Example\",\"email_addresses\":"
      "[{\"id\":\"idn_1\",\"object\":\"email_address\",\"email_address\":\"ada@example.com\"}]";
  for (const char* name : kMetadata) {
    const auto found = user.metadata.find(name);
    json += std::string(",\"") + name + "\":" + (found == user.metadata.end() ? "{}" : WriteJson(found->second));
  }
  return json + ",\"created_at\":1719791999000,\"updated_at\":1719791999000,\"banned\":false,\"locked\":false}";
}

ClerkApi::User* ClerkApi::FindUser(const std::string& id) {
  if (rules_.create_missing) return &users_[id];
  const auto found = users_.find(id);
  return found == users_.end() ? nullptr : &found->second;
}

void ClerkApi::PutUser(const std::string& id, const std::string& public_metadata, const std::string& unsafe_metadata) {
  users_[id].metadata = {{"public_metadata", Object(public_metadata)}, {"unsafe_metadata", Object(unsafe_metadata)}};
}

std::string ClerkApi::PublicMetadata(const std::string& id) const {
  const auto user = users_.find(id);
  if (user == users_.end()) return "";
  const auto found = user->second.metadata.find("public_metadata");
  return found == user->second.metadata.end() ? "{}" : WriteJson(found->second);
}

}  // namespace usher
