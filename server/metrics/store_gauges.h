// What only the store knows of the present, read when somebody asks for the metrics.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <thread>

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>

#include "server/base/mutex.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"

namespace usher {

struct WorkGauge {
  std::int64_t due = 0;  // pieces of work that should have been done by now
  std::optional<Millis>
      oldest_age;         // for how long the oldest of them has been due; nullopt: nobody here does this kind
  std::int64_t dead = 0;  // given up
};

struct StoreSample {
  std::int64_t parked_events = 0;
  std::map<WorkKind, WorkGauge> work;  // every kind
};

// Reads on a thread of its own, one read at a time and at most one a second: neither many scrapers nor a store that
// stands still make anybody else wait. Any thread may ask.
class StoreGauges {
 public:
  // Boundary work falls due by `clock`, the rest by `machine_clock`. All outlive it. Nobody does work of the `idle`
  // kinds: that it waits is no trouble.
  StoreGauges(Store& store, const Clock& clock, const Clock& machine_clock, std::vector<WorkKind> idle = {});
  // Waits for the read that runs.
  ~StoreGauges();
  StoreGauges(const StoreGauges&) = delete;
  StoreGauges& operator=(const StoreGauges&) = delete;

  // Nullopt when the store failed or did not answer within `patience`; what it says later is not kept.
  std::optional<StoreSample> Read(std::chrono::milliseconds patience);

 private:
  void Run();
  absl::StatusOr<StoreSample> ReadNow() const;

  Store& store_;
  const Clock& clock_;
  const Clock& machine_clock_;
  const std::vector<WorkKind> idle_;

  Condition changed_;  // self-synchronised
  Mutex mutex_;
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<StoreSample> sample_ ABSL_GUARDED_BY(mutex_);                // of the last read; nullopt when it failed
  std::chrono::steady_clock::time_point read_at_ ABSL_GUARDED_BY(mutex_){};  // when it began; the epoch: never

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace usher
