#include "server/engine/retention.h"

namespace usher {
namespace {

constexpr std::size_t kBatch = 200;
constexpr Millis kPause{60 * 60 * 1000};

}  // namespace

WorkItem RetentionWork() {
  return {.kind = WorkKind::kRetention, .key = "payloads", .tenant = TenantId(), .due = Instant{}};
}

WorkResult Retention::Run(const WorkRow& row) {
  return FinishWith(writer_, clock_, row, [&](StoreTransaction& transaction) -> absl::Status {
    const Instant now = clock_.Now();
    absl::StatusOr<std::int64_t> pruned = transaction.PrunePayloads(now - keep_, kBatch);
    if (!pruned.ok()) return pruned.status();
    WorkItem next = RetentionWork();
    next.due = *pruned < static_cast<std::int64_t>(kBatch) ? now + kPause : now;
    return transaction.ScheduleWork(next, now);
  });
}

}  // namespace usher
