// The writer: every change of the store passes here, so that concurrent ones share a commit.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>

#include "catalog/time.h"
#include "server/base/counter.h"
#include "server/base/mutex.h"
#include "server/engine/projection.h"
#include "server/ports/store.h"

namespace usher {

// What one change does inside the transaction: reads, decides, writes, and adds to `published` the tenant states that
// become visible when it commits. It may run several times, in transactions of which only the last commits, so it must
// not keep anything from an earlier run. A failure undoes it and is the caller's answer.
using Change = std::function<absl::Status(StoreTransaction& transaction, std::vector<TenantChange>& published)>;

// Told, after each commit that asked for work, when the earliest of each kind falls due. Called on the committing
// thread, under no lock; must be quick.
using EnqueuedFunction = std::function<void(WorkKind kind, Instant earliest_due)>;

// The store itself failed, or others won: the same change may fare well later. Every other failure is a change's own,
// and would be its own again.
bool ConcernsEveryone(const absl::Status& status);

// Waits before a transaction that lost a race is run again.
using Pause = std::function<void(std::chrono::milliseconds)>;
void PauseFor(std::chrono::milliseconds time);

// Upper bounds by which commits are sorted: changes in one, and nanoseconds that one took.
inline constexpr std::array<std::int64_t, 7> kBatchSizeBounds = {1, 2, 4, 8, 16, 32, 64};
inline constexpr std::array<std::int64_t, 9> kCommitNanosBounds = {
    500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000, 50'000'000, 250'000'000, 1'000'000'000, 5'000'000'000};

// Transactions that were committed since the process started and wrote something. Any thread.
struct CommitStats {
  Distribution<kBatchSizeBounds> batch_sizes;
  Distribution<kCommitNanosBounds> nanos;  // from the beginning of the transaction until it was durable
};

// Commits changes. Any thread may call; a caller whose turn it is commits for all that wait, at most kMaxBatch of them.
class Writer {
 public:
  static constexpr std::size_t kMaxBatch = 64;
  // How often a transaction is run when it loses races, and the longest pause before the second run; each further one
  // may be twice as long. Pauses are drawn at random, so that those who met once do not meet again.
  static constexpr int kTries = 3;
  static constexpr std::chrono::milliseconds kLongestFirstPause{10};

  // Both outlive the writer.
  Writer(Store& store, Projection& projection, EnqueuedFunction enqueued = {}, Pause pause = PauseFor)
      : store_(store), projection_(projection), enqueued_(std::move(enqueued)), pause_(std::move(pause)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // OK when `change` is durable and published. Else nothing of it happened, except that after UNAVAILABLE the store may
  // be in doubt about it.
  absl::Status Commit(const Change& change);

  // OK while the store takes changes. After a failure that concerned everyone, asking tries a write and answers as that
  // went, until one succeeds: those who heed the answer send no changes, and a commit may succeed because it wrote
  // nothing.
  absl::Status TakesChanges();

  // How many changes wait for their turn: the depth of the queue.
  std::size_t waiting() const;

  const CommitStats& stats() const { return stats_; }

 private:
  struct Waiting;

  // The next batch, when it is this caller's turn to commit; empty when somebody has committed its change.
  std::vector<Waiting*> TakeTurn(const Waiting& self);
  void EndTurn(std::span<Waiting* const> batch);
  void CommitBatch(std::span<Waiting* const> batch);
  absl::Status TryBatch(std::span<Waiting* const> batch);
  void RememberFailure(const absl::Status& status);

  Store& store_;
  Projection& projection_;
  const EnqueuedFunction enqueued_;
  const Pause pause_;
  CommitStats stats_;  // self-synchronised

  mutable Mutex mutex_;
  Condition turn_ended_;
  std::deque<Waiting*> queue_ ABSL_GUARDED_BY(mutex_);
  bool committing_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status store_failure_ ABSL_GUARDED_BY(mutex_);  // concerned everyone, and no tried write succeeded since
};

}  // namespace usher
