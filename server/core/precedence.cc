#include "server/core/precedence.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "server/core/fact_codec.h"
#include "server/core/sources.h"
#include "server/core/unite.h"

namespace usher {
namespace {

// ---- the default plans ----

struct Defaults {
  std::vector<Candidate> answering;
  std::vector<std::size_t> blocked;  // plans that `lapsed: block` keeps from answering
};

bool HasLapsed(const Candidate& candidate) {
  return candidate.state == AccessState::kExpired ||
         (candidate.state == AccessState::kPaymentRequired &&
          (candidate.reason == Reason::kRenewalUnpaid || candidate.reason == Reason::kTrialEnded));
}

Defaults DefaultsFor(const Catalog& catalog, const std::vector<Candidate>& candidates) {
  Defaults defaults;
  for (std::size_t group = 0; group < catalog.groups.size(); ++group) {
    if (!catalog.groups[group].default_plan) continue;
    const std::size_t plan = *catalog.groups[group].default_plan;
    bool answers = true;
    bool blocked = false;
    for (const Candidate& candidate : candidates) {
      if (candidate.gift.add_on || catalog.plans[candidate.gift.index].group != group) continue;
      if (CarriesValue(candidate.state) || candidate.reason == Reason::kDisputed) answers = false;
      if (HasLapsed(candidate) && candidate.policy->lapsed == Lapsed::kBlock) blocked = true;
    }
    if (!answers) continue;
    if (blocked) {
      defaults.blocked.push_back(plan);
      continue;
    }
    defaults.answering.push_back({.state = AccessState::kGranted,
                                  .reason = Reason::kDefaultPlan,
                                  .gift = {.add_on = false, .index = plan},
                                  .policy = &catalog.plans[plan].policy});
  }
  return defaults;
}

// ---- overrides ----

struct OverrideInForce {
  const Override* id = nullptr;
  const OverrideState* state = nullptr;
};

// A candidate of the subscription carries value; an add-on that is withheld does not.
bool Carries(const Catalog& catalog, const std::vector<Candidate>& candidates, const std::string& subscription) {
  const std::vector<bool> withheld = WithheldOf(catalog, candidates);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (CarriesValue(candidates[i].state) && !withheld[i] && *candidates[i].subscription == subscription) return true;
  }
  return false;
}

// A value of another type than the feature's changes nothing; a deny needs no value.
bool Fits(const Feature& feature, const OverrideState& state) {
  return state.mode == OverrideMode::kDeny || state.value.index() == static_cast<std::size_t>(feature.type);
}

std::vector<OverrideInForce> OverridesAt(const BoundTrace& bound, const std::vector<Candidate>& candidates,
                                         Moment& moment) {
  std::vector<OverrideInForce> overrides;
  for (const Override& candidate : bound.trace->overrides) {
    const OverrideState& state = StateIn(candidate.states, moment);
    if (!state.put) continue;
    if (state.starts_at && !moment.Reached(*state.starts_at)) continue;
    if (state.expires_at && moment.Reached(*state.expires_at)) continue;
    if (!state.subscription.empty() && !Carries(*bound.catalog, candidates, state.subscription)) continue;
    overrides.push_back({&candidate, &state});
  }
  return overrides;
}

// ---- one segment ----

SourceRef RefOf(const Catalog& catalog, const Candidate& candidate) {
  SourceRef ref{.state = candidate.state,
                .reason = candidate.reason,
                .source = "default plan",
                .subscription = candidate.subscription == nullptr ? "" : *candidate.subscription,
                .price = candidate.price == nullptr ? PriceId() : *candidate.price,
                .plan = candidate.gift.add_on ? catalog.add_ons[candidate.gift.index].id.str()
                                              : catalog.plans[candidate.gift.index].id.str(),
                .provisional = candidate.provisional};
  if (candidate.source_id != nullptr) {
    ref.source = std::string(ObjectKindName(candidate.source_kind)) + " " + *candidate.source_id;
  }
  return ref;
}

SourceRef RefOf(const OverrideInForce& override_in_force) {
  const bool deny = override_in_force.state->mode == OverrideMode::kDeny;
  return {.state = deny ? AccessState::kNotInPlan : AccessState::kGranted,
          .reason = deny ? Reason::kDenyOverride : Reason::kOverride,
          .source = "override " + override_in_force.id->object.id,
          .subscription = override_in_force.state->subscription,
          .price = PriceId(),
          .plan = ""};
}

SourceRef OperatorSuspension() {
  return {.state = AccessState::kSuspended,
          .reason = Reason::kOperatorSuspended,
          .source = "operator suspension",
          .subscription = "",
          .price = PriceId(),
          .plan = ""};
}

// Everything that one segment is made of.
class Precedence {
 public:
  Precedence(const BoundTrace& bound, Moment& moment)
      : catalog_(*bound.catalog),
        suspended_(StateIn(bound.trace->suspended, moment)),
        sources_(SourcesAt(bound, moment)),
        overrides_(OverridesAt(bound, sources_.candidates, moment)),
        defaults_(DefaultsFor(catalog_, sources_.candidates)) {
    candidates_ = sources_.candidates;
    candidates_.insert(candidates_.end(), defaults_.answering.begin(), defaults_.answering.end());
  }

