// The writes of members.
#include "server/storage/sqlite/transaction.h"

namespace usher::sqlite {

absl::Status Transaction::PutMember(const MemberRow& row) {
  return connection().Run(
      "INSERT INTO members (tenant, user_id, kind, created_at) VALUES (?, ?, ?, ?)"
      " ON CONFLICT (tenant, user_id) DO UPDATE SET kind = excluded.kind",
      row.tenant.str(), row.user.str(), row.kind, row.created_at);
}

absl::StatusOr<bool> Transaction::RemoveMember(const TenantId& tenant, const UserId& user) {
  absl::Status removed =
      connection().Run("DELETE FROM members WHERE tenant = ? AND user_id = ?", tenant.str(), user.str());
  if (!removed.ok()) return removed;
  return connection().Changed() == 1;
}

}  // namespace usher::sqlite
