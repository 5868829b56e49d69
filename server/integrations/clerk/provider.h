// Role metadata at Clerk, by its Backend API.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <absl/base/thread_annotations.h>

#include "server/base/mutex.h"
#include "server/base/secret.h"
#include "server/integrations/clerk/role_metadata.h"
#include "server/integrations/clerk/update_pace.h"
#include "server/outbound/http_client.h"
#include "server/ports/identity_provider.h"

namespace usher::clerk {

inline constexpr char kDefaultUrl[] = "https://api.clerk.com";
// The version of Clerk's API that requests name: what it does and answers is dated by that.
inline constexpr char kApiVersion[] = "2025-11-10";

// A Read or Write takes no longer, waiting for its place included.
inline constexpr Millis kTimeout{10'000};

struct ClerkOptions {
  std::string url = kDefaultUrl;  // one that CheckClerkUrl takes
  Secret secret_key;              // sk_test_... or sk_live_...
  Millis timeout = kTimeout;
  std::size_t updates = 10;  // of one user within a window
  Millis window{10'000};
};

// OK, or INVALID_ARGUMENT with a sentence that says what was expected.
absl::Status CheckClerkUrl(const std::string& url);

// Any thread may call, several at once.
class ClerkProvider final : public IdentityProvider {
 public:
  explicit ClerkProvider(ClerkOptions options);

  std::string_view Name() const override { return "clerk"; }
  ProviderContact Contact() const override;
  std::variant<ObservedMetadata, ProviderFailure> Read(const UserId& user) override;
  std::optional<ProviderFailure> Write(const UserId& user, const std::optional<RoleMetadata>& desired) override;

 private:
  using Time = UpdatePace::Time;

  // What the user has after the request.
  std::variant<OwnedMetadata, ProviderFailure> Ask(const std::string& method, const std::string& path,
                                                   const std::string& body, const UserId& user, Time deadline);
  std::variant<OwnedMetadata, ProviderFailure> Request(const std::string& method, const std::string& path,
                                                       const std::string& body, const UserId& user,
                                                       Time deadline) const;
  std::variant<OwnedMetadata, ProviderFailure> Update(const UserId& user, const std::string& body, Time deadline);
  std::optional<ProviderFailure> WaitForPlace(const UserId& user, Time deadline);

  const ClerkOptions options_;
  const HttpClient client_;

  Condition update_ended_;  // self-synchronised

  mutable Mutex mutex_;
  UpdatePace pace_ ABSL_GUARDED_BY(mutex_);
  ProviderContact contact_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace usher::clerk
