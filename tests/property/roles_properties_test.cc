// What holds for the roles of every history: they are constant until they say they change, they change then, and
// nothing but plans and defaults gives them.
#include <algorithm>
#include <random>

#include "server/core/roles.h"
#include "server/core/trace.h"
#include "server/core/trace_model.h"
#include "tests/property/history.h"
#include "tests/support/property.h"

namespace usher::property {
namespace {

constexpr int kHistoriesPerCase = 6;
const TenantId kAcme{"acme"};

// Kinds and roles drawn for every plan; some plans give a kind nothing.
void DrawRoles(std::mt19937_64& random, Catalog& catalog) {
  constexpr std::size_t kRoles = 5;
  catalog.member_kinds = {{.name = "member", .clerk = {}}, {.name = "owner", .clerk = {}}};
  catalog.permissions = {{.id = PermissionId("free"), .requires_feature = std::nullopt},
                         {.id = PermissionId("paid"), .requires_feature = random() % catalog.features.size()}};
  catalog.roles.clear();
  for (std::size_t i = 0; i < kRoles; ++i) {
    Role role{.id = RoleId("role_" + std::to_string(i)), .permissions = {}};
    for (std::size_t permission = 0; permission < 2; ++permission) {
      if (random() % 2 == 0) role.permissions.push_back(permission);
    }
    catalog.roles.push_back(std::move(role));
  }
  for (Plan& plan : catalog.plans) {
    plan.member_roles.assign(catalog.member_kinds.size(), {});
    for (std::vector<std::size_t>& roles : plan.member_roles) {
      for (std::size_t role = 0; role < kRoles; ++role) {
        if (random() % 3 == 0) roles.push_back(role);
      }
    }
  }
}

struct Drawn {
  History history;
  Timeline timeline;
  std::vector<Instant> instants;
};

std::vector<Drawn> Draw(std::uint64_t seed) {
  std::vector<Drawn> all;
  for (int i = 0; i < kHistoriesPerCase; ++i) {
    Drawn drawn{.history = DrawHistory(seed + static_cast<unsigned>(i)), .timeline = {}, .instants = {}};
    std::mt19937_64 random(drawn.history.seed);
    DrawRoles(random, drawn.history.catalog);
    drawn.timeline = Resolve(BuildTrace(kAcme, drawn.history.facts), drawn.history.catalog);
    drawn.instants = InterestingInstants(drawn.history);
    std::ranges::shuffle(drawn.instants, random);
    drawn.instants.resize(std::min<std::size_t>(drawn.instants.size(), 20));
    all.push_back(std::move(drawn));
  }
  return all;
}

USHER_PROPERTY(RolesProperty, RolesAreConstantUntilTheySayTheyChange, (std::uint64_t seed)) {
  for (const Drawn& drawn : Draw(seed)) {
    const Catalog& catalog = drawn.history.catalog;
    for (const std::size_t kind : {0U, 1U}) {
      for (const Instant at : drawn.instants) {
        const RolesUntil roles = RolesAt(catalog, drawn.timeline, kind, at);
        RC_ASSERT(roles.until > at);
        if (drawn.timeline.frozen_at) {
          RC_ASSERT(roles.until == kForever);
          continue;
        }
        for (const Instant other : drawn.instants) {
          if (other < at || other >= roles.until) continue;
          RC_ASSERT(RolesAt(catalog, drawn.timeline, kind, other).has == roles.has);
          RC_ASSERT(RolesAt(catalog, drawn.timeline, kind, other).until == roles.until);
        }
        if (roles.until == kForever) continue;
        RC_ASSERT(RolesAt(catalog, drawn.timeline, kind, roles.until - Millis(1)).has == roles.has);
        RC_ASSERT(!(RolesAt(catalog, drawn.timeline, kind, roles.until).has == roles.has));
      }
    }
  }
}

// Every role comes from a plan that carries value or is a default, and of each group one of them counts.
USHER_PROPERTY(RolesProperty, EveryRoleHasAPlanAndNoPlanIsForgotten, (std::uint64_t seed)) {
  for (const Drawn& drawn : Draw(seed)) {
    const Catalog& catalog = drawn.history.catalog;
    for (const Instant at : drawn.instants) {
      const Segment& segment = SegmentAt(drawn.timeline, at);
      const MemberRoles has = RolesIn(catalog, segment, 0);
      RC_ASSERT(std::ranges::is_sorted(has.plans));
      RC_ASSERT(std::ranges::is_sorted(has.roles));
      RC_ASSERT(std::ranges::includes(has.plans, segment.plans));
      std::vector<std::size_t> expected;
      for (std::size_t plan = 0; plan < catalog.plans.size(); ++plan) {
        const std::size_t group = catalog.plans[plan].group;
        const bool is_default = catalog.groups[group].default_plan == plan;
        const bool group_carried =
            std::ranges::any_of(segment.plans, [&](std::size_t other) { return catalog.plans[other].group == group; });
        const bool counts = std::ranges::binary_search(segment.plans, plan) || (is_default && !group_carried);
        RC_ASSERT(std::ranges::binary_search(has.plans, plan) == counts);
        if (!counts) continue;
        expected.insert(expected.end(), catalog.plans[plan].member_roles[0].begin(),
                        catalog.plans[plan].member_roles[0].end());
      }
      std::ranges::sort(expected);
      const auto repeated = std::ranges::unique(expected);
      expected.erase(repeated.begin(), repeated.end());
      RC_ASSERT(has.roles == expected);
    }
  }
}

USHER_PROPERTY(RolesProperty, APermissionHoldsUntilItSaysItMayChange, (std::uint64_t seed)) {
  for (const Drawn& drawn : Draw(seed)) {
    if (drawn.timeline.frozen_at) continue;
    for (const std::size_t permission : {0U, 1U}) {
      for (const Instant at : drawn.instants) {
        const PermissionDecision now = CheckPermission(drawn.history.catalog, drawn.timeline, "member", permission, at);
        RC_ASSERT(now.valid_until > at);
        RC_ASSERT(now.allowed == (now.reason == PermissionReason::kGranted));
        for (const Instant other : drawn.instants) {
          if (other < at || other >= now.valid_until) continue;
          RC_ASSERT(CheckPermission(drawn.history.catalog, drawn.timeline, "member", permission, other).allowed ==
                    now.allowed);
        }
      }
    }
  }
}

}  // namespace
}  // namespace usher::property
