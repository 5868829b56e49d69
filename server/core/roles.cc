#include "server/core/roles.h"

#include <algorithm>

namespace usher {
namespace {

void SortUnique(std::vector<std::size_t>& indexes) {
  std::ranges::sort(indexes);
  const auto repeated = std::ranges::unique(indexes);
  indexes.erase(repeated.begin(), repeated.end());
}

// R18: of every group the plans that carry value, else its default plan, whatever keeps that one from answering.
std::vector<std::size_t> PlansThatCount(const Catalog& catalog, const Segment& segment) {
  std::vector<std::size_t> plans = segment.plans;
  for (std::size_t group = 0; group < catalog.groups.size(); ++group) {
    const std::optional<std::size_t> fallback = catalog.groups[group].default_plan;
    const bool carried =
        std::ranges::any_of(segment.plans, [&](std::size_t plan) { return catalog.plans[plan].group == group; });
    if (fallback && !carried) plans.push_back(*fallback);
  }
  SortUnique(plans);
  return plans;
}

bool HasPermission(const Catalog& catalog, const MemberRoles& member, std::size_t permission) {
  return std::ranges::any_of(member.roles, [&](std::size_t role) {
    return std::ranges::binary_search(catalog.roles[role].permissions, permission);
  });
}

}  // namespace

MemberRoles RolesIn(const Catalog& catalog, const Segment& segment, std::optional<std::size_t> kind) {
  MemberRoles member{.plans = PlansThatCount(catalog, segment), .roles = {}};
  if (!kind) return member;
  for (const std::size_t plan : member.plans) {
    const std::vector<std::size_t>& roles = catalog.plans[plan].member_roles[*kind];
    member.roles.insert(member.roles.end(), roles.begin(), roles.end());
  }
  SortUnique(member.roles);
  return member;
}

RolesUntil RolesAt(const Catalog& catalog, const Timeline& timeline, std::optional<std::size_t> kind, Instant at) {
  RolesUntil roles{.has = RolesIn(catalog, SegmentAt(timeline, at), kind)};
  if (timeline.frozen_at) return roles;
  for (const Segment& segment : timeline.segments) {
    if (segment.from <= at || RolesIn(catalog, segment, kind) == roles.has) continue;
    roles.until = segment.from;
    break;
  }
  return roles;
}

// R19
PermissionDecision CheckPermission(const Catalog& catalog, const Timeline& timeline,
                                   std::optional<std::string_view> kind, std::size_t permission, Instant at) {
  PermissionDecision decision;
  if (!kind) return decision;
  const std::optional<std::size_t> known = FindMemberKind(catalog, *kind);
  RolesUntil roles = RolesAt(catalog, timeline, known, at);
  decision.member = std::move(roles.has);
  decision.valid_until = roles.until;
  if (!known) {
    decision.reason = PermissionReason::kKindUnknown;
  } else if (!HasPermission(catalog, decision.member, permission)) {
    decision.reason = PermissionReason::kNoRole;
  } else if (const std::optional<std::size_t> feature = catalog.permissions[permission].requires_feature) {
    const CheckRequest keep{.feature = *feature, .quantity = 0, .current_usage = std::nullopt, .access = Access::kUse};
    decision.feature = Check(catalog, timeline, keep, at);
    decision.allowed = decision.feature->allowed;
    decision.reason = decision.allowed ? PermissionReason::kGranted : PermissionReason::kFeatureDenied;
    decision.valid_until = std::min(decision.valid_until, decision.feature->valid_until);
  } else {
    decision.allowed = true;
    decision.reason = PermissionReason::kGranted;
  }
  return decision;
}

}  // namespace usher
