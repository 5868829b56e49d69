// Workers: claim what is due, run it, settle it.
//
// Work may run twice when a lease runs out under its holder; the fence lets only one of the two settle it. Whoever runs
// work makes the second time harmless: by settling in the transaction that has the effect, or by a stable idempotency
// key.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>

#include "catalog/time.h"
#include "server/base/backoff.h"
#include "server/base/mutex.h"
#include "server/base/random.h"
#include "server/engine/writer.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"

namespace usher {

// What came of running one piece of work.
struct WorkResult {
  enum class Kind {
    kDone,     // it went well; the worker finishes the row
    kSettled,  // its own transaction settled the row
    kLost,     // the hold was over: somebody else has it, and nothing of this run counts
    kRetry,    // it failed and may go well later
    kFinal,    // it failed and trying again is useless
  };
  Kind kind = Kind::kDone;
  std::string error = {};                            // kRetry and kFinal: a sentence without secrets
  std::optional<Millis> retry_after = std::nullopt;  // kRetry: what the other side asked for
};

// Settles `row` as gone well and runs `change`, in one transaction, so that what a hold that is over would do does not
// happen. `leases` is the machine's clock.
WorkResult FinishWith(Writer& writer, const Clock& leases, const WorkRow& row,
                      const std::function<absl::Status(StoreTransaction&)>& change);

struct WorkerOptions {
  std::vector<WorkKind> kinds = {};
  std::function<WorkResult(const WorkRow&)> run = {};  // called on the worker's thread; must not throw
  std::size_t batch = 1;                               // rows of one claim; all of them are to be run within one lease
  std::int64_t most_attempts = 20;                     // then it is a dead letter
  Millis lease{60'000};
  Millis poll{1000};  // the longest time until work is found that nobody announced
  BackOffPolicy backoff = {};
  std::function<std::uint32_t()> random = RandomBits;
  // Told, on the worker's thread, what a person should know: a store that fails, a dead letter. May be empty.
  std::function<void(const std::string& problem)> report = {};
};

// One thread that works until it is stopped. Any thread may call.
class Worker {
 public:
  // All outlive it. `clock` is the one that the kinds fall due by, `leases` the machine's. Starts at once.
  Worker(Store& store, Writer& writer, const Clock& clock, const Clock& leases, WorkerOptions options);
  // Stops.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Something of `kind` was enqueued that is due at `due`: look, if that is sooner than planned. Nothing for a worker
  // of other kinds.
  void Wake(WorkKind kind, Instant due);
  // The clock moved: look.
  void WakeNow();

  // Why work stands still: the store fails, or one piece of work runs for longer than its lease. Empty while it does
  // not.
  std::string trouble() const;

  // Begins to stop without waiting; also from within `run`.
  void RequestStop();
  // Lets what is running end, gives back what was claimed and not begun, joins the thread. The second call does
  // nothing.
  void Stop();

 private:
  void Run();
  // Claims and runs once; whether there was anything.
  bool WorkOnce();
  absl::StatusOr<std::vector<WorkRow>> Claim();
  WorkResult RunOne(const WorkRow& row);
  void Settle(const WorkRow& row, const WorkResult& result);
  absl::StatusOr<bool> SettleIn(StoreTransaction& transaction, const WorkRow& row, const WorkResult& result,
                                Instant retry_at);
  // Sleeps until something falls due, somebody wakes it, or `poll` has passed.
  void Sleep();
  // Reports one that is not what it was before.
  void SetFailure(const std::string& failure);
  // On the clock of the work, at most `poll` after `now`.
  Instant NextLook(Instant now);
  bool stopping() const;
  void WakeAt(Instant due);
  void Report(const std::string& problem) const;

  Store& store_;
  Writer& writer_;
  const Clock& clock_;
  const Clock& leases_;
  const WorkerOptions options_;

  Condition woken_or_stopped_;  // self-synchronised
  mutable Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  std::string failure_ ABSL_GUARDED_BY(mutex_);  // of the last claim or settlement; empty when it went well
  std::optional<WorkRow> running_ ABSL_GUARDED_BY(mutex_);
  Instant looks_at_ ABSL_GUARDED_BY(mutex_) = kForever;  // what falls due at that time or later need not wake it

  // The worker's thread alone.
  Instant claimed_by_{};       // what was due by then was looked for in the last claim
  bool stands_still_ = false;  // the last sleep was over and the clock had not come so far

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace usher
