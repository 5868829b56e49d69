#include "server/engine/deliver.h"

#include <algorithm>
#include <span>
#include <utility>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

// How often to look whether a test clock that stands just before a due time was moved by somebody else.
constexpr Millis kStandstill{50};

}  // namespace

WorkResult FinishWith(Writer& writer, const Clock& leases, const WorkRow& row,
                      const std::function<absl::Status(StoreTransaction&)>& change) {
  bool lost = false;
  const absl::Status committed =
      writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        absl::StatusOr<bool> held = transaction.FinishWork(HoldOf(row, leases.Now()));
        if (!held.ok()) return held.status();
        lost = !*held;
        return lost ? NotFound("the hold is over: somebody else has the work") : change(transaction);
      });
  if (lost) return {.kind = WorkResult::Kind::kLost};
  if (!committed.ok()) return {.kind = WorkResult::Kind::kRetry, .error = StatusMessage(committed)};
  return {.kind = WorkResult::Kind::kSettled};
}

Worker::Worker(Store& store, Writer& writer, const Clock& clock, const Clock& leases, WorkerOptions options)
    : store_(store), writer_(writer), clock_(clock), leases_(leases), options_(std::move(options)), thread_([this] {
        Run();
      }) {}

Worker::~Worker() { Stop(); }

void Worker::Wake(WorkKind kind, Instant due) {
  if (std::ranges::count(options_.kinds, kind) > 0) WakeAt(due);
}

void Worker::WakeNow() { WakeAt(kBeginning); }

void Worker::WakeAt(Instant due) {
  const MutexLock lock(mutex_);
  if (due >= looks_at_) return;
  woken_ = true;
  woken_or_stopped_.NotifyAll();
}

void Worker::RequestStop() {
  const MutexLock lock(mutex_);
  stopping_ = true;
  woken_or_stopped_.NotifyAll();
}

void Worker::Stop() {
  RequestStop();
  if (thread_.joinable()) thread_.join();
}

bool Worker::stopping() const {
  const MutexLock lock(mutex_);
  return stopping_;
}

void Worker::SetFailure(const std::string& failure) {
  {
    const MutexLock lock(mutex_);
    if (failure_ == failure) return;
    failure_ = failure;
  }
  if (!failure.empty()) Report(failure);
}

std::string Worker::trouble() const {
  const Instant now = leases_.Now();
  const MutexLock lock(mutex_);
  if (running_ && running_->lease_until && now >= *running_->lease_until) {
    return "work " + std::to_string(running_->id) + " (" + running_->key + ") runs for longer than its lease of " +
           std::to_string(options_.lease.count() / 1000) + " s";
  }
  return failure_;
}

void Worker::Report(const std::string& problem) const {
  if (options_.report) options_.report(problem);
}

void Worker::Run() {
  while (!stopping()) {
    if (!WorkOnce()) Sleep();
  }
}

bool Worker::WorkOnce() {
  absl::StatusOr<std::vector<WorkRow>> rows = Claim();
  if (!rows.ok()) {
    SetFailure("work cannot be claimed: " + StatusMessage(rows.status()));
    return false;
  }
  SetFailure("");
  for (const WorkRow& row : *rows) {
    if (stopping()) {
      // What was not begun need not wait for its lease to end.
      writer_
          .Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) {
            return transaction.ReleaseWork(HoldOf(row, leases_.Now())).status();
          })
          .IgnoreError();
    } else {
      Settle(row, RunOne(row));
    }
  }
  return !rows->empty();
}

absl::StatusOr<std::vector<WorkRow>> Worker::Claim() {
  std::vector<WorkRow> rows;
  claimed_by_ = clock_.Now();
  absl::Status committed =
      writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        const Instant now = leases_.Now();
        absl::StatusOr<std::vector<WorkRow>> claimed = transaction.ClaimWork({.kinds = options_.kinds,
                                                                              .due_by = claimed_by_,
                                                                              .now = now,
                                                                              .lease_until = now + options_.lease,
                                                                              .limit = options_.batch});
        if (!claimed.ok()) return claimed.status();
        rows = *std::move(claimed);
        return absl::OkStatus();
      });
  if (!committed.ok()) return committed;
  return rows;
}

