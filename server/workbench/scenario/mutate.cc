#include "server/workbench/scenario/mutate.h"

#include <algorithm>
#include <utility>

#include "catalog/words.h"
#include "server/core/sentences.h"
#include "server/workbench/scenario/coverage.h"
#include "server/workbench/scenario/run.h"

namespace usher {
namespace {

constexpr Millis kHour = std::chrono::hours(1);

template <class Ids>
void Toggle(Ids& ids, const typename Ids::value_type& id) {
  const auto found = std::ranges::lower_bound(ids, id);
  if (found != ids.end() && *found == id) {
    ids.erase(found);
  } else {
    ids.insert(found, id);
  }
}

std::string TextOf(const Limit& limit) { return limit.unlimited ? "unlimited" : std::to_string(limit.amount); }

// The nearest other amount.
Limit Other(const Limit& limit) {
  return limit.unlimited ? Limit{.amount = 1'000'000} : Limit{.amount = limit.amount + 1};
}

class Mutator {
 public:
  explicit Mutator(const Catalog& catalog) : catalog_(catalog) {}

  std::vector<Mutation> All() {
    for (std::size_t plan = 0; plan < catalog_.plans.size(); ++plan) {
      if (CanBeHad(catalog_, plan)) MutatePlan(plan);
    }
    for (std::size_t add_on = 0; add_on < catalog_.add_ons.size(); ++add_on) MutateAddOn(add_on);
    for (std::size_t feature = 0; feature < catalog_.features.size(); ++feature) MutateFeature(feature);
    MutateGroups();
    MutatePrices(true);
    MutatePrices(false);
    MutatePolicies();
    MutateRoles();
    return std::move(mutations_);
  }

 private:
  void Add(std::string where, std::string change, std::function<void(Catalog&)> apply) {
    mutations_.push_back({.where = std::move(where), .change = std::move(change), .apply = std::move(apply)});
  }

  // Both ways by an hour, so that a boundary is held from either side. `at` finds the duration in a catalog.
  template <class At>
  void MutateDuration(const std::string& where, At at) {
    Catalog copy = catalog_;
    const CalendarDuration was = at(copy);
    const std::string text = FormatDuration(was);
    Add(where, text + " becomes an hour longer", [at](Catalog& catalog) { at(catalog).exact += kHour; });
    if (was == CalendarDuration{}) return;
    Add(where, text + " becomes an hour shorter", [at](Catalog& catalog) { at(catalog).exact -= kHour; });
  }

  template <class E, class At>
  void MutateWord(const std::string& where, At at) {
    Catalog copy = catalog_;
    const E was = at(copy);
    for (const Word<E>& other : WordTable<E>::kWords) {
      if (other.value == was) continue;
      Add(where, std::string(WordOf(was)) + " becomes " + std::string(other.word),
          [at, to = other.value](Catalog& catalog) { at(catalog) = to; });
    }
  }

  // ---- plans and add-ons ----

  void MutatePlan(std::size_t index) {
    const Plan& plan = catalog_.plans[index];
    const std::string where = "plans." + plan.id.str();
    for (std::size_t feature = 0; feature < catalog_.features.size(); ++feature) {
      MutateEntitlement(where + ".entitlements.", feature,
                        [index](Catalog& catalog) -> auto& { return catalog.plans[index].entitlements; });
    }
    for (std::size_t kind = 0; kind < catalog_.member_kinds.size(); ++kind) {
      for (const std::size_t role : plan.member_roles[kind]) {
        Add(where + ".member_roles." + catalog_.member_kinds[kind].name,
            catalog_.roles[role].id.str() + " is taken away",
            [=](Catalog& catalog) { Toggle(catalog.plans[index].member_roles[kind], role); });
      }
    }
    if (plan.trial && IsSold(catalog_, index)) MutateTrial(where + ".trial.", index);
  }

  void MutateTrial(const std::string& where, std::size_t index) {
    const auto trial = [index](Catalog& catalog) -> TrialPolicy& { return *catalog.plans[index].trial; };
    const std::size_t grants = catalog_.plans[index].trial->grants;
    for (std::size_t other = 0; other < catalog_.plans.size(); ++other) {
      if (other == grants || catalog_.plans[other].group != catalog_.plans[index].group) continue;
      Add(where + "grants", catalog_.plans[grants].id.str() + " becomes " + catalog_.plans[other].id.str(),
          [=](Catalog& catalog) { trial(catalog).grants = other; });
    }
    MutateDuration(where + "length", [=](Catalog& catalog) -> auto& { return trial(catalog).length; });
    MutateWord<TrialOncePer>(where + "once_per", [=](Catalog& catalog) -> auto& { return trial(catalog).once_per; });
    const bool required = catalog_.plans[index].trial->requires_payment_method;
    Add(where + "requires_payment_method", required ? "true becomes false" : "false becomes true",
        [=](Catalog& catalog) { trial(catalog).requires_payment_method = !required; });
  }

