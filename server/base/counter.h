// Numbers that are counted while calls run and read when somebody asks for the metrics.
//
// Counting is one relaxed addition: no lock, no allocation. Readers see every number as it is at some moment of their
// reading, not all numbers as of one moment.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace usher {

// Any thread may count and read.
class Counter {
 public:
  void Add(std::int64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// How often values fell below each of some bounds. `kBounds` is an ascending std::array of the unit that is observed.
template <const auto& kBounds>
class Distribution {
 public:
  static constexpr std::size_t kBuckets = std::size(kBounds) + 1;

  // A value equal to a bound counts below it.
  void Observe(std::int64_t value) {
    const auto bucket = std::ranges::lower_bound(kBounds, value) - std::begin(kBounds);
    buckets_[static_cast<std::size_t>(bucket)].Add();
    sum_.Add(value);
  }

  // Of the values above the bound before and not above bound `bucket`; the last bucket is what exceeds every bound.
  std::int64_t in_bucket(std::size_t bucket) const { return buckets_[bucket].value(); }
  std::int64_t sum() const { return sum_.value(); }

 private:
  std::array<Counter, kBuckets> buckets_;
  Counter sum_;
};

}  // namespace usher
