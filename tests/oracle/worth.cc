#include "tests/oracle/worth.h"

#include <limits>
#include <set>
#include <string>

namespace usher::oracle {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

Limit SumOfLimits(const Limit& a, const Limit& b) {
  if (a.unlimited || b.unlimited) return kUnlimited;
  return Limit{.amount = a.amount > kMost - b.amount ? kMost : a.amount + b.amount};
}

Limit LargerLimit(const Limit& a, const Limit& b) {
  if (a.unlimited || b.unlimited) return kUnlimited;
  return a.amount > b.amount ? a : b;
}

// Whole thousands and the rest apart, so that nothing overflows before it has to.
Limit Times(const Limit& each, std::int64_t quantity_milli) {
  if (quantity_milli <= 0) return Limit{};
  if (each.unlimited) return kUnlimited;
  const std::int64_t whole = quantity_milli / 1000;
  const std::int64_t rest = quantity_milli % 1000;
  if (whole > 0 && each.amount > kMost / whole) return Limit{.amount = kMost};
  const std::int64_t part = each.amount / 1000 * rest + each.amount % 1000 * rest / 1000;
  return SumOfLimits(Limit{.amount = each.amount * whole}, Limit{.amount = part});
}

// 1 for the first level; 0 for a name that is none of them.
std::size_t LevelNumber(const Feature& feature, const Value& value) {
  for (std::size_t i = 0; i < feature.levels.size(); ++i) {
    if (feature.levels[i] == std::get<Level>(value).name) return i + 1;
  }
  return 0;
}

// A single number counts for both parts of a metered value.
Metered AsMetered(const Value& value) {
  if (const auto* number = std::get_if<Limit>(&value)) return {.included = *number, .cap = *number};
  return std::get<Metered>(value);
}

}  // namespace

Value Worth(const Feature& feature, const Entitlement& entitlement, std::int64_t quantity_milli) {
  Value worth = entitlement.fixed;
  switch (entitlement.form) {
    case Entitlement::Form::kFixed: break;
    case Entitlement::Form::kPerQuantity:
      worth = LargerLimit(Times(entitlement.amount, quantity_milli), Limit{.amount = entitlement.at_least});
      break;
    case Entitlement::Form::kAdd: worth = entitlement.amount; break;
    case Entitlement::Form::kAddPerQuantity: worth = Times(entitlement.amount, quantity_milli); break;
  }
  if (feature.type == FeatureType::kMetered) return AsMetered(worth);
  return worth;
}

Value LargerOf(const Feature& feature, const Value& a, const Value& b) {
  switch (feature.type) {
    case FeatureType::kBoolean: return std::get<bool>(a) || std::get<bool>(b);
    case FeatureType::kLimit: return LargerLimit(std::get<Limit>(a), std::get<Limit>(b));
    case FeatureType::kMetered:
      return Metered{.included = LargerLimit(AsMetered(a).included, AsMetered(b).included),
                     .cap = LargerLimit(AsMetered(a).cap, AsMetered(b).cap)};
    case FeatureType::kLevel: return LevelNumber(feature, a) >= LevelNumber(feature, b) ? a : b;
    case FeatureType::kSet: {
      std::set<std::string> both;
      for (const std::string& value : std::get<ValueSet>(a).values) both.insert(value);
      for (const std::string& value : std::get<ValueSet>(b).values) both.insert(value);
      return ValueSet{.values = {both.begin(), both.end()}};
    }
  }
  return a;
}

Value SumOf(const Feature& feature, const Value& a, const Value& b) {
  switch (feature.type) {
    case FeatureType::kLimit: return SumOfLimits(std::get<Limit>(a), std::get<Limit>(b));
    case FeatureType::kMetered:
      return Metered{.included = SumOfLimits(AsMetered(a).included, AsMetered(b).included),
                     .cap = SumOfLimits(AsMetered(a).cap, AsMetered(b).cap)};
    case FeatureType::kBoolean:
    case FeatureType::kLevel:
    case FeatureType::kSet: return LargerOf(feature, a, b);
  }
  return a;
}

Value MergeOf(const Feature& feature, const Value& a, const Value& b) {
  return feature.merge == Merge::kSum ? SumOf(feature, a, b) : LargerOf(feature, a, b);
}

}  // namespace usher::oracle
