// What holds of every comparison, over catalogs that are drawn from alternatives for everything a catalog says.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "catalog/diff/diff.h"
#include "tests/support/property.h"
#include "tests/unit/catalog/corpus.h"
#include "tests/unit/catalog/diff/reversed.h"

namespace usher {
namespace {

// `<a|b|c>` is one of the three; everything else is as it stands. Every choice makes a good catalog.
constexpr char kChoices[] = R"(apiVersion: usher/v1
catalog: <acme|emca>
<|label: spring>
groups:
  core: <{}|{ default_plan: free@1 }|{ default_plan: pro@1 }>
  labs: {}
features:
  sso: { type: boolean<|, title: Single sign-on><|, on_suspended: allow> }
  projects: { type: limit, merge: <max|sum><|, over_limit: { then: read_only }|, over_limit: { then: block, after: 3d }|, over_limit: { then: block_new, after: 3d }><|, count_pending: true><|, unit: project> }
  calls: { type: metered, merge: sum<|, reset: day|, reset: never><|, anchor: subscription><|, warn_at: [80]><|, on_plan_change: reset> }
  support: { type: level, levels: [<low, mid, high|low, high, mid|low, mid, high, top>] }
  regions: { type: set, values: [eu, us<|, apac>]<|, on_unavailable: allow|, on_unavailable: { last_known: 24h }|, on_unavailable: { last_known: 48h }> }
<|  extra: { type: boolean }|  extra: { type: limit, merge: max }>
plans:
  free@1:
    group: core
    <title: Free|title: Gratis>
    entitlements: { <|projects: 1|projects: 3> }
    member_roles: { owner: <viewer|editor|[editor, viewer]> }
  pro@1:
    group: core
    entitlements: { <|sso: false,|sso: true,> projects: <0|5|unlimited|{ per_quantity: 1 }|{ per_quantity: 2, at_least: 5 }>, <|calls: 10,|calls: { included: 5, cap: unlimited },> support: <low|mid|high>, regions: [<eu|us|eu, us>] }
    member_roles: { owner: <viewer|editor> }
    <|offered: no|offered: private>
    <|trial: { length: 7d }|trial: { length: 7d, grants: free@1 }|trial: { length: 1mo, once_per: subscription }>
    <|payment_policy: { dunning_grace: 14d }|payment_policy: { lapsed: block }>
<|  pro@2: { group: core, entitlements: { projects: 9 }, member_roles: { owner: viewer } }>
  lab@1: { group: labs, entitlements: { support: mid } }
add_ons:
  more@1: { for: [<pro|free, pro>], <|max_quantity: 3,|max_quantity: 9,> entitlements: { projects: { <add: 3|add: unlimited|add_per_quantity: 3> } } }
<|  most@1: { for: [pro], entitlements: { sso: true } }>
prices:
  live:
    price_a: { <plan: free@1|plan: pro@1|plan: lab@1|add_on: more@1>, <|status: legacy,|status: retired,> <interval: month|interval: year, currency: usd|interval: once, grants_for: 7d|interval: once, grants_for: forever> }
    price_b: { <plan: pro@1<|, arrears: true>|ignore: this|ignore: that> }
<|    price_c: { plan: pro@1 }>
  test:
    price_d: { plan: <free@1|pro@1> }
<|    price_e: { plan: lab@1 }>
member_kinds: { owner: { clerk: ["a"<|, "b">] } }
roles:
  viewer: { permissions: [<read|read, write>] }
  editor: { permissions: [<write|read, write>] }
<|  spare: { permissions: [] }>
permissions:
  read: {}
  write: <{}|{ requires: sso }|{ requires: projects }>
<|  spare: {}>
payment_policy: { dunning_grace: <3d|7d|1mo|30d>, zero_total: <paid|none>, refund: { full: <keep|suspend> } }
)";

// Chooses at every `<`; a choice may hold others.
std::string Drawn(std::string_view& rest, bool inside) {
  std::vector<std::string> choices(1);
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '<') {
      choices.back() += Drawn(rest, true);
    } else if (inside && c == '|') {
      choices.emplace_back();
    } else if (inside && c == '>') {
      break;
    } else {
      choices.back() += c;
    }
  }
  return choices[*rc::gen::inRange<std::size_t>(0, choices.size())];
}

