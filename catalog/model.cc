#include "catalog/model.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace usher {
namespace {

template <class Item>
std::optional<std::size_t> FindById(const std::vector<Item>& sorted, std::string_view id) {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), id, [](const Item& item, std::string_view key) {
    return std::string_view(item.id.str()) < key;
  });
  if (found == sorted.end() || found->id.str() != id) return std::nullopt;
  return static_cast<std::size_t>(found - sorted.begin());
}

__extension__ using Wide = __int128;

Limit TimesQuantity(const Limit& amount, std::int64_t quantity_milli) {
  if (quantity_milli <= 0) return {};
  if (amount.unlimited) return kUnlimited;
  const Wide product = Wide{amount.amount} * quantity_milli / 1000;
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  return {.amount = static_cast<std::int64_t>(std::min(product, kMost)), .unlimited = false};
}

// The place of a level among the feature's; -1 for a name that the feature does not know, which thus never wins.
std::ptrdiff_t Rank(const Feature& feature, const Level& level) {
  const auto found = std::find(feature.levels.begin(), feature.levels.end(), level.name);
  return found == feature.levels.end() ? -1 : found - feature.levels.begin();
}

ValueSet Union(const ValueSet& a, const ValueSet& b) {
  ValueSet both;
  std::set_union(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(), std::back_inserter(both.values));
  return both;
}

}  // namespace

std::optional<std::size_t> FindFeature(const Catalog& catalog, std::string_view id) {
  return FindById(catalog.features, id);
}

std::optional<std::size_t> FindPlan(const Catalog& catalog, std::string_view id) { return FindById(catalog.plans, id); }

std::optional<std::size_t> FindAddOn(const Catalog& catalog, std::string_view id) {
  return FindById(catalog.add_ons, id);
}

const Price* FindPrice(const Catalog& catalog, bool livemode, std::string_view id) {
  const std::vector<Price>& prices = livemode ? catalog.live_prices : catalog.test_prices;
  const std::optional<std::size_t> found = FindById(prices, id);
  return found ? &prices[*found] : nullptr;
}

std::optional<std::size_t> FindMemberKind(const Catalog& catalog, std::string_view name) {
  const auto found = std::ranges::lower_bound(catalog.member_kinds, name, {},
                                              [](const MemberKind& kind) { return std::string_view(kind.name); });
  if (found == catalog.member_kinds.end() || found->name != name) return std::nullopt;
  return static_cast<std::size_t>(found - catalog.member_kinds.begin());
}

std::optional<std::size_t> FindPermission(const Catalog& catalog, std::string_view id) {
  return FindById(catalog.permissions, id);
}

Value ValueAt(const Entitlement& entitlement, std::int64_t quantity_milli) {
  switch (entitlement.form) {
    case Entitlement::Form::kFixed: return entitlement.fixed;
    case Entitlement::Form::kPerQuantity:
      return std::max(TimesQuantity(entitlement.amount, quantity_milli), Limit{.amount = entitlement.at_least});
    case Entitlement::Form::kAdd: return entitlement.amount;
    case Entitlement::Form::kAddPerQuantity: return TimesQuantity(entitlement.amount, quantity_milli);
  }
  return entitlement.fixed;
}

Value Larger(const Feature& feature, const Value& a, const Value& b) {
  switch (feature.type) {
    case FeatureType::kBoolean: return std::get<bool>(a) || std::get<bool>(b);
    case FeatureType::kLimit: return std::max(std::get<Limit>(a), std::get<Limit>(b));
    case FeatureType::kMetered: {
      const Metered& left = std::get<Metered>(a);
      const Metered& right = std::get<Metered>(b);
      return Metered{.included = std::max(left.included, right.included), .cap = std::max(left.cap, right.cap)};
    }
    case FeatureType::kLevel: return Rank(feature, std::get<Level>(a)) < Rank(feature, std::get<Level>(b)) ? b : a;
    case FeatureType::kSet: return Union(std::get<ValueSet>(a), std::get<ValueSet>(b));
  }
  return a;
}

Value MergeValues(const Feature& feature, const Value& a, const Value& b) {
  if (feature.merge != Merge::kSum) return Larger(feature, a, b);
  return AddOnTop(feature, a, b);
}

Value AddOnTop(const Feature& feature, const Value& base, const Value& add) {
  switch (feature.type) {
    case FeatureType::kLimit: return Add(std::get<Limit>(base), std::get<Limit>(add));
    case FeatureType::kMetered: {
      const Metered& onto = std::get<Metered>(base);
      // An add-on states one number, which counts for both.
      const Limit* number = std::get_if<Limit>(&add);
      const Metered more = number ? Metered{.included = *number, .cap = *number} : std::get<Metered>(add);
      return Metered{.included = Add(onto.included, more.included), .cap = Add(onto.cap, more.cap)};
    }
    case FeatureType::kBoolean:
    case FeatureType::kLevel:
    case FeatureType::kSet: return Larger(feature, base, add);
  }
  return base;
}

bool PermitsAnything(const Value& value) {
  struct Permits {
    bool operator()(bool on) const { return on; }
    bool operator()(const Limit& limit) const { return limit.unlimited || limit.amount > 0; }
    bool operator()(const Metered& metered) const { return (*this)(metered.included) || (*this)(metered.cap); }
    bool operator()(const Level&) const { return true; }
    bool operator()(const ValueSet& set) const { return !set.values.empty(); }
  };
  return std::visit(Permits{}, value);
}

}  // namespace usher
