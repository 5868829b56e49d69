// Sections 5 and 6 of docs/rules.md: one answer from all candidates.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "tests/oracle/candidates.h"
#include "tests/oracle/oracle.h"
#include "tests/oracle/worth.h"

namespace usher::oracle {
namespace {

// ---- Section 5: "Union (R12)"

const Entitlement* EntitlementOf(const Question& q, const Candidate& candidate, std::size_t feature) {
  const std::optional<Entitlement>& entitlement = candidate.plan
                                                      ? q.catalog.plans[*candidate.plan].entitlements[feature]
                                                      : q.catalog.add_ons[*candidate.add_on].entitlements[feature];
  if (!entitlement) return nullptr;
  // "boolean `false` is none"
  const bool off = entitlement->form == Entitlement::Form::kFixed && std::holds_alternative<bool>(entitlement->fixed) &&
                   !std::get<bool>(entitlement->fixed);
  return off ? nullptr : &*entitlement;
}

// "An add-on counts only while some plan candidate in those three states has a plan named in its `for`."
bool IsWithheld(const Question& q, const Candidate& add_on, const std::vector<Candidate>& sources) {
  if (!add_on.add_on || !CarriesValue(add_on.state)) return false;
  const std::vector<std::string>& named = q.catalog.add_ons[*add_on.add_on].for_plans;
  return std::none_of(sources.begin(), sources.end(), [&](const Candidate& other) {
    return other.plan && CarriesValue(other.state) &&
           std::find(named.begin(), named.end(), q.catalog.plans[*other.plan].name) != named.end();
  });
}

// The three steps of "Value", over the candidates that `counts` lets through.
template <class Counts>
std::optional<Value> ValueOver(const Question& q, const std::vector<Candidate>& candidates, std::size_t feature_index,
                               Counts counts) {
  const Feature& feature = q.catalog.features[feature_index];
  // 1. Per (subscription, group); a candidate without a subscription is kept apart by its number.
  std::map<std::tuple<BillingScope, std::string, std::size_t, std::size_t>, Value> apart;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    const Entitlement* entitlement = EntitlementOf(q, candidate, feature_index);
    if (!candidate.plan || entitlement == nullptr || !counts(candidate)) continue;
    const Value value = Worth(feature, *entitlement, candidate.quantity_milli);
    const std::size_t own = candidate.subscription.empty() ? i + 1 : 0;
    const std::tuple key(candidate.scope, candidate.subscription, q.catalog.plans[*candidate.plan].group, own);
    const auto [at, first] = apart.try_emplace(key, value);
    if (!first) at->second = LargerOf(feature, at->second, value);
  }
  // 2. Across those.
  std::optional<Value> merged;
  for (const auto& [key, value] : apart) merged = merged ? MergeOf(feature, *merged, value) : value;
  // 3. Add-ons on top.
  for (const Candidate& candidate : candidates) {
    const Entitlement* entitlement = EntitlementOf(q, candidate, feature_index);
    if (!candidate.add_on || entitlement == nullptr || !counts(candidate)) continue;
    std::int64_t quantity_milli = candidate.quantity_milli;
    const std::optional<std::int64_t> most = q.catalog.add_ons[*candidate.add_on].max_quantity;
    if (most) quantity_milli = std::min(quantity_milli, *most * 1000);
    const Value value = Worth(feature, *entitlement, quantity_milli);
    merged = merged ? SumOf(feature, *merged, value) : value;
  }
  return merged;
}

// State, reason and value of a feature over all candidates, withheld add-ons already left out.
std::optional<OracleFeature> Unite(const Question& q, const std::vector<Candidate>& candidates, std::size_t feature) {
  std::optional<OracleFeature> best;
  for (const Candidate& candidate : candidates) {
    if (EntitlementOf(q, candidate, feature) == nullptr) continue;
    const std::tuple order(candidate.state, candidate.reason);
    if (!best || order < std::tuple(best->state, best->reason)) best = {candidate.state, candidate.reason, {}};
  }
  if (!best) return std::nullopt;
  if (CarriesValue(best->state)) {
    best->value = ValueOver(q, candidates, feature, [](const Candidate& c) { return CarriesValue(c.state); });
  } else if (best->state == AccessState::kSuspended) {
    best->value =
        ValueOver(q, candidates, feature, [](const Candidate& c) { return c.state == AccessState::kSuspended; });
  }
  return best;
}

// ---- Section 6: "Precedence (R13)"

// "5. The default plan of each group": as a source of its own, quantity 1.
struct Defaults {
  std::vector<Candidate> answer;
  std::vector<Candidate> blocked;  // by `lapsed: block`
};

Defaults DefaultPlans(const Question& q, const std::vector<Candidate>& sources) {
  Defaults defaults;
  for (std::size_t group = 0; group < q.catalog.groups.size(); ++group) {
    if (!q.catalog.groups[group].default_plan) continue;
    bool answered = false;
    bool blocked = false;
    for (const Candidate& source : sources) {
      if (!source.plan || q.catalog.plans[*source.plan].group != group) continue;
      if (CarriesValue(source.state)) answered = true;
      if (source.state == AccessState::kSuspended && source.reason == Reason::kDisputed) answered = true;
      const bool lapsed = source.state == AccessState::kExpired ||
                          (source.state == AccessState::kPaymentRequired &&
                           (source.reason == Reason::kRenewalUnpaid || source.reason == Reason::kTrialEnded));
      if (lapsed && source.policy->lapsed == Lapsed::kBlock) blocked = true;
    }
    if (answered) continue;
    Candidate candidate;
    candidate.state = AccessState::kGranted;
    candidate.reason = Reason::kDefaultPlan;
    candidate.plan = q.catalog.groups[group].default_plan;
    candidate.policy = &q.catalog.plans[*candidate.plan].policy;
    candidate.source = "default plan";
    (blocked ? defaults.blocked : defaults.answer).push_back(candidate);
  }
  return defaults;
}

bool FitsType(const Feature& feature, const Value& value) {
  return value.index() == static_cast<std::size_t>(feature.type);
}

// "An override is in force when not removed, starts_at <= t < expires_at, its value fits the feature's type, and with a
// subscription_id, while a candidate of that subscription carries value."
std::vector<const Fact*> OverridesInForce(const Question& q, const std::vector<Candidate>& sources,
                                          std::size_t feature_index, OverrideMode mode) {
  const Feature& feature = q.catalog.features[feature_index];
  std::vector<const Fact*> in_force;
  for (const Fact* state : q.known.States<OverrideFact>()) {
    const OverrideFact& put = As<OverrideFact>(*state);
    if (put.removed || put.tenant != q.tenant || put.feature != feature.id || put.mode != mode) continue;
    if (put.starts_at && q.t() < *put.starts_at) continue;
    if (put.expires_at && q.t() >= *put.expires_at) continue;
    if (mode != OverrideMode::kDeny && !FitsType(feature, put.value)) continue;
    const bool carried = std::any_of(sources.begin(), sources.end(), [&](const Candidate& source) {
      return source.subscription == put.subscription_id && CarriesValue(source.state);
    });
    if (!put.subscription_id.empty() && !carried) continue;
    in_force.push_back(state);
  }
  return in_force;
}

// "3. Grant overrides in force", laid on what is below.
void LayGrantOverrides(const Question& q, const std::vector<Candidate>& sources, std::size_t feature,
                       OracleFeature& answer) {
  const Fact* latest = nullptr;
  for (const Fact* set : OverridesInForce(q, sources, feature, OverrideMode::kSet)) {
    const auto order = [](const Fact* fact) { return std::tuple(fact->at, fact->object.id); };
    if (latest == nullptr || order(latest) < order(set)) latest = set;
  }
  if (latest != nullptr) answer = {AccessState::kGranted, Reason::kOverride, As<OverrideFact>(*latest).value};
  for (const Fact* add : OverridesInForce(q, sources, feature, OverrideMode::kAdd)) {
    const Feature& of = q.catalog.features[feature];
    const bool carries = CarriesValue(answer.state);
    if (!carries) answer = {AccessState::kGranted, Reason::kOverride, {}};
    const Value& more = As<OverrideFact>(*add).value;
    answer.value = answer.value ? SumOf(of, *answer.value, more) : more;
  }
}

// 4 to 6: "Sources", "The default plan", "Otherwise".
OracleFeature FromSources(const Question& q, const std::vector<Candidate>& counting,
                          const std::vector<Candidate>& withheld, const Defaults& defaults, bool unmapped_proof,
                          std::size_t feature) {
  std::vector<Candidate> all = counting;
  all.insert(all.end(), defaults.answer.begin(), defaults.answer.end());
  if (const std::optional<OracleFeature> united = Unite(q, all, feature)) return *united;
  const auto gives = [&](const Candidate& candidate) { return EntitlementOf(q, candidate, feature) != nullptr; };
  OracleFeature none;
  if (std::any_of(withheld.begin(), withheld.end(), gives)) {
    none.reason = Reason::kAddOnWithoutPlan;
  } else if (std::any_of(defaults.blocked.begin(), defaults.blocked.end(), gives)) {
    none.reason = Reason::kLapsedBlocked;
  } else if (unmapped_proof) {
    none.reason = Reason::kUnmappedPrice;
  }
  return none;
}

bool IsSuspended(const Question& q) {
  for (const Fact* state : q.known.States<SuspensionFact>()) {
    if (state->object.kind == ObjectKind::kTenant && state->object.id == q.tenant.str()) {
      return As<SuspensionFact>(*state).suspended;
    }
  }
  return false;
}

std::string Describe(const Question& q, const Candidate& candidate) {
  std::string text(StateName(candidate.state));
  text += " " + std::string(ReasonName(candidate.reason));
  text += " " +
          (candidate.plan ? q.catalog.plans[*candidate.plan].id.str() : q.catalog.add_ons[*candidate.add_on].id.str());
  text += " x" + std::to_string(candidate.quantity_milli) + "/1000 by " + candidate.source;
  if (!candidate.subscription.empty()) text += " of " + candidate.subscription;
  return text;
}

}  // namespace

