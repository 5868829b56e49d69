#include "server/engine/dead_letters.h"

#include <optional>
#include <string>
#include <vector>

#include "server/engine/refusal.h"

namespace usher {

absl::StatusOr<WorkRow> RedriveDeadLetter(Writer& writer, std::int64_t id, std::string_view actor, Instant now) {
  WorkRow redriven;
  absl::Status committed =
      writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        absl::StatusOr<std::optional<WorkRow>> before = transaction.FindWork(id);
        if (!before.ok()) return before.status();
        const std::string name = "work " + std::to_string(id);
        if (!before->has_value()) {
          return Refuse(Refusal::kWorkUnknown, "there is no " + name + ": it was done, or its id is another");
        }
        absl::StatusOr<bool> lives = transaction.RedriveWork(id);
        if (!lives.ok()) return lives.status();
        if (!*lives) return Refuse(Refusal::kWorkNotDead, name + " is no dead letter: it is tried again by itself");
        absl::StatusOr<std::optional<WorkRow>> after = transaction.FindWork(id);
        if (!after.ok()) return after.status();
        redriven = after->value_or(WorkRow());
        return transaction.AppendAudit(
            {.at = now,
             .actor = std::string(actor),
             .action = "WORK_REDRIVEN",
             .tenant = redriven.tenant.str(),
             .detail = name + " (" + redriven.key + "), which had failed: " + (*before)->last_error});
      });
  if (!committed.ok()) return committed;
  return redriven;
}

}  // namespace usher
