// What the projection keeps of one tenant, in one block of memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <absl/base/thread_annotations.h>

#include "catalog/time.h"
#include "server/base/huge_pages.h"
#include "server/base/mutex.h"
#include "server/core/outlook.h"

namespace usher {

class TenantEntry;

// Where the entries of one world live, close together in pages of their own. A block that is given back is used again
// for an entry of its size. Any thread. What is not given back goes with it.
class EntryMemory {
 public:
  EntryMemory() = default;
  ~EntryMemory();
  EntryMemory(const EntryMemory&) = delete;
  EntryMemory& operator=(const EntryMemory&) = delete;

  void* Take(std::size_t bytes);
  void GiveBack(void* block, std::size_t bytes);

 private:
  struct Unused {
    Unused* next = nullptr;
  };
  struct Page {
    void* block = nullptr;
    std::size_t bytes = 0;
  };

  HugePages source_;
  Mutex mutex_;
  std::vector<Page> pages_ ABSL_GUARDED_BY(mutex_);
  std::byte* next_ ABSL_GUARDED_BY(mutex_) = nullptr;  // free from here on in the last page
  std::size_t left_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Unused*> unused_ ABSL_GUARDED_BY(mutex_);  // by size, in steps of kStep
};

// Immutable, so that readers need no lock once they have found it: 32 bytes, 8 for each leg, and the name.
class TenantEntry {
 public:
  struct Free {
    EntryMemory* memory = nullptr;
    void operator()(TenantEntry* entry) const { memory->GiveBack(entry, entry->bytes()); }
  };
  using Ptr = std::unique_ptr<TenantEntry, Free>;

  // `name` has at most 65535 bytes. `outlook.course` and `memory` outlive the entry.
  static Ptr Make(std::string_view name, std::int64_t version, const Outlook& outlook, EntryMemory& memory);

  std::string_view name() const { return {reinterpret_cast<const char*>(instants() + count()), name_bytes_}; }
  std::int64_t version() const { return version_; }
  const Course* course() const { return course_; }
  Outlook outlook() const {
    Outlook outlook{.course = course_, .starts = {instants(), legs_}, .newest_fact = newest_fact_, .known = known_};
    if (frozen_) outlook.frozen_at = instants()[legs_];
    return outlook;
  }

 private:
  TenantEntry() = default;

  // Behind the entry: the start of each leg, where the test clock stands if there is one, the name.
  std::size_t count() const { return std::size_t{legs_} + (frozen_ ? 1 : 0); }
  std::size_t bytes() const { return sizeof(TenantEntry) + count() * sizeof(Instant) + name_bytes_; }
  const Instant* instants() const { return reinterpret_cast<const Instant*>(this + 1); }

  std::int64_t version_ = 0;
  const Course* course_ = nullptr;
  Instant newest_fact_ = kBeginning;
  std::uint32_t legs_ = 0;
  std::uint16_t name_bytes_ = 0;
  bool known_ = false;
  bool frozen_ = false;
};
static_assert(sizeof(TenantEntry) == 32);

// The entries of tenants by name; it does not own them. One thread at a time may put, while any number find: they take
// no lock. What Put returns may still be looked at by those who began to find before.
class TenantTable {
  class Slots;

 public:
  TenantTable();
  TenantTable(const TenantTable&) = delete;
  TenantTable& operator=(const TenantTable&) = delete;

  // `hash` is of `name`, the same at every call. Null when there is none.
  const TenantEntry* Find(std::size_t hash, std::string_view name) const;

  // How many entries there are. As Put: not while another thread puts.
  std::size_t size() const { return size_; }

  // What has given way to something newer.
  struct Replaced {
    TenantEntry* entry = nullptr;       // of the same name
    std::shared_ptr<const void> slots;  // in which entries were found: there were too few of them
    std::size_t slots_bytes = 0;
  };
  Replaced Put(std::size_t hash, TenantEntry* entry);

 private:
  std::shared_ptr<Slots> slots_;  // for whoever puts
  std::atomic<Slots*> seen_;      // the same, for whoever finds
  std::size_t size_ = 0;          // for whoever puts
};

}  // namespace usher
