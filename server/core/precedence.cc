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

// Everything that one segment is made of, and the source references by which its features name it.
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
    std::vector<std::vector<SourceRef>> refs(catalog_.features.size());
    for (std::size_t feature = 0; feature < catalog_.features.size(); ++feature) {
      segment.features.push_back(Answer(united, feature, refs[feature]));
    }
    segment.sources = AllRefs(refs);
    for (std::size_t feature = 0; feature < refs.size(); ++feature) {
      segment.features[feature].sources = IndexesOf(refs[feature], segment.sources);
    }
    segment.plans = Plans();
    return segment;
  }

 private:
  FeatureState Answer(const Union& united, std::size_t feature, std::vector<SourceRef>& refs) const {
    FeatureState answer = Unsuspended(united, feature, refs);
    if (!suspended_) return answer;
    refs = {OperatorSuspension()};
    answer.state = AccessState::kSuspended;
    answer.reason = Reason::kOperatorSuspended;
    if (catalog_.features[feature].on_suspended == OnSuspended::kDeny) answer.value.reset();
    return answer;
  }

  // What the feature is while no operator suspends the tenant.
  FeatureState Unsuspended(const Union& united, std::size_t feature, std::vector<SourceRef>& refs) const {
    const OverrideInForce* set = nullptr;
    std::vector<const OverrideInForce*> add;
    for (const OverrideInForce& in_force : overrides_) {
      const OverrideState& state = *in_force.state;
      if (state.feature != catalog_.features[feature].id || !Fits(catalog_.features[feature], state)) continue;
      switch (state.mode) {
        case OverrideMode::kDeny:
          refs = {RefOf(in_force)};
          return {
              .state = AccessState::kNotInPlan, .reason = Reason::kDenyOverride, .value = std::nullopt, .sources = {}};
        case OverrideMode::kSet:
          if (set == nullptr ||
              std::tie(set->state->at, set->id->object.id) < std::tie(state.at, in_force.id->object.id)) {
            set = &in_force;
          }
          break;
        case OverrideMode::kAdd: add.push_back(&in_force); break;
      }
    }
    FeatureState answer = set != nullptr ? Set(*set, refs) : Bought(united, feature, refs);
    for (const OverrideInForce* more : add) AddTo(*more, feature, answer, refs);
    return answer;
  }

  static FeatureState Set(const OverrideInForce& set, std::vector<SourceRef>& refs) {
    refs = {RefOf(set)};
    return {.state = AccessState::kGranted, .reason = Reason::kOverride, .value = set.state->value, .sources = {}};
  }

  void AddTo(const OverrideInForce& add, std::size_t feature, FeatureState& answer,
             std::vector<SourceRef>& refs) const {
    if (!CarriesValue(answer.state)) {
      refs.clear();
      answer = {.state = AccessState::kGranted, .reason = Reason::kOverride, .value = std::nullopt, .sources = {}};
    }
    answer.value = OnTopOf(catalog_.features[feature], answer.value, add.state->value);
    refs.push_back(RefOf(add));
  }

  // What sources and default plans amount to.
  FeatureState Bought(const Union& united, std::size_t feature, std::vector<SourceRef>& refs) const {
    United bought = united.Of(feature);
    for (const std::size_t candidate : bought.candidates) refs.push_back(RefOf(catalog_, candidates_[candidate]));
    FeatureState answer{
        .state = bought.state, .reason = bought.reason, .value = std::move(bought.value), .sources = {}};
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

  std::vector<SourceRef> AllRefs(const std::vector<std::vector<SourceRef>>& of_features) const {
    std::vector<SourceRef> all;
    for (const Candidate& candidate : candidates_) all.push_back(RefOf(catalog_, candidate));
    for (const std::vector<SourceRef>& refs : of_features) all.insert(all.end(), refs.begin(), refs.end());
    std::sort(all.begin(), all.end(), Before);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  static std::vector<std::size_t> IndexesOf(const std::vector<SourceRef>& refs, const std::vector<SourceRef>& all) {
    std::vector<std::size_t> indexes;
    for (const SourceRef& ref : refs) {
      indexes.push_back(static_cast<std::size_t>(std::lower_bound(all.begin(), all.end(), ref, Before) - all.begin()));
    }
    std::sort(indexes.begin(), indexes.end());
    indexes.erase(std::unique(indexes.begin(), indexes.end()), indexes.end());
    return indexes;
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