WorkResult Worker::RunOne(const WorkRow& row) {
  // Those before it took so long that somebody else may have it by now.
  if (leases_.Now() >= row.lease_until) return {.kind = WorkResult::Kind::kLost};
  if (row.attempts > options_.most_attempts) {
    return {.kind = WorkResult::Kind::kFinal,
            .error = "given up after " + std::to_string(row.attempts - 1) + " attempts that never ended"};
  }
  {
    const MutexLock lock(mutex_);
    running_ = row;
  }
  WorkResult result = options_.run(row);
  {
    const MutexLock lock(mutex_);
    running_.reset();
  }
  if (result.kind == WorkResult::Kind::kRetry && row.attempts >= options_.most_attempts) {
    result.kind = WorkResult::Kind::kFinal;
  }
  return result;
}

void Worker::Settle(const WorkRow& row, const WorkResult& result) {
  if (result.kind == WorkResult::Kind::kSettled || result.kind == WorkResult::Kind::kLost) return;
  const Instant retry_at =
      clock_.Now() + BackOff(options_.backoff, row.attempts, result.retry_after, options_.random());
  bool dead = false;
  const absl::Status committed =
      writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        const absl::StatusOr<bool> held = SettleIn(transaction, row, result, retry_at);
        if (!held.ok()) return held.status();
        if (result.kind != WorkResult::Kind::kFinal || !*held) return absl::OkStatus();
        const absl::StatusOr<std::optional<WorkRow>> left = transaction.FindWork(row.id);
        if (!left.ok()) return left.status();
        dead = left->has_value() && (*left)->dead;
        return absl::OkStatus();
      });
  const std::string name = "work " + std::to_string(row.id) + " (" + row.key + ")";
  if (!committed.ok()) SetFailure(name + " ran and cannot be settled: " + StatusMessage(committed));
  if (committed.ok() && dead) Report(name + " is a dead letter: " + result.error);
}

absl::StatusOr<bool> Worker::SettleIn(StoreTransaction& transaction, const WorkRow& row, const WorkResult& result,
                                      Instant retry_at) {
  const WorkHold hold = HoldOf(row, leases_.Now());
  switch (result.kind) {
    case WorkResult::Kind::kDone: return transaction.FinishWork(hold);
    case WorkResult::Kind::kRetry: return transaction.RetryWork(hold, retry_at, result.error);
    case WorkResult::Kind::kFinal: return transaction.BuryWork(hold, result.error);
    case WorkResult::Kind::kSettled:
    case WorkResult::Kind::kLost: return true;
  }
  return Internal("work came to nothing known");
}

Instant Worker::NextLook(Instant now) {
  const Instant latest = now + options_.poll;
  const Instant earliest = now + (stands_still_ ? std::min(kStandstill, options_.poll) : Millis(0));
  absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return latest;
  absl::StatusOr<std::optional<Instant>> due = (*reader)->NextWorkDue(options_.kinds, claimed_by_);
  if (!due.ok() || !due->has_value()) return latest;
  return std::clamp(**due, earliest, latest);
}

// What is enqueued while the worker is not asleep is noted in `woken_`, so none of it waits for the poll.
void Worker::Sleep() {
  const Instant now = clock_.Now();
  const Instant look = NextLook(now);
  const MutexLock lock(mutex_);
  looks_at_ = look;
  const auto woken = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || woken_; };
  stands_still_ = !woken_or_stopped_.WaitFor(mutex_, look - now, woken) && clock_.Now() < look;
  woken_ = false;
  looks_at_ = kForever;
}

}  // namespace usher
