// Every kind of change: what is edited in a catalog, and all that the comparison says about it.
#include "catalog/diff/diff.h"

#include <gtest/gtest.h>

#include "catalog/diff/meaning.h"
#include "tests/unit/catalog/corpus.h"

namespace usher {
namespace {

constexpr char kBase[] = R"(apiVersion: usher/v1
catalog: acme
label: spring
groups:
  core: { default_plan: free@1 }
  labs: {}
features:
  sso:       { type: boolean, title: Single sign-on }
  projects:  { type: limit, title: Projects, unit: project, merge: max, over_limit: { then: read_only, after: 14d } }
  seats:     { type: limit, merge: sum, count_pending: true }
  api_calls: { type: metered, unit: call, merge: sum, reset: month, anchor: subscription, warn_at: [80, 100] }
  support:   { type: level, levels: [community, standard, priority], on_suspended: allow }
  regions:   { type: set, values: [apac, eu, us], on_unavailable: { last_known: 24h } }
plans:
  free@1:
    title: Free
    group: core
    entitlements: { projects: 1, support: community }
    member_roles: { owner: viewer }
  growth@1:
    title: Growth (2024)
    group: core
    entitlements: { projects: 20, support: standard }
    member_roles: { owner: pro }
    offered: no
  growth@2:
    title: Growth
    group: core
    entitlements:
      projects: 25
      seats: { per_quantity: 1, at_least: 3 }
      api_calls: { included: 100, cap: 500 }
      sso: true
      support: standard
      regions: [eu, us]
    member_roles: { owner: pro }
    trial: { grants: free@1, length: 14d }
    payment_policy: { dunning_grace: 14d }
add_ons:
  more@1: { title: More, for: [growth], max_quantity: 20, entitlements: { projects: { add_per_quantity: 10 } } }
prices:
  live:
    price_month: { plan: growth@2, interval: month, currency: usd }
    price_old: { plan: growth@1, status: legacy }
    price_pass: { plan: growth@2, interval: once, grants_for: 7d }
    price_more: { add_on: more@1 }
    price_day: { ignore: consulting }
  test:
    price_test: { plan: growth@2, interval: month }
member_kinds: { owner: { clerk: ["org:admin"] } }
roles:
  viewer: { permissions: [read] }
  pro: { permissions: [read, write] }
permissions:
  read: {}
  write: { requires: projects }
payment_policy:
  dunning_grace: 7d
  lapsed: default_plan
)";

CatalogPtr Loaded(const std::string& text) {
  const LoadResult result = LoadText(text);
  EXPECT_NE(result.catalog, nullptr) << Listing(result) << text;
  return result.catalog;
}

struct Edit {
  std::string what;  // stands once in kBase
  std::string by;
};

std::string Edited(const std::vector<Edit>& edits) {
  std::string text = kBase;
  for (const Edit& edit : edits) {
    const std::size_t at = text.find(edit.what);
    EXPECT_NE(at, std::string::npos) << edit.what;
    EXPECT_EQ(text.find(edit.what, at + 1), std::string::npos) << edit.what << " stands twice";
    if (at != std::string::npos) text.replace(at, edit.what.size(), edit.by);
  }
  return text;
}

// `narrowed narrowed:growth@2.projects [25 -> 10]`, the parts of a re-pointing after it.
std::string Line(const Change& change) {
  std::string line(WordOf(SeverityOf(change)));
  line += " " + KeyOf(change) + " [" + change.before + " -> " + change.after + "]";
  for (const Change& part : change.parts) {
    line += " " + part.feature + part.attribute + ":" + std::string(WordOf(part.effect));
  }
  return line;
}

std::vector<std::string> Lines(const std::vector<Change>& changes) {
  std::vector<std::string> lines;
  for (const Change& change : changes) lines.push_back(Line(change));
  return lines;
}

struct DiffCase {
  const char* name;
  std::vector<Edit> edits;
  std::vector<std::string> expect;  // all of it, in order
};

void Judge(const std::vector<DiffCase>& cases) {
  const CatalogPtr base = Loaded(kBase);
  for (const DiffCase& row : cases) {
    SCOPED_TRACE(row.name);
    const CatalogPtr after = Loaded(Edited(row.edits));
    if (base == nullptr || after == nullptr) continue;
    const std::vector<Change> changes = DiffCatalogs(*base, *after);
    EXPECT_EQ(Lines(changes), row.expect);
    for (const Change& change : changes) EXPECT_TRUE(MeaningOf(change).ends_with('.')) << MeaningOf(change);
  }
}

const std::string kContentOfGrowth = "error content:growth@2 [ -> ]";

TEST(Diff, OfPlansAndFeatures) {
  Judge({
      {"ALimitGoesUp",
       {{"projects: 25", "projects: 30"}},
       {kContentOfGrowth, "note widened:growth@2.projects [25 -> 30]"}},
      {"ALimitGoesDown",
       {{"projects: 25", "projects: 10"}},
       {kContentOfGrowth, "narrowed narrowed:growth@2.projects [25 -> 10]"}},
      {"ALimitGoes", {{"      projects: 25\n", ""}}, {kContentOfGrowth, "narrowed removed:growth@2.projects [25 -> ]"}},
      {"ALimitComes",
       {{"projects: 20,", "projects: 20, seats: 4,"}},
       {"error content:growth@1 [ -> ]", "note added:growth@1.seats [ -> 4]"}},
      {"UnlimitedIsMore",
       {{"projects: 25", "projects: unlimited"}},
       {kContentOfGrowth, "note widened:growth@2.projects [25 -> unlimited]"}},
      {"MoreForAFewIsLessForMany",
       {{"seats: { per_quantity: 1, at_least: 3 }", "seats: 10"}},
       {kContentOfGrowth, "narrowed changed:growth@2.seats [1 per unit, at least 3 -> 10]"}},
      {"IncludedUpAndCapDownIsNeither",
       {{"included: 100, cap: 500", "included: 200, cap: 400"}},
       {kContentOfGrowth, "narrowed changed:growth@2.api_calls [100, up to 500 -> 200, up to 400]"}},
      {"ABooleanGoes", {{"sso: true", "sso: false"}}, {kContentOfGrowth, "narrowed narrowed:growth@2.sso [yes -> no]"}},
      {"AFalseThatIsLeftOutTakesNothing",
       {{"entitlements: { projects: 20, ", "entitlements: { projects: 20, sso: false, "}},
       {"error content:growth@1 [ -> ]", "note added:growth@1.sso [ -> no]"}},
      {"ALevelRises",
       {{"support: standard\n", "support: priority\n"}},
       {kContentOfGrowth, "note widened:growth@2.support [standard -> priority]"}},
      {"ASetGainsAndLoses",
       {{"regions: [eu, us]", "regions: [apac, eu]"}},
       {kContentOfGrowth, "narrowed changed:growth@2.regions [eu, us -> apac, eu]"}},
      {"ASetLoses",
       {{"regions: [eu, us]", "regions: [us]"}},
       {kContentOfGrowth, "narrowed narrowed:growth@2.regions [eu, us -> us]"}},
      {"ATitleMayChange",
       {{"title: Growth\n", "title: Growth Plus\n"}},
       {"note changed:growth@2/title [Growth -> Growth Plus]"}},
      {"HowItIsOfferedMayChange", {{"    offered: no\n", ""}}, {"note changed:growth@1/offered [no -> public]"}},
      {"RolesOfAKind",
       {{"member_roles: { owner: viewer }", "member_roles: { owner: pro }"}},
       {"error content:free@1 [ -> ]", "note widened:free@1/member_roles.owner [viewer -> pro]"}},
      {"ATrialIsShorter",
       {{"length: 14d }", "length: 7d }"}},
       {kContentOfGrowth,
        "narrowed narrowed:growth@2/trial [14d of free@1, once per tenant -> 7d of free@1, once per tenant]"}},
      {"ATrialGrantsMoreAndLastsLonger",
       {{"trial: { grants: free@1, length: 14d }", "trial: { grants: growth@1, length: 1mo }"}},
       {kContentOfGrowth,
        "note widened:growth@2/trial [14d of free@1, once per tenant -> 1mo of growth@1, once per tenant]"}},
      {"ATrialGoes",
       {{"    trial: { grants: free@1, length: 14d }\n", ""}},
       {kContentOfGrowth, "narrowed removed:growth@2/trial [14d of free@1, once per tenant -> ]"}},
      {"APlanComes",
       {{"add_ons:\n", "  growth@3: { title: G3, group: labs, entitlements: { sso: true } }\nadd_ons:\n"}},
       {"note added:growth@3 [ -> Single sign-on: yes]"}},
      {"AFeatureComes",
       {{"  sso:       {", "  audit:     { type: boolean }\n  sso:       {"}},
       {"note added:features/audit [ -> boolean]"}},
      {"AFeatureGoes",
       {{"  sso:       { type: boolean, title: Single sign-on }\n", ""}, {"      sso: true\n", ""}},
       {kContentOfGrowth, "narrowed removed:growth@2.sso [yes -> ]", "narrowed removed:features/sso [boolean -> ]"}},
      {"AFeatureIsRetyped",
       {{"type: boolean, title: Single sign-on }", "type: limit, merge: max }"}, {"sso: true", "sso: 1"}},
       {kContentOfGrowth, "narrowed changed:growth@2.sso [yes -> 1]",
        "narrowed retyped:features/sso [boolean -> limit]"}},
      {"TheRulesOfALimit",
       {{"merge: max, over_limit: { then: read_only, after: 14d }",
         "merge: sum, over_limit: { then: block, after: 14d }"},
        {"count_pending: true", "count_pending: false"}},
       {"narrowed narrowed:features/projects/over_limit [read_only after 14d -> block after 14d]",
        "note widened:features/projects/merge [max -> sum]", "note widened:features/seats/count_pending [yes -> no]"}},
      {"TheRulesOfAMeter",
       {{"reset: month, anchor: subscription, warn_at: [80, 100]", "reset: day, warn_at: [90], on_plan_change: reset"}},
       {"narrowed changed:features/api_calls/anchor [subscription -> calendar]",
        "note widened:features/api_calls/on_plan_change [carry -> reset]",
        "note widened:features/api_calls/reset [month -> day]",
        "note changed:features/api_calls/warn_at [80%, 100% -> 90%]"}},
      {"LevelsTradePlaces",
       {{"levels: [community, standard, priority], on_suspended: allow", "levels: [community, priority, standard]"}},
       {"narrowed changed:features/support/levels [community, standard, priority -> community, priority, standard]",
        "narrowed narrowed:features/support/on_suspended [allow -> deny]"}},
      {"ALevelBetweenOthersTakesNothing",
       {{"community, standard, priority", "community, basic, standard, priority"}},
       {"note changed:features/support/levels [community, standard, priority -> community, basic, standard, "
        "priority]"}},
      {"WhatASetMayHoldAndHowLongItIsKnown",
       {{"values: [apac, eu, us], on_unavailable: { last_known: 24h }", "values: [apac, eu, us, mars]"}},
       {"narrowed narrowed:features/regions/on_unavailable [last_known 1d -> deny]",
        "note changed:features/regions/values [apac, eu, us -> apac, eu, mars, us]"}},
  });
}

TEST(Diff, OfAddOnsPricesAndGroups) {
  Judge({
      {"AnAddOnAddsLessForMore",
       {{"for: [growth], max_quantity: 20, entitlements: { projects: { add_per_quantity: 10 } }",
         "for: [growth, free], entitlements: { projects: { add_per_quantity: 5 } }"}},
       {"error content:add_ons/more@1 [ -> ]",
        "narrowed narrowed:add_ons/more@1.projects [+10 per unit -> +5 per unit]",
        "note widened:add_ons/more@1/for [growth -> free, growth]",
        "note widened:add_ons/more@1/max_quantity [20 -> no maximum]"}},
      {"AnAddOnComes",
       {{"prices:\n", "  other@1: { for: [free], entitlements: { sso: true } }\nprices:\n"}},
       {"note added:add_ons/other@1 [ -> Single sign-on: yes]"}},
      {"APriceIsRepointedToLess",
       {{"price_month: { plan: growth@2", "price_month: { plan: growth@1"}},
       {"narrowed repointed:prices/price_month [Growth (growth@2) -> Growth (2024) (growth@1)] api_calls:narrower "
        "projects:narrower regions:narrower seats:narrower sso:narrower trial:narrower "
        "payment_policy.dunning_grace:narrower"}},
      {"APriceIsRepointedToMore",
       {{"price_old: { plan: growth@1", "price_old: { plan: growth@2"}},
       {"note repointed:prices/price_old [Growth (2024) (growth@1) -> Growth (growth@2)] api_calls:wider "
        "projects:wider regions:wider seats:wider sso:wider trial:wider payment_policy.dunning_grace:wider"}},
      {"APriceSellsNothingAnyMore",
       {{"price_month: { plan: growth@2, interval: month, currency: usd }", "price_month: { ignore: gone }"}},
       {"narrowed repointed:prices/price_month [Growth (growth@2) -> nothing]",
        "note changed:prices/price_month/currency [usd -> ]", "note changed:prices/price_month/interval [month -> ]"}},
      {"APriceSellsAnAddOnInsteadOfAPlan",
       {{"price_old: { plan: growth@1, status: legacy }", "price_old: { add_on: more@1, status: legacy }"}},
       {"narrowed repointed:prices/price_old [Growth (2024) (growth@1) -> More (more@1)]"}},
      {"APriceIsRetired",
       {{"price_more: { add_on: more@1 }", "price_more: { add_on: more@1, status: legacy }"}},
       {"note retired:prices/price_more [current -> legacy]"}},
      {"APriceIsSoldAgain", {{", status: legacy", ""}}, {"note reinstated:prices/price_old [legacy -> current]"}},
      {"ALivePriceIsDeleted",
       {{"    price_old: { plan: growth@1, status: legacy }\n", ""}},
       {"error deleted:prices/price_old [Growth (2024) (growth@1), legacy -> ]"}},
      {"ATestPriceMayGo",
       {{"  test:\n    price_test: { plan: growth@2, interval: month }\n", "  test: {}\n"}},
       {"narrowed removed:prices/price_test [Growth (growth@2), month -> ]"}},
      {"APriceComes",
       {{"  test:\n", "    price_new: { plan: growth@2, interval: year }\n  test:\n"}},
       {"note added:prices/price_new [ -> Growth (growth@2), year]"}},
      {"APriceMovesFromLiveToTest",
       {{"    price_old: { plan: growth@1, status: legacy }\n", ""},
        {"    price_test:", "    price_old: { plan: growth@1, status: legacy }\n    price_test:"}},
       {"error deleted:prices/price_old [Growth (2024) (growth@1), legacy -> ]",
        "note added:prices/price_old [ -> Growth (2024) (growth@1), legacy]"}},
      {"ALabelIsJustALabel",
       {{"interval: month, currency: usd", "interval: year, currency: eur"}},
       {"note changed:prices/price_month/currency [usd -> eur]",
        "note changed:prices/price_month/interval [month -> year]"}},
      {"APassGrantsLonger",
       {{"grants_for: 7d", "grants_for: forever"}},
       {"note widened:prices/price_pass/grants_for [7d -> forever]"}},
      {"APassBecomesASubscriptionInArrears",
       {{"interval: once, grants_for: 7d", "interval: month, arrears: true"}},
       {"narrowed changed:prices/price_pass/arrears [no -> yes]",
        "narrowed changed:prices/price_pass/interval [once -> month]"}},
      {"WhyAPriceIsIgnored",
       {{"ignore: consulting", "ignore: a day of consulting"}},
       {"note changed:prices/price_day/ignore [consulting -> a day of consulting]"}},
      {"ADefaultPlanIsAnother",
       {{"default_plan: free@1", "default_plan: growth@1"}},
       {"note repointed:groups/core/default_plan [Free (free@1) -> Growth (2024) (growth@1)] projects:wider "
        "support:wider member_roles.owner:wider"}},
      {"ADefaultPlanGoes",
       {{"core: { default_plan: free@1 }", "core: {}"}},
       {"narrowed removed:groups/core/default_plan [Free (free@1) -> ]"}},
      {"AGroupGoes", {{"  labs: {}\n", ""}}, {"narrowed removed:groups/labs [ -> ]"}},
      {"APlanChangesItsGroup",
       {{"title: Growth\n    group: core", "title: Growth\n    group: labs"},
        {"    trial: { grants: free@1, length: 14d }\n", ""}},
       {kContentOfGrowth, "narrowed changed:growth@2/group [core -> labs]",
        "narrowed removed:growth@2/trial [14d of free@1, once per tenant -> ]"}},
  });
}

TEST(Diff, OfMembersPoliciesAndNames) {
  Judge({
      {"ARoleLosesAPermission", {{"[read, write]", "[read]"}}, {"narrowed narrowed:roles/pro [read, write -> read]"}},
      {"ARoleGainsOne",
       {{"viewer: { permissions: [read] }", "viewer: { permissions: [read, write] }"}},
       {"note widened:roles/viewer [read -> read, write]"}},
      {"ARoleTradesOne",
       {{"viewer: { permissions: [read] }", "viewer: { permissions: [write] }"}},
       {"narrowed changed:roles/viewer [read -> write]"}},
      {"ARoleComes",
       {{"permissions:\n  read", "  boss: { permissions: [] }\npermissions:\n  read"}},
       {"note added:roles/boss [ -> ]"}},
      {"APermissionNeedsNothingAnyMore",
       {{"write: { requires: projects }", "write: {}"}},
       {"note removed:permissions/write/requires [projects -> ]"}},
      {"APermissionNeedsAFeature",
       {{"read: {}", "read: { requires: sso }"}},
       {"narrowed added:permissions/read/requires [ -> sso]"}},
      {"APermissionComes", {{"  read: {}", "  all: {}\n  read: {}"}}, {"note added:permissions/all [ -> ]"}},
      {"AMemberKindHasAnotherName",
       {{"clerk: [\"org:admin\"]", "clerk: [\"org:boss\"]"}},
       {"narrowed changed:member_kinds/owner/clerk [org:admin -> org:boss]"}},
      {"AMemberKindComesToEveryPlan",
       {{"{ owner: { clerk: [\"org:admin\"] } }", "{ owner: { clerk: [\"org:admin\"] }, guest: {} }"},
        {"member_roles: { owner: viewer }", "member_roles: { owner: viewer, guest: viewer }"},
        {"member_roles: { owner: pro }\n    offered", "member_roles: { owner: pro, guest: viewer }\n    offered"},
        {"member_roles: { owner: pro }\n    trial", "member_roles: { owner: pro, guest: viewer }\n    trial"}},
       {"error content:free@1 [ -> ]", "error content:growth@1 [ -> ]", kContentOfGrowth,
        "note added:free@1/member_roles.guest [ -> viewer]", "note added:growth@1/member_roles.guest [ -> viewer]",
        "note added:growth@2/member_roles.guest [ -> viewer]", "note added:member_kinds/guest [ -> ]"}},
      {"ThePolicyOfTheCatalogIsToldOnce",
       {{"dunning_grace: 7d", "dunning_grace: 3d"}, {"lapsed: default_plan", "lapsed: block"}},
       {"narrowed narrowed:payment_policy/dunning_grace [7d -> 3d]",
        "narrowed narrowed:payment_policy/lapsed [default_plan -> block]"}},
      {"ThePolicyOfAPlan",
       {{"payment_policy: { dunning_grace: 14d }", "payment_policy: { dunning_grace: 15d, net_terms: on_payment }"}},
       {"narrowed narrowed:growth@2/payment_policy.net_terms [until_due -> on_payment]",
        "note widened:growth@2/payment_policy.dunning_grace [14d -> 15d]"}},
      {"ALabelIsNothing", {{"label: spring\n", ""}}, {"note removed:catalog/label [spring -> ]"}},
      {"TheNameOfTheCatalog", {{"catalog: acme", "catalog: emca"}}, {"note changed:catalog/name [acme -> emca]"}},
  });
}

struct MildCase {
  const char* key;
  const char* mild;
  const char* hard;
};

TEST(Diff, KnowsWhichWayOfEveryPolicyIsMilder) {
  const MildCase cases[] = {
      {"renewal_leeway", "3d", "1d"},
      {"dunning_grace", "1mo", "27d"},
      {"pending_timeout", "2d", "1d"},
      {"zero_total", "paid", "none"},
      {"refund.full", "keep", "suspend"},
      {"refund.partial", "keep", "suspend"},
      {"dispute.opened", "keep", "suspend"},
      {"dispute.inquiry", "keep", "suspend"},
      {"dispute.lost", "keep", "revoke"},
      {"immediate_cancel", "run_out", "revoke"},
      {"deferred_proration", "grant", "hold"},
      {"net_terms", "until_due", "on_payment"},
      {"paused_collection", "grace", "no_grace"},
      {"lapsed", "default_plan", "block"},
      {"unmapped_price", "keep_last", "none"},
  };
  const auto with = [](const std::string& key, const std::string& value) {
    const std::size_t dot = key.find('.');
    const std::string line = dot == std::string::npos
                                 ? key + ": " + value
                                 : key.substr(0, dot) + ": { " + key.substr(dot + 1) + ": " + value + " }";
    return Loaded("apiVersion: usher/v1\ncatalog: t\npayment_policy: { " + line + " }\n");
  };
  for (const MildCase& row : cases) {
    SCOPED_TRACE(row.key);
    const CatalogPtr mild = with(row.key, row.mild);
    const CatalogPtr hard = with(row.key, row.hard);
    if (mild == nullptr || hard == nullptr) continue;
    const std::string key = "payment_policy/" + std::string(row.key);
    EXPECT_EQ(Lines(DiffCatalogs(*mild, *hard)),
              std::vector<std::string>{"narrowed narrowed:" + key + " [" + row.mild + " -> " + row.hard + "]"});
    EXPECT_EQ(Lines(DiffCatalogs(*hard, *mild)),
              std::vector<std::string>{"note widened:" + key + " [" + row.hard + " -> " + row.mild + "]"});
  }
}

TEST(Diff, SaysTheWayOutOfAnError) {
  const CatalogPtr base = Loaded(kBase);
  const CatalogPtr changed = Loaded(Edited({{"projects: 20,", "projects: 2,"}}));
  ASSERT_TRUE(base != nullptr && changed != nullptr);
  // growth@2 is taken already.
  EXPECT_NE(MeaningOf(DiffCatalogs(*base, *changed).front()).find("declare growth@3 and point prices at it"),
            std::string::npos);
  const CatalogPtr deleted = Loaded(Edited({{"    price_old: { plan: growth@1, status: legacy }\n", ""}}));
  ASSERT_NE(deleted, nullptr);
  EXPECT_NE(MeaningOf(DiffCatalogs(*base, *deleted).front()).find("list it again, with status: retired"),
            std::string::npos);
}

// A plan and an add-on may have the same name@version; their changes do not share a key.
TEST(Diff, AKeyNamesOneThing) {
  const std::string text =
      "apiVersion: usher/v1\ncatalog: t\nfeatures: { a: { type: limit, merge: max } }\n"
      "plans: { x@1: { entitlements: { a: 1 } } }\n"
      "add_ons: { x@1: { for: [x], entitlements: { a: { add: 1 } } } }\n";
  const CatalogPtr before = Loaded(text);
  std::string other = text;
  other.replace(other.find("a: 1 }"), 4, "a: 2");
  other.replace(other.find("add: 1"), 6, "add: 2");
  const CatalogPtr after = Loaded(other);
  ASSERT_TRUE(before != nullptr && after != nullptr);
  EXPECT_EQ(Lines(DiffCatalogs(*before, *after)),
            (std::vector<std::string>{"error content:x@1 [ -> ]", "error content:add_ons/x@1 [ -> ]",
                                      "note widened:x@1.a [1 -> 2]", "note widened:add_ons/x@1.a [+1 -> +2]"}));
}

}  // namespace
}  // namespace usher
