// The users of the story: members of its tenant, whose roles the server brings to an identity provider by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "clients/cli/story_scenes.h"
#include "server/base/secret.h"
#include "server/outbound/http_client.h"
#include "usher/v1/role.pb.h"

namespace usher {

struct StoryUser {
  std::string name;  // for people
  std::string id;    // at the provider
  std::string kind;
};

// Ada, an owner, and Ben, a member; `tag` makes their ids unlike those of other tellings.
std::vector<StoryUser> StoryUsers(const std::string& tag);

// The role that the scene gives a member of that kind.
std::string RoleOf(const StoryRoles& roles, const std::string& kind);

// Reads what Clerk, or the stand-in for it, keeps of a user's roles.
class ClerkReader {
 public:
  ClerkReader(std::string url, Secret key) : url_(std::move(url)), key_(std::move(key)) {}

  const std::string& url() const { return url_; }

  // Nullopt when the user has none. UNAVAILABLE when Clerk does not answer as it should, RESOURCE_EXHAUSTED when it is
  // asked too often.
  absl::StatusOr<std::optional<v1::RoleMetadata>> Read(const std::string& user) const;

  // Waits until the user has metadata of at least that version; what it has then, or at the end of patience.
  absl::StatusOr<std::optional<v1::RoleMetadata>> Await(const std::string& user, std::int64_t version) const;

 private:
  const std::string url_;
  const Secret key_;
  const HttpClient client_{HttpPeer::kNeighbour, {}};
};

}  // namespace usher
