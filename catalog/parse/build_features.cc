#include <algorithm>
#include <set>

#include "catalog/parse/draft.h"
#include "catalog/parse/names.h"
#include "catalog/parse/scalars.h"

namespace usher {
namespace {

// The distinct texts of `list`, which may be null, in its order.
std::vector<std::string> Texts(const Node* list) {
  std::vector<std::string> texts;
  if (list == nullptr) return texts;
  std::set<std::string> seen;
  for (const Node& item : list->items) {
    std::optional<std::string> text = AsText(&item);
    if (text && seen.insert(*text).second) texts.push_back(*std::move(text));
  }
  return texts;
}

Merge NaturalMerge(FeatureType type) {
  switch (type) {
    case FeatureType::kBoolean: return Merge::kAny;
    case FeatureType::kLimit:
    case FeatureType::kMetered:
    case FeatureType::kLevel: return Merge::kMax;
    case FeatureType::kSet: return Merge::kUnion;
  }
  return Merge::kAny;
}

OnUnavailable ReadOnUnavailable(const Node* node) {
  OnUnavailable on;
  if (node == nullptr) return on;
  if (node->IsMap()) {
    on.mode = OnUnavailableMode::kLastKnown;
    Assign(on.last_known, AsDuration(Find(*node, "last_known")));
  } else {
    Assign(on.mode, AsWord<OnUnavailableMode>(node));
  }
  return on;
}

void ReadWarnAt(Draft& draft, Feature& feature, const Node* list) {
  if (list == nullptr) return;
  for (const Node& item : list->items) {
    const std::optional<std::int64_t> percent = AsWhole(&item);
    if (!percent || *percent > 1000) continue;
    if (!feature.warn_at.empty() && feature.warn_at.back() > *percent) {
      draft.findings.Add(Code::kOutOfRange, item.place,
                         "features." + feature.id.str() + ".warn_at goes up, and " + std::to_string(*percent) +
                             " follows a larger percentage: sort the list.");
    }
    feature.warn_at.push_back(static_cast<std::int32_t>(*percent));
  }
}

void ReadFeature(Draft& draft, Feature& feature, const Node& node) {
  feature.merge = NaturalMerge(feature.type);
  Assign(feature.title, AsText(Find(node, "title")));
  Assign(feature.unit, AsText(Find(node, "unit")));
  Assign(feature.merge, AsWord<Merge>(Find(node, "merge")));
  Assign(feature.count_pending, AsBoolean(Find(node, "count_pending")));
  Assign(feature.reset, AsWord<ResetPeriod>(Find(node, "reset")));
  Assign(feature.anchor, AsWord<ResetAnchor>(Find(node, "anchor")));
  Assign(feature.on_plan_change, AsWord<OnPlanChange>(Find(node, "on_plan_change")));
  Assign(feature.on_suspended, AsWord<OnSuspended>(Find(node, "on_suspended")));
  feature.on_unavailable = ReadOnUnavailable(Find(node, "on_unavailable"));
  if (const Node* over = Find(node, "over_limit"); over != nullptr) {
    Assign(feature.over_limit.then, AsWord<OverLimitMode>(Find(*over, "then")));
    Assign(feature.over_limit.after, AsDuration(Find(*over, "after")));
  }
  feature.levels = Texts(Find(node, "levels"));
  feature.set_values = Texts(Find(node, "values"));
  std::sort(feature.set_values.begin(), feature.set_values.end());
  ReadWarnAt(draft, feature, Find(node, "warn_at"));
}

}  // namespace

void BuildFeatures(Draft& draft) {
  draft.typed.assign(draft.features.size(), false);
  for (std::size_t i = 0; i < draft.features.size(); ++i) {
    const Node& node = draft.features.entries[i]->value;
    const std::optional<FeatureType> type = AsWord<FeatureType>(Find(node, "type"));
    if (!type) continue;
    draft.typed[i] = true;
    draft.catalog.features[i].type = *type;
    ReadFeature(draft, draft.catalog.features[i], node);
  }
}

void BuildMembers(Draft& draft) {
  Catalog& catalog = draft.catalog;
  for (std::size_t i = 0; i < draft.permissions.size(); ++i) {
    catalog.permissions[i].requires_feature = Refer(
        draft, draft.features, Find(draft.permissions.entries[i]->value, "requires"), Code::kUnknownFeature, "feature");
  }
  for (std::size_t i = 0; i < draft.roles.size(); ++i) {
    const Node* list = Find(draft.roles.entries[i]->value, "permissions");
    if (list == nullptr) continue;
    std::vector<std::size_t>& permissions = catalog.roles[i].permissions;
    for (const Node& item : list->items) {
      const auto found = Refer(draft, draft.permissions, &item, Code::kUnknownPermission, "permission");
      if (found) permissions.push_back(*found);
    }
    std::sort(permissions.begin(), permissions.end());
    permissions.erase(std::unique(permissions.begin(), permissions.end()), permissions.end());
  }
  StringMap<const Node*> seen;
  catalog.member_kinds.resize(draft.member_kinds.size());
  for (std::size_t i = 0; i < draft.member_kinds.size(); ++i) {
    catalog.member_kinds[i].name = draft.member_kinds.names[i];
    const Node* list = Find(draft.member_kinds.entries[i]->value, "clerk");
    catalog.member_kinds[i].clerk = Texts(list);
    std::sort(catalog.member_kinds[i].clerk.begin(), catalog.member_kinds[i].clerk.end());
    if (list == nullptr) continue;
    for (const Node& item : list->items) {
      const auto [first, inserted] = seen.try_emplace(item.text, &item);
      // Twice in one list is for CheckShape to report.
      const bool same_list =
          first->second >= list->items.data() && first->second < list->items.data() + list->items.size();
      if (inserted || same_list) continue;
      draft.findings.Add(Code::kIdentityRoleTwice, item.place,
                         "The identity role \"" + item.text + "\" means another member kind already at " +
                             draft.findings.Describe(first->second->place) + ": keep it under one of them.");
    }
  }
}

void BuildGroups(Draft& draft) {
  Catalog& catalog = draft.catalog;
  for (std::size_t i = 0; i < draft.groups.size(); ++i) {
    const Node* plan = Find(draft.groups.entries[i]->value, "default_plan");
    catalog.groups.push_back(
        {.name = draft.groups.names[i], .default_plan = Refer(draft, draft.plans, plan, Code::kUnknownPlan, "plan")});
  }
  if (catalog.groups.empty()) catalog.groups.push_back({.name = "main", .default_plan = std::nullopt});
}

}  // namespace usher
