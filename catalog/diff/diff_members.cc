#include <algorithm>

#include "catalog/diff/sections.h"

namespace usher {
namespace {

std::vector<std::string> Sorted(std::vector<std::string> words) {
  std::ranges::sort(words);
  return words;
}

void DiffMemberKinds(const CatalogPair& catalogs, Changes& changes) {
  SideBySide(catalogs.before.member_kinds, catalogs.after.member_kinds, kByName,
             [&](const MemberKind* before, const MemberKind* after) {
               Changes found;
               if (before == nullptr) {
                 found.push_back(Added(ChangeSubject::kMemberKind, ""));
                 found.back().after = Listed(after->clerk);
               } else if (after == nullptr) {
                 found.push_back(Removed(ChangeSubject::kMemberKind, ""));
                 found.back().before = Listed(before->clerk);
               } else {
                 AddAttribute(found, "clerk", Listed(before->clerk), Listed(after->clerk),
                              CompareSets(Sorted(before->clerk), Sorted(after->clerk)));
               }
               for (Change& change : found) {
                 change.subject = ChangeSubject::kMemberKind;
                 change.id = before != nullptr ? before->name : after->name;
                 changes.push_back(std::move(change));
               }
             });
}

void DiffRoles(const CatalogPair& catalogs, Changes& changes) {
  SideBySide(catalogs.before.roles, catalogs.after.roles, kById, [&](const Role* before, const Role* after) {
    std::vector<std::string> from;
    std::vector<std::string> to;
    if (before != nullptr) from = NamesOf(before->permissions, catalogs.before.permissions);
    if (after != nullptr) to = NamesOf(after->permissions, catalogs.after.permissions);
    if (before != nullptr && after != nullptr && from == to) return;
    const Generosity generosity = CompareSets(from, to);
    const std::string& id = (before != nullptr ? before : after)->id.str();
    Change change = ChangeOf(KindOf(generosity), EffectOf(generosity), ChangeSubject::kRole, id);
    if (before == nullptr) change = Added(ChangeSubject::kRole, id);
    if (after == nullptr) change = Removed(ChangeSubject::kRole, id);
    change.before = Listed(from);
    change.after = Listed(to);
    changes.push_back(std::move(change));
  });
}

std::string RequiredBy(const Catalog& catalog, const Permission& permission) {
  return permission.requires_feature ? catalog.features[*permission.requires_feature].id.str() : "";
}

// To need nothing is to have more.
Generosity CompareNeeds(const std::string& before, const std::string& after) {
  if (before == after) return Generosity::equivalent;
  if (before.empty()) return Generosity::greater;
  return after.empty() ? Generosity::less : Generosity::unordered;
}

void DiffPermissions(const CatalogPair& catalogs, Changes& changes) {
  SideBySide(catalogs.before.permissions, catalogs.after.permissions, kById,
             [&](const Permission* before, const Permission* after) {
               Changes found;
               if (before == nullptr) {
                 found.push_back(Added(ChangeSubject::kPermission, ""));
               } else if (after == nullptr) {
                 found.push_back(Removed(ChangeSubject::kPermission, ""));
               } else {
                 const std::string from = RequiredBy(catalogs.before, *before);
                 const std::string to = RequiredBy(catalogs.after, *after);
                 AddAttribute(found, "requires", from, to, CompareNeeds(from, to));
               }
               for (Change& change : found) {
                 change.subject = ChangeSubject::kPermission;
                 change.id = (before != nullptr ? before : after)->id.str();
                 changes.push_back(std::move(change));
               }
             });
}

}  // namespace

void DiffMembers(const CatalogPair& catalogs, Changes& changes) {
  DiffMemberKinds(catalogs, changes);
  DiffRoles(catalogs, changes);
  DiffPermissions(catalogs, changes);
}

}  // namespace usher
