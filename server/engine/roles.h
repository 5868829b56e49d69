// Roles at the identity provider: what a user's metadata should be, what it is, and bringing it in step.
//
// A user's metadata follows one tenant, its home (docs/decisions/0020). What it should be is derived anew each time
// from the store, so a run that comes late, or twice, writes the present.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>

#include "catalog/ids.h"
#include "server/base/mutex.h"
#include "server/base/work_pool.h"
#include "server/core/timeline.h"
#include "server/engine/deliver.h"
#include "server/engine/projection.h"
#include "server/ports/clock.h"
#include "server/ports/identity_provider.h"
#include "server/ports/store.h"

namespace usher {

enum class RoleAction {
  kNone,       // in step
  kWrite,      // what it should be is written
  kRemove,     // nothing is left of it
  kElsewhere,  // a member whose home is another tenant; the provider was not asked
  kNewer,      // the provider has a greater version of the same tenant, which wins
};

// What there is to do about a user whose metadata should be `desired`; nullopt: none. `force`: no version wins.
RoleAction DecideRoles(const std::optional<RoleMetadata>& desired, const ObservedMetadata& observed, bool force);

// What a member's metadata should be, for the tenant as the store has it under `catalog`, as of `now`.
absl::StatusOr<RoleMetadata> DesiredMetadata(StoreReader& reader, const Catalog& catalog, const MemberRow& member,
                                             Instant now);

// The plan ids as RoleMetadata has them: joined by `,`.
std::string JoinPlans(const Catalog& catalog, const std::vector<std::size_t>& plans);

// What came of one user.
struct UserSync {
  // Why a user is not in step: the provider's failure; or OK-less words of our own (kMemberUnknown, DEADLINE_EXCEEDED,
  // UNAVAILABLE of the store).
  using Problem = std::variant<std::monostate, ProviderFailure, absl::Status>;

  UserId user;
  std::optional<RoleMetadata> desired = std::nullopt;
  ObservedMetadata observed = {};
  RoleAction action = RoleAction::kNone;
  Problem problem = {};
};

// A tenant's users to be brought in step now.
struct SyncRequest {
  TenantId tenant = {};
  std::vector<UserId> users = {};
  bool dry_run = false;  // look, write nothing
  bool force = false;    // write also over a greater version
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// Any thread may call. One run of one user at a time, whoever asked for it, so that what was derived first is not
// written last.
class RoleSync {
 public:
  // Calls of Sync that talk to the provider at a time, over all callers, and users that may wait for one of them.
  static constexpr std::size_t kParallel = 8;
  static constexpr std::size_t kMostWaiting = 4096;

  // All outlive it. `clock` is the one that access goes by. The projection holds a catalog before the first call.
  // `report` is told, once, on whatever thread, that the provider began to refuse this server; may be empty.
  RoleSync(Store& store, const Projection& projection, const Clock& clock, IdentityProvider& provider,
           std::function<void(const std::string& problem)> report = {});
  ~RoleSync();

  std::string_view provider() const { return provider_.Name(); }

  // Runs work of kind kRoles: brings the user it names in step.
  WorkResult Run(const WorkRow& row);

  // Brings the users in step, in parallel; answers in their order, at the deadline at the latest. Who was left behind
  // has a problem that says so, and may still be written.
  std::vector<UserSync> Sync(const SyncRequest& request);

  // From here on no call to the provider begins. What runs ends with the call that it makes; Sync answers at once, and
  // who is not done has a problem that says so.
  void RequestStop();

 private:
  struct Batch;

  // Who asks for a user: a worker for whatever tenant is its home, or a tenant.
  struct Asked {
    std::optional<TenantId> tenant;
    bool dry_run = false;
    bool force = false;
  };
  struct Target;
  absl::StatusOr<Target> Derive(const UserId& user, const Asked& asked);
  UserSync SyncUser(const UserId& user, const Asked& asked);
  void Bring(const Asked& asked, const Target& target, UserSync& sync);
  // Remembers whether the provider, which answered with that failure or none, takes this server's calls.
  void NoteAnswer(const ProviderFailure* failure);
  // True when the batch may be waited for; false once it is to stop.
  bool Enter(const std::shared_ptr<Batch>& batch);
  void Leave(const std::shared_ptr<Batch>& batch);
  bool stopping() const;
  void EnterTurn(const UserId& user);
  void LeaveTurn(const UserId& user);

  Store& store_;
  const Projection& projection_;
  const Clock& clock_;
  IdentityProvider& provider_;
  const std::function<void(const std::string& problem)> report_;

  Condition turn_ended_;
  mutable Mutex mutex_;
  std::set<UserId> running_ ABSL_GUARDED_BY(mutex_);
  std::set<std::shared_ptr<Batch>> waiting_ ABSL_GUARDED_BY(mutex_);  // for their users to be done
  bool refused_ ABSL_GUARDED_BY(mutex_) = false;                      // by the provider: this server, not a user
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  WorkPool pool_;  // last: it uses all of the above
};

}  // namespace usher
