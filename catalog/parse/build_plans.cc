#include <algorithm>

#include "catalog/parse/draft.h"
#include "catalog/parse/names.h"
#include "catalog/parse/scalars.h"

namespace usher {
namespace {

// Resolved entitlements and roles of all plans together. Generous for people, and it keeps the memory that a small file
// can ask for (plans that include each other, features with many values) within a few dozen megabytes.
constexpr std::size_t kMostCells = 500'000;

std::string PlanLabel(const Plan& plan) { return "plan " + plan.id.str(); }

// The group of a plan; nullopt when it cannot be told, which has been reported.
std::optional<std::size_t> GroupOf(Draft& draft, const Plan& plan, const Node& node) {
  const std::vector<Group>& groups = draft.catalog.groups;
  const Node* named = Find(node, "group");
  if (named != nullptr) {
    const std::optional<std::string> name = AsText(named);
    for (std::size_t i = 0; name && i < groups.size(); ++i) {
      if (groups[i].name == *name) return i;
    }
    if (name && IsName(*name)) {
      std::vector<std::string> names;
      for (const Group& group : groups) names.push_back(group.name);
      draft.findings.Add(Code::kUnknownGroup, named->place,
                         "There is no group \"" + *name + "\": declare it under groups, or name one that there is." +
                             draft.findings.DidYouMean(*name, names));
    }
  } else if (groups.size() > 1) {
    std::string names;
    for (const Group& group : groups) names += (names.empty() ? "" : ", ") + group.name;
    draft.findings.Add(Code::kGroupMissing, node.place,
                       "With several groups, " + PlanLabel(plan) + " has to say its group: one of " + names + ".");
  } else {
    return 0;
  }
  return std::nullopt;
}

std::optional<TrialPolicy> ReadTrial(Draft& draft, std::size_t plan, const Node* node) {
  if (node == nullptr || !node->IsMap()) return std::nullopt;
  TrialPolicy trial;
  trial.grants = plan;
  Assign(trial.grants, Refer(draft, draft.plans, Find(*node, "grants"), Code::kUnknownPlan, "plan"));
  Assign(trial.length, AsDuration(Find(*node, "length")));
  Assign(trial.once_per, AsWord<TrialOncePer>(Find(*node, "once_per")));
  Assign(trial.requires_payment_method, AsBoolean(Find(*node, "requires_payment_method")));
  return trial;
}

// Own lines of member_roles: member kind and roles; no roles is `none`.
struct OwnRoles {
  std::size_t kind = 0;
  std::vector<std::size_t> roles;
};

std::vector<OwnRoles> ReadMemberRoles(Draft& draft, const Node* node) {
  std::vector<OwnRoles> own;
  const Section lines = MakeSection(node);
  for (const Node::Entry* entry : lines.entries) {
    const std::optional<std::size_t> kind = draft.member_kinds.IndexOf(entry->key);
    if (!kind) {
      if (IsName(entry->key) && !IsReservedName(entry->key)) {
        draft.findings.Add(Code::kUnknownMemberKind, entry->key_place,
                           "There is no member kind \"" + entry->key +
                               "\": declare it under member_kinds, or correct the name." +
                               draft.findings.DidYouMean(entry->key, draft.member_kinds.names));
      }
      continue;
    }
    OwnRoles line{.kind = *kind, .roles = {}};
    const auto take = [&](const Node& item) {
      const auto role = Refer(draft, draft.roles, &item, Code::kUnknownRole, "role");
      if (role) line.roles.push_back(*role);
    };
    if (entry->value.IsList()) {
      for (const Node& item : entry->value.items) take(item);
    } else if (AsText(&entry->value) != "none") {
      take(entry->value);
    }
    std::sort(line.roles.begin(), line.roles.end());
    line.roles.erase(std::unique(line.roles.begin(), line.roles.end()), line.roles.end());
    own.push_back(std::move(line));
  }
  return own;
}

std::size_t CellsOf(const std::vector<std::optional<Entitlement>>& entitlements) {
  std::size_t cells = entitlements.size();
  for (const std::optional<Entitlement>& entitlement : entitlements) {
    if (!entitlement) continue;
    if (const ValueSet* set = std::get_if<ValueSet>(&entitlement->fixed)) cells += set->values.size();
  }
  return cells;
}

class PlanResolver {
 public:
  explicit PlanResolver(Draft& draft) : draft_(draft), includes_(draft.plans.size()), state_(draft.plans.size()) {}

  void Run() {
    for (std::size_t i = 0; i < includes_.size(); ++i) {
      includes_[i] = Refer(draft_, draft_.plans, Find(NodeOf(i), "includes"), Code::kUnknownPlan, "plan");
    }
    for (std::size_t i = 0; i < includes_.size(); ++i) BreakCycle(i);
    for (std::size_t i = 0; i < includes_.size() && !too_large_; ++i) ResolveChain(i);
  }

 private:
  enum class State { kUnseen, kOnPath, kAcyclic };

  const Node& NodeOf(std::size_t plan) const { return draft_.plans.entries[plan]->value; }

