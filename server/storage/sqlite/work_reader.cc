// The reads of the work table and of marks.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "server/storage/sqlite/reader.h"
#include "server/storage/sqlite/rows.h"

namespace usher::sqlite {
namespace {

// SQL that is put together once, at start.
const std::string kWorkSelect = std::string("SELECT ") + kWorkColumns + " FROM work ";
const std::string kWorkById = kWorkSelect + "WHERE id = ?";
const std::string kBehind = " AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?";
const std::string kWorkDead = kWorkSelect + "WHERE dead = 1" + kBehind;
// The plus keeps SQLite from walking all rows of the kind instead of the few dead ones.
const std::string kWorkDeadOfKind = kWorkSelect + "WHERE dead = 1 AND +kind = ?" + kBehind;
const std::string kWorkLiveOfKind = kWorkSelect + "WHERE dead = 0 AND kind = ?" + kBehind;
// One row of the index for what is due at once, one for the rest.
constexpr char kWaitingSince[] =
    "SELECT since FROM ("
    " SELECT * FROM (SELECT created_at AS since FROM work WHERE dead = 0 AND kind = ?1 AND due <= 0"
    "  ORDER BY due, id LIMIT 1)"
    " UNION ALL"
    " SELECT * FROM (SELECT due FROM work WHERE dead = 0 AND kind = ?1 AND due > 0 AND due <= ?2 ORDER BY due LIMIT 1)"
    ") ORDER BY since LIMIT 1";

}  // namespace

template <class Base>
absl::StatusOr<std::optional<WorkRow>> ReadsOver<Base>::FindWork(std::int64_t id) {
  return connection().SelectOne(ReadWork, kWorkById, id);
}

template <class Base>
absl::StatusOr<std::vector<WorkRow>> ReadsOver<Base>::ListWork(const WorkFilter& filter) {
  const auto limit = static_cast<std::int64_t>(filter.limit);
  const WorkPosition& after = filter.after;
  std::vector<WorkRow> rows;
  if (after.dead) {
    auto dead = filter.kind ? connection().Select(ReadWork, kWorkDeadOfKind, static_cast<std::int64_t>(*filter.kind),
                                                  after.due, after.id, limit)
                            : connection().Select(ReadWork, kWorkDead, after.due, after.id, limit);
    if (!dead.ok() || filter.dead_only || dead->size() == filter.limit) return dead;
    rows = *std::move(dead);
  }
  if (filter.dead_only) return rows;
  // The index has one order a kind: each gives as many as could be wanted.
  const auto first_live = static_cast<std::ptrdiff_t>(rows.size());
  const WorkPosition begin{.dead = false};
  const WorkPosition& from = after.dead ? begin : after;
  for (const WorkKind kind : kWorkKinds) {
    if (filter.kind && *filter.kind != kind) continue;
    auto live =
        connection().Select(ReadWork, kWorkLiveOfKind, static_cast<std::int64_t>(kind), from.due, from.id, limit);
    if (!live.ok()) return live.status();
    std::ranges::move(*live, std::back_inserter(rows));
  }
  std::sort(rows.begin() + first_live, rows.end(), [](const WorkRow& one, const WorkRow& other) {
    return std::pair(one.due, one.id) < std::pair(other.due, other.id);
  });
  if (rows.size() > filter.limit) rows.resize(filter.limit);
  return rows;
}

template <class Base>
absl::StatusOr<WorkCounts> ReadsOver<Base>::CountWork() {
  auto all = connection().SelectOne(ReadInteger, "SELECT count(*) FROM work");
  if (!all.ok()) return all.status();
  auto dead = connection().SelectOne(ReadInteger, "SELECT count(*) FROM work WHERE dead = 1");
  if (!dead.ok()) return dead.status();
  return WorkCounts{.live = all->value_or(0) - dead->value_or(0), .dead = dead->value_or(0)};
}

template <class Base>
absl::StatusOr<WorkBacklog> ReadsOver<Base>::ReadWorkBacklog(WorkKind kind, Instant due_by) {
  const auto number = static_cast<std::int64_t>(kind);
  auto due = connection().SelectOne(ReadInteger, "SELECT count(*) FROM work WHERE dead = 0 AND kind = ? AND due <= ?",
                                    number, due_by);
  if (!due.ok()) return due.status();
  auto since = connection().SelectOne(ReadInteger, kWaitingSince, number, due_by);
  if (!since.ok()) return since.status();
  // The plus keeps SQLite from walking all rows of the kind instead of the few dead ones.
  auto dead = connection().SelectOne(ReadInteger, "SELECT count(*) FROM work WHERE dead = 1 AND +kind = ?", number);
  if (!dead.ok()) return dead.status();
  WorkBacklog backlog{.due = due->value_or(0), .waiting_since = std::nullopt, .dead = dead->value_or(0)};
  if (since->has_value()) backlog.waiting_since = FromUnixMillis(**since);
  return backlog;
}

template <class Base>
absl::StatusOr<std::optional<Instant>> ReadsOver<Base>::NextWorkDue(std::span<const WorkKind> kinds, Instant after) {
  std::optional<Instant> next;
  for (const WorkKind kind : kinds) {
    auto due = connection().SelectOne(
        ReadInteger, "SELECT due FROM work WHERE dead = 0 AND kind = ? AND due > ? ORDER BY due LIMIT 1",
        static_cast<std::int64_t>(kind), after);
    if (!due.ok()) return due.status();
    if (due->has_value()) next = std::min(next.value_or(kForever), FromUnixMillis(**due));
  }
  return next;
}

template <class Base>
absl::StatusOr<std::optional<std::string>> ReadsOver<Base>::FindMark(std::string_view name) {
  return connection().SelectOne(ReadText, "SELECT text FROM marks WHERE name = ?", name);
}

template absl::StatusOr<std::optional<WorkRow>> ReadsOver<StoreReader>::FindWork(std::int64_t);
template absl::StatusOr<std::optional<WorkRow>> ReadsOver<StoreTransaction>::FindWork(std::int64_t);
template absl::StatusOr<std::vector<WorkRow>> ReadsOver<StoreReader>::ListWork(const WorkFilter&);
template absl::StatusOr<std::vector<WorkRow>> ReadsOver<StoreTransaction>::ListWork(const WorkFilter&);
template absl::StatusOr<WorkCounts> ReadsOver<StoreReader>::CountWork();
template absl::StatusOr<WorkCounts> ReadsOver<StoreTransaction>::CountWork();
template absl::StatusOr<WorkBacklog> ReadsOver<StoreReader>::ReadWorkBacklog(WorkKind, Instant);
template absl::StatusOr<WorkBacklog> ReadsOver<StoreTransaction>::ReadWorkBacklog(WorkKind, Instant);
template absl::StatusOr<std::optional<Instant>> ReadsOver<StoreReader>::NextWorkDue(std::span<const WorkKind>, Instant);
template absl::StatusOr<std::optional<Instant>> ReadsOver<StoreTransaction>::NextWorkDue(std::span<const WorkKind>,
                                                                                         Instant);
template absl::StatusOr<std::optional<std::string>> ReadsOver<StoreReader>::FindMark(std::string_view);
template absl::StatusOr<std::optional<std::string>> ReadsOver<StoreTransaction>::FindMark(std::string_view);

}  // namespace usher::sqlite
