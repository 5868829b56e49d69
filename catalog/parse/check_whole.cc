#include <algorithm>

#include "catalog/parse/draft.h"

namespace usher {
namespace {

void CheckDefaultPlans(Draft& draft) {
  const Catalog& catalog = draft.catalog;
  for (std::size_t i = 0; i < draft.groups.size(); ++i) {
    const Group& group = catalog.groups[i];
    if (!group.default_plan || catalog.plans[*group.default_plan].group == i || !draft.grouped[*group.default_plan]) {
      continue;
    }
    draft.findings.Add(Code::kDefaultPlanOfOtherGroup, Find(draft.groups.entries[i]->value, "default_plan")->place,
                       "The default plan of group " + group.name + " is " +
                           catalog.plans[*group.default_plan].id.str() + ", which belongs to group " +
                           catalog.groups[catalog.plans[*group.default_plan].group].name + ": name a plan of " +
                           group.name + ".");
  }
}

void CheckTrials(Draft& draft) {
  const Catalog& catalog = draft.catalog;
  for (std::size_t i = 0; i < catalog.plans.size(); ++i) {
    const Plan& plan = catalog.plans[i];
    if (!plan.trial || catalog.plans[plan.trial->grants].group == plan.group) continue;
    if (!draft.grouped[i] || !draft.grouped[plan.trial->grants]) continue;
    const Node* trial = Find(draft.plans.entries[i]->value, "trial");
    draft.findings.Add(Code::kTrialOfOtherGroup, Find(*trial, "grants")->place,
                       "A trial of " + plan.id.str() + " grants " + catalog.plans[plan.trial->grants].id.str() +
                           ", a plan of another group: name one of group " + catalog.groups[plan.group].name + ".");
  }
}

void CheckMemberRoles(Draft& draft) {
  const Catalog& catalog = draft.catalog;
  for (std::size_t i = 0; i < catalog.plans.size(); ++i) {
    const Plan& plan = catalog.plans[i];
    if (!draft.grouped[i] || !catalog.groups[plan.group].default_plan) continue;
    std::string missing;
    for (std::size_t kind = 0; kind < plan.member_roles.size(); ++kind) {
      if (plan.member_roles[kind].empty()) missing += (missing.empty() ? "" : ", ") + catalog.member_kinds[kind].name;
    }
    if (missing.empty()) continue;
    const Node& node = draft.plans.entries[i]->value;
    const Node* roles = Find(node, "member_roles");
    draft.findings.Add(Code::kMemberRolesNotTotal, roles != nullptr ? roles->place : node.place,
                       "Plan " + plan.id.str() + " is in a group with a default plan and gives no role to " + missing +
                           ": add it to member_roles.");
  }
}

// Which plans and add-ons are sold in an environment, by any price and by a current one.
struct Sold {
  std::vector<bool> plans;
  std::vector<bool> add_ons;
};

Sold SoldBy(const Catalog& catalog, const std::vector<Price>& prices) {
  Sold sold{.plans = std::vector<bool>(catalog.plans.size()), .add_ons = std::vector<bool>(catalog.add_ons.size())};
  for (const Price& price : prices) {
    if (const auto* plan = std::get_if<Price::SellsPlan>(&price.sells)) sold.plans[plan->plan] = true;
    if (const auto* add_on = std::get_if<Price::SellsAddOn>(&price.sells)) sold.add_ons[add_on->add_on] = true;
  }
  return sold;
}

void WarnOfUnrehearsed(Draft& draft, Sold test) {
  const Catalog& catalog = draft.catalog;
  for (std::size_t i = 0; i < catalog.live_prices.size(); ++i) {
    const Price& price = catalog.live_prices[i];
    if (price.status != PriceStatus::kCurrent) continue;
    std::string sells;
    if (const auto* plan = std::get_if<Price::SellsPlan>(&price.sells); plan != nullptr && !test.plans[plan->plan]) {
      sells = catalog.plans[plan->plan].id.str();
      test.plans[plan->plan] = true;  // once is enough
    }
    if (const auto* add_on = std::get_if<Price::SellsAddOn>(&price.sells);
        add_on != nullptr && !test.add_ons[add_on->add_on]) {
      sells = catalog.add_ons[add_on->add_on].id.str();
      test.add_ons[add_on->add_on] = true;
    }
    if (sells.empty()) continue;
    draft.findings.Add(
        Code::kLiveWithoutTest, draft.live_prices.entries[i]->value.place,
        "Live sells " + sells + " with " + price.id.str() + ", and no test price does: add one to rehearse it.");
  }
}

void WarnOfUnsold(Draft& draft, const Sold& live, const Sold& test) {
  const Catalog& catalog = draft.catalog;
  std::vector<bool> is_default(catalog.plans.size());
  for (const Group& group : catalog.groups) {
    if (group.default_plan) is_default[*group.default_plan] = true;
  }
  for (std::size_t i = 0; i < catalog.plans.size(); ++i) {
    if (live.plans[i] || test.plans[i] || is_default[i] || catalog.plans[i].offered == Offered::kNo) continue;
    draft.findings.Add(Code::kPlanWithoutPrice, draft.plans.entries[i]->value.place,
                       "No price sells plan " + catalog.plans[i].id.str() + ": add one, or say offered: no.");
  }
  for (std::size_t i = 0; i < catalog.add_ons.size(); ++i) {
    if (live.add_ons[i] || test.add_ons[i]) continue;
    draft.findings.Add(Code::kAddOnWithoutPrice, draft.add_ons.entries[i]->value.place,
                       "No price sells add-on " + catalog.add_ons[i].id.str() + ": add one, or remove it.");
  }
}

void WarnOfUngranted(Draft& draft) {
  const Catalog& catalog = draft.catalog;
  std::vector<bool> granted(catalog.features.size());
  const auto mark = [&](const std::vector<std::optional<Entitlement>>& entitlements) {
    for (std::size_t i = 0; i < entitlements.size(); ++i) granted[i] = granted[i] || entitlements[i].has_value();
  };
  for (const Plan& plan : catalog.plans) mark(plan.entitlements);
  for (const AddOn& add_on : catalog.add_ons) mark(add_on.entitlements);
  for (std::size_t i = 0; i < granted.size(); ++i) {
    if (granted[i]) continue;
    draft.findings.Add(Code::kFeatureNeverGranted, draft.features.entries[i]->value.place,
                       "No plan and no add-on grants " + catalog.features[i].id.str() + ": grant it, or remove it.");
  }
}

void WarnOfUnusedMembers(Draft& draft) {
  const Catalog& catalog = draft.catalog;
  std::vector<bool> given(catalog.roles.size());
  for (const Plan& plan : catalog.plans) {
    for (const std::vector<std::size_t>& roles : plan.member_roles) {
      for (const std::size_t role : roles) given[role] = true;
    }
  }
  std::vector<bool> used(catalog.permissions.size());
  for (const Role& role : catalog.roles) {
    for (const std::size_t permission : role.permissions) used[permission] = true;
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i]) continue;
    draft.findings.Add(
        Code::kRoleNeverGiven, draft.roles.entries[i]->value.place,
        "No plan gives the role " + catalog.roles[i].id.str() + ": use it in member_roles, or remove it.");
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i]) continue;
    draft.findings.Add(
        Code::kPermissionInNoRole, draft.permissions.entries[i]->value.place,
        "No role has the permission " + catalog.permissions[i].id.str() + ": add it to one, or remove it.");
  }
}

}  // namespace

void CheckWhole(Draft& draft) {
  CheckDefaultPlans(draft);
  CheckTrials(draft);
  CheckMemberRoles(draft);
  // Warnings about what is not there mislead while parts are missing because they could not be read.
  if (draft.findings.HasErrors()) return;
  const Sold live = SoldBy(draft.catalog, draft.catalog.live_prices);
  const Sold test = SoldBy(draft.catalog, draft.catalog.test_prices);
  WarnOfUnrehearsed(draft, test);
  WarnOfUnsold(draft, live, test);
  WarnOfUngranted(draft);
  WarnOfUnusedMembers(draft);
}

}  // namespace usher
