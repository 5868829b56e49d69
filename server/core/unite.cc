#include "server/core/unite.h"

#include <algorithm>

namespace usher {
namespace {

bool IsSuspended(AccessState state) { return state == AccessState::kSuspended; }

// Overlapping proofs of one subscription and group share a lane; whatever has no subscription has its own.
std::vector<std::size_t> LanesOf(const Catalog& catalog, const std::vector<Candidate>& candidates) {
  std::vector<std::size_t> lanes(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    lanes[i] = i;
    if (candidate.gift.add_on || candidate.subscription == nullptr || candidate.subscription->empty()) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const Candidate& other = candidates[j];
      if (other.gift.add_on || other.subscription == nullptr || *other.subscription != *candidate.subscription ||
          *other.scope != *candidate.scope ||
          catalog.plans[other.gift.index].group != catalog.plans[candidate.gift.index].group) {
        continue;
      }
      lanes[i] = lanes[j];
      break;
    }
  }
  return lanes;
}

// An add-on counts only while a plan that it is for carries value.
bool IsWithheld(const Catalog& catalog, const std::vector<Candidate>& candidates, const Candidate& candidate) {
  if (!candidate.gift.add_on || !CarriesValue(candidate.state)) return false;
  const std::vector<std::string>& names = catalog.add_ons[candidate.gift.index].for_plans;
  return std::none_of(candidates.begin(), candidates.end(), [&](const Candidate& other) {
    return !other.gift.add_on && other.reason != Reason::kDefaultPlan && CarriesValue(other.state) &&
           std::binary_search(names.begin(), names.end(), catalog.plans[other.gift.index].name);
  });
}

std::int64_t AddOnQuantity(const AddOn& add_on, std::int64_t quantity_milli) {
  if (!add_on.max_quantity || *add_on.max_quantity > quantity_milli / 1000) return quantity_milli;
  return std::min(quantity_milli, *add_on.max_quantity * 1000);
}

}  // namespace

std::vector<bool> WithheldOf(const Catalog& catalog, const std::vector<Candidate>& candidates) {
  std::vector<bool> withheld;
  for (const Candidate& candidate : candidates) withheld.push_back(IsWithheld(catalog, candidates, candidate));
  return withheld;
}

Union::Union(const Catalog& catalog, const std::vector<Candidate>& candidates)
    : catalog_(catalog),
      candidates_(candidates),
      lanes_(LanesOf(catalog, candidates)),
      withheld_(WithheldOf(catalog, candidates)) {}

const Entitlement* Union::EntitlementOf(const Candidate& candidate, std::size_t feature) const {
  const std::size_t index = candidate.gift.index;
  const std::optional<Entitlement>& entitlement = candidate.gift.add_on ? catalog_.add_ons[index].entitlements[feature]
                                                                        : catalog_.plans[index].entitlements[feature];
  if (!entitlement) return nullptr;
  const bool* fixed = entitlement->form == Entitlement::Form::kFixed ? std::get_if<bool>(&entitlement->fixed) : nullptr;
  return fixed != nullptr && !*fixed ? nullptr : &*entitlement;  // boolean `false` is none
}

std::optional<Value> Union::MergedPlans(std::size_t index, bool (*counts)(AccessState)) const {
  const Feature& feature = catalog_.features[index];
  std::optional<Value> merged;
  for (std::size_t lane = 0; lane < candidates_.size(); ++lane) {
    if (lanes_[lane] != lane) continue;
    std::optional<Value> value;
    for (std::size_t i = lane; i < candidates_.size(); ++i) {
      const Candidate& candidate = candidates_[i];
      if (lanes_[i] != lane || candidate.gift.add_on || !counts(candidate.state)) continue;
      const Entitlement* entitlement = EntitlementOf(candidate, index);
      if (entitlement == nullptr) continue;
      Value more = ValueAt(*entitlement, candidate.quantity_milli);
      value = value ? Larger(feature, *value, more) : std::move(more);
    }
    if (value) merged = merged ? MergeValues(feature, *merged, *value) : *std::move(value);
  }
  return merged;
}

std::optional<Value> Union::Merged(std::size_t index, bool (*counts)(AccessState)) const {
  std::optional<Value> merged = MergedPlans(index, counts);
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& candidate = candidates_[i];
    if (!candidate.gift.add_on || !counts(candidate.state) || withheld_[i]) continue;
    const Entitlement* entitlement = EntitlementOf(candidate, index);
    if (entitlement == nullptr) continue;
    const std::int64_t quantity = AddOnQuantity(catalog_.add_ons[candidate.gift.index], candidate.quantity_milli);
    merged = OnTopOf(catalog_.features[index], merged, ValueAt(*entitlement, quantity));
  }
  return merged;
}

United Union::Of(std::size_t feature) const {
  United united;
  bool withheld = false;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& candidate = candidates_[i];
    if (EntitlementOf(candidate, feature) == nullptr) continue;
    if (withheld_[i]) {
      withheld = true;
      continue;
    }
    if (candidate.state > united.state) continue;
    if (candidate.state < united.state) {
      united.state = candidate.state;
      united.reason = candidate.reason;
      united.candidates.clear();
    }
    united.reason = std::min(united.reason, candidate.reason);
    united.candidates.push_back(i);
  }
  if (united.candidates.empty() && withheld) united.reason = Reason::kAddOnWithoutPlan;
  if (CarriesValue(united.state)) united.value = Merged(feature, CarriesValue);
  if (IsSuspended(united.state)) united.suspended_value = Merged(feature, IsSuspended);
  return united;
}

Value OnTopOf(const Feature& feature, const std::optional<Value>& base, const Value& add) {
  if (base) return AddOnTop(feature, *base, add);
  const Limit* number = std::get_if<Limit>(&add);
  if (feature.type == FeatureType::kMetered && number != nullptr) return Metered{.included = *number, .cap = *number};
  return add;
}

}  // namespace usher
