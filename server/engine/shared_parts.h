// The parts of outlooks, each kept once however many tenants share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include <absl/base/thread_annotations.h>

#include "server/base/mutex.h"
#include "server/core/outlook.h"
#include "server/core/timeline.h"

namespace usher {

// Parts of one kind, by content, with the number of those that hold each. Not synchronised.
template <class Part>
class PartTable {
 private:
  struct Hash {
    std::size_t operator()(const Part& part) const { return HashOf(part); }
  };
  using Map = std::unordered_map<Part, std::int64_t, Hash>;

 public:
  using Node = typename Map::node_type;  // a part that is kept no more, and lives until its node goes

  // The one part that equals `part`. Whoever takes it, gives it back with Drop. True when it is new.
  std::pair<const Part*, bool> Take(Part part) {
    const auto [entry, is_new] = parts_.try_emplace(std::move(part), 0);
    ++entry->second;
    return {&entry->first, is_new};
  }

  // An empty node while others hold it.
  Node Drop(const Part* part) {
    const auto entry = parts_.find(*part);
    if (--entry->second > 0) return {};
    return parts_.extract(entry);
  }

  std::size_t size() const { return parts_.size(); }

 private:
  Map parts_;
};

// Parts that nobody new will find, while some reader may still look at them.
struct RetiredParts {
  std::vector<PartTable<Holding>::Node> holdings_of_features;
  std::vector<PartTable<Holdings>::Node> holdings;
  std::vector<PartTable<Course>::Node> courses;
};

// All parts of one catalog generation; they go with it, or when the last tenant that holds them has others. Any thread;
// readers of parts need nothing from here.
class SharedParts {
 public:
  // What `timeline` amounts to from its segment `first` on. `starts` receives the instants of the legs. The course is
  // given back with Drop.
  const Course* Take(const Timeline& timeline, std::size_t first, std::vector<Instant>& starts);

  // Parts that nobody holds any more move to `retired`.
  void Drop(const Course* course, RetiredParts& retired);

  // How many parts there are.
  std::size_t size() const;

 private:
  const Holdings* TakeHoldings(const Segment& segment) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropHoldings(const Holdings* holdings, RetiredParts& retired) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  PartTable<Holding> features_ ABSL_GUARDED_BY(mutex_);
  PartTable<Holdings> holdings_ ABSL_GUARDED_BY(mutex_);
  PartTable<Course> courses_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace usher
