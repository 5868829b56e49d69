// How rows of the database become values of the storage contract. Each function states the columns it expects.
#pragma once

#include <string>

#include <absl/status/statusor.h>

#include "server/ports/store.h"
#include "server/storage/sqlite/connection.h"

namespace usher::sqlite {

// The columns of an event but `raw`, which only single events need.
inline constexpr char kEventColumns[] =
    "position, provider, account, livemode, id, type, created_at, received_at, disposition, reason, content";

inline constexpr char kWorkColumns[] =
    "id, kind, key, tenant, wanted, due, lease_until, fence, attempts, last_error, dead, created_at";

absl::StatusOr<EventRow> ReadEvent(const Columns& columns);         // kEventColumns
absl::StatusOr<EventRow> ReadEventWithRaw(const Columns& columns);  // kEventColumns, raw
// provider, account, livemode, count, last received
absl::StatusOr<IgnoredEvents> ReadIgnoredEvents(const Columns& columns);
absl::StatusOr<LedgerFact> ReadFact(const Columns& columns);           // digest, content
absl::StatusOr<TenantFactRow> ReadTenantFact(const Columns& columns);  // digest, content, version, learned_at
absl::StatusOr<TenantId> ReadTenant(const Columns& columns);           // tenant
// tenant, version, trace, digest, next_boundary, generation, created_at, changed_at
absl::StatusOr<TenantState> ReadTenantState(const Columns& columns);
absl::StatusOr<AuditRow> ReadAudit(const Columns& columns);      // position, at, actor, action, tenant, detail, hashes
absl::StatusOr<CatalogRow> ReadCatalog(const Columns& columns);  // hash, name, source
absl::StatusOr<GenerationRow> ReadGeneration(const Columns& columns);  // number, hash, actor, at
absl::StatusOr<MemberRow> ReadMember(const Columns& columns);          // tenant, user_id, kind, created_at
absl::StatusOr<WorkRow> ReadWork(const Columns& columns);              // kWorkColumns
// position, id, name, hash, scopes, tenant, created_at, created_by, expires_at, revoked_at
absl::StatusOr<KeyRow> ReadKey(const Columns& columns);
absl::StatusOr<std::int64_t> ReadInteger(const Columns& columns);
absl::StatusOr<Digest> ReadDigest(const Columns& columns);
absl::StatusOr<std::string> ReadText(const Columns& columns);

}  // namespace usher::sqlite
