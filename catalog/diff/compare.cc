#include "catalog/diff/compare.h"

#include <algorithm>
#include <chrono>

namespace usher {
namespace {

// The place of a level; nullopt for one that the feature does not know.
std::optional<std::ptrdiff_t> Rank(const Feature& feature, const Level& level) {
  const auto found = std::find(feature.levels.begin(), feature.levels.end(), level.name);
  if (found == feature.levels.end()) return std::nullopt;
  return found - feature.levels.begin();
}

// Where both catalogs know both levels they have to agree; a level that is new or gone is placed by the one that knows.
Generosity CompareLevels(const Feature& before_feature, const Level& before, const Feature& after_feature,
                         const Level& after) {
  std::optional<Generosity> said;
  for (const Feature* feature : {&before_feature, &after_feature}) {
    const std::optional<std::ptrdiff_t> from = Rank(*feature, before);
    const std::optional<std::ptrdiff_t> to = Rank(*feature, after);
    if (!from || !to) continue;
    const Generosity says = *from <=> *to;
    if (said && *said != says) return Generosity::unordered;
    said = says;
  }
  return said.value_or(Generosity::unordered);
}

// What an amount is worth at a quantity: the larger of `base` and quantity x `per_unit` in a plan, their sum in an
// add-on. One of two is worth at least as much at every quantity exactly when neither number is smaller.
struct Amounts {
  Limit base;
  Limit per_unit;
};

Amounts AmountsOf(const Entitlement& entitlement) {
  Amounts amounts;
  switch (entitlement.form) {
    case Entitlement::Form::kFixed: amounts.base = std::get<Limit>(entitlement.fixed); break;
    case Entitlement::Form::kAdd: amounts.base = entitlement.amount; break;
    case Entitlement::Form::kPerQuantity:
      amounts = {.base = {.amount = entitlement.at_least}, .per_unit = entitlement.amount};
      break;
    case Entitlement::Form::kAddPerQuantity: amounts.per_unit = entitlement.amount; break;
  }
  if (amounts.base.unlimited) amounts.per_unit = kUnlimited;
  return amounts;
}

Generosity CompareAmounts(const Entitlement& before, const Entitlement& after) {
  const Amounts from = AmountsOf(before);
  const Amounts to = AmountsOf(after);
  return Together(from.base <=> to.base, from.per_unit <=> to.per_unit);
}

bool Grants(const std::optional<Entitlement>& entitlement) {
  return entitlement && (entitlement->form != Entitlement::Form::kFixed || PermitsAnything(entitlement->fixed));
}

}  // namespace

Generosity Together(Generosity one, Generosity other) {
  if (one == Generosity::equivalent) return other;
  if (other == Generosity::equivalent || one == other) return one;
  return Generosity::unordered;
}

Generosity CompareDurations(CalendarDuration before, CalendarDuration after) {
  using std::chrono::days;
  const std::int32_t months = after.months - before.months;
  const Millis exact = after.exact - before.exact;
  const Millis least = exact + months * Millis(days(months > 0 ? 28 : 31));
  const Millis most = exact + months * Millis(days(months > 0 ? 31 : 28));
  if (months == 0) return Millis(0) <=> exact;
  if (least > Millis(0)) return Generosity::less;
  return most < Millis(0) ? Generosity::greater : Generosity::unordered;
}

Generosity CompareSets(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  const bool keeps = std::includes(after.begin(), after.end(), before.begin(), before.end());
  const bool gains = !std::includes(before.begin(), before.end(), after.begin(), after.end());
  if (keeps) return gains ? Generosity::less : Generosity::equivalent;
  return gains ? Generosity::unordered : Generosity::greater;
}

Generosity CompareEntitlements(const Feature& before_feature, const std::optional<Entitlement>& before,
                               const Feature& after_feature, const std::optional<Entitlement>& after) {
  if (!before || !after) {
    if (Grants(before)) return Generosity::greater;
    return Grants(after) ? Generosity::less : Generosity::equivalent;
  }
  if (before_feature.type != after_feature.type) return Generosity::unordered;
  const bool fixed = before->form == Entitlement::Form::kFixed && after->form == Entitlement::Form::kFixed;
  if (before_feature.type == FeatureType::kLimit || !fixed) return CompareAmounts(*before, *after);
  if (before_feature.type == FeatureType::kLevel) {
    return CompareLevels(before_feature, std::get<Level>(before->fixed), after_feature, std::get<Level>(after->fixed));
  }
  if (before->fixed == after->fixed) return Generosity::equivalent;
  const Value larger = Larger(before_feature, before->fixed, after->fixed);
  if (larger == after->fixed) return Generosity::less;
  return larger == before->fixed ? Generosity::greater : Generosity::unordered;
}

ChangeEffect EffectOf(Generosity generosity) {
  if (generosity == Generosity::less) return ChangeEffect::kWider;
  if (generosity == Generosity::greater) return ChangeEffect::kNarrower;
  return generosity == Generosity::equivalent ? ChangeEffect::kNone : ChangeEffect::kBoth;
}

Generosity GenerosityOf(ChangeEffect effect) {
  switch (effect) {
    case ChangeEffect::kNone: return Generosity::equivalent;
    case ChangeEffect::kWider: return Generosity::less;
    case ChangeEffect::kNarrower: return Generosity::greater;
    case ChangeEffect::kBoth: return Generosity::unordered;
  }
  return Generosity::unordered;
}

ChangeKind KindOf(Generosity generosity) {
  if (generosity == Generosity::less) return ChangeKind::kWidened;
  return generosity == Generosity::greater ? ChangeKind::kNarrowed : ChangeKind::kChanged;
}

}  // namespace usher
