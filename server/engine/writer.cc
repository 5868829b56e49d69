#include "server/engine/writer.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

bool LostARace(const absl::Status& status) { return absl::IsAborted(status) && !RefusalOf(status); }

// The pause before the run that follows `tries` lost races: anything from nothing to the longest.
std::chrono::milliseconds DrawPause(int tries) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const std::chrono::milliseconds longest = Writer::kLongestFirstPause * (1 << (tries - 1));
  return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, longest.count())(random));
}

}  // namespace

bool ConcernsEveryone(const absl::Status& status) {
  if (RefusalOf(status)) return false;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:         // busy, locked or lost
    case absl::StatusCode::kResourceExhausted:   // no room left
    case absl::StatusCode::kFailedPrecondition:  // it may not be written any more
    case absl::StatusCode::kAborted: return true;
    default: return false;
  }
}

void PauseFor(std::chrono::milliseconds time) {
  Mutex mutex;
  Condition never;
  MutexLock lock(mutex);
  never.WaitFor(mutex, time, [] { return false; });
}

struct Writer::Waiting {
  const Change& change;
  absl::Status result;
  bool done = false;  // read and written under the writer's mutex
};

absl::Status Writer::Commit(const Change& change) {
  Waiting self{.change = change, .result = absl::OkStatus()};
  {
    MutexLock lock(mutex_);
    queue_.push_back(&self);
  }
  while (true) {
    const std::vector<Waiting*> batch = TakeTurn(self);
    if (batch.empty()) return self.result;
    CommitBatch(batch);
    EndTurn(batch);
  }
}

std::size_t Writer::waiting() const {
  MutexLock lock(mutex_);
  return queue_.size();
}

std::vector<Writer::Waiting*> Writer::TakeTurn(const Waiting& self) {
  MutexLock lock(mutex_);
  const auto may_go_on = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return self.done || !committing_; };
  turn_ended_.Wait(mutex_, may_go_on);
  if (self.done) return {};
  committing_ = true;
  const std::size_t size = std::min(queue_.size(), kMaxBatch);
  std::vector<Waiting*> batch(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
  return batch;
}

void Writer::EndTurn(std::span<Waiting* const> batch) {
  MutexLock lock(mutex_);
  for (Waiting* waiting : batch) waiting->done = true;
  committing_ = false;
  turn_ended_.NotifyAll();
}

// A batch that fails because of one of its changes is halved until that one fails alone. One that loses every race is
// halved too: a single change may be what loses it.
void Writer::CommitBatch(std::span<Waiting* const> batch) {
  absl::Status status = TryBatch(batch);
  for (int tries = 1; LostARace(status) && tries < kTries; ++tries) {
    pause_(DrawPause(tries));
    status = TryBatch(batch);
  }
  const bool alike = ConcernsEveryone(status) && !LostARace(status);
  if (!status.ok() && batch.size() > 1 && !alike) {
    CommitBatch(batch.first(batch.size() / 2));
    CommitBatch(batch.subspan(batch.size() / 2));
    return;
  }
  RememberFailure(status);
  for (Waiting* waiting : batch) waiting->result = status;
}

absl::Status Writer::TakesChanges() {
  {
    MutexLock lock(mutex_);
    if (store_failure_.ok()) return absl::OkStatus();
  }
  absl::Status tried = store_.TryWrite();
  MutexLock lock(mutex_);
  store_failure_ = tried;
  return tried;
}

// A change's own failure says nothing about the store, nor does a lost race.
void Writer::RememberFailure(const absl::Status& status) {
  if (status.ok() || !ConcernsEveryone(status) || LostARace(status)) return;
  MutexLock lock(mutex_);
  store_failure_ = status;
}

absl::Status Writer::TryBatch(std::span<Waiting* const> batch) {
  const auto began = std::chrono::steady_clock::now();
  absl::StatusOr<std::unique_ptr<StoreTransaction>> transaction = store_.Begin();
  if (!transaction.ok()) return transaction.status();
  std::vector<TenantChange> published;
  for (const Waiting* waiting : batch) {
    absl::Status done = waiting->change(**transaction, published);
    if (!done.ok()) return done;
  }
  const bool wrote = (*transaction)->HasWritten();
  absl::Status committed = (*transaction)->Commit();
  if (!committed.ok()) return committed;
  if (wrote) {
    stats_.batch_sizes.Observe(static_cast<std::int64_t>(batch.size()));
    stats_.nanos.Observe(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - began).count());
  }
  projection_.Publish(published);
  if (!enqueued_) return absl::OkStatus();
  for (const auto& [kind, earliest] : (*transaction)->EarliestWork()) enqueued_(kind, earliest);
  return absl::OkStatus();
}

}  // namespace usher
