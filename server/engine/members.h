// Who belongs to which tenant. Each act is audited and, where it matters there, brought to the identity provider.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/statusor.h>

#include "catalog/ids.h"
#include "catalog/time.h"
#include "server/engine/writer.h"
#include "server/ports/store.h"

namespace usher {

// A member, and whether the tenant is its home.
struct Membership {
  MemberRow row;
  bool home = false;
};

// Makes the user a member of this kind, which the caller has found in the catalog. Repetition changes nothing.
// Refusal: kTenantUnknown, so that a misspelt tenant gets no members.
absl::StatusOr<Membership> PutMember(Writer& writer, const MemberRow& member, std::string_view actor);

// Ends the membership. When it was the user's home, the next oldest membership is from now on.
// Refusals: kTenantUnknown, kMemberUnknown.
absl::Status RemoveMember(Writer& writer, const TenantId& tenant, const UserId& user, Instant now,
                          std::string_view actor);

// `user` is no member of `tenant`, in the one sentence that all callers get.
absl::Status RefuseUnknownMember(const TenantId& tenant, const UserId& user);

}  // namespace usher
