// The writes of the work table and of marks.
#include <string>

#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/transaction.h"

namespace usher::sqlite {
namespace {

constexpr char kInsert[] =
    "INSERT INTO work (kind, key, tenant, wanted, due, lease_until, fence, attempts, last_error, dead, created_at)"
    " VALUES (?, ?, ?, 1, ?, NULL, 0, 0, '', 0, ?) ON CONFLICT (kind, key) DO UPDATE SET wanted = wanted + 1, dead = 0";
// A free row with attempts behind it waits after a failure.
const std::string kEnqueue = std::string(kInsert) +
                             ", due = CASE WHEN dead = 1 THEN excluded.due"
                             " WHEN attempts > 0 AND lease_until IS NULL THEN due ELSE min(due, excluded.due) END"
                             ", attempts = CASE WHEN dead = 1 THEN 0 ELSE attempts END"
                             ", last_error = CASE WHEN dead = 1 THEN '' ELSE last_error END RETURNING due";
const std::string kSchedule = std::string(kInsert) +
                              ", due = excluded.due"
                              ", attempts = CASE WHEN lease_until IS NULL THEN 0 ELSE attempts END"
                              ", last_error = CASE WHEN lease_until IS NULL THEN '' ELSE last_error END RETURNING due";
const std::string kClaimable =
    std::string("SELECT ") + kWorkColumns +
    " FROM work WHERE dead = 0 AND kind = ?1 AND due <= ?2 AND (lease_until IS NULL OR lease_until <= ?3)"
    " AND NOT EXISTS (SELECT 1 FROM work AS held"
    "  WHERE held.kind = ?1 AND held.tenant = work.tenant AND held.lease_until > ?3)"
    " ORDER BY due, id LIMIT 1";
// What a hold still holds.
const std::string kHeld = " WHERE id = ? AND fence = ? AND lease_until > ?";
const std::string kFree = "UPDATE work SET lease_until = NULL";
// Settles what was asked for again meanwhile as if nothing had been tried.
const std::string kAskedAgain = kFree + ", attempts = 0, last_error = ''" + kHeld;
const std::string kFinish = "DELETE FROM work" + kHeld + " AND wanted = ?";
const std::string kBury = kFree + ", dead = 1, last_error = ?" + kHeld + " AND wanted = ?";
const std::string kRetry =
    kFree + ", due = CASE WHEN wanted <> ? AND due > ? THEN min(due, ?) ELSE ? END, last_error = ?" + kHeld;
const std::string kRedrive =
    std::string("UPDATE work SET dead = 0, attempts = 0, last_error = '' WHERE id = ? AND dead = 1 RETURNING ") +
    kWorkColumns;
const std::string kRelease = kFree + ", attempts = attempts - 1" + kHeld;

}  // namespace

absl::Status Transaction::EnqueueWork(const WorkItem& item, Instant now) {
  auto due = connection().SelectOne(ReadInteger, kEnqueue, static_cast<std::int64_t>(item.kind), item.key,
                                    item.tenant.str(), item.due, now);
  if (!due.ok()) return due.status();
  NoteWork(item.kind, FromUnixMillis(due->value_or(0)));
  return absl::OkStatus();
}

absl::Status Transaction::ScheduleWork(const WorkItem& item, Instant now) {
  auto due = connection().SelectOne(ReadInteger, kSchedule, static_cast<std::int64_t>(item.kind), item.key,
                                    item.tenant.str(), item.due, now);
  if (!due.ok()) return due.status();
  NoteWork(item.kind, FromUnixMillis(due->value_or(0)));
  return absl::OkStatus();
}

absl::Status Transaction::CancelWork(WorkKind kind, std::string_view key) {
  return connection().Run("DELETE FROM work WHERE kind = ? AND key = ?", static_cast<std::int64_t>(kind), key);
}

absl::StatusOr<std::optional<WorkRow>> Transaction::NextClaim(const WorkClaim& claim) {
  std::optional<WorkRow> next;
  for (const WorkKind kind : claim.kinds) {
    auto row = connection().SelectOne(ReadWork, kClaimable, static_cast<std::int64_t>(kind), claim.due_by, claim.now);
    if (!row.ok()) return row.status();
    if (!row->has_value()) continue;
    const bool first = !next || std::pair((*row)->due, (*row)->id) < std::pair(next->due, next->id);
    if (first) next = **std::move(row);
  }
  return next;
}

absl::StatusOr<std::vector<WorkRow>> Transaction::ClaimWork(const WorkClaim& claim) {
  std::vector<WorkRow> claimed;
  while (claimed.size() < claim.limit) {
    absl::StatusOr<std::optional<WorkRow>> next = NextClaim(claim);
    if (!next.ok()) return next.status();
    if (!next->has_value()) break;
    WorkRow& row = claimed.emplace_back(**std::move(next));
    ++row.fence;
    ++row.attempts;
    row.lease_until = claim.lease_until;
    absl::Status held = connection().Run("UPDATE work SET fence = ?, attempts = ?, lease_until = ? WHERE id = ?",
                                         row.fence, row.attempts, claim.lease_until, row.id);
    if (!held.ok()) return held;
  }
  return claimed;
}

template <class... Parameters>
absl::StatusOr<bool> Transaction::Settle(std::string_view sql, const Parameters&... parameters) {
  absl::Status settled = connection().Run(sql, parameters...);
  if (!settled.ok()) return settled;
  return connection().Changed() == 1;
}

absl::StatusOr<bool> Transaction::FinishWork(const WorkHold& hold) {
  absl::StatusOr<bool> done = Settle(kFinish, hold.id, hold.fence, hold.now, hold.wanted);
  if (!done.ok() || *done) return done;
  return Settle(kAskedAgain, hold.id, hold.fence, hold.now);
}

absl::StatusOr<bool> Transaction::RetryWork(const WorkHold& hold, Instant due, std::string_view error) {
  return Settle(kRetry, hold.wanted, hold.due, due, due, error, hold.id, hold.fence, hold.now);
}

absl::StatusOr<bool> Transaction::ReleaseWork(const WorkHold& hold) {
  return Settle(kRelease, hold.id, hold.fence, hold.now);
}

absl::StatusOr<bool> Transaction::BuryWork(const WorkHold& hold, std::string_view error) {
  absl::StatusOr<bool> buried = Settle(kBury, error, hold.id, hold.fence, hold.now, hold.wanted);
  if (!buried.ok() || *buried) return buried;
  return Settle(kAskedAgain, hold.id, hold.fence, hold.now);
}

absl::Status Transaction::ReclaimWork(WorkKind kind, Instant now, Instant latest) {
  const auto number = static_cast<std::int64_t>(kind);
  absl::Status freed = connection().Run(kFree + " WHERE kind = ? AND lease_until IS NOT NULL", number);
  if (!freed.ok()) return freed;
  return connection().Run("UPDATE work SET due = ? WHERE dead = 0 AND kind = ? AND due > ? AND last_error <> ''", now,
                          number, latest);
}

absl::StatusOr<bool> Transaction::RedriveWork(std::int64_t id) {
  auto row = connection().SelectOne(ReadWork, kRedrive, id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return false;
  NoteWork((*row)->kind, (*row)->due);
  return true;
}

absl::Status Transaction::PutMark(std::string_view name, std::string_view text) {
  return connection().Run(
      "INSERT INTO marks (name, text) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text", name, text);
}

}  // namespace usher::sqlite
