#include "server/engine/tenant_entry.h"

#include <algorithm>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace usher {
namespace {

constexpr std::size_t kFirstSlots = 16;
constexpr std::size_t kStep = 16;
constexpr std::size_t kPageBytes = std::size_t{2} * 1024 * 1024;

std::size_t StepsIn(std::size_t bytes) { return (bytes + kStep - 1) / kStep; }

}  // namespace

EntryMemory::~EntryMemory() {
  for (const Page& page : pages_) source_.deallocate(page.block, page.bytes, kStep);
}

void* EntryMemory::Take(std::size_t bytes) {
  const std::size_t steps = StepsIn(bytes);
  const std::size_t needed = steps * kStep;
  const MutexLock lock(mutex_);
  if (steps < unused_.size() && unused_[steps] != nullptr) return std::exchange(unused_[steps], unused_[steps]->next);
  if (left_ < needed) {
    const std::size_t page = std::max(kPageBytes, needed);
    pages_.push_back({.block = source_.allocate(page, kStep), .bytes = page});
    next_ = static_cast<std::byte*>(pages_.back().block);
    left_ = page;
  }
  left_ -= needed;
  return std::exchange(next_, next_ + needed);
}

void EntryMemory::GiveBack(void* block, std::size_t bytes) {
  const std::size_t steps = StepsIn(bytes);
  const MutexLock lock(mutex_);
  if (unused_.size() <= steps) unused_.resize(steps + 1);
  unused_[steps] = new (block) Unused{.next = unused_[steps]};
}

TenantEntry::Ptr TenantEntry::Make(std::string_view name, std::int64_t version, const Outlook& outlook,
                                   EntryMemory& memory) {
  const std::size_t legs = outlook.starts.size();
  const std::size_t instants = legs + (outlook.frozen_at ? 1 : 0);
  void* block = memory.Take(sizeof(TenantEntry) + instants * sizeof(Instant) + name.size());
  Ptr entry(new (block) TenantEntry, Free{&memory});
  entry->version_ = version;
  entry->course_ = outlook.course;
  entry->newest_fact_ = outlook.newest_fact;
  entry->legs_ = static_cast<std::uint32_t>(legs);
  entry->name_bytes_ = static_cast<std::uint16_t>(name.size());
  entry->known_ = outlook.known;
  entry->frozen_ = outlook.frozen_at.has_value();
  auto* behind = reinterpret_cast<Instant*>(entry.get() + 1);
  std::uninitialized_copy(outlook.starts.begin(), outlook.starts.end(), behind);
  if (outlook.frozen_at) std::construct_at(behind + legs, *outlook.frozen_at);
  std::uninitialized_copy(name.begin(), name.end(), reinterpret_cast<char*>(behind + instants));
  return entry;
}

// A power of two of slots, at most three quarters in use. The hash stands beside the entry, so that a search looks at
// no entry but the one it finds, and growing at none.
class TenantTable::Slots {
 public:
  struct Slot {
    std::atomic<std::size_t> hash = 0;
    std::atomic<TenantEntry*> entry = nullptr;  // set after the hash; null: the slot is empty
  };

  explicit Slots(std::size_t count) : mask_(count - 1), slots_(count, &pages_) {}

  std::size_t count() const { return mask_ + 1; }
  const Slot& at(std::size_t i) const { return slots_[i]; }

  // The slot of the entry of that name, or the empty one where it belongs.
  const Slot& Of(std::size_t hash, std::string_view name) const {
    for (std::size_t i = hash & mask_;; i = (i + 1) & mask_) {
      const TenantEntry* entry = slots_[i].entry.load(std::memory_order_acquire);
      if (entry == nullptr) return slots_[i];
      if (slots_[i].hash.load(std::memory_order_relaxed) == hash && entry->name() == name) return slots_[i];
    }
  }

  Slot& Of(std::size_t hash, std::string_view name) { return const_cast<Slot&>(std::as_const(*this).Of(hash, name)); }

  // For a name that is not there.
  void Add(std::size_t hash, TenantEntry* entry) {
    std::size_t i = hash & mask_;
    while (slots_[i].entry.load(std::memory_order_relaxed) != nullptr) i = (i + 1) & mask_;
    slots_[i].hash.store(hash, std::memory_order_relaxed);
    slots_[i].entry.store(entry, std::memory_order_release);
  }

 private:
  HugePages pages_;
  const std::size_t mask_;
  std::pmr::vector<Slot> slots_;
};

TenantTable::TenantTable() : slots_(std::make_shared<Slots>(kFirstSlots)), seen_(slots_.get()) {}

const TenantEntry* TenantTable::Find(std::size_t hash, std::string_view name) const {
  return seen_.load(std::memory_order_acquire)->Of(hash, name).entry.load(std::memory_order_acquire);
}

TenantTable::Replaced TenantTable::Put(std::size_t hash, TenantEntry* entry) {
  Slots::Slot& slot = slots_->Of(hash, entry->name());
  if (slot.entry.load() != nullptr) {
    return {.entry = slot.entry.exchange(entry, std::memory_order_acq_rel), .slots = {}, .slots_bytes = 0};
  }
  Replaced replaced;
  if (4 * ++size_ > 3 * slots_->count()) {
    auto more = std::make_shared<Slots>(2 * slots_->count());
    for (std::size_t i = 0; i < slots_->count(); ++i) {
      TenantEntry* moved = slots_->at(i).entry.load(std::memory_order_relaxed);
      if (moved != nullptr) more->Add(slots_->at(i).hash.load(std::memory_order_relaxed), moved);
    }
    replaced.slots_bytes = slots_->count() * sizeof(Slots::Slot);
    replaced.slots = std::exchange(slots_, more);
    seen_.store(slots_.get(), std::memory_order_release);
  }
  slots_->Add(hash, entry);
  return replaced;
}

}  // namespace usher
