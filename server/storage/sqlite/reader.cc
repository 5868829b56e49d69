#include "server/storage/sqlite/reader.h"

#include <array>
#include <charconv>
#include <string>

#include "catalog/absl_bridge.h"
#include "server/storage/sqlite/rows.h"

namespace usher::sqlite {
namespace {

// SQL that is put together once, at start.
const std::string kEventSelect = std::string("SELECT ") + kEventColumns + ", raw FROM events WHERE ";
const std::string kEventsByScope =
    kEventSelect + "provider = ? AND account = ? AND livemode = ? AND id = ? ORDER BY position";
const std::string kEventsByProvider = kEventSelect + "provider = ? AND id = ? ORDER BY position";
const std::string kEventsAll =
    std::string("SELECT ") + kEventColumns + " FROM events WHERE position < ? ORDER BY position DESC LIMIT ?";
const std::string kEventsOfDisposition = std::string("SELECT ") + kEventColumns +
                                         " FROM events WHERE disposition = ? AND position < ?"
                                         " ORDER BY position DESC LIMIT ?";
const std::string kEventsOfFact =
    std::string("SELECT ") + kEventColumns +
    " FROM events WHERE position IN (SELECT event FROM event_facts JOIN facts USING (fact)"
    " WHERE facts.digest = ?) ORDER BY position";
const std::string kStateSelect =
    "SELECT tenant, version, trace, digest, next_boundary, generation, created_at, changed_at FROM tenant_state ";
const std::string kStateOf = kStateSelect + "WHERE tenant = ?";
const std::string kStatesAfter = kStateSelect + "WHERE tenant > ? ORDER BY tenant LIMIT ?";

constexpr char kObjectIs[] = "provider = ? AND account = ? AND livemode = ? AND kind = ? AND id = ?";
const std::string kFactsOfObject =
    std::string("SELECT digest, content FROM objects JOIN facts USING (object) WHERE ") + kObjectIs;
// CROSS JOIN keeps the order as written: from what was reached to its neighbours, never the whole table.
const std::string kConnectedFacts =
    std::string("WITH RECURSIVE reached (object) AS (SELECT object FROM objects WHERE ") + kObjectIs +
    " UNION SELECT edges.other FROM reached CROSS JOIN edges ON edges.object = reached.object)"
    " SELECT digest, content FROM reached CROSS JOIN facts ON facts.object = reached.object";

constexpr char kTenantFacts[] =
    "SELECT digest, content, version, tenant_facts.learned_at FROM tenant_facts JOIN facts USING (fact)"
    " WHERE tenant = ? AND tenant_facts.learned_at <= ? ORDER BY version, fact";

const std::string kKeySelect =
    "SELECT position, id, name, hash, scopes, tenant, created_at, created_by, expires_at, revoked_at FROM api_keys ";
const std::string kKeyWithId = kKeySelect + "WHERE id = ?";
const std::string kKeysAfter = kKeySelect + "WHERE position > ? ORDER BY position LIMIT ?";

std::int64_t LimitOf(std::size_t limit) { return static_cast<std::int64_t>(limit); }

absl::StatusOr<std::int64_t> PositionOf(const ChangeCursor& cursor) {
  if (cursor.text.empty()) return 0;
  std::int64_t position = 0;
  const char* end = cursor.text.data() + cursor.text.size();
  const auto [stop, error] = std::from_chars(cursor.text.data(), end, position);
  if (error != std::errc() || stop != end || position < 0) {
    return InvalidArgument("the change cursor `" + cursor.text +
                           "` was not made by this store; start from the beginning");
  }
  return position;
}

struct PositionedChange {
  std::int64_t position = 0;
  ChangeRow row;
};

absl::StatusOr<PositionedChange> ReadChange(const Columns& columns) {
  absl::StatusOr<Digest> digest = columns.Hash(3);
  if (!digest.ok()) return digest.status();
  return PositionedChange{columns.Integer(0), {TenantId(columns.Text(1)), columns.Integer(2), *digest}};
}

}  // namespace

template <class Base>
ReadsOver<Base>::~ReadsOver() {
  if (!ended_ && !connection().Execute("ROLLBACK").ok()) lease_.Break();
}

template <class Base>
absl::StatusOr<std::vector<EventRow>> ReadsOver<Base>::FindEvents(const BillingScope& scope, std::string_view id) {
  return connection().Select(ReadEventWithRaw, kEventsByScope, scope.provider, scope.account,
                             std::int64_t{scope.livemode}, id);
}

template <class Base>
absl::StatusOr<std::vector<EventRow>> ReadsOver<Base>::FindEvents(std::string_view provider, std::string_view id) {
  return connection().Select(ReadEventWithRaw, kEventsByProvider, provider, id);
}

template <class Base>
absl::StatusOr<std::vector<EventRow>> ReadsOver<Base>::ListEvents(const EventFilter& filter) {
  const std::int64_t before = filter.before.value_or(std::numeric_limits<std::int64_t>::max());
  if (!filter.disposition) return connection().Select(ReadEvent, kEventsAll, before, LimitOf(filter.limit));
  return connection().Select(ReadEvent, kEventsOfDisposition, static_cast<std::int64_t>(*filter.disposition), before,
                             LimitOf(filter.limit));
}

template <class Base>
absl::StatusOr<EventCounts> ReadsOver<Base>::CountEvents() {
  const auto read = [](const Columns& columns) -> absl::StatusOr<std::pair<EventDisposition, std::int64_t>> {
    return std::pair(static_cast<EventDisposition>(columns.Integer(0)), columns.Integer(1));
  };
  auto rows = connection().Select(read, "SELECT disposition, count(*) FROM events GROUP BY disposition");
  if (!rows.ok()) return rows.status();
  EventCounts counts;
  for (const auto& [disposition, count] : *rows) {
    switch (disposition) {
      case EventDisposition::kApplied: counts.applied = count; break;
      case EventDisposition::kIgnored: counts.ignored = count; break;
      case EventDisposition::kParked: counts.parked = count; break;
    }
  }
  return counts;
}

template <class Base>
absl::StatusOr<std::int64_t> ReadsOver<Base>::CountParkedEvents() {
  auto count = connection().SelectOne(ReadInteger, "SELECT count(*) FROM events WHERE disposition = ?",
                                      static_cast<std::int64_t>(EventDisposition::kParked));
  if (!count.ok()) return count.status();
  return count->value_or(0);
}

// Read from the index events_ignored alone, for this is asked as often as the server is probed.
template <class Base>
absl::StatusOr<std::vector<IgnoredEvents>> ReadsOver<Base>::CountIgnoredEvents() {
  return connection().Select(ReadIgnoredEvents,
                             "SELECT provider, account, livemode, count(*), max(received_at) FROM events"
                             " WHERE disposition = 2 GROUP BY provider, account, livemode"
                             " ORDER BY provider, account, livemode");
}

template <class Base>
absl::StatusOr<std::vector<TenantId>> ReadsOver<Base>::EventTenants(std::int64_t position) {
  return connection().Select(ReadTenant, "SELECT tenant FROM event_tenants WHERE event = ? ORDER BY tenant", position);
}

template <class Base>
absl::StatusOr<std::vector<EventRow>> ReadsOver<Base>::EventsThatTaught(const Digest& fact) {
  return connection().Select(ReadEvent, kEventsOfFact, fact);
}

template <class Base>
absl::StatusOr<std::vector<LedgerFact>> ReadsOver<Base>::FactsOf(const ObjectRef& object) {
  return connection().Select(ReadFact, kFactsOfObject, object.scope.provider, object.scope.account,
                             std::int64_t{object.scope.livemode}, static_cast<std::int64_t>(object.kind), object.id);
}

template <class Base>
absl::StatusOr<std::vector<LedgerFact>> ReadsOver<Base>::ConnectedFacts(const ObjectRef& object) {
  return connection().Select(ReadFact, kConnectedFacts, object.scope.provider, object.scope.account,
                             std::int64_t{object.scope.livemode}, static_cast<std::int64_t>(object.kind), object.id);
}

template <class Base>
absl::StatusOr<std::vector<TenantFactRow>> ReadsOver<Base>::TenantFacts(const TenantId& tenant,
                                                                        std::optional<Instant> as_known_at) {
  return connection().Select(ReadTenantFact, kTenantFacts, tenant.str(), as_known_at.value_or(kForever));
}

template <class Base>
absl::StatusOr<std::vector<Digest>> ReadsOver<Base>::TenantFactDigests(const TenantId& tenant) {
  return connection().Select(ReadDigest, "SELECT digest FROM tenant_facts JOIN facts USING (fact) WHERE tenant = ?",
                             tenant.str());
}

template <class Base>
absl::StatusOr<std::int64_t> ReadsOver<Base>::CountWaitingFacts() {
  auto count = connection().SelectOne(ReadInteger, "SELECT count(*) FROM waiting_facts");
  if (!count.ok()) return count.status();
  return count->value_or(0);
}

template <class Base>
absl::StatusOr<std::optional<TenantState>> ReadsOver<Base>::FindTenantState(const TenantId& tenant) {
  return connection().SelectOne(ReadTenantState, kStateOf, tenant.str());
}

template <class Base>
absl::StatusOr<std::vector<TenantState>> ReadsOver<Base>::ListTenantStates(const TenantId& after, std::size_t limit) {
  return connection().Select(ReadTenantState, kStatesAfter, after.str(), LimitOf(limit));
}

// One writer at a time: positions commit in their order, so a position alone says what was seen.
template <class Base>
absl::StatusOr<Changes> ReadsOver<Base>::ReadChanges(const ChangeCursor& after, std::size_t limit) {
  absl::StatusOr<std::int64_t> position = PositionOf(after);
  if (!position.ok()) return position.status();
  auto rows = connection().Select(ReadChange,
                                  "SELECT position, tenant, version, digest FROM change_log WHERE position > ?"
                                  " ORDER BY position LIMIT ?",
                                  *position, LimitOf(limit));
  if (!rows.ok()) return rows.status();
  Changes changes{.rows = {}, .next = after};
  changes.rows.reserve(rows->size());
  for (PositionedChange& change : *rows) {
    changes.next.text = std::to_string(change.position);
    changes.rows.push_back(std::move(change.row));
  }
  return changes;
}

template <class Base>
absl::StatusOr<std::vector<AuditRow>> ReadsOver<Base>::ListAudit(std::int64_t after, std::size_t limit) {
  return connection().Select(ReadAudit,
                             "SELECT position, at, actor, action, tenant, detail, previous_hash, hash FROM audit"
                             " WHERE position > ? ORDER BY position LIMIT ?",
                             after, LimitOf(limit));
}

template <class Base>
absl::StatusOr<std::optional<CatalogRow>> ReadsOver<Base>::FindCatalog(const Digest& hash) {
  return connection().SelectOne(ReadCatalog, "SELECT hash, name, source FROM catalogs WHERE hash = ?", hash);
}

template <class Base>
absl::StatusOr<std::optional<GenerationRow>> ReadsOver<Base>::LatestGeneration() {
  return connection().SelectOne(ReadGeneration,
                                "SELECT number, hash, actor, at FROM generations ORDER BY number DESC LIMIT 1");
}

template <class Base>
absl::StatusOr<std::optional<GenerationRow>> ReadsOver<Base>::GenerationAt(Instant at) {
  return connection().SelectOne(
      ReadGeneration, "SELECT number, hash, actor, at FROM generations WHERE at <= ? ORDER BY number DESC LIMIT 1", at);
}

template <class Base>
absl::StatusOr<std::optional<Digest>> ReadsOver<Base>::FindPublished(std::string_view name_at_version) {
  return connection().SelectOne(ReadDigest, "SELECT content FROM published WHERE name = ?", name_at_version);
}

template <class Base>
absl::StatusOr<std::optional<KeyRow>> ReadsOver<Base>::FindKey(std::string_view id) {
  return connection().SelectOne(ReadKey, kKeyWithId, id);
}

template <class Base>
absl::StatusOr<std::vector<KeyRow>> ReadsOver<Base>::ListKeys(std::int64_t after, std::size_t limit) {
  return connection().Select(ReadKey, kKeysAfter, after, LimitOf(limit));
}

template class ReadsOver<StoreReader>;
template class ReadsOver<StoreTransaction>;

}  // namespace usher::sqlite
