#include "server/engine/members.h"

#include <optional>
#include <vector>

#include "server/engine/effects.h"
#include "server/engine/refusal.h"
#include "server/engine/tenants.h"

namespace usher {
namespace {

absl::StatusOr<std::optional<TenantId>> HomeOf(StoreTransaction& transaction, const UserId& user) {
  absl::StatusOr<std::vector<MemberRow>> memberships = transaction.FindMemberships(user);
  if (!memberships.ok()) return memberships.status();
  if (memberships->empty()) return std::optional<TenantId>();
  return std::optional(memberships->front().tenant);
}

absl::StatusOr<Membership> Put(StoreTransaction& transaction, const MemberRow& member, std::string_view actor) {
  absl::Status known = RequireTenant(transaction, member.tenant);
  if (!known.ok()) return known;
  absl::StatusOr<std::optional<MemberRow>> before = transaction.FindMember(member.tenant, member.user);
  if (!before.ok()) return before.status();
  Membership membership{.row = member};
  if (before->has_value()) membership.row.created_at = (*before)->created_at;
  const bool changed = *before != membership.row;
  if (changed) {
    absl::Status put = transaction.PutMember(membership.row);
    if (!put.ok()) return put;
  }
  absl::StatusOr<std::optional<TenantId>> home = HomeOf(transaction, member.user);
  if (!home.ok()) return home.status();
  membership.home = *home == member.tenant;
  if (!changed) return membership;
  if (membership.home) {
    absl::Status enqueued = EnqueueRoles(transaction, member.tenant, member.user, member.created_at);
    if (!enqueued.ok()) return enqueued;
  }
  absl::Status audited = transaction.AppendAudit({.at = member.created_at,
                                                  .actor = std::string(actor),
                                                  .action = "MEMBER_PUT",
                                                  .tenant = member.tenant.str(),
                                                  .detail = "user " + member.user.str() + " is " + member.kind});
  if (!audited.ok()) return audited;
  return membership;
}

}  // namespace

absl::StatusOr<Membership> PutMember(Writer& writer, const MemberRow& member, std::string_view actor) {
  Membership membership;
  absl::Status committed =
      writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        absl::StatusOr<Membership> put = Put(transaction, member, actor);
        if (!put.ok()) return put.status();
        membership = *std::move(put);
        return absl::OkStatus();
      });
  if (!committed.ok()) return committed;
  return membership;
}

absl::Status RemoveMember(Writer& writer, const TenantId& tenant, const UserId& user, Instant now,
                          std::string_view actor) {
  return writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
    absl::Status known = RequireTenant(transaction, tenant);
    if (!known.ok()) return known;
    absl::StatusOr<std::optional<TenantId>> home = HomeOf(transaction, user);
    if (!home.ok()) return home.status();
    absl::StatusOr<bool> removed = transaction.RemoveMember(tenant, user);
    if (!removed.ok()) return removed.status();
    if (!*removed) return RefuseUnknownMember(tenant, user);
    if (*home == tenant) {
      absl::StatusOr<std::optional<TenantId>> next = HomeOf(transaction, user);
      if (!next.ok()) return next.status();
      absl::Status enqueued = EnqueueRoles(transaction, next->value_or(tenant), user, now);
      if (!enqueued.ok()) return enqueued;
    }
    return transaction.AppendAudit({.at = now,
                                    .actor = std::string(actor),
                                    .action = "MEMBER_REMOVED",
                                    .tenant = tenant.str(),
                                    .detail = "user " + user.str() + " is no member any more"});
  });
}

absl::Status RefuseUnknownMember(const TenantId& tenant, const UserId& user) {
  return Refuse(Refusal::kMemberUnknown,
                "user `" + user.str() + "` is no member of tenant `" + tenant.str() + "`; check both ids, or put it",
                user.str());
}

}  // namespace usher
