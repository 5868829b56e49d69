// What Clerk's Backend API does about users and their metadata, as far as Usher relies on it. Test code only.
//
// It holds callers to Clerk's rules: a bearer key, a version of the API, JSON bodies, a deep merge in which null
// removes, 8 KB of metadata of a kind, and limits of requests within sliding windows.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/integrations/json.h"
#include "server/listener/message.h"

namespace usher {

struct ClerkRules {
  std::string secret_key;            // empty: any that begins with sk_test_ or sk_live_
  bool create_missing = false;       // a user that is asked for and unknown comes into being
  std::size_t updates_of_user = 10;  // within a window
  std::size_t requests = 100;        // of all kinds within a window, as of a development instance
  std::chrono::milliseconds window{10'000};
};

// One thread at a time.
class ClerkApi {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit ClerkApi(ClerkRules rules) : rules_(std::move(rules)) {}

  // Does what the request asks for.
  HttpResponse Answer(const HttpRequest& request, Time now);

  // Answers as if it did, with the user as it is.
  HttpResponse Pretend(const HttpRequest& request) const;

  // Makes the user, or gives it other metadata: JSON objects.
  void PutUser(const std::string& id, const std::string& public_metadata, const std::string& unsafe_metadata);
  void RemoveUser(const std::string& id) { users_.erase(id); }

  // `public_metadata` as JSON text; empty when there is no such user.
  std::string PublicMetadata(const std::string& id) const;

 private:
  struct User {
    std::map<std::string, JsonValue, std::less<>> metadata;  // by the names of kMetadata, each an object
  };
  using Recent = std::deque<Time>;

  std::optional<HttpResponse> Refuse(const HttpRequest& request) const;
  std::optional<HttpResponse> Throttle(Recent& recent, std::size_t most, Time now) const;
  HttpResponse CreateUser(const HttpRequest& request);
  HttpResponse Update(User& user, const std::string& id, const HttpRequest& request) const;
  std::string UserJson(const std::string& id, const User& user) const;
  User* FindUser(const std::string& id);

  const ClerkRules rules_;
  std::map<std::string, User> users_;
  std::map<std::string, Recent> updates_;  // by user
  Recent requests_;
  int created_ = 0;
};

// 429, to come back after so many seconds.
HttpResponse TooManyRequests(std::int64_t seconds);

// An answer with one error of Clerk's form.
HttpResponse ClerkError(int status, std::string_view code, std::string_view message);

// `patch` into `into`, both objects: objects within are merged, null removes, everything else replaces.
void DeepMerge(JsonValue& into, const JsonValue& patch);

}  // namespace usher
