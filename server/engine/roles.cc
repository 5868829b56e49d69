#include "server/engine/roles.h"

#include <algorithm>
#include <string>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/core/check.h"
#include "server/core/roles.h"
#include "server/engine/ingest.h"
#include "server/engine/members.h"
#include "server/engine/stored_trace.h"

namespace usher {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::hours kLongestWait{1};
// The year 10000: what is later cannot be written in the forms that providers keep, and is as good as never.
constexpr Instant kCalendarEnd = FromUnixSeconds(253'402'300'800);

std::chrono::milliseconds TimeUntil(steady_clock::time_point deadline) {
  const steady_clock::time_point now = steady_clock::now();
  if (deadline <= now) return std::chrono::milliseconds(0);
  if (deadline - now > kLongestWait) return kLongestWait;
  return std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
}

absl::Status Stopping() { return Unavailable("the server is stopping; ask again when it is back"); }

}  // namespace

RoleAction DecideRoles(const std::optional<RoleMetadata>& desired, const ObservedMetadata& observed, bool force) {
  if (!desired) return observed.metadata || observed.unreadable ? RoleAction::kRemove : RoleAction::kNone;
  if (observed.metadata == desired && !observed.unreadable) return RoleAction::kNone;
  const bool newer = observed.metadata && observed.metadata->tenant == desired->tenant &&
                     observed.metadata->version > desired->version;
  return newer && !force ? RoleAction::kNewer : RoleAction::kWrite;
}

std::string JoinPlans(const Catalog& catalog, const std::vector<std::size_t>& plans) {
  std::string joined;
  for (const std::size_t plan : plans) joined += (joined.empty() ? "" : ",") + catalog.plans[plan].id.str();
  return joined;
}

absl::StatusOr<RoleMetadata> DesiredMetadata(StoreReader& reader, const Catalog& catalog, const MemberRow& member,
                                             Instant now) {
  const absl::StatusOr<StoredTimeline> stored = ReadTimeline(reader, member.tenant, catalog);
  if (!stored.ok()) return stored.status();
  const Timeline& timeline = stored->timeline;
  const RolesUntil roles =
      RolesAt(catalog, timeline, FindMemberKind(catalog, member.kind), EvaluationInstant(timeline, now));
  RoleMetadata metadata{.tenant = member.tenant,
                        .plan = JoinPlans(catalog, roles.has.plans),
                        .roles = {},
                        .version = stored->version,
                        .expires_at = std::nullopt};
  for (const std::size_t role : roles.has.roles) metadata.roles.push_back(catalog.roles[role].id.str());
  if (roles.until < kCalendarEnd) metadata.expires_at = roles.until;
  return metadata;
}

// What is known of a user before the provider is asked.
struct RoleSync::Target {
  std::optional<RoleMetadata> desired;
  bool elsewhere = false;  // the home is another tenant than the one that asks
  bool stranger = false;   // no member of the tenant that asks
};

// What the callers of one Sync share: tasks may outlive its caller's patience.
struct RoleSync::Batch {
  Condition done_or_stopped;
  Mutex mutex;
  std::vector<std::optional<UserSync>> users ABSL_GUARDED_BY(mutex);  // nullopt: not done
  std::size_t open ABSL_GUARDED_BY(mutex) = 0;
  bool stopped ABSL_GUARDED_BY(mutex) = false;
};

RoleSync::RoleSync(Store& store, const Projection& projection, const Clock& clock, IdentityProvider& provider,
                   std::function<void(const std::string& problem)> report)
    : store_(store),
      projection_(projection),
      clock_(clock),
      provider_(provider),
      report_(std::move(report)),
      pool_(kParallel, kMostWaiting) {}

RoleSync::~RoleSync() {
  RequestStop();
  pool_.Stop();
}

bool RoleSync::stopping() const {
  const MutexLock lock(mutex_);
  return stopping_;
}

void RoleSync::RequestStop() {
  std::set<std::shared_ptr<Batch>> waiting;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    waiting = waiting_;
  }
  for (const std::shared_ptr<Batch>& batch : waiting) {
    const MutexLock lock(batch->mutex);
    batch->stopped = true;
    batch->done_or_stopped.NotifyAll();
  }
}

