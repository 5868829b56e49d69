#include "server/engine/effects.h"

#include <vector>

namespace usher {
namespace {

constexpr std::size_t kMembersPerPage = 500;

}  // namespace

absl::Status EnqueueEffects(StoreTransaction& transaction, const TenantId& tenant, Instant now) {
  UserId after;
  while (true) {
    absl::StatusOr<std::vector<MemberRow>> members = transaction.ListHomeMembers(tenant, after, kMembersPerPage);
    if (!members.ok()) return members.status();
    for (const MemberRow& member : *members) {
      absl::Status enqueued = EnqueueRoles(transaction, tenant, member.user, now);
      if (!enqueued.ok()) return enqueued;
    }
    if (members->size() < kMembersPerPage) return absl::OkStatus();
    after = members->back().user;
  }
}

absl::Status EnqueueRoles(StoreTransaction& transaction, const TenantId& home, const UserId& user, Instant now) {
  return transaction.EnqueueWork({.kind = WorkKind::kRoles, .key = user.str(), .tenant = home, .due = Instant{}}, now);
}

}  // namespace usher