  void MutateAddOn(std::size_t index) {
    const AddOn& add_on = catalog_.add_ons[index];
    const std::string where = "add_ons." + add_on.id.str();
    for (std::size_t feature = 0; feature < catalog_.features.size(); ++feature) {
      if (!add_on.entitlements[feature]) continue;
      MutateEntitlement(where + ".entitlements.", feature,
                        [index](Catalog& catalog) -> auto& { return catalog.add_ons[index].entitlements; });
    }
    for (const std::string& name : add_on.for_plans) {
      Add(where + ".for", name + " is taken away",
          [=](Catalog& catalog) { Toggle(catalog.add_ons[index].for_plans, name); });
    }
    if (!add_on.max_quantity) return;
    const std::string most = std::to_string(*add_on.max_quantity);
    for (const std::int64_t step : {1, -1}) {
      Add(where + ".max_quantity", most + " becomes " + std::to_string(*add_on.max_quantity + step),
          [=](Catalog& catalog) { *catalog.add_ons[index].max_quantity += step; });
    }
  }

  // `of` finds the entitlements of the plan or add-on in a catalog.
  template <class Of>
  void MutateEntitlement(const std::string& prefix, std::size_t index, Of of) {
    const Feature& feature = catalog_.features[index];
    const std::string where = prefix + feature.id.str();
    Catalog copy = catalog_;
    const std::optional<Entitlement> own = of(copy)[index];
    if (!own) {
      Add(where, "nothing becomes " + usher::TextOf(MostOf(feature)), [=, value = MostOf(feature)](Catalog& catalog) {
        of(catalog)[index] = Entitlement{.form = Entitlement::Form::kFixed, .fixed = value};
      });
      return;
    }
    const auto entitlement = [=](Catalog& catalog) -> Entitlement& { return *of(catalog)[index]; };
    Add(where, "is taken away", [=](Catalog& catalog) { of(catalog)[index].reset(); });
    if (own->form != Entitlement::Form::kFixed) {
      MutateAmount(where, *own, entitlement);
    } else {
      for (const Value& other : OthersOf(feature, own->fixed)) {
        Add(where, usher::TextOf(own->fixed) + " becomes " + usher::TextOf(other),
            [=](Catalog& catalog) { entitlement(catalog).fixed = other; });
      }
    }
  }

  template <class Of>
  void MutateAmount(const std::string& where, const Entitlement& own, Of of) {
    const Limit other = Other(own.amount);
    Add(where, TextOf(own.amount) + " becomes " + TextOf(other), [=](Catalog& catalog) { of(catalog).amount = other; });
    if (own.form != Entitlement::Form::kPerQuantity) return;
    Add(where + ".at_least", std::to_string(own.at_least) + " becomes " + std::to_string(own.at_least + 1),
        [=](Catalog& catalog) { ++of(catalog).at_least; });
  }

  // The most that can be granted of a feature: what is smaller could drown in what a default plan gives.
  static Value MostOf(const Feature& feature) {
    switch (feature.type) {
      case FeatureType::kBoolean: return true;
      case FeatureType::kLimit: return kUnlimited;
      case FeatureType::kMetered: return Metered{.included = kUnlimited, .cap = kUnlimited};
      case FeatureType::kLevel: return Level{.name = feature.levels.back()};
      case FeatureType::kSet: return ValueSet{.values = feature.set_values};
    }
    return false;
  }

  static std::vector<Value> OthersOf(const Feature& feature, const Value& own) {
    std::vector<Value> others;
    if (const bool* on = std::get_if<bool>(&own)) others.emplace_back(!*on);
    if (const auto* limit = std::get_if<Limit>(&own)) others.emplace_back(Other(*limit));
    if (const auto* metered = std::get_if<Metered>(&own)) {
      others.emplace_back(Metered{.included = Other(metered->included), .cap = metered->cap});
      others.emplace_back(Metered{.included = metered->included, .cap = Other(metered->cap)});
    }
    if (const auto* level = std::get_if<Level>(&own)) {
      for (const std::string& name : feature.levels) {
        if (name != level->name) others.emplace_back(Level{.name = name});
      }
    }
    if (const auto* set = std::get_if<ValueSet>(&own)) {
      for (const std::string& value : feature.set_values) {
        ValueSet other = *set;
        Toggle(other.values, value);
        if (!other.values.empty()) others.emplace_back(std::move(other));
      }
    }
    return others;
  }