  Segment Result() {
    Segment segment;
    const Union united(catalog_, candidates_);
    segment.features.reserve(catalog_.features.size());
    for (std::size_t feature = 0; feature < catalog_.features.size(); ++feature) {
      segment.features.push_back(Answer(united, feature));
    }
    PlaceSources(segment);
    segment.plans = Plans();
    return segment;
  }

 private:
  // Sources by number, until they have places in the segment: the candidates, the overrides, the operator.
  std::size_t NumberOf(const OverrideInForce& in_force) const {
    return candidates_.size() + static_cast<std::size_t>(&in_force - overrides_.data());
  }
  std::size_t NumberOfOperator() const { return candidates_.size() + overrides_.size(); }
  SourceRef RefOfNumber(std::size_t number) const {
    if (number < candidates_.size()) return RefOf(catalog_, candidates_[number]);
    if (number < NumberOfOperator()) return RefOf(overrides_[number - candidates_.size()]);
    return OperatorSuspension();
  }

  FeatureState Answer(const Union& united, std::size_t feature) const {
    FeatureState answer = Unsuspended(united, feature);
    if (!suspended_) return answer;
    answer.sources = {NumberOfOperator()};
    answer.state = AccessState::kSuspended;
    answer.reason = Reason::kOperatorSuspended;
    if (catalog_.features[feature].on_suspended == OnSuspended::kDeny) answer.value.reset();
    return answer;
  }

  // What the feature is while no operator suspends the tenant.
  FeatureState Unsuspended(const Union& united, std::size_t feature) const {
    const OverrideInForce* set = nullptr;
    std::vector<const OverrideInForce*> add;
    for (const OverrideInForce& in_force : overrides_) {
      const OverrideState& state = *in_force.state;
      if (state.feature != catalog_.features[feature].id || !Fits(catalog_.features[feature], state)) continue;
      switch (state.mode) {
        case OverrideMode::kDeny:
          return {.state = AccessState::kNotInPlan,
                  .reason = Reason::kDenyOverride,
                  .value = std::nullopt,
                  .sources = {NumberOf(in_force)}};
        case OverrideMode::kSet:
          if (set == nullptr ||
              std::tie(set->state->at, set->id->object.id) < std::tie(state.at, in_force.id->object.id)) {
            set = &in_force;
          }
          break;
        case OverrideMode::kAdd: add.push_back(&in_force); break;
      }
    }
    FeatureState answer = set != nullptr ? Set(*set) : Bought(united, feature);
    for (const OverrideInForce* more : add) AddTo(*more, feature, answer);
    return answer;
  }

