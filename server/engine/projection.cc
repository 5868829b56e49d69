#include "server/engine/projection.h"

#include <atomic>
#include <functional>
#include <vector>

#include <absl/hash/hash.h>

#include "server/core/trace_model.h"
#include "server/engine/refusal.h"
#include "server/engine/shared_parts.h"
#include "server/engine/tenant_entry.h"

namespace usher {
namespace {

// So many bytes may have been replaced, roughly, before what they occupied is freed.
constexpr std::size_t kMostRetiredBytes = std::size_t{256} * 1024;
// Of an entry, with what it alone holds.
constexpr std::size_t kEntryBytes = 256;

// Different for most threads that are there at the same time.
std::size_t NumberOfThread() {
  static std::atomic<std::size_t> threads = 0;
  static thread_local const std::size_t number = threads.fetch_add(1, std::memory_order_relaxed);
  return number;
}

}  // namespace

// What new readers no longer find.
struct Projection::Retired {
  RetiredParts parts;
  std::vector<TenantEntry::Ptr> entries;
  std::vector<std::shared_ptr<const void>> slots;
  std::size_t bytes = 0;
};

// What a view holds; the world outlives what was retired from it. Whoever still holds an old pin may have found what
// was retired after it, so each pin keeps those that follow it, and what was retired when it was replaced.
struct Projection::Pin {
  std::shared_ptr<const World> world;
  std::shared_ptr<const Retired> retired;  // set when it is replaced
  std::shared_ptr<const Pin> next;         // set when it is replaced
};

// All tenants under one generation. Any thread.
class Projection::World {
 public:
  World(std::int64_t generation, CatalogPtr catalog)
      : generation_(generation), catalog_(std::move(catalog)), catalog_hash_(ToHex(catalog_->hash)) {
    const Timeline nothing = Resolve(BuildTrace(TenantId(), {}), *catalog_);
    stranger_ = MakeEntry("", 0, nothing, 0);
  }

  std::int64_t generation() const { return generation_; }
  const CatalogPtr& catalog() const { return catalog_; }
  const std::string& catalog_hash() const { return catalog_hash_; }
  std::size_t shared_parts() const { return parts_.size(); }

  ProjectedTenant Find(std::string_view tenant) const {
    const TenantEntry* entry = Lookup(tenant);
    if (entry == nullptr) entry = stranger_.get();
    return {.version = entry->version(), .outlook = entry->outlook()};
  }

  std::size_t tenants() const {
    const MutexLock lock(putting_);
    return tenants_.size();
  }

  void Put(const TenantChange& change) {
    // Resolved outside the lock: a check waits for nobody's arithmetic.
    std::shared_ptr<const Timeline> timeline = change.timeline;
    if (timeline == nullptr || change.generation != generation_) {
      const Instant needed = NeededFrom(*catalog_, change.trace->frozen_at, change.now);
      timeline = std::make_shared<const Timeline>(Resolve(*change.trace, *catalog_, needed));
    }
    const std::string& name = change.tenant.str();
    TenantEntry::Ptr entry = MakeEntry(name, change.version, *timeline, FirstNeeded(*catalog_, *timeline, change.now));
    const std::size_t hash = HashOfName(name);
    TenantTable::Replaced replaced;
    {
      const MutexLock lock(putting_);
      const TenantEntry* known = tenants_.Find(hash, name);
      if (known == nullptr || known->version() < change.version) {
        replaced = tenants_.Put(hash, entry.release());
      } else {
        replaced.entry = entry.release();
      }
    }
    Retire(std::move(replaced));
  }

  std::size_t retired_bytes() const {
    const MutexLock lock(retired_mutex_);
    return retired_.bytes;
  }
  std::shared_ptr<const Retired> TakeRetired() {
    auto retired = std::make_shared<Retired>();
    const MutexLock lock(retired_mutex_);
    std::swap(*retired, retired_);
    return retired;
  }

 private:
  static std::size_t HashOfName(std::string_view name) { return absl::HashOf(ToAbsl(name)); }

  // Entries are never changed, and not freed while a view is held that may have found them.
  const TenantEntry* Lookup(std::string_view tenant) const { return tenants_.Find(HashOfName(tenant), tenant); }

