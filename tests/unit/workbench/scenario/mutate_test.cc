#include "server/workbench/scenario/mutate.h"

#include <set>

#include <gtest/gtest.h>

#include "catalog/canonical.h"
#include "tests/unit/workbench/scenario/scenario_world.h"

namespace usher::testing {
namespace {

std::set<std::string> UnnoticedOf(const std::string& steps) {
  const std::vector<Scenario> scenarios = Loaded(WithSteps(steps));
  const std::vector<Mutation> mutations = MutationsOf(*ScenarioCatalog());
  std::set<std::string> unnoticed;
  for (const Mutation* mutation : Unnoticed(*ScenarioCatalog(), scenarios, mutations)) {
    unnoticed.insert(mutation->where + ": " + mutation->change);
  }
  return unnoticed;
}

TEST(Mutations, EachChangesTheCatalogAndTheyAllDiffer) {
  std::set<std::string> forms = {CanonicalForm(*ScenarioCatalog())};
  std::set<std::string> names;
  for (const Mutation& mutation : MutationsOf(*ScenarioCatalog())) {
    Catalog changed = *ScenarioCatalog();
    mutation.apply(changed);
    EXPECT_TRUE(forms.insert(CanonicalForm(changed)).second) << mutation.where << ": " << mutation.change;
    EXPECT_TRUE(names.insert(mutation.where + ": " + mutation.change).second) << mutation.where;
  }
}

TEST(Mutations, AreOfEveryKind) {
  std::set<std::string> all;
  for (const Mutation& mutation : MutationsOf(*ScenarioCatalog())) all.insert(mutation.where + ": " + mutation.change);
  const char* const kSome[] = {
      "plans.pro@1.entitlements.projects: 10 becomes 11",
      "plans.pro@1.entitlements.projects: is taken away",
      "plans.top@1.entitlements.projects: unlimited becomes 1000000",
      "plans.free@1.entitlements.sso: nothing becomes yes",
      "plans.pro@1.entitlements.support: high becomes low",
      "plans.pro@1.entitlements.regions: eu becomes eu and us",
      "plans.pro@1.entitlements.calls: 100 included, at most 500 becomes 101 included, at most 500",
      "plans.pro@1.entitlements.calls: 100 included, at most 500 becomes 100 included, at most 501",
      "plans.pro@1.member_roles.owner: admin is taken away",
      "plans.pro@1.trial.grants: free@1 becomes pro@1",
      "plans.pro@1.trial.length: 14d becomes an hour longer",
      "plans.pro@1.trial.once_per: tenant becomes subscription",
      "plans.pro@1.trial.requires_payment_method: false becomes true",
      "add_ons.more@1.entitlements.projects: 5 becomes 6",
      "add_ons.more@1.for: pro is taken away",
      "features.projects.merge: max becomes sum",
      "features.projects.over_limit.then: block_new becomes block",
      "features.sso.on_suspended: deny becomes allow",
      "groups.main.default_plan: is taken away",
      "prices.live.pro_used.arrears: true becomes false",
      "prices.live.pass.grants_for: 7d becomes an hour shorter",
      "payment_policy.renewal_leeway: 3d becomes an hour longer",
      "payment_policy.renewal_leeway: 3d becomes an hour shorter",
      "payment_policy.refund.full: suspend becomes keep",
      "roles.admin.permissions: write is taken away",
      "permissions.write.requires: sso is taken away",
  };
  for (const char* some : kSome) EXPECT_TRUE(all.contains(some)) << some;
}

TEST(Mutations, WhatAScenarioLooksAtIsNoticed) {
  const std::set<std::string> unnoticed = UnnoticedOf(
      "      - { at: +0s, pay: { subscription: s, price: pro_month }, expect: { projects: 10 } }\n"
      "      - { at: +1mo, expect: { sso: { state: grace, valid_until: +1mo+72h } } }\n");
  for (const char* noticed :
       {"plans.pro@1.entitlements.projects: 10 becomes 11", "plans.pro@1.entitlements.projects: is taken away",
        "payment_policy.renewal_leeway: 3d becomes an hour longer",
        "payment_policy.renewal_leeway: 3d becomes an hour shorter"}) {
    EXPECT_FALSE(unnoticed.contains(noticed)) << noticed;
  }
  for (const char* missed :
       {"plans.pro@1.entitlements.support: high becomes low", "plans.free@1.entitlements.projects: 1 becomes 2",
        "payment_policy.dunning_grace: 7d becomes an hour longer"}) {
    EXPECT_TRUE(unnoticed.contains(missed)) << missed;
  }
}

TEST(Mutations, ABoundaryThatMovesEitherWayIsNoticedByValidUntil) {
  const std::set<std::string> unnoticed = UnnoticedOf(
      "      - { at: +0s, trial: { subscription: s, price: pro_month }, expect: { projects: { valid_until: +14d } } "
      "}\n");
  EXPECT_FALSE(unnoticed.contains("plans.pro@1.trial.length: 14d becomes an hour longer"));
  EXPECT_FALSE(unnoticed.contains("plans.pro@1.trial.length: 14d becomes an hour shorter"));
}

}  // namespace
}  // namespace usher::testing
