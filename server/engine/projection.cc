#include "server/engine/projection.h"

#include <functional>
#include <string>
#include <vector>

#include "server/core/trace_model.h"
#include "server/engine/refusal.h"

namespace usher {

// All tenants under one generation. Any thread.
class Projection::World {
 public:
  World(std::int64_t generation, CatalogPtr catalog)
      : generation_(generation),
        catalog_(std::move(catalog)),
        stranger_(std::make_shared<const Timeline>(Resolve(BuildTrace(TenantId(), {}), *catalog_))) {}

  std::int64_t generation() const { return generation_; }
  const CatalogPtr& catalog() const { return catalog_; }

  ProjectedTenant Find(const TenantId& tenant) const {
    const Shard& shard = ShardOf(tenant);
    MutexLock lock(shard.mutex);
    const auto found = shard.tenants.find(tenant.str());
    if (found == shard.tenants.end()) return {.version = 0, .digest = {}, .timeline = stranger_};
    return found->second;
  }

  void Put(const TenantChange& change) {
    // Resolved outside the lock: a check waits for nobody's arithmetic.
    std::shared_ptr<const Timeline> timeline = change.timeline;
    if (timeline == nullptr || change.generation != generation_) {
      timeline = std::make_shared<const Timeline>(Resolve(*change.trace, *catalog_));
    }
    Shard& shard = ShardOf(change.tenant);
    MutexLock lock(shard.mutex);
    ProjectedTenant& known = shard.tenants[change.tenant.str()];
    if (known.version >= change.version) return;
    known = {.version = change.version, .digest = change.digest, .timeline = std::move(timeline)};
  }

 private:
  static constexpr std::size_t kShards = 64;

  struct Shard {
    mutable Mutex mutex;
    StringMap<ProjectedTenant> tenants ABSL_GUARDED_BY(mutex);
  };

  static std::size_t IndexOf(const TenantId& tenant) { return std::hash<std::string>{}(tenant.str()) % kShards; }
  const Shard& ShardOf(const TenantId& tenant) const { return shards_[IndexOf(tenant)]; }
  Shard& ShardOf(const TenantId& tenant) { return shards_[IndexOf(tenant)]; }

  const std::int64_t generation_;
  const CatalogPtr catalog_;
  const std::shared_ptr<const Timeline> stranger_;
  std::array<Shard, kShards> shards_;
};

std::int64_t Projection::View::generation() const { return world_->generation(); }
const CatalogPtr& Projection::View::catalog() const { return world_->catalog(); }
ProjectedTenant Projection::View::Find(const TenantId& tenant) const { return world_->Find(tenant); }

void Projection::Draft::Add(const TenantChange& change) { world_->Put(change); }

Projection::Projection() = default;
Projection::~Projection() = default;

std::optional<Projection::View> Projection::Current() const {
  MutexLock lock(mutex_);
  if (current_ == nullptr) return std::nullopt;
  return View(current_);
}

void Projection::Publish(std::span<const TenantChange> changes) {
  std::shared_ptr<World> current;
  std::shared_ptr<World> draft;
  {
    MutexLock lock(mutex_);
    current = current_;
    draft = draft_;
  }
  for (const TenantChange& change : changes) {
    if (current != nullptr) current->Put(change);
    if (draft != nullptr) draft->Put(change);
  }
  // Under the lock, so that nobody who has just found the revision missing falls asleep after this.
  MutexLock lock(mutex_);
  published_.NotifyAll();
}

Projection::Draft Projection::StartDraft(std::int64_t generation, CatalogPtr catalog) {
  auto world = std::make_shared<World>(generation, std::move(catalog));
  MutexLock lock(mutex_);
  draft_ = world;
  return Draft(std::move(world));
}

void Projection::Adopt(const Draft& draft) {
  MutexLock lock(mutex_);
  current_ = draft.world_;
  if (draft_ == draft.world_) draft_ = nullptr;
  published_.NotifyAll();
}

void Projection::Discard(const Draft& draft) {
  MutexLock lock(mutex_);
  if (draft_ == draft.world_) draft_ = nullptr;
}

bool Projection::Reached(const Revision& revision) const {
  if (current_ == nullptr || current_->generation() < revision.generation) return false;
  for (const auto& [tenant, version] : revision.versions) {
    if (current_->Find(tenant).version < version) return false;
  }
  return true;
}

absl::Status Projection::Await(const Revision& revision, std::chrono::milliseconds max_wait) const {
  MutexLock lock(mutex_);
  const auto reached = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return Reached(revision); };
  if (published_.WaitFor(mutex_, max_wait, reached)) return absl::OkStatus();
  return Refuse(Refusal::kRevisionNotReached, "this server did not reach the revision within " +
                                                  std::to_string(max_wait.count()) + " ms; ask again, or without it");
}

}  // namespace usher