  FeatureState Set(const OverrideInForce& set) const {
    return {.state = AccessState::kGranted,
            .reason = Reason::kOverride,
            .value = set.state->value,
            .sources = {NumberOf(set)}};
  }

  void AddTo(const OverrideInForce& add, std::size_t feature, FeatureState& answer) const {
    if (!CarriesValue(answer.state)) {
      answer = {.state = AccessState::kGranted, .reason = Reason::kOverride, .value = std::nullopt, .sources = {}};
    }
    answer.value = OnTopOf(catalog_.features[feature], answer.value, add.state->value);
    answer.sources.push_back(NumberOf(add));
  }

  // What sources and default plans amount to.
  FeatureState Bought(const Union& united, std::size_t feature) const {
    United bought = united.Of(feature);
    FeatureState answer{.state = bought.state,
                        .reason = bought.reason,
                        .value = std::move(bought.value),
                        .sources = std::move(bought.candidates)};
    if (catalog_.features[feature].on_suspended == OnSuspended::kAllow && bought.suspended_value) {
      answer.value = std::move(bought.suspended_value);
    }
    if (answer.state == AccessState::kNotInPlan && answer.reason == Reason::kNotIncluded) {
      answer.reason = WhyNotIncluded(feature);
    }
    return answer;
  }

  Reason WhyNotIncluded(std::size_t feature) const {
    for (const std::size_t plan : defaults_.blocked) {
      if (catalog_.plans[plan].entitlements[feature]) return Reason::kLapsedBlocked;
    }
    return sources_.unmapped_proof ? Reason::kUnmappedPrice : Reason::kNotIncluded;  // R14
  }

  // The segment tells of every candidate, whether a feature comes from it or not, and of whatever else features name.
  void PlaceSources(Segment& segment) const {
    std::vector<bool> told(NumberOfOperator() + 1);
    std::fill_n(told.begin(), candidates_.size(), true);
    for (const FeatureState& feature : segment.features) {
      for (const std::size_t number : feature.sources) told[number] = true;
    }
    std::vector<SourceRef> refs(told.size());
    std::vector<std::size_t> order;
    for (std::size_t number = 0; number < told.size(); ++number) {
      if (!told[number]) continue;
      refs[number] = RefOfNumber(number);
      order.push_back(number);
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return Before(refs[a], refs[b]); });
    std::vector<std::size_t> places(told.size());
    for (const std::size_t number : order) {
      if (segment.sources.empty() || segment.sources.back() != refs[number]) {
        segment.sources.push_back(std::move(refs[number]));
      }
      places[number] = segment.sources.size() - 1;
    }
    for (FeatureState& feature : segment.features) {
      for (std::size_t& source : feature.sources) source = places[source];
      std::sort(feature.sources.begin(), feature.sources.end());
      feature.sources.erase(std::unique(feature.sources.begin(), feature.sources.end()), feature.sources.end());
    }
  }

  static bool Before(const SourceRef& a, const SourceRef& b) {
    const auto key = [](const SourceRef& ref) {
      return std::tie(ref.state, ref.reason, ref.source, ref.subscription, ref.price, ref.plan, ref.provisional);
    };
    return key(a) < key(b);
  }

  // The plans that carry value: none while the operator suspends the tenant.
  std::vector<std::size_t> Plans() const {
    std::vector<std::size_t> plans;
    if (suspended_) return plans;
    for (const Candidate& candidate : candidates_) {
      if (!candidate.gift.add_on && CarriesValue(candidate.state)) plans.push_back(candidate.gift.index);
    }
    std::sort(plans.begin(), plans.end());
    plans.erase(std::unique(plans.begin(), plans.end()), plans.end());
    return plans;
  }

  const Catalog& catalog_;
  const bool suspended_;
  const Sources sources_;
  const std::vector<OverrideInForce> overrides_;
  const Defaults defaults_;
  std::vector<Candidate> candidates_;
};

}  // namespace

Segment SegmentAtMoment(const BoundTrace& bound, Moment& moment) { return Precedence(bound, moment).Result(); }

}  // namespace usher