CatalogPtr DrawnCatalog() {
  std::string_view rest = kChoices;
  const std::string text = Drawn(rest, false);
  const LoadResult result = LoadText(text);
  if (result.catalog == nullptr) RC_FAIL(Listing(result) + text);
  return result.catalog;
}

// Everything about a change but the titles, which are those of the newer catalog.
using Told = std::tuple<ChangeKind, ChangeEffect, ChangeSubject, std::string, std::string, std::string, std::string>;

std::multiset<Told> AsTold(const std::vector<Change>& changes) {
  std::multiset<Told> told;
  for (const Change& change : changes) {
    // A live price that is new went by another name when it was deleted.
    const ChangeKind kind = change.kind == ChangeKind::kDeleted ? ChangeKind::kRemoved : change.kind;
    told.emplace(kind, change.effect, change.subject, change.id, change.feature + "/" + change.attribute, change.before,
                 change.after);
  }
  return told;
}

std::multiset<Told> AsToldReversed(const std::vector<Change>& changes) {
  std::multiset<Told> told;
  for (const Change& change : changes) {
    told.emplace(Reversed(change.kind), Reversed(change.effect), change.subject, change.id,
                 change.feature + "/" + change.attribute, change.after, change.before);
  }
  return told;
}

USHER_PROPERTY(DiffProperty, NothingChangesBetweenACatalogAndItself, ()) {
  const CatalogPtr catalog = DrawnCatalog();
  RC_ASSERT(DiffCatalogs(*catalog, *catalog).empty());
}

USHER_PROPERTY(DiffProperty, EveryDifferenceOfTheHashIsTold, ()) {
  const CatalogPtr before = DrawnCatalog();
  const CatalogPtr after = DrawnCatalog();
  RC_ASSERT(DiffCatalogs(*before, *after).empty() == (before->hash == after->hash));
}

USHER_PROPERTY(DiffProperty, TradingPlacesTurnsEveryChangeRound, ()) {
  const CatalogPtr before = DrawnCatalog();
  const CatalogPtr after = DrawnCatalog();
  RC_ASSERT(AsTold(DiffCatalogs(*after, *before)) == AsToldReversed(DiffCatalogs(*before, *after)));
}

USHER_PROPERTY(DiffProperty, NoTwoChangesShareAKey, ()) {
  const CatalogPtr before = DrawnCatalog();
  const CatalogPtr after = DrawnCatalog();
  std::set<std::string> keys;
  for (const Change& change : DiffCatalogs(*before, *after)) RC_ASSERT(keys.insert(KeyOf(change)).second);
}

// The larger of two values is what wider claims it to be, at any quantity.
USHER_PROPERTY(DiffProperty, WiderIsTheLargerValueAtEveryQuantity, ()) {
  const CatalogPtr before = DrawnCatalog();
  const CatalogPtr after = DrawnCatalog();
  const std::int64_t quantity = *rc::gen::inRange<std::int64_t>(1, 20'000);
  for (const Change& change : DiffCatalogs(*before, *after)) {
    const bool compares = change.effect == ChangeEffect::kWider || change.effect == ChangeEffect::kNarrower;
    if (change.subject != ChangeSubject::kPlan || change.feature.empty() || !compares) continue;
    const auto value = [&](const Catalog& catalog) -> std::optional<Value> {
      const std::optional<Entitlement>& grants =
          catalog.plans[*FindPlan(catalog, change.id)].entitlements[*FindFeature(catalog, change.feature)];
      return grants ? std::optional(ValueAt(*grants, quantity)) : std::nullopt;
    };
    const std::optional<Value> from = value(*before);
    const std::optional<Value> to = value(*after);
    const std::optional<Value>& wide = change.effect == ChangeEffect::kWider ? to : from;
    const std::optional<Value>& narrow = change.effect == ChangeEffect::kWider ? from : to;
    RC_ASSERT(wide.has_value());
    const Feature& feature = after->features[*FindFeature(*after, change.feature)];
    if (narrow) RC_ASSERT(Larger(feature, *wide, *narrow) == *wide);
  }
}

}  // namespace
}  // namespace usher
