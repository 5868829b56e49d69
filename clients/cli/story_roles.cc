#include "clients/cli/story_roles.h"

#include <chrono>

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "catalog/absl_bridge.h"
#include "catalog/time.h"
#include "clients/cli/words.h"
#include "server/base/mutex.h"

namespace usher {
namespace {

using google::protobuf::Struct;
using std::chrono::steady_clock;

constexpr char kClerkApiVersion[] = "2025-11-10";
constexpr int kOk = 200;
constexpr int kTooManyRequests = 429;
constexpr std::chrono::milliseconds kAnswerPatience{10'000};
// Clerk lets nobody update one user more than ten times in ten seconds, and the story is told faster than that.
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kBetweenLooks{300};  // Clerk counts them

const Struct* Member(const Struct* object, const char* name) {
  if (object == nullptr) return nullptr;
  const auto found = object->fields().find(name);
  return found == object->fields().end() || !found->second.has_struct_value() ? nullptr : &found->second.struct_value();
}

v1::RoleMetadata ToMetadata(const Struct& owned) {
  v1::RoleMetadata metadata;
  for (const auto& [name, value] : owned.fields()) {
    if (name == "plan") metadata.set_plan(value.string_value());
    if (name == "version") metadata.set_version(static_cast<std::int64_t>(value.number_value()));
    if (name == "roles") {
      for (const auto& role : value.list_value().values()) metadata.add_roles(role.string_value());
    }
    if (name == "expires_at" && value.has_string_value()) {
      const absl::StatusOr<Instant> at = ParseInstant(value.string_value());
      if (at.ok()) *metadata.mutable_expires_at() = ToTimestamp(*at);
    }
  }
  return metadata;
}

void PauseFor(std::chrono::milliseconds time) {
  Mutex mutex;
  Condition never;
  const MutexLock lock(mutex);
  never.WaitFor(mutex, time, [] { return false; });
}

}  // namespace

std::vector<StoryUser> StoryUsers(const std::string& tag) {
  return {{.name = "Ada", .id = "user_ada_" + tag, .kind = "owner"},
          {.name = "Ben", .id = "user_ben_" + tag, .kind = "member"}};
}

std::string RoleOf(const StoryRoles& roles, const std::string& kind) {
  return kind == "owner" ? roles.owner : roles.member;
}

absl::StatusOr<std::optional<v1::RoleMetadata>> ClerkReader::Read(const std::string& user) const {
  const absl::StatusOr<HttpAnswer> answer =
      client_.Call({.method = "GET",
                    .url = url_ + "/v1/users/" + user,
                    .headers = {{"Authorization", "Bearer " + key_.Reveal()}, {"Clerk-API-Version", kClerkApiVersion}},
                    .body = ""},
                   kAnswerPatience);
  if (!answer.ok()) return answer.status();
  if (answer->status == kTooManyRequests) return ResourceExhausted("it is asked too often");
  if (answer->status != kOk) return Unavailable("HTTP " + std::to_string(answer->status));
  Struct json;
  if (!google::protobuf::util::JsonStringToMessage(answer->body, &json).ok()) return Unavailable("no JSON");
  const Struct* owned = Member(Member(&json, "public_metadata"), "usher");
  if (owned == nullptr) return std::optional<v1::RoleMetadata>();
  return std::optional(ToMetadata(*owned));
}

absl::StatusOr<std::optional<v1::RoleMetadata>> ClerkReader::Await(const std::string& user,
                                                                   std::int64_t version) const {
  const steady_clock::time_point end = steady_clock::now() + kPatience;
  while (true) {
    absl::StatusOr<std::optional<v1::RoleMetadata>> metadata = Read(user);
    const bool there = metadata.ok() && metadata->has_value() && (*metadata)->version() >= version;
    const bool failed = !metadata.ok() && !absl::IsResourceExhausted(metadata.status());
    if (there || failed || steady_clock::now() >= end) return metadata;
    PauseFor(kBetweenLooks);
  }
}

}  // namespace usher
