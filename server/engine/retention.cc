#include "server/engine/retention.h"

#include <vector>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

constexpr std::size_t kBatch = 200;
constexpr Millis kPause{60 * 60 * 1000};

}  // namespace

WorkItem RetentionWork() {
  return {.kind = WorkKind::kRetention, .key = "payloads", .tenant = TenantId(), .due = Instant{}};
}

WorkResult Retention::Run(const WorkRow& row) {
  bool lost = false;
  const absl::Status committed =
      writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        const Instant now = clock_.Now();
        absl::StatusOr<bool> held = transaction.FinishWork(HoldOf(row, now));
        if (!held.ok()) return held.status();
        lost = !*held;
        if (lost) return NotFound("the hold is over: somebody else has the work");
        absl::StatusOr<std::int64_t> pruned = transaction.PrunePayloads(now - keep_, kBatch);
        if (!pruned.ok()) return pruned.status();
        WorkItem next = RetentionWork();
        next.due = *pruned < static_cast<std::int64_t>(kBatch) ? now + kPause : now;
        return transaction.ScheduleWork(next, now);
      });
  if (lost) return {.kind = WorkResult::Kind::kLost};
  if (!committed.ok()) return {.kind = WorkResult::Kind::kRetry, .error = StatusMessage(committed)};
  return {.kind = WorkResult::Kind::kSettled};
}

}  // namespace usher