  // Follows `includes` from `start`. A way back to a plan of the same walk is reported once and cut there.
  void BreakCycle(std::size_t start) {
    std::vector<std::size_t> path;
    std::optional<std::size_t> at = start;
    while (at && state_[*at] == State::kUnseen) {
      state_[*at] = State::kOnPath;
      path.push_back(*at);
      at = includes_[*at];
    }
    if (at && state_[*at] == State::kOnPath) {
      const auto first = std::find(path.begin(), path.end(), *at);
      std::string chain;
      for (auto plan = first; plan != path.end(); ++plan) chain += NameOf(*plan) + " -> ";
      draft_.findings.Add(
          Code::kIncludesCycle, Find(NodeOf(*at), "includes")->place,
          "These plans include each other: " + chain.substr(0, 500) + NameOf(*at) + ". Remove one `includes`.");
      includes_[*at].reset();
    }
    for (const std::size_t plan : path) state_[plan] = State::kAcyclic;
  }

  const std::string& NameOf(std::size_t plan) const { return draft_.plans.names[plan]; }

  // Resolves what `plan` includes, then `plan`: what is included first.
  void ResolveChain(std::size_t plan) {
    std::vector<std::size_t> chain;
    for (std::optional<std::size_t> at = plan; at && !Resolved(*at); at = includes_[*at]) chain.push_back(*at);
    for (auto at = chain.rbegin(); at != chain.rend() && !too_large_; ++at) Resolve(*at);
  }

  bool Resolved(std::size_t plan) const { return resolved_.size() > plan && resolved_[plan]; }

  // Overlay: `includes` copies; own values replace key by key, sets and roles too; `none` removes.
  void Resolve(std::size_t index) {
    Catalog& catalog = draft_.catalog;
    Plan& plan = catalog.plans[index];
    const Node& node = NodeOf(index);
    if (includes_[index]) {
      plan.entitlements = catalog.plans[*includes_[index]].entitlements;
      plan.member_roles = catalog.plans[*includes_[index]].member_roles;
    } else {
      plan.entitlements.resize(catalog.features.size());
      plan.member_roles.resize(catalog.member_kinds.size());
    }
    for (OwnEntitlement& own :
         ReadEntitlements(draft_, Find(node, "entitlements"), EntitlementOwner::kPlan, PlanLabel(plan))) {
      if (own.removes && !plan.entitlements[own.feature]) {
        draft_.findings.Add(Code::kNothingToRemove, own.place,
                            PlanLabel(plan) + " removes " + catalog.features[own.feature].id.str() +
                                ", which nothing has brought: remove the line.");
      }
      plan.entitlements[own.feature] = own.removes ? std::nullopt : std::optional(std::move(own.grants));
    }
    for (OwnRoles& own : ReadMemberRoles(draft_, Find(node, "member_roles"))) {
      plan.member_roles[own.kind] = std::move(own.roles);
    }
    const std::optional<std::size_t> group = GroupOf(draft_, plan, node);
    plan.group = group.value_or(0);
    draft_.grouped[index] = group.has_value();
    plan.policy = LayPolicy(catalog.policy, Find(node, "payment_policy"));
    plan.trial = ReadTrial(draft_, index, Find(node, "trial"));
    Assign(plan.offered, AsWord<Offered>(Find(node, "offered")));
    resolved_.resize(includes_.size());
    resolved_[index] = true;
    Charge(plan, node);
  }

  void Charge(const Plan& plan, const Node& node) {
    cells_ += CellsOf(plan.entitlements) + plan.member_roles.size();
    for (const std::vector<std::size_t>& roles : plan.member_roles) cells_ += roles.size();
    if (cells_ <= kMostCells) return;
    too_large_ = true;
    draft_.findings.Add(Code::kResolvedTooLarge, node.place,
                        "With " + PlanLabel(plan) + " the resolved plans have more than " + std::to_string(kMostCells) +
                            " entitlements and values together: remove plans, features or set values.");
  }

  Draft& draft_;
  std::vector<std::optional<std::size_t>> includes_;
  std::vector<State> state_;
  std::vector<bool> resolved_;
  std::size_t cells_ = 0;
  bool too_large_ = false;
};

}  // namespace

void BuildPlans(Draft& draft) {
  draft.grouped.assign(draft.plans.size(), true);
  PlanResolver(draft).Run();
}

void BuildAddOns(Draft& draft) {
  for (std::size_t i = 0; i < draft.add_ons.size(); ++i) {
    AddOn& add_on = draft.catalog.add_ons[i];
    const Node& node = draft.add_ons.entries[i]->value;
    add_on.entitlements.resize(draft.catalog.features.size());
    for (OwnEntitlement& own :
         ReadEntitlements(draft, Find(node, "entitlements"), EntitlementOwner::kAddOn, "add-on " + add_on.id.str())) {
      add_on.entitlements[own.feature] = std::move(own.grants);
    }
    add_on.max_quantity = AsWhole(Find(node, "max_quantity"));
    const Node* plans = Find(node, "for");
    if (plans == nullptr) continue;
    for (const Node& item : plans->items) {
      const std::optional<std::string> name = AsText(&item);
      if (!name || !IsName(*name)) continue;
      if (std::binary_search(draft.plan_names.begin(), draft.plan_names.end(), *name)) {
        add_on.for_plans.push_back(*name);
        continue;
      }
      draft.findings.Add(Code::kUnknownPlanName, item.place,
                         "There is no plan named \"" + *name + "\" in any version: name one that there is." +
                             draft.findings.DidYouMean(*name, draft.plan_names));
    }
    std::sort(add_on.for_plans.begin(), add_on.for_plans.end());
    add_on.for_plans.erase(std::unique(add_on.for_plans.begin(), add_on.for_plans.end()), add_on.for_plans.end());
  }
}

}  // namespace usher