  // ---- features, groups, prices ----

  void MutateFeature(std::size_t index) {
    const Feature& feature = catalog_.features[index];
    const std::string where = "features." + feature.id.str();
    const auto of = [index](Catalog& catalog) -> Feature& { return catalog.features[index]; };
    MutateWord<OnSuspended>(where + ".on_suspended",
                            [=](Catalog& catalog) -> auto& { return of(catalog).on_suspended; });
    if (feature.type == FeatureType::kLimit || feature.type == FeatureType::kMetered) {
      const Merge other = feature.merge == Merge::kMax ? Merge::kSum : Merge::kMax;
      Add(where + ".merge", std::string(WordOf(feature.merge)) + " becomes " + std::string(WordOf(other)),
          [=](Catalog& catalog) { of(catalog).merge = other; });
    }
    if (feature.type != FeatureType::kLimit) return;
    MutateWord<OverLimitMode>(where + ".over_limit.then",
                              [=](Catalog& catalog) -> auto& { return of(catalog).over_limit.then; });
    if (feature.over_limit.then == OverLimitMode::kBlockNew) return;  // as it is before `after` has passed
    MutateDuration(where + ".over_limit.after",
                   [=](Catalog& catalog) -> auto& { return of(catalog).over_limit.after; });
  }

  void MutateGroups() {
    for (std::size_t group = 0; group < catalog_.groups.size(); ++group) {
      if (!catalog_.groups[group].default_plan) continue;
      Add("groups." + catalog_.groups[group].name + ".default_plan", "is taken away",
          [=](Catalog& catalog) { catalog.groups[group].default_plan.reset(); });
    }
  }

  void MutatePrices(bool livemode) {
    const std::vector<Price>& prices = livemode ? catalog_.live_prices : catalog_.test_prices;
    for (std::size_t index = 0; index < prices.size(); ++index) {
      const Price& price = prices[index];
      if (std::holds_alternative<Price::Ignored>(price.sells) || price.status != PriceStatus::kCurrent) continue;
      const std::string where = std::string("prices.") + (livemode ? "live." : "test.") + price.id.str();
      const auto of = [=](Catalog& catalog) -> Price& {
        return (livemode ? catalog.live_prices : catalog.test_prices)[index];
      };
      if (price.arrears) {
        Add(where + ".arrears", "true becomes false", [=](Catalog& catalog) { of(catalog).arrears = false; });
      }
      if (!price.once) continue;
      if (price.once->forever) {
        Add(where + ".grants_for", "forever becomes 1y", [=](Catalog& catalog) {
          of(catalog).once = OnceTerm{.forever = false, .length = {.months = 12, .exact = {}}};
        });
      } else {
        MutateDuration(where + ".grants_for", [=](Catalog& catalog) -> auto& { return of(catalog).once->length; });
      }
    }
  }

  // ---- policies ----

  void MutatePolicies() {
    DurationPolicy("renewal_leeway", &PaymentPolicy::renewal_leeway);
    DurationPolicy("dunning_grace", &PaymentPolicy::dunning_grace);
    DurationPolicy("pending_timeout", &PaymentPolicy::pending_timeout);
    WordPolicy("zero_total", &PaymentPolicy::zero_total);
    WordPolicy("refund.full", &PaymentPolicy::refund_full);
    WordPolicy("refund.partial", &PaymentPolicy::refund_partial);
    WordPolicy("dispute.opened", &PaymentPolicy::dispute_opened);
    WordPolicy("dispute.inquiry", &PaymentPolicy::dispute_inquiry);
    WordPolicy("dispute.lost", &PaymentPolicy::dispute_lost);
    WordPolicy("immediate_cancel", &PaymentPolicy::immediate_cancel);
    WordPolicy("deferred_proration", &PaymentPolicy::deferred_proration);
    WordPolicy("net_terms", &PaymentPolicy::net_terms);
    WordPolicy("paused_collection", &PaymentPolicy::paused_collection);
    WordPolicy("lapsed", &PaymentPolicy::lapsed);
    WordPolicy("unmapped_price", &PaymentPolicy::unmapped_price);
  }

  // Who has a value of a policy: the catalog and the sold plans that agree with it, or one plan that does not.
  struct Owner {
    std::string where;
    bool is_catalog = false;
    std::vector<std::size_t> plans;
  };