OracleAnswer Answer(const TenantId& tenant, std::span<const Fact> facts, const Catalog& catalog, Instant t) {
  const Known known(facts, t);
  const Question q{known, catalog, tenant};
  const std::vector<Line> lines = LinesOfTenant(q);
  const InForce in_force = CandidatesInForce(q, lines);
  std::vector<Candidate> sources = in_force.candidates;
  for (const Candidate& candidate : CandidatesNotInForce(q, lines)) sources.push_back(candidate);

  std::vector<Candidate> counting;
  std::vector<Candidate> withheld;
  for (const Candidate& candidate : sources) {
    (IsWithheld(q, candidate, sources) ? withheld : counting).push_back(candidate);
  }
  const Defaults defaults = DefaultPlans(q, counting);
  const bool suspended = IsSuspended(q);

  OracleAnswer answer;
  for (std::size_t feature = 0; feature < catalog.features.size(); ++feature) {
    OracleFeature of = FromSources(q, counting, withheld, defaults, in_force.unmapped_proof, feature);
    LayGrantOverrides(q, counting, feature, of);
    if (!OverridesInForce(q, counting, feature, OverrideMode::kDeny).empty()) {
      of = {AccessState::kNotInPlan, Reason::kDenyOverride, {}};
    }
    if (suspended) of = {AccessState::kSuspended, Reason::kOperatorSuspended, of.value};
    // A suspended feature keeps its value only for `on_suspended: allow`.
    const bool allows = catalog.features[feature].on_suspended == OnSuspended::kAllow;
    if (of.state == AccessState::kSuspended && !allows) of.value.reset();
    answer.features.push_back(of);
  }
  std::set<std::size_t> plans;
  for (const Candidate& candidate : counting) {
    if (candidate.plan && CarriesValue(candidate.state) && !suspended) plans.insert(*candidate.plan);
    answer.candidates.push_back(Describe(q, candidate));
  }
  for (const Candidate& candidate : defaults.answer) {
    if (!suspended) plans.insert(*candidate.plan);
    answer.candidates.push_back(Describe(q, candidate));
  }
  answer.plans.assign(plans.begin(), plans.end());
  return answer;
}

}  // namespace usher::oracle