bool RoleSync::Enter(const std::shared_ptr<Batch>& batch) {
  const MutexLock lock(mutex_);
  if (!stopping_) waiting_.insert(batch);
  return !stopping_;
}

void RoleSync::Leave(const std::shared_ptr<Batch>& batch) {
  const MutexLock lock(mutex_);
  waiting_.erase(batch);
}

void RoleSync::NoteAnswer(const ProviderFailure* failure) {
  const bool refused = failure != nullptr && failure->kind == ProviderFailure::Kind::kRefused;
  const bool taken = failure == nullptr || failure->kind == ProviderFailure::Kind::kUnknownUser;
  if (!refused && !taken) return;
  {
    const MutexLock lock(mutex_);
    const bool known = std::exchange(refused_, refused);
    if (!refused || known) return;
  }
  if (report_) report_(failure->message);
}

void RoleSync::EnterTurn(const UserId& user) {
  const MutexLock lock(mutex_);
  turn_ended_.Wait(mutex_, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !running_.contains(user); });
  running_.insert(user);
}

void RoleSync::LeaveTurn(const UserId& user) {
  const MutexLock lock(mutex_);
  running_.erase(user);
  turn_ended_.NotifyAll();
}

absl::StatusOr<RoleSync::Target> RoleSync::Derive(const UserId& user, const Asked& asked) {
  CatalogPtr catalog;
  {
    const absl::StatusOr<Projection::View> view = CurrentView(projection_);
    if (!view.ok()) return view.status();
    catalog = view->catalog();
  }
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  const absl::StatusOr<std::vector<MemberRow>> memberships = (*reader)->FindMemberships(user);
  if (!memberships.ok()) return memberships.status();
  Target target;
  if (asked.tenant) {
    target.stranger =
        std::ranges::none_of(*memberships, [&](const MemberRow& row) { return row.tenant == *asked.tenant; });
    target.elsewhere = !memberships->empty() && memberships->front().tenant != *asked.tenant;
  }
  if (memberships->empty() || target.elsewhere) return target;
  absl::StatusOr<RoleMetadata> desired = DesiredMetadata(**reader, *catalog, memberships->front(), clock_.Now());
  if (!desired.ok()) return desired.status();
  target.desired = *std::move(desired);
  return target;
}

// A stranger is asked about wherever else it is a member, so that neither the answer nor its time tells.
void RoleSync::Bring(const Asked& asked, const Target& target, UserSync& sync) {
  if (stopping()) {
    sync.problem = Stopping();
    return;
  }
  std::variant<ObservedMetadata, ProviderFailure> read = provider_.Read(sync.user);
  NoteAnswer(std::get_if<ProviderFailure>(&read));
  if (auto* failure = std::get_if<ProviderFailure>(&read)) {
    // Somebody who is gone there as well has nothing left to remove.
    const bool gone = !sync.desired && failure->kind == ProviderFailure::Kind::kUnknownUser;
    if (!gone) {
      sync.problem = std::move(*failure);
    } else if (target.stranger) {
      sync.problem = RefuseUnknownMember(*asked.tenant, sync.user);
    }
    return;
  }
  auto& observed = std::get<ObservedMetadata>(read);
  // A tenant may clean up what is left of itself, and learns nothing else of users that are not its members.
  const auto is_left_over = [&] {
    return !target.elsewhere && observed.metadata && observed.metadata->tenant == *asked.tenant;
  };
  if (target.stranger && !is_left_over()) {
    sync.problem = RefuseUnknownMember(*asked.tenant, sync.user);
    return;
  }
  sync.observed = std::move(observed);
  sync.action = DecideRoles(sync.desired, sync.observed, asked.force);
  if (asked.dry_run || (sync.action != RoleAction::kWrite && sync.action != RoleAction::kRemove)) return;
  if (stopping()) {
    sync.problem = Stopping();
    return;
  }
  std::optional<ProviderFailure> failure = provider_.Write(sync.user, sync.desired);
  NoteAnswer(failure ? &*failure : nullptr);
  if (failure) sync.problem = *std::move(failure);
}

