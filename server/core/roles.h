// Roles and permissions: what a member of a tenant may do, as a function of its kind, the timeline and the catalog.
//
// Pure. The rules are R18 and R19 of docs/rules.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "catalog/model.h"
#include "server/core/check.h"
#include "server/core/timeline.h"

namespace usher {

// What the members of one kind have.
struct MemberRoles {
  std::vector<std::size_t> plans;  // indexes of the plans whose roles count, sorted
  std::vector<std::size_t> roles;  // indexes, sorted

  friend bool operator==(const MemberRoles&, const MemberRoles&) = default;
};

// The same as of an instant, with the instant at which it changes next by time alone: kForever when it does not, and
// for a tenant on a billing system's test clock, whose time passes by events.
struct RolesUntil {
  MemberRoles has;
  Instant until = kForever;
};

// `kind` is an index into Catalog::member_kinds; nullopt, for a kind that the catalog does not know, has no roles.
MemberRoles RolesIn(const Catalog& catalog, const Segment& segment, std::optional<std::size_t> kind);
RolesUntil RolesAt(const Catalog& catalog, const Timeline& timeline, std::optional<std::size_t> kind, Instant at);

enum class PermissionReason {
  kGranted,  // a role has it, and the feature that it requires is allowed
  kNotAMember,
  kKindUnknown,    // the catalog does not know the member's kind
  kNoRole,         // no role of the member has it
  kFeatureDenied,  // a role has it, and the feature that it requires is not allowed
};

struct PermissionDecision {
  bool allowed = false;
  PermissionReason reason = PermissionReason::kNotAMember;
  MemberRoles member;
  std::optional<Decision> feature;  // of the required feature; unset when none is, and when no role has the permission
  Instant valid_until = kForever;   // the answer cannot change before, by time alone
};

// Whether a member of `kind` has the permission (an index) at exactly `at`; nullopt for somebody who is no member.
PermissionDecision CheckPermission(const Catalog& catalog, const Timeline& timeline,
                                   std::optional<std::string_view> kind, std::size_t permission, Instant at);

}  // namespace usher
