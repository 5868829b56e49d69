#include <algorithm>
#include <optional>

#include "catalog/canonical.h"
#include "catalog/diff/sections.h"
#include "catalog/entitlement_text.h"
#include "catalog/words.h"

namespace usher {
namespace {

using Entitlements = std::vector<std::optional<Entitlement>>;

// One feature of two plans or add-ons, as each catalog declares it. A feature that only one of them has is read as that
// one declares it.
struct Cell {
  const Feature& before_feature;
  const Feature& after_feature;
  std::optional<Entitlement> before;
  std::optional<Entitlement> after;
};

std::vector<Cell> CellsOf(const CatalogPair& catalogs, const Entitlements& before, const Entitlements& after) {
  std::vector<Cell> cells;
  SideBySide(catalogs.before.features, catalogs.after.features, kById, [&](const Feature* from, const Feature* to) {
    std::optional<Entitlement> grants_before;
    std::optional<Entitlement> grants_after;
    if (from != nullptr) grants_before = before[static_cast<std::size_t>(from - catalogs.before.features.data())];
    if (to != nullptr) grants_after = after[static_cast<std::size_t>(to - catalogs.after.features.data())];
    cells.push_back({.before_feature = from != nullptr ? *from : *to,
                     .after_feature = to != nullptr ? *to : *from,
                     .before = std::move(grants_before),
                     .after = std::move(grants_after)});
  });
  return cells;
}

Generosity Compare(const Cell& cell) {
  return CompareEntitlements(cell.before_feature, cell.before, cell.after_feature, cell.after);
}

Changes CellParts(const CatalogPair& catalogs, const Entitlements& before, const Entitlements& after) {
  Changes parts;
  for (const Cell& cell : CellsOf(catalogs, before, after)) {
    const Generosity generosity = Compare(cell);
    if (cell.before.has_value() == cell.after.has_value() && generosity == Generosity::equivalent) continue;
    Change change;
    change.kind = KindOf(generosity);
    if (!cell.before) change.kind = ChangeKind::kAdded;
    if (!cell.after) change.kind = ChangeKind::kRemoved;
    change.effect = EffectOf(generosity);
    change.feature = cell.after_feature.id.str();
    change.feature_title = TitleOf(cell.before_feature.title, cell.after_feature.title);
    if (cell.before) change.before = EntitlementText(*cell.before);
    if (cell.after) change.after = EntitlementText(*cell.after);
    parts.push_back(std::move(change));
  }
  return parts;
}

std::string GrantsText(const Catalog& catalog, const Entitlements& entitlements) {
  std::string text;
  for (std::size_t i = 0; i < entitlements.size(); ++i) {
    if (!entitlements[i]) continue;
    const Feature& feature = catalog.features[i];
    text += (text.empty() ? "" : "; ") + (feature.title.empty() ? feature.id.str() : feature.title) + ": " +
            EntitlementText(*entitlements[i]);
  }
  return text;
}

std::vector<std::string> PermissionsOf(const Catalog& catalog, const std::vector<std::size_t>& roles) {
  std::vector<std::size_t> permissions;
  for (const std::size_t role : roles) {
    const std::vector<std::size_t>& has = catalog.roles[role].permissions;
    permissions.insert(permissions.end(), has.begin(), has.end());
  }
  std::ranges::sort(permissions);
  permissions.erase(std::unique(permissions.begin(), permissions.end()), permissions.end());
  return NamesOf(permissions, catalog.permissions);
}

// Roles that are there as well are more; other roles are compared by what they permit. The same permissions under
// other names are neither: applications may ask for a role by its name.
Generosity CompareRoles(const CatalogPair& catalogs, const std::vector<std::size_t>& before,
                        const std::vector<std::size_t>& after) {
  const Generosity names = CompareSets(NamesOf(before, catalogs.before.roles), NamesOf(after, catalogs.after.roles));
  if (names != Generosity::unordered) return names;
  const Generosity permissions =
      CompareSets(PermissionsOf(catalogs.before, before), PermissionsOf(catalogs.after, after));
  return permissions == Generosity::equivalent ? Generosity::unordered : permissions;
}

void AddMemberRoles(const CatalogPair& catalogs, const Plan& before, const Plan& after, Changes& parts) {
  SideBySide(catalogs.before.member_kinds, catalogs.after.member_kinds, kByName,
             [&](const MemberKind* from, const MemberKind* to) {
               std::vector<std::size_t> roles_before;
               std::vector<std::size_t> roles_after;
               if (from != nullptr) {
                 roles_before =
                     before.member_roles[static_cast<std::size_t>(from - catalogs.before.member_kinds.data())];
               }
               if (to != nullptr) {
                 roles_after = after.member_roles[static_cast<std::size_t>(to - catalogs.after.member_kinds.data())];
               }
               AddAttribute(parts, "member_roles." + (from != nullptr ? from : to)->name,
                            Listed(NamesOf(roles_before, catalogs.before.roles)),
                            Listed(NamesOf(roles_after, catalogs.after.roles)),
                            CompareRoles(catalogs, roles_before, roles_after));
             });
}

std::string TrialText(const Catalog& catalog, const std::optional<TrialPolicy>& trial) {
  if (!trial) return "";
  return FormatDuration(trial->length) + " of " + catalog.plans[trial->grants].id.str() + ", once per " +
         std::string(WordOf(trial->once_per)) + (trial->requires_payment_method ? ", with a payment method" : "");
}

// A granted plan that changes under one name is told where it changes.
Generosity CompareTrials(const CatalogPair& catalogs, const std::optional<TrialPolicy>& before,
                         const std::optional<TrialPolicy>& after) {
  if (!before || !after) return before.has_value() <=> after.has_value();
  Generosity generosity = CompareDurations(before->length, after->length);
  generosity = Together(generosity, before->once_per <=> after->once_per);
  generosity = Together(generosity, after->requires_payment_method <=> before->requires_payment_method);
  const Plan& from = catalogs.before.plans[before->grants];
  const Plan& to = catalogs.after.plans[after->grants];
  if (from.id == to.id) return generosity;
  for (const Cell& cell : CellsOf(catalogs, from.entitlements, to.entitlements)) {
    generosity = Together(generosity, Compare(cell));
  }
  return generosity;
}

template <class Item>
int LatestVersion(const std::vector<Item>& items, const std::string& name) {
  int latest = 0;
  for (const Item& item : items) {
    if (item.name == name) latest = std::max(latest, item.version);
  }
  return latest;
}

template <class Item>
Change OtherContent(ChangeSubject subject, const Item& item, const std::vector<Item>& before,
                    const std::vector<Item>& after) {
  Change change = ChangeOf(ChangeKind::kContent, ChangeEffect::kBoth, subject, item.id.str());
  const int next = std::max(LatestVersion(before, item.name), LatestVersion(after, item.name)) + 1;
  change.remedy = "declare " + item.name + "@" + std::to_string(next) + " and point prices at it";
  return change;
}

// `parts` of the subject, and their error where they are what a used version grants.
template <class Item>
Changes ChangesOf(const CatalogPair& catalogs, ChangeSubject subject, const Item& before, const Item& after,
                  const std::vector<Item>& all_before, const std::vector<Item>& all_after, Changes parts) {
  if (LiveContent(catalogs.before, before) != LiveContent(catalogs.after, after)) {
    parts.push_back(OtherContent(subject, after, all_before, all_after));
  }
  return parts;
}

template <class Item>
void DiffItems(const CatalogPair& catalogs, ChangeSubject subject, std::vector<Item> Catalog::* items,
               Changes (*parts_of)(const CatalogPair&, const Item&, const Item&), Changes& changes) {
  const std::vector<Item>& all_before = catalogs.before.*items;
  const std::vector<Item>& all_after = catalogs.after.*items;
  SideBySide(all_before, all_after, kById, [&](const Item* before, const Item* after) {
    Changes found;
    if (before == nullptr) {
      found.push_back(Added(subject, ""));
      found.back().after = GrantsText(catalogs.after, after->entitlements);
    } else if (after == nullptr) {
      found.push_back(Removed(subject, ""));
      found.back().before = GrantsText(catalogs.before, before->entitlements);
    } else {
      found = ChangesOf(catalogs, subject, *before, *after, all_before, all_after, parts_of(catalogs, *before, *after));
    }
    for (Change& change : found) {
      change.subject = subject;
      change.id = (before != nullptr ? before : after)->id.str();
      change.title = TitleOf(before != nullptr ? before->title : "", after != nullptr ? after->title : "");
      changes.push_back(std::move(change));
    }
  });
}

}  // namespace

Changes PlanParts(const CatalogPair& catalogs, const Plan& before, const Plan& after) {
  Changes parts = CellParts(catalogs, before.entitlements, after.entitlements);
  AddAttribute(parts, "title", before.title, after.title, Generosity::equivalent);
  const std::string& from = catalogs.before.groups[before.group].name;
  const std::string& to = catalogs.after.groups[after.group].name;
  AddAttribute(parts, "group", from, to, from == to ? Generosity::equivalent : Generosity::unordered);
  AddAttribute(parts, "offered", std::string(WordOf(before.offered)), std::string(WordOf(after.offered)),
               Generosity::equivalent);
  AddMemberRoles(catalogs, before, after, parts);
  AddAttribute(parts, "trial", TrialText(catalogs.before, before.trial), TrialText(catalogs.after, after.trial),
               CompareTrials(catalogs, before.trial, after.trial));
  AddPolicyParts(catalogs, before.policy, after.policy, parts);
  return parts;
}

Changes AddOnParts(const CatalogPair& catalogs, const AddOn& before, const AddOn& after) {
  Changes parts = CellParts(catalogs, before.entitlements, after.entitlements);
  AddAttribute(parts, "title", before.title, after.title, Generosity::equivalent);
  AddAttribute(parts, "for", Listed(before.for_plans), Listed(after.for_plans),
               CompareSets(before.for_plans, after.for_plans));
  const auto most = [](const AddOn& add_on) {
    return add_on.max_quantity ? Limit{.amount = *add_on.max_quantity} : kUnlimited;
  };
  const auto text = [](const AddOn& add_on) {
    return add_on.max_quantity ? std::to_string(*add_on.max_quantity) : std::string("no maximum");
  };
  AddAttribute(parts, "max_quantity", text(before), text(after), most(before) <=> most(after));
  return parts;
}

void DiffPlans(const CatalogPair& catalogs, Changes& changes) {
  DiffItems<Plan>(catalogs, ChangeSubject::kPlan, &Catalog::plans, PlanParts, changes);
}

void DiffAddOns(const CatalogPair& catalogs, Changes& changes) {
  DiffItems<AddOn>(catalogs, ChangeSubject::kAddOn, &Catalog::add_ons, AddOnParts, changes);
}

void DiffGroups(const CatalogPair& catalogs, Changes& changes) {
  SideBySide(catalogs.before.groups, catalogs.after.groups, kByName, [&](const Group* before, const Group* after) {
    const Plan* from = nullptr;
    const Plan* to = nullptr;
    if (before != nullptr && before->default_plan) from = &catalogs.before.plans[*before->default_plan];
    if (after != nullptr && after->default_plan) to = &catalogs.after.plans[*after->default_plan];
    const std::string from_name = from != nullptr ? NameOf(from->title, from->id.str()) : "";
    const std::string to_name = to != nullptr ? NameOf(to->title, to->id.str()) : "";
    Change change;
    if (before == nullptr || after == nullptr) {
      change = before == nullptr ? Added(ChangeSubject::kGroup, "") : Removed(ChangeSubject::kGroup, "");
    } else if (from == nullptr && to == nullptr) {
      return;
    } else if (from == nullptr || to == nullptr) {
      change = from == nullptr ? Added(ChangeSubject::kGroup, "") : Removed(ChangeSubject::kGroup, "");
      change.attribute = "default_plan";
    } else if (from->id != to->id) {
      change = Repointed(ChangeSubject::kPlan, *from, *to, PlanParts(catalogs, *from, *to));
      change.attribute = "default_plan";
    } else {
      return;
    }
    change.before = from_name;
    change.after = to_name;
    change.subject = ChangeSubject::kGroup;
    change.id = (before != nullptr ? before : after)->name;
    changes.push_back(std::move(change));
  });
}

}  // namespace usher