UserSync RoleSync::SyncUser(const UserId& user, const Asked& asked) {
  UserSync sync{.user = user};
  EnterTurn(user);
  absl::StatusOr<Target> target = Derive(user, asked);
  if (!target.ok()) {
    sync.problem = target.status();
  } else if (target->elsewhere && !target->stranger) {
    sync.action = RoleAction::kElsewhere;
  } else {
    sync.desired = std::move(target->desired);
    Bring(asked, *target, sync);
  }
  LeaveTurn(user);
  return sync;
}

WorkResult RoleSync::Run(const WorkRow& row) {
  const UserSync sync = SyncUser(UserId(row.key), {});
  if (const auto* failure = std::get_if<ProviderFailure>(&sync.problem)) {
    switch (failure->kind) {
      case ProviderFailure::Kind::kRetry:
        return {.kind = WorkResult::Kind::kRetry, .error = failure->message, .retry_after = failure->retry_after};
      case ProviderFailure::Kind::kRefused:
        return {.kind = WorkResult::Kind::kRetry, .error = failure->message, .retry_after = BackOffPolicy().longest};
      case ProviderFailure::Kind::kUnknownUser:
      case ProviderFailure::Kind::kFinal: return {.kind = WorkResult::Kind::kFinal, .error = failure->message};
    }
  }
  if (const auto* status = std::get_if<absl::Status>(&sync.problem)) {
    return {.kind = WorkResult::Kind::kRetry, .error = StatusMessage(*status)};
  }
  return {.kind = WorkResult::Kind::kDone};
}

std::vector<UserSync> RoleSync::Sync(const SyncRequest& request) {
  const auto batch = std::make_shared<Batch>();
  const Asked asked{.tenant = request.tenant, .dry_run = request.dry_run, .force = request.force};
  {
    const MutexLock lock(batch->mutex);
    batch->open = request.users.size();
    batch->users.resize(request.users.size());
  }
  const auto finish = [batch](std::size_t place, UserSync sync) {
    const MutexLock lock(batch->mutex);
    batch->users[place] = std::move(sync);
    if (--batch->open == 0) batch->done_or_stopped.NotifyAll();
  };
  for (std::size_t place = 0; place < request.users.size(); ++place) {
    const UserId& user = request.users[place];
    const bool submitted = pool_.TrySubmit([this, user, asked, place, finish, deadline = request.deadline] {
      if (steady_clock::now() < deadline && !stopping()) finish(place, SyncUser(user, asked));
    });
    if (!submitted) {
      finish(place, {.user = user, .problem = Unavailable("too many users are being brought in step; ask again")});
    }
  }
  const bool entered = Enter(batch);
  std::vector<UserSync> users;
  {
    const MutexLock lock(batch->mutex);
    const auto over = [&batch, entered]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(batch->mutex) {
      return batch->open == 0 || batch->stopped || !entered;
    };
    const bool in_time = batch->done_or_stopped.WaitFor(batch->mutex, TimeUntil(request.deadline), over);
    const absl::Status left_behind =
        in_time ? Stopping() : DeadlineExceeded("not done in time; ask again, for fewer users at a time");
    for (std::size_t place = 0; place < request.users.size(); ++place) {
      users.push_back(std::exchange(batch->users[place], std::nullopt)
                          .value_or(UserSync{.user = request.users[place], .problem = left_behind}));
    }
  }
  Leave(batch);
  return users;
}

}  // namespace usher
