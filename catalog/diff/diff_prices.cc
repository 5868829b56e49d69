#include "catalog/diff/sections.h"
#include "catalog/words.h"

namespace usher {
namespace {

std::string SoldBy(const Catalog& catalog, const Price& price) {
  struct Text {
    const Catalog& catalog;
    std::string operator()(const Price::SellsPlan& sells) const {
      const Plan& plan = catalog.plans[sells.plan];
      return NameOf(plan.title, plan.id.str());
    }
    std::string operator()(const Price::SellsAddOn& sells) const {
      const AddOn& add_on = catalog.add_ons[sells.add_on];
      return NameOf(add_on.title, add_on.id.str());
    }
    std::string operator()(const Price::Ignored&) const { return "nothing"; }
  };
  return std::visit(Text{catalog}, price.sells);
}

std::string TermText(const std::optional<OnceTerm>& term) {
  if (!term) return "";
  return term->forever ? "forever" : FormatDuration(term->length);
}

// `growth@2, month, usd`: the whole price.
std::string PriceText(const Catalog& catalog, const Price& price) {
  std::vector<std::string> words = {SoldBy(catalog, price)};
  for (const std::string* label : {&price.interval, &price.currency}) {
    if (!label->empty()) words.push_back(*label);
  }
  if (price.status != PriceStatus::kCurrent) words.emplace_back(WordOf(price.status));
  return Listed(words);
}

// A price that sells a plan and then an add-on, or the other way round, gives what cannot be compared.
ChangeEffect EffectOfOtherKind(const Price& before, const Price& after) {
  if (std::holds_alternative<Price::Ignored>(before.sells)) return ChangeEffect::kWider;
  return std::holds_alternative<Price::Ignored>(after.sells) ? ChangeEffect::kNarrower : ChangeEffect::kBoth;
}

void AddSold(const CatalogPair& catalogs, const Price& before, const Price& after, Changes& found) {
  if (before.sells.index() != after.sells.index()) {
    found.push_back(ChangeOf(ChangeKind::kRepointed, EffectOfOtherKind(before, after), ChangeSubject::kPrice, ""));
    found.back().before = SoldBy(catalogs.before, before);
    found.back().after = SoldBy(catalogs.after, after);
  } else if (const auto* sells = std::get_if<Price::SellsPlan>(&before.sells)) {
    const Plan& from = catalogs.before.plans[sells->plan];
    const Plan& to = catalogs.after.plans[std::get<Price::SellsPlan>(after.sells).plan];
    if (from.id != to.id) found.push_back(Repointed(ChangeSubject::kPlan, from, to, PlanParts(catalogs, from, to)));
  } else if (const auto* adds = std::get_if<Price::SellsAddOn>(&before.sells)) {
    const AddOn& from = catalogs.before.add_ons[adds->add_on];
    const AddOn& to = catalogs.after.add_ons[std::get<Price::SellsAddOn>(after.sells).add_on];
    if (from.id != to.id) found.push_back(Repointed(ChangeSubject::kAddOn, from, to, AddOnParts(catalogs, from, to)));
  }
}

// Adds that one thing about a price is another; the kind never is kAdded, which means a price.
void AddPriceAttribute(Changes& found, const char* attribute, const std::string& before, const std::string& after,
                       Generosity generosity) {
  if (before == after) return;
  Change change = ChangeOf(KindOf(generosity), EffectOf(generosity), ChangeSubject::kPrice, "");
  change.attribute = attribute;
  change.before = before;
  change.after = after;
  found.push_back(std::move(change));
}

Generosity CompareTerms(const OnceTerm& before, const OnceTerm& after) {
  if (before.forever || after.forever) return before.forever <=> after.forever;
  return CompareDurations(before.length, after.length);
}

Changes PriceParts(const CatalogPair& catalogs, const Price& before, const Price& after) {
  Changes found;
  AddSold(catalogs, before, after, found);
  if (before.status != after.status) {
    found.push_back(ChangeOf(before.status < after.status ? ChangeKind::kRetired : ChangeKind::kReinstated,
                             ChangeEffect::kNone, ChangeSubject::kPrice, ""));
    found.back().before = WordOf(before.status);
    found.back().after = WordOf(after.status);
  }
  // The interval is a label, but for once.
  const bool same_way = before.once.has_value() == after.once.has_value();
  AddPriceAttribute(found, "interval", before.interval, after.interval,
                    same_way ? Generosity::equivalent : Generosity::unordered);
  if (before.once && after.once) {
    AddPriceAttribute(found, "grants_for", TermText(before.once), TermText(after.once),
                      CompareTerms(*before.once, *after.once));
  }
  AddPriceAttribute(found, "currency", before.currency, after.currency, Generosity::equivalent);
  AddPriceAttribute(found, "arrears", before.arrears ? "yes" : "no", after.arrears ? "yes" : "no",
                    Generosity::unordered);
  const auto* why_before = std::get_if<Price::Ignored>(&before.sells);
  const auto* why_after = std::get_if<Price::Ignored>(&after.sells);
  if (why_before != nullptr && why_after != nullptr) {
    AddPriceAttribute(found, "ignore", why_before->why, why_after->why, Generosity::equivalent);
  }
  return found;
}

Change RemovedPrice(bool live) {
  if (!live) return Removed(ChangeSubject::kPrice, "");
  Change change = ChangeOf(ChangeKind::kDeleted, ChangeEffect::kNarrower, ChangeSubject::kPrice, "");
  change.remedy = "list it again, with status: retired";
  return change;
}

void DiffEnvironment(const CatalogPair& catalogs, bool live, Changes& changes) {
  const std::vector<Price> Catalog::* prices = live ? &Catalog::live_prices : &Catalog::test_prices;
  SideBySide(catalogs.before.*prices, catalogs.after.*prices, kById, [&](const Price* before, const Price* after) {
    Changes found;
    if (before == nullptr) {
      found.push_back(Added(ChangeSubject::kPrice, ""));
      found.back().after = PriceText(catalogs.after, *after);
    } else if (after == nullptr) {
      found.push_back(RemovedPrice(live));
      found.back().before = PriceText(catalogs.before, *before);
    } else {
      found = PriceParts(catalogs, *before, *after);
    }
    for (Change& change : found) {
      change.subject = ChangeSubject::kPrice;
      change.id = (before != nullptr ? before : after)->id.str();
      changes.push_back(std::move(change));
    }
  });
}

}  // namespace

void DiffPrices(const CatalogPair& catalogs, Changes& changes) {
  DiffEnvironment(catalogs, true, changes);
  DiffEnvironment(catalogs, false, changes);
}

}  // namespace usher
