// Where users' role metadata lives. An integration (Clerk) implements it: it knows the provider's wire and limits, and
// never what a role means.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "catalog/ids.h"
#include "catalog/time.h"

namespace usher {

// What Usher keeps at one user: the only thing there that it reads, writes or removes.
struct RoleMetadata {
  TenantId tenant;                    // whose plan and roles these are: a user may be a member of several
  std::string plan;                   // `growth@2`; several groups: the plan ids joined by `,`; empty without a plan
  std::vector<std::string> roles;     // role ids, sorted
  std::int64_t version = 0;           // the tenant's, from which it was derived: a greater one is newer
  std::optional<Instant> expires_at;  // when it changes although nothing happens; nullopt: never

  friend bool operator==(const RoleMetadata&, const RoleMetadata&) = default;
};

// Why a call to the provider did not go well.
struct ProviderFailure {
  enum class Kind {
    kRetry,        // it may go well later: no connection, a time-out, 429, 5xx
    kUnknownUser,  // the provider has no such user: final
    kRefused,      // the provider refuses this server, whoever the user is, until a person mends it: a wrong key
    kFinal,        // the provider refused and will again: a request that it does not take
  };
  Kind kind = Kind::kRetry;
  std::string message;                // a sentence without secrets or personal data
  std::optional<Millis> retry_after;  // kRetry: how long the provider asked to wait
};

// What a user has there, as far as Usher owns it.
struct ObservedMetadata {
  std::optional<RoleMetadata> metadata;  // nullopt: the user has none
  bool unreadable = false;               // there is something of ours, and not in a form that Usher writes
};

// What came of the calls so far.
struct ProviderContact {
  using Time = std::chrono::steady_clock::time_point;
  std::optional<Time> answered;  // when it last did what it was asked, or knew the user not to be there
  std::optional<Time> failed;    // when a call last did not go well
  std::string failure = {};      // why: a sentence without secrets or personal data
};

// Any thread may call. Every call ends within the time-out it was made with. Implementations wait for their own place
// within the provider's rate limits for at most that long.
class IdentityProvider {
 public:
  virtual ~IdentityProvider() = default;

  // `clerk`: for people and logs.
  virtual std::string_view Name() const = 0;
  virtual ProviderContact Contact() const = 0;
  virtual std::variant<ObservedMetadata, ProviderFailure> Read(const UserId& user) = 0;
  // Makes the user's metadata `desired`, nullopt: removes it. Nothing else at the user changes. Repetition is harmless.
  virtual std::optional<ProviderFailure> Write(const UserId& user, const std::optional<RoleMetadata>& desired) = 0;
};

}  // namespace usher