  template <class T>
  std::vector<Owner> OwnersOf(T PaymentPolicy::* key) const {
    Owner whole{.where = "payment_policy", .is_catalog = true, .plans = {}};
    std::vector<Owner> owners;
    for (std::size_t plan = 0; plan < catalog_.plans.size(); ++plan) {
      if (!IsSold(catalog_, plan)) continue;
      if (catalog_.plans[plan].policy.*key == catalog_.policy.*key) {
        whole.plans.push_back(plan);
      } else {
        owners.push_back({.where = "plans." + catalog_.plans[plan].id.str() + ".payment_policy",
                          .is_catalog = false,
                          .plans = {plan}});
      }
    }
    if (!whole.plans.empty()) owners.push_back(std::move(whole));
    return owners;
  }

  template <class T>
  static void Put(Catalog& catalog, const Owner& owner, T PaymentPolicy::* key, const T& value) {
    if (owner.is_catalog) catalog.policy.*key = value;
    for (const std::size_t plan : owner.plans) catalog.plans[plan].policy.*key = value;
  }

  void DurationPolicy(const std::string& name, CalendarDuration PaymentPolicy::* key) {
    for (const Owner& owner : OwnersOf(key)) {
      const CalendarDuration was = catalog_.plans[owner.plans.front()].policy.*key;
      for (const bool longer : {true, false}) {
        if (!longer && was == CalendarDuration{}) continue;
        CalendarDuration other = was;
        other.exact += longer ? kHour : -kHour;
        Add(owner.where + "." + name, FormatDuration(was) + " becomes an hour " + (longer ? "longer" : "shorter"),
            [=](Catalog& catalog) { Put(catalog, owner, key, other); });
      }
    }
  }

  template <class E>
  void WordPolicy(const std::string& name, E PaymentPolicy::* key) {
    for (const Owner& owner : OwnersOf(key)) {
      const E was = catalog_.plans[owner.plans.front()].policy.*key;
      for (const Word<E>& other : WordTable<E>::kWords) {
        if (other.value == was) continue;
        Add(owner.where + "." + name, std::string(WordOf(was)) + " becomes " + std::string(other.word),
            [=, to = other.value](Catalog& catalog) { Put(catalog, owner, key, to); });
      }
    }
  }

  // ---- roles ----

  void MutateRoles() {
    for (std::size_t role = 0; role < catalog_.roles.size(); ++role) {
      for (const std::size_t permission : catalog_.roles[role].permissions) {
        if (!Decides(role, permission)) continue;
        Add("roles." + catalog_.roles[role].id.str() + ".permissions",
            catalog_.permissions[permission].id.str() + " is taken away",
            [=](Catalog& catalog) { Toggle(catalog.roles[role].permissions, permission); });
      }
    }
    for (std::size_t permission = 0; permission < catalog_.permissions.size(); ++permission) {
      const std::optional<std::size_t> required = catalog_.permissions[permission].requires_feature;
      if (!required) continue;
      Add("permissions." + catalog_.permissions[permission].id.str() + ".requires",
          catalog_.features[*required].id.str() + " is taken away",
          [=](Catalog& catalog) { catalog.permissions[permission].requires_feature.reset(); });
    }
  }

  // Whether somebody has the permission by this role alone.
  bool Decides(std::size_t role, std::size_t permission) const {
    const auto has = [&](std::size_t other) {
      return other != role && std::ranges::binary_search(catalog_.roles[other].permissions, permission);
    };
    for (std::size_t plan = 0; plan < catalog_.plans.size(); ++plan) {
      if (!CanBeHad(catalog_, plan)) continue;
      for (const std::vector<std::size_t>& roles : catalog_.plans[plan].member_roles) {
        if (std::ranges::binary_search(roles, role) && std::ranges::none_of(roles, has)) return true;
      }
    }
    return false;
  }

  const Catalog& catalog_;
  std::vector<Mutation> mutations_;
};

}  // namespace

std::vector<Mutation> MutationsOf(const Catalog& catalog) { return Mutator(catalog).All(); }

std::vector<const Mutation*> Unnoticed(const Catalog& catalog, std::span<const Scenario> scenarios,
                                       std::span<const Mutation> mutations) {
  std::vector<const Mutation*> unnoticed;
  for (const Mutation& mutation : mutations) {
    Catalog changed = catalog;
    mutation.apply(changed);
    const auto passes = [&](const Scenario& scenario) { return Passes(scenario, changed); };
    if (std::ranges::all_of(scenarios, passes)) unnoticed.push_back(&mutation);
  }
  return unnoticed;
}

}  // namespace usher
