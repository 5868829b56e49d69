#include "server/storage/sqlite/rows.h"

#include <optional>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/core/fact_codec.h"

namespace usher::sqlite {

absl::StatusOr<EventRow> ReadEvent(const Columns& columns) {
  EventRow row;
  row.position = columns.Integer(0);
  row.scope = {columns.Text(1), columns.Text(2), columns.Integer(3) != 0};
  row.id = columns.Text(4);
  row.type = columns.Text(5);
  row.created = columns.Time(6);
  row.received = columns.Time(7);
  row.disposition = static_cast<EventDisposition>(columns.Integer(8));
  row.reason = columns.Text(9);
  absl::StatusOr<Digest> content = columns.Hash(10);
  if (!content.ok()) return content.status();
  row.content = *content;
  return row;
}

absl::StatusOr<EventRow> ReadEventWithRaw(const Columns& columns) {
  absl::StatusOr<EventRow> row = ReadEvent(columns);
  if (row.ok()) row->raw = columns.Text(11);
  return row;
}

absl::StatusOr<IgnoredEvents> ReadIgnoredEvents(const Columns& columns) {
  return IgnoredEvents{.scope = {columns.Text(0), columns.Text(1), columns.Integer(2) != 0},
                       .count = columns.Integer(3),
                       .last_received = columns.Time(4)};
}

absl::StatusOr<LedgerFact> ReadFact(const Columns& columns) {
  absl::StatusOr<Digest> digest = columns.Hash(0);
  if (!digest.ok()) return digest.status();
  absl::StatusOr<Fact> fact = DecodeFact(columns.Text(1));
  if (!fact.ok()) return DataLoss("the stored fact " + ToHex(*digest) + ": " + StatusMessage(fact.status()));
  return LedgerFact{*digest, *std::move(fact)};
}

absl::StatusOr<TenantFactRow> ReadTenantFact(const Columns& columns) {
  absl::StatusOr<LedgerFact> fact = ReadFact(columns);
  if (!fact.ok()) return fact.status();
  return TenantFactRow{fact->digest, std::move(fact->fact), columns.Integer(2), columns.Time(3)};
}

absl::StatusOr<TenantId> ReadTenant(const Columns& columns) { return TenantId(columns.Text(0)); }

absl::StatusOr<TenantState> ReadTenantState(const Columns& columns) {
  absl::StatusOr<Digest> digest = columns.Hash(3);
  if (!digest.ok()) return digest.status();
  return TenantState{.tenant = TenantId(columns.Text(0)),
                     .version = columns.Integer(1),
                     .trace = columns.Text(2),
                     .digest = *digest,
                     .next_boundary = columns.IsNull(4) ? kForever : columns.Time(4),
                     .generation = columns.Integer(5),
                     .created_at = columns.Time(6),
                     .changed_at = columns.Time(7)};
}

absl::StatusOr<AuditRow> ReadAudit(const Columns& columns) {
  absl::StatusOr<Digest> previous = columns.Hash(6);
  if (!previous.ok()) return previous.status();
  absl::StatusOr<Digest> hash = columns.Hash(7);
  if (!hash.ok()) return hash.status();
  return AuditRow{.position = columns.Integer(0),
                  .record = {.at = columns.Time(1),
                             .actor = columns.Text(2),
                             .action = columns.Text(3),
                             .tenant = columns.Text(4),
                             .detail = columns.Text(5)},
                  .previous = *previous,
                  .hash = *hash};
}

absl::StatusOr<CatalogRow> ReadCatalog(const Columns& columns) {
  absl::StatusOr<Digest> hash = columns.Hash(0);
  if (!hash.ok()) return hash.status();
  return CatalogRow{*hash, columns.Text(1), columns.Text(2)};
}

absl::StatusOr<GenerationRow> ReadGeneration(const Columns& columns) {
  absl::StatusOr<Digest> hash = columns.Hash(1);
  if (!hash.ok()) return hash.status();
  return GenerationRow{columns.Integer(0), *hash, columns.Text(2), columns.Time(3)};
}

absl::StatusOr<MemberRow> ReadMember(const Columns& columns) {
  return MemberRow{.tenant = TenantId(columns.Text(0)),
                   .user = UserId(columns.Text(1)),
                   .kind = columns.Text(2),
                   .created_at = columns.Time(3)};
}

absl::StatusOr<WorkRow> ReadWork(const Columns& columns) {
  return WorkRow{.id = columns.Integer(0),
                 .kind = static_cast<WorkKind>(columns.Integer(1)),
                 .key = columns.Text(2),
                 .tenant = TenantId(columns.Text(3)),
                 .wanted = columns.Integer(4),
                 .due = columns.Time(5),
                 .lease_until = columns.IsNull(6) ? std::nullopt : std::optional(columns.Time(6)),
                 .fence = columns.Integer(7),
                 .attempts = columns.Integer(8),
                 .last_error = columns.Text(9),
                 .dead = columns.Integer(10) != 0,
                 .created_at = columns.Time(11)};
}

absl::StatusOr<KeyRow> ReadKey(const Columns& columns) {
  absl::StatusOr<Digest> hash = columns.Hash(3);
  if (!hash.ok()) return hash.status();
  const auto time = [&](int column) {
    return columns.IsNull(column) ? std::nullopt : std::optional(columns.Time(column));
  };
  return KeyRow{.position = columns.Integer(0),
                .id = columns.Text(1),
                .name = columns.Text(2),
                .hash = *hash,
                .scopes = Scopes::FromBits(static_cast<std::uint32_t>(columns.Integer(4))),
                .tenant = TenantId(columns.Text(5)),
                .created_at = columns.Time(6),
                .created_by = columns.Text(7),
                .expires_at = time(8),
                .revoked_at = time(9)};
}

absl::StatusOr<std::int64_t> ReadInteger(const Columns& columns) { return columns.Integer(0); }

absl::StatusOr<Digest> ReadDigest(const Columns& columns) { return columns.Hash(0); }

absl::StatusOr<std::string> ReadText(const Columns& columns) { return columns.Text(0); }

}  // namespace usher::sqlite
