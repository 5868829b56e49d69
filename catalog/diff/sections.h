// The parts of DiffCatalogs. Each adds what it finds, in any order.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/diff/change.h"
#include "catalog/diff/compare.h"
#include "catalog/model.h"

namespace usher {

struct CatalogPair {
  const Catalog& before;
  const Catalog& after;
};
using Changes = std::vector<Change>;

void DiffFeatures(const CatalogPair& catalogs, Changes& changes);
void DiffGroups(const CatalogPair& catalogs, Changes& changes);
void DiffPlans(const CatalogPair& catalogs, Changes& changes);
void DiffAddOns(const CatalogPair& catalogs, Changes& changes);
void DiffPrices(const CatalogPair& catalogs, Changes& changes);
void DiffMembers(const CatalogPair& catalogs, Changes& changes);
void DiffPaymentPolicy(const CatalogPair& catalogs, Changes& changes);

// What somebody who has `before` gains and loses by having `after` instead, and what else is different about it. Their
// subject, id and title are left to the caller.
Changes PlanParts(const CatalogPair& catalogs, const Plan& before, const Plan& after);
Changes AddOnParts(const CatalogPair& catalogs, const AddOn& before, const AddOn& after);

// The keys of the payment policy that differ, as attributes `payment_policy.KEY`, without those that differ just as the
// catalog's own do.
void AddPolicyParts(const CatalogPair& catalogs, const PaymentPolicy& before, const PaymentPolicy& after,
                    Changes& changes);

// Adds that `attribute` is not what it was, unless it is; an empty text is no attribute.
void AddAttribute(Changes& changes, std::string attribute, std::string before, std::string after,
                  Generosity generosity);

inline const std::string& TitleOf(const std::string& before, const std::string& after) {
  return after.empty() ? before : after;
}

// `Growth (growth@2)`, or the id alone.
std::string NameOf(const std::string& title, const std::string& id);

// The change of kind kRepointed from one plan, or add-on, to another; `parts` is what follows from it.
template <class Item>
Change Repointed(ChangeSubject sold, const Item& before, const Item& after, Changes parts) {
  Change change;
  change.kind = ChangeKind::kRepointed;
  std::erase_if(parts, [](const Change& part) { return part.effect == ChangeEffect::kNone; });
  Generosity generosity = Generosity::equivalent;
  for (Change& part : parts) {
    part.subject = sold;
    part.id = before.id.str() + " -> " + after.id.str();
    part.title = TitleOf(before.title, after.title);
    generosity = Together(generosity, GenerosityOf(part.effect));
  }
  change.effect = EffectOf(generosity);
  change.before = NameOf(before.title, before.id.str());
  change.after = NameOf(after.title, after.id.str());
  change.parts = std::move(parts);
  return change;
}

inline Change ChangeOf(ChangeKind kind, ChangeEffect effect, ChangeSubject subject, std::string id) {
  Change change;
  change.kind = kind;
  change.effect = effect;
  change.subject = subject;
  change.id = std::move(id);
  return change;
}

// The whole of something that only the newer, or only the older, catalog has.
inline Change Added(ChangeSubject subject, std::string id) {
  return ChangeOf(ChangeKind::kAdded, ChangeEffect::kWider, subject, std::move(id));
}
inline Change Removed(ChangeSubject subject, std::string id) {
  return ChangeOf(ChangeKind::kRemoved, ChangeEffect::kNarrower, subject, std::move(id));
}

std::string Listed(const std::vector<std::string>& words);

template <class Items>
std::vector<std::string> NamesOf(const std::vector<std::size_t>& indexes, const Items& items) {
  std::vector<std::string> names;
  for (const std::size_t index : indexes) names.push_back(items[index].id.str());
  return names;
}

// Calls visit(before, after) for every id of two lists sorted by it, with null for the list that has none of the id.
template <class Item, class IdOf, class Visit>
void SideBySide(const std::vector<Item>& before, const std::vector<Item>& after, IdOf id_of, Visit visit) {
  auto from = before.begin();
  auto to = after.begin();
  while (from != before.end() || to != after.end()) {
    const bool takes_from = to == after.end() || (from != before.end() && id_of(*from) <= id_of(*to));
    const bool takes_to = from == before.end() || (to != after.end() && id_of(*to) <= id_of(*from));
    visit(takes_from ? &*from : nullptr, takes_to ? &*to : nullptr);
    if (takes_from) ++from;
    if (takes_to) ++to;
  }
}

inline constexpr auto kById = [](const auto& item) -> const std::string& { return item.id.str(); };
inline constexpr auto kByName = [](const auto& item) -> const std::string& { return item.name; };

}  // namespace usher
