#include "server/integrations/clerk/failure.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "server/integrations/json.h"

namespace usher::clerk {
namespace {

constexpr std::size_t kLongestCode = 64;

bool IsCodeLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

// ` (resource_not_found)`, the code of the first error; nothing when there is none in the form of a code.
std::string CodeOf(const std::string& body) {
  const absl::StatusOr<JsonDocument> document = ParseJson(body);
  if (!document.ok()) return "";
  const JsonValue* errors = document->root.Find("errors");
  if (errors == nullptr || errors->type != JsonType::kArray || errors->children.empty()) return "";
  const JsonValue* code = errors->children.front().value.Find("code");
  if (code == nullptr || code->type != JsonType::kString) return "";
  if (code->text.empty() || code->text.size() > kLongestCode || !std::ranges::all_of(code->text, IsCodeLetter)) {
    return "";
  }
  return " (" + code->text + ")";
}

// Whole seconds, as Clerk sends them.
std::optional<Millis> RetryAfter(const HttpAnswer& answer) {
  const std::optional<std::string_view> text = answer.Header("retry-after");
  if (!text) return std::nullopt;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (end != text->data() + text->size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return kLongestRetryAfter;
  if (error != std::errc()) return std::nullopt;
  return std::min<Millis>(std::chrono::seconds(seconds), kLongestRetryAfter);
}

}  // namespace

ProviderFailure Retry(std::string message, std::optional<Millis> retry_after) {
  return {.kind = ProviderFailure::Kind::kRetry, .message = std::move(message), .retry_after = retry_after};
}

ProviderFailure Refused(std::string message) {
  return {.kind = ProviderFailure::Kind::kRefused, .message = std::move(message), .retry_after = std::nullopt};
}

ProviderFailure Final(std::string message) {
  return {.kind = ProviderFailure::Kind::kFinal, .message = std::move(message), .retry_after = std::nullopt};
}

ProviderFailure FailureOf(const HttpAnswer& answer) {
  const std::string said = "Clerk answered " + std::to_string(answer.status) + CodeOf(answer.body);
  switch (answer.status) {
    case 401:
      return Refused(said +
                     ": it does not take the secret key; expected a key of this instance in --clerk-secret-key-file");
    case 403: return Refused(said + ": the secret key may not do this; expected one that may read and update users");
    case 404:
      return {.kind = ProviderFailure::Kind::kUnknownUser,
              .message = said + ": it has no such user",
              .retry_after = std::nullopt};
    case 407: return Refused(said + ": a proxy on the way wants a name and a password; expected them in HTTPS_PROXY");
    case 408:
    case 425: return Retry(said + ": it asks to try again", RetryAfter(answer));
    case 413:
    case 422:
      return Final(said + ": it does not take the metadata; the user's other metadata may leave no room for it");
    case 429: return Retry(said + ": too many requests", RetryAfter(answer));
  }
  if (answer.status >= 500) return Retry(said + ": it has a problem of its own", RetryAfter(answer));
  if (answer.status >= 400) return Final(said + ": it does not take the request");
  if (answer.status >= 300) {
    return Refused(said + ": it redirects, which is not followed; expected Clerk's own URL in --clerk-url");
  }
  return Retry(said + ", and 200 with a user was expected");
}

}  // namespace usher::clerk
