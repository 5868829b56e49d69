// The reads of members.
#include "server/storage/sqlite/reader.h"
#include "server/storage/sqlite/rows.h"

namespace usher::sqlite {

template <class Base>
absl::StatusOr<std::optional<MemberRow>> ReadsOver<Base>::FindMember(const TenantId& tenant, const UserId& user) {
  return connection().SelectOne(
      ReadMember, "SELECT tenant, user_id, kind, created_at FROM members WHERE tenant = ? AND user_id = ?",
      tenant.str(), user.str());
}

template <class Base>
absl::StatusOr<std::vector<MemberRow>> ReadsOver<Base>::ListMembers(const TenantId& tenant, const UserId& after,
                                                                    std::size_t limit) {
  return connection().Select(ReadMember,
                             "SELECT tenant, user_id, kind, created_at FROM members WHERE tenant = ? AND user_id > ?"
                             " ORDER BY user_id LIMIT ?",
                             tenant.str(), after.str(), static_cast<std::int64_t>(limit));
}

template <class Base>
absl::StatusOr<std::vector<MemberRow>> ReadsOver<Base>::ListHomeMembers(const TenantId& tenant, const UserId& after,
                                                                        std::size_t limit) {
  return connection().Select(
      ReadMember,
      "SELECT tenant, user_id, kind, created_at FROM members AS member WHERE tenant = ? AND user_id > ?"
      " AND NOT EXISTS (SELECT 1 FROM members AS older WHERE older.user_id = member.user_id"
      "  AND (older.created_at, older.tenant) < (member.created_at, member.tenant))"
      " ORDER BY user_id LIMIT ?",
      tenant.str(), after.str(), static_cast<std::int64_t>(limit));
}

template <class Base>
absl::StatusOr<std::vector<MemberRow>> ReadsOver<Base>::FindMemberships(const UserId& user) {
  return connection().Select(
      ReadMember, "SELECT tenant, user_id, kind, created_at FROM members WHERE user_id = ? ORDER BY created_at, tenant",
      user.str());
}

template absl::StatusOr<std::optional<MemberRow>> ReadsOver<StoreReader>::FindMember(const TenantId&, const UserId&);
template absl::StatusOr<std::optional<MemberRow>> ReadsOver<StoreTransaction>::FindMember(const TenantId&,
                                                                                          const UserId&);
template absl::StatusOr<std::vector<MemberRow>> ReadsOver<StoreReader>::ListMembers(const TenantId&, const UserId&,
                                                                                    std::size_t);
template absl::StatusOr<std::vector<MemberRow>> ReadsOver<StoreTransaction>::ListMembers(const TenantId&, const UserId&,
                                                                                         std::size_t);
template absl::StatusOr<std::vector<MemberRow>> ReadsOver<StoreReader>::ListHomeMembers(const TenantId&, const UserId&,
                                                                                        std::size_t);
template absl::StatusOr<std::vector<MemberRow>> ReadsOver<StoreTransaction>::ListHomeMembers(const TenantId&,
                                                                                             const UserId&,
                                                                                             std::size_t);
template absl::StatusOr<std::vector<MemberRow>> ReadsOver<StoreReader>::FindMemberships(const UserId&);
template absl::StatusOr<std::vector<MemberRow>> ReadsOver<StoreTransaction>::FindMemberships(const UserId&);

}  // namespace usher::sqlite