  TenantEntry::Ptr MakeEntry(std::string_view name, std::int64_t version, const Timeline& timeline, std::size_t first) {
    std::vector<Instant> starts;
    const Course* course = parts_.Take(timeline, first, starts);
    return TenantEntry::Make(name, version,
                             {.course = course,
                              .starts = starts,
                              .newest_fact = timeline.newest_fact,
                              .frozen_at = timeline.frozen_at,
                              .known = timeline.known},
                             entries_);
  }

  void Retire(TenantTable::Replaced replaced) {
    if (replaced.entry == nullptr && replaced.slots == nullptr) return;
    const MutexLock lock(retired_mutex_);
    if (replaced.entry != nullptr) {
      parts_.Drop(replaced.entry->course(), retired_.parts);
      retired_.entries.push_back(TenantEntry::Ptr(replaced.entry, {&entries_}));
      retired_.bytes += kEntryBytes;
    }
    if (replaced.slots != nullptr) {
      retired_.bytes += replaced.slots_bytes;
      retired_.slots.push_back(std::move(replaced.slots));
    }
  }

  const std::int64_t generation_;
  const CatalogPtr catalog_;
  const std::string catalog_hash_;
  SharedParts parts_;          // self-synchronised
  EntryMemory entries_;        // self-synchronised
  TenantEntry::Ptr stranger_;  // fixed after construction

  mutable Mutex putting_;  // held by the one thread that puts into tenants_
  TenantTable tenants_;    // read by anybody

  mutable Mutex retired_mutex_;
  Retired retired_ ABSL_GUARDED_BY(retired_mutex_);
};

std::int64_t Projection::View::generation() const { return pin_->world->generation(); }
const CatalogPtr& Projection::View::catalog() const { return pin_->world->catalog(); }
const std::string& Projection::View::catalog_hash() const { return pin_->world->catalog_hash(); }
ProjectedTenant Projection::View::Find(std::string_view tenant) const { return pin_->world->Find(tenant); }

std::size_t Projection::View::tenants() const { return pin_->world->tenants(); }

void Projection::Draft::Add(const TenantChange& change) { world_->Put(change); }

Projection::Projection() = default;
Projection::~Projection() = default;

std::optional<Projection::View> Projection::Current() const {
  const Door& door = doors_[NumberOfThread() % kDoors];
  const MutexLock lock(door.mutex);
  if (door.pin == nullptr) return std::nullopt;
  return View(door.pin);
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
  Pins replaced;  // freed after the lock
  // Under the lock, so that nobody who has just found the revision missing falls asleep after this.
  MutexLock lock(mutex_);
  if (current_ != nullptr && current_->retired_bytes() > kMostRetiredBytes) replaced = Repin(current_->TakeRetired());
  published_.NotifyAll();
}

Projection::Draft Projection::StartDraft(std::int64_t generation, CatalogPtr catalog) {
  auto world = std::make_shared<World>(generation, std::move(catalog));
  MutexLock lock(mutex_);
  draft_ = world;
  return Draft(std::move(world));
}

void Projection::Adopt(const Draft& draft) {
  draft.world_->TakeRetired();  // nobody has read it yet
  Pins replaced;                // freed after the lock, and the world before with them
  MutexLock lock(mutex_);
  current_ = draft.world_;
  replaced = Repin(nullptr);
  if (draft_ == draft.world_) draft_ = nullptr;
  published_.NotifyAll();
}

void Projection::Discard(const Draft& draft) {
  MutexLock lock(mutex_);
  if (draft_ == draft.world_) draft_ = nullptr;
}

Projection::Pins Projection::Repin(std::shared_ptr<const Retired> retired) {
  Pins replaced;
  for (std::size_t i = 0; i < kDoors; ++i) {
    auto pin = std::make_shared<Pin>();
    pin->world = current_;
    {
      const MutexLock lock(doors_[i].mutex);
      replaced[i] = std::exchange(doors_[i].pin, pin);
    }
    if (replaced[i] == nullptr) continue;
    replaced[i]->retired = retired;
    replaced[i]->next = std::move(pin);
  }
  return replaced;
}

std::size_t Projection::shared_parts() const {
  const MutexLock lock(mutex_);
  return current_ == nullptr ? 0 : current_->shared_parts();
}

bool Projection::Reached(const Revision& revision) const {
  if (current_ == nullptr || current_->generation() < revision.generation) return false;
  for (const auto& [tenant, version] : revision.versions) {
    if (current_->Find(tenant.str()).version < version) return false;
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
