#include "server/metrics/store_gauges.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace usher {
namespace {

// So old may a sample be.
constexpr std::chrono::milliseconds kFresh{1000};

using SteadyClock = std::chrono::steady_clock;

}  // namespace

StoreGauges::StoreGauges(Store& store, const Clock& clock, const Clock& machine_clock, std::vector<WorkKind> idle)
    : store_(store), clock_(clock), machine_clock_(machine_clock), idle_(std::move(idle)), thread_([this] { Run(); }) {}

StoreGauges::~StoreGauges() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

std::optional<StoreSample> StoreGauges::Read(std::chrono::milliseconds patience) {
  const SteadyClock::time_point oldest = SteadyClock::now() - kFresh;
  const MutexLock lock(mutex_);
  const auto fresh = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return read_at_ > oldest; };
  if (!fresh()) {
    wanted_ = true;
    changed_.NotifyAll();
  }
  if (!changed_.WaitFor(mutex_, patience, fresh)) return std::nullopt;
  return sample_;
}

void StoreGauges::Run() {
  while (true) {
    {
      const MutexLock lock(mutex_);
      changed_.Wait(mutex_, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return wanted_ || stopping_; });
      if (stopping_) return;
      wanted_ = false;
    }
    const SteadyClock::time_point began = SteadyClock::now();
    absl::StatusOr<StoreSample> read = ReadNow();
    const MutexLock lock(mutex_);
    sample_ = read.ok() ? std::optional(*std::move(read)) : std::nullopt;
    read_at_ = began;
    changed_.NotifyAll();
  }
}

absl::StatusOr<StoreSample> StoreGauges::ReadNow() const {
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  const absl::StatusOr<std::int64_t> parked = (*reader)->CountParkedEvents();
  if (!parked.ok()) return parked.status();
  StoreSample sample{.parked_events = *parked, .work = {}};
  for (const WorkKind kind : kWorkKinds) {
    const Instant now = (kind == WorkKind::kBoundary ? clock_ : machine_clock_).Now();
    const absl::StatusOr<WorkBacklog> backlog = (*reader)->ReadWorkBacklog(kind, now);
    if (!backlog.ok()) return backlog.status();
    WorkGauge gauge{.due = backlog->due, .oldest_age = std::nullopt, .dead = backlog->dead};
    // What was first wanted by a clock that ran ahead waits for no negative time.
    const Millis age = std::max(now - backlog->waiting_since.value_or(now), Millis(0));
    if (std::ranges::count(idle_, kind) == 0) gauge.oldest_age = age;
    sample.work[kind] = gauge;
  }
  return sample;
}

}  // namespace usher
