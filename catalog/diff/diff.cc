#include "catalog/diff/diff.h"

#include <algorithm>
#include <tuple>

#include "catalog/diff/sections.h"

namespace usher {
namespace {

void DiffNames(const CatalogPair& catalogs, Changes& changes) {
  AddAttribute(changes, "name", catalogs.before.name, catalogs.after.name, Generosity::equivalent);
  AddAttribute(changes, "label", catalogs.before.label, catalogs.after.label, Generosity::equivalent);
}

}  // namespace

std::string Listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void AddAttribute(Changes& changes, std::string attribute, std::string before, std::string after,
                  Generosity generosity) {
  if (before == after && generosity == Generosity::equivalent) return;
  Change change;
  change.kind = KindOf(generosity);
  if (before.empty()) change.kind = ChangeKind::kAdded;
  if (after.empty()) change.kind = ChangeKind::kRemoved;
  change.effect = EffectOf(generosity);
  change.attribute = std::move(attribute);
  change.before = std::move(before);
  change.after = std::move(after);
  changes.push_back(std::move(change));
}

std::string NameOf(const std::string& title, const std::string& id) {
  return title.empty() ? id : title + " (" + id + ")";
}

std::vector<Change> DiffCatalogs(const Catalog& before, const Catalog& after) {
  const CatalogPair catalogs{.before = before, .after = after};
  Changes changes;
  DiffPlans(catalogs, changes);
  DiffAddOns(catalogs, changes);
  DiffPrices(catalogs, changes);
  DiffGroups(catalogs, changes);
  DiffFeatures(catalogs, changes);
  DiffMembers(catalogs, changes);
  DiffPaymentPolicy(catalogs, changes);
  DiffNames(catalogs, changes);
  const auto place = [](const Change& change) {
    return std::make_tuple(SeverityOf(change), change.subject, std::cref(change.id), std::cref(change.feature),
                           std::cref(change.attribute), change.kind);
  };
  std::ranges::sort(changes, [&](const Change& one, const Change& other) { return place(one) < place(other); });
  return changes;
}

}  // namespace usher
