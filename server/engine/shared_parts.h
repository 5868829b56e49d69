// The parts of outlooks, each kept once however many tenants share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_set>
#include <utility>
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
  struct Kept : Part {
    template <class Form>
    explicit Kept(const Form& form) : Part(form) {}
    mutable std::int64_t holders = 0;
  };
  struct Hash {
    using is_transparent = void;
    template <class Form>
    std::size_t operator()(const Form& form) const {
      return HashOf(form);
    }
  };
  using Set = std::unordered_set<Kept, Hash, std::equal_to<>>;

 public:
  using Node = typename Set::node_type;  // a part that is kept no more, and lives until its node goes

  // The one part that equals `form`, which may be a part or something that compares with parts and makes one. True when
  // it is new: then whoever looked for it has to hold it, or it stays for ever.
  template <class Form>
  std::pair<const Part*, bool> Find(const Form& form) {
    auto found = parts_.find(form);
    const bool is_new = found == parts_.end();
    if (is_new) found = parts_.emplace(form).first;
    return {&*found, is_new};
  }

  // Of a part of this table. Whoever holds it gives it back with Drop.
  void Hold(const Part* part) { ++KeptOf(part).holders; }

  // An empty node while others hold it.
  Node Drop(const Part* part) {
    const Kept& kept = KeptOf(part);
    if (--kept.holders > 0) return {};
    return parts_.extract(parts_.find(kept));
  }

  std::size_t size() const { return parts_.size(); }

 private:
  static const Kept& KeptOf(const Part* part) { return static_cast<const Kept&>(*part); }

  Set parts_;
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
  // Not held yet.
  const Holdings* FindHoldings(const Segment& segment) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropHoldings(const Holdings* holdings, RetiredParts& retired) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  PartTable<Holding> features_ ABSL_GUARDED_BY(mutex_);
  PartTable<Holdings> holdings_ ABSL_GUARDED_BY(mutex_);
  PartTable<Course> courses_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace usher
