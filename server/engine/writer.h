// The writer: every change of the store passes here, so that concurrent ones share a commit.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>

#include "catalog/time.h"
#include "server/base/mutex.h"
#include "server/engine/projection.h"
#include "server/ports/store.h"

namespace usher {

// What one change does inside the transaction: reads, decides, writes, and adds to `published` the tenant states that
// become visible when it commits. It may run several times, in transactions of which only the last commits, so it must
// not keep anything from an earlier run. A failure undoes it and is the caller's answer.
using Change = std::function<absl::Status(StoreTransaction& transaction, std::vector<TenantChange>& published)>;

// Told, after each commit that asked for work, when the earliest of it falls due. Called on the committing thread,
// under no lock; must be quick.
using EnqueuedFunction = std::function<void(Instant earliest_due)>;

// Commits changes. Any thread may call; a caller whose turn it is commits for all that wait, at most kMaxBatch of them.
class Writer {
 public:
  static constexpr std::size_t kMaxBatch = 64;

  // Both outlive the writer.
  Writer(Store& store, Projection& projection, EnqueuedFunction enqueued = {})
      : store_(store), projection_(projection), enqueued_(std::move(enqueued)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // OK when `change` is durable and published. Else nothing of it happened, except that after UNAVAILABLE the store may
  // be in doubt about it.
  absl::Status Commit(const Change& change);

  // How many changes wait for their turn: the depth of the queue.
  std::size_t waiting() const;

 private:
  struct Waiting;

  // The next batch, when it is this caller's turn to commit; empty when somebody has committed its change.
  std::vector<Waiting*> TakeTurn(const Waiting& self);
  void EndTurn(std::span<Waiting* const> batch);
  void CommitBatch(std::span<Waiting* const> batch);
  absl::Status TryBatch(std::span<Waiting* const> batch);

  Store& store_;
  Projection& projection_;
  const EnqueuedFunction enqueued_;

  mutable Mutex mutex_;
  Condition turn_ended_;
  std::deque<Waiting*> queue_ ABSL_GUARDED_BY(mutex_);
  bool committing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace usher
