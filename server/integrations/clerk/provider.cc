#include "server/integrations/clerk/provider.h"

#include <algorithm>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/integrations/clerk/failure.h"

namespace usher::clerk {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kLongestUserId = 128;
constexpr HttpClientLimits kHttpLimits{.connect_timeout = std::chrono::milliseconds(3'000),
                                       .body_bytes = 256 * 1024,  // a user has three times 8 KB of metadata at most
                                       .header_bytes = 32 * 1024,
                                       .idle_connections = 8};

bool IsIdLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == ':' || c == '-';
}

// An id that stays one segment of a path as it is: `..` would be another path.
bool IsUserId(const std::string& id) {
  return !id.empty() && id.size() <= kLongestUserId && std::ranges::all_of(id, IsIdLetter) &&
         !std::ranges::all_of(id, [](char c) { return c == '.'; });
}

std::optional<ProviderFailure> RefuseUserId(const UserId& user) {
  if (IsUserId(user.str())) return std::nullopt;
  return Final("this is no user id of Clerk: expected 1-128 of [A-Za-z0-9_.:-], such as user_2x");
}

std::optional<ProviderFailure> RefuseSize(const std::optional<RoleMetadata>& desired) {
  if (!desired) return std::nullopt;
  const std::size_t size = OwnedValue(*desired).size();
  if (size <= kMostOwnedBytes) return std::nullopt;
  return Final("the role metadata of a user of tenant " + desired->tenant.str() + " takes " + std::to_string(size) +
               " bytes with its " + std::to_string(desired->roles.size()) + " roles, and at most " +
               std::to_string(kMostOwnedBytes) +
               " fit into a session token of Clerk: give the user fewer roles, or the roles shorter names");
}

ClerkOptions WithoutSlash(ClerkOptions options) {
  while (options.url.ends_with('/')) options.url.pop_back();
  return options;
}

Millis Until(SteadyClock::time_point deadline) {
  return std::chrono::ceil<Millis>(std::max(deadline - SteadyClock::now(), SteadyClock::duration::zero()));
}

}  // namespace

absl::Status CheckClerkUrl(const std::string& url) { return CheckHttpUrl(url, HttpPeer::kOutside); }

ClerkProvider::ClerkProvider(ClerkOptions options)
    : options_(WithoutSlash(std::move(options))),
      client_(HttpPeer::kOutside, kHttpLimits),
      pace_(options_.updates, options_.window) {}

std::variant<ObservedMetadata, ProviderFailure> ClerkProvider::Read(const UserId& user) {
  if (auto refusal = RefuseUserId(user)) return *std::move(refusal);
  auto answer = Ask("GET", "/v1/users/" + user.str(), "", user, SteadyClock::now() + options_.timeout);
  if (auto* failure = std::get_if<ProviderFailure>(&answer)) return std::move(*failure);
  return std::get<OwnedMetadata>(std::move(answer)).observed;
}

std::optional<ProviderFailure> ClerkProvider::Write(const UserId& user, const std::optional<RoleMetadata>& desired) {
  if (auto refusal = RefuseUserId(user)) return refusal;
  if (auto refusal = RefuseSize(desired)) return refusal;
  const Time deadline = SteadyClock::now() + options_.timeout;
  auto answer = Update(user, PatchBody(desired, {}), deadline);
  // The answer is the user as it now is. It shows members of our object that nobody who writes by halves knows of.
  const auto* owned = std::get_if<OwnedMetadata>(&answer);
  if (owned != nullptr && desired && !owned->strays.empty()) {
    answer = Update(user, PatchBody(desired, owned->strays), deadline);
  }
  if (auto* failure = std::get_if<ProviderFailure>(&answer)) return std::move(*failure);
  const ObservedMetadata& observed = std::get<OwnedMetadata>(answer).observed;
  const bool as_told = !observed.unreadable && observed.metadata.has_value() == desired.has_value() &&
                       (!desired || OwnedValue(*observed.metadata) == OwnedValue(*desired));
  if (as_told) return std::nullopt;
  return Retry("Clerk answered 200, and the user's metadata there is not what was written");
}

std::variant<OwnedMetadata, ProviderFailure> ClerkProvider::Update(const UserId& user, const std::string& body,
                                                                   Time deadline) {
  if (auto failure = WaitForPlace(user, deadline)) return *std::move(failure);
  auto answer = Ask("PATCH", "/v1/users/" + user.str() + "/metadata", body, user, deadline);
  const MutexLock lock(mutex_);
  pace_.End(user, SteadyClock::now());
  update_ended_.NotifyAll();
  return answer;
}

std::optional<ProviderFailure> ClerkProvider::WaitForPlace(const UserId& user, Time deadline) {
  const MutexLock lock(mutex_);
  while (!pace_.TryBegin(user, SteadyClock::now())) {
    const Time room = pace_.RoomAt(user);  // max: all the user's places are under way
    if ((room != Time::max() && room > deadline) || SteadyClock::now() >= deadline) {
      return Retry("this user was updated " + std::to_string(options_.updates) + " times within the last " +
                       std::to_string(options_.window.count()) + " ms, and Usher asks no more of Clerk",
                   room == Time::max() ? options_.window : Until(room));
    }
    const auto changed = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return pace_.RoomAt(user) != room; };
    update_ended_.WaitFor(mutex_, Until(std::min(room, deadline)), changed);
  }
  return std::nullopt;
}

ProviderContact ClerkProvider::Contact() const {
  const MutexLock lock(mutex_);
  return contact_;
}

std::variant<OwnedMetadata, ProviderFailure> ClerkProvider::Ask(const std::string& method, const std::string& path,
                                                                const std::string& body, const UserId& user,
                                                                Time deadline) {
  auto answer = Request(method, path, body, user, deadline);
  const auto* failure = std::get_if<ProviderFailure>(&answer);
  const MutexLock lock(mutex_);
  if (failure == nullptr || failure->kind == ProviderFailure::Kind::kUnknownUser) {
    contact_.answered = SteadyClock::now();
  } else {
    contact_.failed = SteadyClock::now();
    contact_.failure = failure->message;
  }
  return answer;
}

std::variant<OwnedMetadata, ProviderFailure> ClerkProvider::Request(const std::string& method, const std::string& path,
                                                                    const std::string& body, const UserId& user,
                                                                    Time deadline) const {
  HttpCallOut call{.method = method,
                   .url = options_.url + path,
                   .headers = {{"Authorization", "Bearer " + options_.secret_key.Reveal()},
                               {"Clerk-API-Version", kApiVersion},
                               {"Accept", "application/json"}},
                   .body = body};
  if (!body.empty()) call.headers.emplace_back("Content-Type", "application/json");
  const absl::StatusOr<HttpAnswer> answer = client_.Call(call, Until(deadline));
  if (!answer.ok()) return Retry(StatusMessage(answer.status()));
  if (answer->status != 200) return FailureOf(*answer);
  std::optional<OwnedMetadata> owned = ReadUser(answer->body, user);
  if (owned) return *std::move(owned);
  return Retry("Clerk answered 200 with something that is not the user asked for");
}

}  // namespace usher::clerk
