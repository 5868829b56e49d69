#include "server/storage/sqlite/transaction.h"

#include <optional>
#include <string>

#include "catalog/absl_bridge.h"
#include "server/core/fact_codec.h"
#include "server/storage/sqlite/rows.h"

namespace usher::sqlite {

absl::StatusOr<std::int64_t> Transaction::InsertEvent(const EventRow& row) {
  absl::Status inserted = connection().Run(
      "INSERT INTO events (provider, account, livemode, id, type, created_at, received_at, disposition, reason, "
      "content,"
      " raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.scope.provider, row.scope.account, std::int64_t{row.scope.livemode}, row.id, row.type, row.created,
      row.received, static_cast<std::int64_t>(row.disposition), row.reason, row.content, Blob{row.raw});
  if (!inserted.ok()) return inserted;
  return connection().LastInserted();
}

absl::Status Transaction::UpdateEvent(const EventRow& row) {
  absl::Status updated = connection().Run(
      "UPDATE events SET type = ?, created_at = ?, disposition = ?, reason = ?, content = ?, raw = ? WHERE position = "
      "?",
      row.type, row.created, static_cast<std::int64_t>(row.disposition), row.reason, row.content, Blob{row.raw},
      row.position);
  if (!updated.ok()) return updated;
  if (connection().Changed() == 1) return absl::OkStatus();
  return Internal("no event at position " + std::to_string(row.position) + " to update");
}

absl::StatusOr<std::int64_t> Transaction::PrunePayloads(Instant received_before, std::size_t limit) {
  absl::Status pruned = connection().Run(
      "UPDATE events SET raw = x'' WHERE position IN (SELECT position FROM events"
      " WHERE disposition <> 3 AND raw <> x'' AND received_at < ? ORDER BY received_at LIMIT ?)",
      received_before, static_cast<std::int64_t>(limit));
  if (!pruned.ok()) return pruned;
  return connection().Changed();
}

absl::Status Transaction::AddEventFacts(std::int64_t position, std::span<const Digest> facts) {
  for (const Digest& fact : facts) {
    absl::Status added = connection().Run(
        "INSERT INTO event_facts (event, fact) SELECT ?, fact FROM facts WHERE digest = ? ON CONFLICT DO NOTHING",
        position, fact);
    if (!added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::Status Transaction::AddEventTenants(std::int64_t position, std::span<const TenantId> tenants) {
  for (const TenantId& tenant : tenants) {
    absl::Status added = connection().Run(
        "INSERT INTO event_tenants (tenant, event) VALUES (?, ?) ON CONFLICT DO NOTHING", tenant.str(), position);
    if (!added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> Transaction::ObjectRow(const ObjectRef& object) {
  const std::int64_t kind = static_cast<std::int64_t>(object.kind);
  const std::int64_t livemode = object.scope.livemode;
  auto known = connection().SelectOne(
      ReadInteger,
      "SELECT object FROM objects WHERE provider = ? AND account = ? AND livemode = ? AND kind = ? AND id = ?",
      object.scope.provider, object.scope.account, livemode, kind, object.id);
  if (!known.ok()) return known.status();
  if (known->has_value()) return **known;
  absl::Status inserted =
      connection().Run("INSERT INTO objects (provider, account, livemode, kind, id) VALUES (?, ?, ?, ?, ?)",
                       object.scope.provider, object.scope.account, livemode, kind, object.id);
  if (!inserted.ok()) return inserted;
  return connection().LastInserted();
}

absl::Status Transaction::AddEdge(std::int64_t object, std::int64_t other) {
  if (object == other) return absl::OkStatus();
  return connection().Run("INSERT INTO edges (object, other) VALUES (?1, ?2), (?2, ?1) ON CONFLICT DO NOTHING", object,
                          other);
}

absl::StatusOr<bool> Transaction::AddFact(const Fact& fact, Instant learned_at) {
  const Digest digest = FactDigest(fact);
  auto known = connection().SelectOne(ReadInteger, "SELECT fact FROM facts WHERE digest = ?", digest);
  if (!known.ok()) return known.status();
  if (known->has_value()) return false;

  absl::StatusOr<std::int64_t> object = ObjectRow(fact.object);
  if (!object.ok()) return object.status();
  absl::Status inserted =
      connection().Run("INSERT INTO facts (digest, object, content, learned_at) VALUES (?, ?, ?, ?)", digest, *object,
                       Blob{EncodeFact(fact)}, learned_at);
  if (!inserted.ok()) return inserted;
  absl::Status waits = connection().Run("INSERT INTO waiting_facts (fact) VALUES (?)", connection().LastInserted());
  if (!waits.ok()) return waits;

  for (const ObjectRef& reference : References(fact)) {
    absl::StatusOr<std::int64_t> other = ObjectRow(reference);
    if (!other.ok()) return other.status();
    absl::Status added = AddEdge(*object, *other);
    if (!added.ok()) return added;
  }
  return true;
}

absl::Status Transaction::JoinLedger(const TenantId& tenant, std::int64_t version, Instant learned_at,
                                     std::span<const Digest> facts) {
  for (const Digest& fact : facts) {
    absl::Status joined = connection().Run(
        "INSERT INTO tenant_facts (tenant, fact, version, learned_at) SELECT ?, fact, ?, ? FROM facts WHERE digest = ?"
        " ON CONFLICT DO NOTHING",
        tenant.str(), version, learned_at, fact);
    if (!joined.ok()) return joined;
    absl::Status released =
        connection().Run("DELETE FROM waiting_facts WHERE fact = (SELECT fact FROM facts WHERE digest = ?)", fact);
    if (!released.ok()) return released;
  }
  return absl::OkStatus();
}

absl::Status Transaction::PutTenantState(const TenantState& state) {
  const std::optional<std::int64_t> boundary =
      state.next_boundary == kForever ? std::nullopt : std::optional(ToUnixMillis(state.next_boundary));
  return connection().Run(
      "INSERT INTO tenant_state (tenant, version, trace, digest, next_boundary, generation, created_at, changed_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant) DO UPDATE SET version = excluded.version,"
      " trace = excluded.trace, digest = excluded.digest, next_boundary = excluded.next_boundary,"
      " generation = excluded.generation, changed_at = excluded.changed_at",
      state.tenant.str(), state.version, Blob{state.trace}, state.digest, boundary, state.generation, state.created_at,
      state.changed_at);
}

absl::Status Transaction::AppendChange(const ChangeRow& row) {
  return connection().Run("INSERT INTO change_log (tenant, version, digest) VALUES (?, ?, ?)", row.tenant.str(),
                          row.version, row.digest);
}

absl::Status Transaction::AppendAudit(const AuditRecord& record) {
  auto last = connection().SelectOne(ReadAudit,
                                     "SELECT position, at, actor, action, tenant, detail, previous_hash, hash FROM "
                                     "audit ORDER BY position DESC LIMIT 1");
  if (!last.ok()) return last.status();
  const std::int64_t position = last->has_value() ? (*last)->position + 1 : 1;
  const Digest previous = last->has_value() ? (*last)->hash : Digest{};
  return connection().Run(
      "INSERT INTO audit (position, at, actor, action, tenant, detail, previous_hash, hash)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      position, record.at, record.actor, record.action, record.tenant, record.detail, previous,
      AuditHash(previous, record));
}

absl::Status Transaction::PutCatalog(const CatalogRow& row) {
  return connection().Run("INSERT INTO catalogs (hash, name, source) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row.hash,
                          row.name, row.source);
}

absl::Status Transaction::AppendGeneration(const GenerationRow& row) {
  absl::StatusOr<std::optional<GenerationRow>> latest = LatestGeneration();
  if (!latest.ok()) return latest.status();
  const std::int64_t expected = latest->has_value() ? (*latest)->number + 1 : 1;
  if (row.number != expected) {
    return Aborted("catalog generation " + std::to_string(row.number) +
                   " was activated by somebody else; the next is " + std::to_string(expected));
  }
  return connection().Run("INSERT INTO generations (number, hash, actor, at) VALUES (?, ?, ?, ?)", row.number, row.hash,
                          row.actor, row.at);
}

absl::Status Transaction::PutPublished(std::string_view name_at_version, const Digest& content) {
  return connection().Run(
      "INSERT INTO published (name, content) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content",
      name_at_version, content);
}

absl::Status Transaction::InsertKey(const KeyRow& row) {
  const auto millis = [](const std::optional<Instant>& at) {
    return at ? std::optional(ToUnixMillis(*at)) : std::nullopt;
  };
  return connection().Run(
      "INSERT INTO api_keys (id, name, hash, scopes, tenant, created_at, created_by, expires_at, revoked_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.id, row.name, row.hash, std::int64_t{row.scopes.bits()}, row.tenant.str(), row.created_at, row.created_by,
      millis(row.expires_at), millis(row.revoked_at));
}

absl::Status Transaction::RevokeKey(std::string_view id, Instant at) {
  absl::Status revoked =
      connection().Run("UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", at, id);
  if (!revoked.ok()) return revoked;
  if (connection().Changed() == 1) return absl::OkStatus();
  return Internal("no key " + std::string(id) + " to revoke");
}

absl::Status Transaction::Commit() {
  absl::Status committed = connection().Execute("COMMIT");
  if (committed.ok()) set_ended();
  return committed;
}

}  // namespace usher::sqlite
