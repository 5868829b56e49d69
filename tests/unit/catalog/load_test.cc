// What a catalog means once it is loaded: several files as one, overlay, value forms, policies, members.
#include "catalog/parse/load.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/catalog/corpus.h"

namespace usher {
namespace {

constexpr char kHead[] = "apiVersion: usher/v1\ncatalog: test\n";

Catalog Load(const std::string& body) {
  const LoadResult result = LoadText(kHead + body);
  EXPECT_NE(result.catalog, nullptr) << Listing(result);
  return result.catalog == nullptr ? Catalog{} : *result.catalog;
}

std::string FirstMessage(const std::string& body) {
  const LoadResult result = LoadText(kHead + body);
  return result.findings.empty() ? "" : FormatFinding(result.findings[0]);
}

// What `plan` grants of `feature`; nullopt for nothing, and a failure when there is no such plan or feature.
std::optional<Entitlement> Grants(const Catalog& catalog, const std::string& plan, const std::string& feature) {
  const auto plan_index = FindPlan(catalog, plan);
  const auto feature_index = FindFeature(catalog, feature);
  EXPECT_TRUE(plan_index && feature_index) << plan << " " << feature;
  if (!plan_index || !feature_index) return std::nullopt;
  return catalog.plans[*plan_index].entitlements[*feature_index];
}

const Plan& PlanOf(const Catalog& catalog, const std::string& id) {
  return catalog.plans.at(FindPlan(catalog, id).value());
}

Limit L(std::int64_t amount) { return {.amount = amount}; }

constexpr char kFeatures[] = R"(
features:
  sso: { type: boolean }
  projects: { type: limit, merge: max }
  seats: { type: limit, merge: sum }
  api_calls: { type: metered, merge: sum }
  support: { type: level, levels: [basic, full] }
  regions: { type: set, values: [us, eu, apac] }
)";

TEST(Overlay, IncludesCopiesAndOwnValuesReplaceKeyByKey) {
  const Catalog catalog = Load(std::string(kFeatures) + R"(
plans:
  big@1: { includes: mid@1, offered: no, entitlements: { projects: 5, regions: [apac] } }
  mid@1: { includes: small@1, offered: no, entitlements: { support: full, sso: none } }
  small@1: { offered: no, entitlements: { sso: true, projects: 0, support: basic, regions: [us, eu] } }
)");
  EXPECT_EQ(Grants(catalog, "small@1", "projects")->fixed, Value(L(0)));
  EXPECT_EQ(Grants(catalog, "mid@1", "projects")->fixed, Value(L(0)));
  EXPECT_EQ(Grants(catalog, "big@1", "projects")->fixed, Value(L(5)));
  EXPECT_EQ(Grants(catalog, "mid@1", "support")->fixed, Value(Level{"full"}));
  EXPECT_EQ(Grants(catalog, "big@1", "support")->fixed, Value(Level{"full"}));
  // Sets are replaced, never united, within one plan.
  EXPECT_EQ(Grants(catalog, "mid@1", "regions")->fixed, Value(ValueSet{{"eu", "us"}}));
  EXPECT_EQ(Grants(catalog, "big@1", "regions")->fixed, Value(ValueSet{{"apac"}}));
  // `none` removes, for those that include the plan as well.
  EXPECT_TRUE(Grants(catalog, "small@1", "sso"));
  EXPECT_FALSE(Grants(catalog, "mid@1", "sso"));
  EXPECT_FALSE(Grants(catalog, "big@1", "sso"));
  // Absent is not granted.
  EXPECT_FALSE(Grants(catalog, "big@1", "seats"));
}

TEST(Overlay, TitlesOffersTrialsAndPoliciesAreOwnOnly) {
  const Catalog catalog = Load(R"(
plans:
  a@1: { title: A, offered: private, trial: { length: 1d }, payment_policy: { lapsed: block } }
  b@1: { includes: a@1 }
prices: { test: { pa: { plan: a@1 }, pb: { plan: b@1 } } }
)");
  const Plan& plan = PlanOf(catalog, "b@1");
  EXPECT_EQ(plan.title, "");
  EXPECT_EQ(plan.offered, Offered::kPublic);
  EXPECT_FALSE(plan.trial);
  EXPECT_EQ(plan.policy, catalog.policy);
}

TEST(ValueForms, OfPlans) {
  const Catalog catalog = Load(std::string(kFeatures) + R"(
plans:
  a@1: { offered: no, entitlements: { projects: unlimited, seats: { per_quantity: 2, at_least: 3 }, api_calls: 7 } }
  b@1: { offered: no, entitlements: { sso: false, seats: { per_quantity: 1 }, api_calls: { included: 5, cap: unlimited } } }
)");
  EXPECT_EQ(Grants(catalog, "a@1", "projects")->fixed, Value(kUnlimited));
  EXPECT_EQ(Grants(catalog, "a@1", "seats")->form, Entitlement::Form::kPerQuantity);
  EXPECT_EQ(Grants(catalog, "a@1", "seats")->amount, L(2));
  EXPECT_EQ(Grants(catalog, "a@1", "seats")->at_least, 3);
  EXPECT_EQ(Grants(catalog, "a@1", "api_calls")->fixed, Value(Metered{L(7), L(7)}));
  EXPECT_EQ(Grants(catalog, "b@1", "seats")->at_least, 0);
  EXPECT_EQ(Grants(catalog, "b@1", "api_calls")->fixed, Value(Metered{L(5), kUnlimited}));
  EXPECT_EQ(Grants(catalog, "b@1", "sso")->fixed, Value(false));
}

TEST(ValueForms, OfAddOns) {
  const Catalog catalog = Load(std::string(kFeatures) + R"(
plans: { a@1: { offered: no }, a@2: { offered: no }, b@1: { offered: no } }
add_ons:
  more@3:
    for: [b, a]
    max_quantity: 4
    entitlements: { sso: true, projects: { add: 10 }, seats: { add_per_quantity: 2 }, api_calls: { add: unlimited } }
prices: { test: { p: { add_on: more@3 } } }
)");
  ASSERT_EQ(catalog.add_ons.size(), 1u);
  const AddOn& add_on = catalog.add_ons[0];
  EXPECT_EQ(add_on.name, "more");
  EXPECT_EQ(add_on.version, 3);
  EXPECT_EQ(add_on.for_plans, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(add_on.max_quantity, 4);
  const auto grants = [&](const char* feature) { return add_on.entitlements[FindFeature(catalog, feature).value()]; };
  EXPECT_EQ(grants("sso")->fixed, Value(true));
  EXPECT_EQ(grants("projects")->form, Entitlement::Form::kAdd);
  EXPECT_EQ(grants("projects")->amount, L(10));
  EXPECT_EQ(grants("seats")->form, Entitlement::Form::kAddPerQuantity);
  EXPECT_EQ(grants("api_calls")->amount, kUnlimited);
  EXPECT_FALSE(grants("support"));
}

TEST(Policies, APlanOverridesSingleKeysOfTheCatalogs) {
  const Catalog catalog = Load(R"(
payment_policy: { dunning_grace: 10d, refund: { full: keep, partial: suspend }, lapsed: block }
plans:
  a@1: { offered: no, payment_policy: { dunning_grace: 1mo, refund: { full: suspend } } }
  b@1: { offered: no }
)");
  PaymentPolicy expect;
  expect.dunning_grace = {.exact = std::chrono::hours(240)};
  expect.refund_full = RefundFull::kKeep;
  expect.refund_partial = RefundPartial::kSuspend;
  expect.lapsed = Lapsed::kBlock;
  EXPECT_EQ(catalog.policy, expect);
  EXPECT_EQ(PlanOf(catalog, "b@1").policy, expect);
  expect.dunning_grace = {.months = 1};
  expect.refund_full = RefundFull::kSuspend;
  EXPECT_EQ(PlanOf(catalog, "a@1").policy, expect);
}

TEST(Policies, WithoutAnyTheDefaultsHold) { EXPECT_EQ(Load("").policy, PaymentPolicy{}); }

TEST(Groups, WithoutThemThereIsMain) {
  const Catalog catalog = Load("plans: { a@1: { offered: no } }\n");
  ASSERT_EQ(catalog.groups.size(), 1u);
  EXPECT_EQ(catalog.groups[0].name, "main");
  EXPECT_FALSE(catalog.groups[0].default_plan);
  EXPECT_NE(LoadText(std::string(kHead) + "plans: { a@1: { offered: no, group: main } }\n").catalog, nullptr);
}

TEST(Groups, OfOneAPlanNeedNotSayIt) {
  const Catalog catalog = Load("groups: { only: { default_plan: a@1 } }\nplans: { a@1: {} }\n");
  EXPECT_EQ(catalog.groups[PlanOf(catalog, "a@1").group].name, "only");
  EXPECT_EQ(catalog.groups[0].default_plan, FindPlan(catalog, "a@1"));
}

TEST(Trials, GrantThePlanItselfUnlessTheyNameAnother) {
  const Catalog catalog = Load(R"(
plans:
  a@1: { offered: no, trial: { length: 14d } }
  b@1: { offered: no, trial: { length: 1mo, grants: a@1, once_per: subscription, requires_payment_method: true } }
)");
  const Plan& own = PlanOf(catalog, "a@1");
  EXPECT_EQ(own.trial->grants, FindPlan(catalog, "a@1"));
  EXPECT_EQ(own.trial->length, CalendarDuration{.exact = std::chrono::hours(14 * 24)});
  EXPECT_EQ(own.trial->once_per, TrialOncePer::kTenant);
  EXPECT_FALSE(own.trial->requires_payment_method);
  const Plan& other = PlanOf(catalog, "b@1");
  EXPECT_EQ(other.trial->grants, FindPlan(catalog, "a@1"));
  EXPECT_EQ(other.trial->once_per, TrialOncePer::kSubscription);
  EXPECT_TRUE(other.trial->requires_payment_method);
}

TEST(Members, RolesAreIncludedAndReplacedByKind) {
  const Catalog catalog = Load(R"(
groups: { main: { default_plan: a@1 } }
plans:
  a@1: { member_roles: { owner: [writer, reader], member: reader } }
  b@1: { offered: no, includes: a@1, member_roles: { owner: reader } }
member_kinds: { owner: { clerk: ["org:b", "org:a"] }, member: {} }
roles: { reader: { permissions: [read] }, writer: { permissions: [write, read] } }
permissions: { write: { requires: sso }, read: {} }
features: { sso: { type: boolean } }
)");
  const auto roles = [&](const char* plan, std::size_t kind) {
    std::vector<std::string> names;
    for (const std::size_t role : PlanOf(catalog, plan).member_roles[kind])
      names.push_back(catalog.roles[role].id.str());
    return names;
  };
  ASSERT_EQ(catalog.member_kinds[0].name, "member");
  EXPECT_EQ(roles("a@1", 0), (std::vector<std::string>{"reader"}));
  EXPECT_EQ(roles("a@1", 1), (std::vector<std::string>{"reader", "writer"}));
  EXPECT_EQ(roles("b@1", 0), (std::vector<std::string>{"reader"}));
  EXPECT_EQ(roles("b@1", 1), (std::vector<std::string>{"reader"}));
  EXPECT_EQ(catalog.member_kinds[1].clerk, (std::vector<std::string>{"org:a", "org:b"}));
  EXPECT_EQ(catalog.roles[1].permissions, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(catalog.permissions[1].requires_feature, 0u);
}

TEST(Prices, MeanWhatTheySay) {
  const Catalog catalog = Load(R"(
plans: { a@1: {} }
prices:
  live: { "1": { ignore: why } }
  test:
    p: { plan: a@1, status: legacy, interval: month, currency: eur, arrears: true }
    q: { plan: a@1, interval: once, grants_for: 1mo }
    r: { plan: a@1, interval: once, grants_for: forever }
)");
  const Price* ignored = FindPrice(catalog, true, "1");
  ASSERT_NE(ignored, nullptr);
  EXPECT_EQ(std::get<Price::Ignored>(ignored->sells).why, "why");
  const Price* renewing = FindPrice(catalog, false, "p");
  ASSERT_NE(renewing, nullptr);
  EXPECT_EQ(renewing->status, PriceStatus::kLegacy);
  EXPECT_EQ(renewing->interval, "month");
  EXPECT_EQ(renewing->currency, "eur");
  EXPECT_TRUE(renewing->arrears);
  EXPECT_FALSE(renewing->once);
  EXPECT_EQ(FindPrice(catalog, false, "q")->once->length, CalendarDuration{.months = 1});
  EXPECT_FALSE(FindPrice(catalog, false, "q")->once->forever);
  EXPECT_TRUE(FindPrice(catalog, false, "r")->once->forever);
}

TEST(Folder, FilesAreReadAsOne) {
  const LoadResult result = LoadCatalog({
      {.name = "a.yaml",
       .text = "apiVersion: usher/v1\ncatalog: test\nfeatures: { a: { type: boolean } }\nprices: { live: { p: { plan: "
               "x@1 } } }\n"},
      {.name = "b.yaml",
       .text = "apiVersion: usher/v1\nfeatures: { b: { type: boolean } }\nprices: { live: { q: { plan: x@1 } }, test: "
               "{ r: { plan: x@1 } } }\n"},
      {.name = "c.yaml", .text = "apiVersion: usher/v1\nplans: { x@1: { entitlements: { a: true, b: true } } }\n"},
  });
  ASSERT_NE(result.catalog, nullptr) << Listing(result);
  EXPECT_EQ(result.catalog->features.size(), 2u);
  EXPECT_EQ(result.catalog->live_prices.size(), 2u);
  EXPECT_EQ(result.catalog->test_prices.size(), 1u);
}

struct FolderCase {
  const char* name;
  std::vector<SourceFile> files;
  std::vector<std::string> expect;  // beginnings of the findings
};

TEST(Folder, Rules) {
  const std::string head = "apiVersion: usher/v1\n";
  const FolderCase cases[] = {
      {"ApiVersionInEach", {{"a", head + "catalog: t\n"}, {"b", "plans: {}\n"}}, {"b:1:1: error USH0102"}},
      {"ApiVersionKnownInEach", {{"a", head + "catalog: t\n"}, {"b", "apiVersion: v2\n"}}, {"b:1:13: error USH0113"}},
      {"CatalogInOne", {{"a", head}, {"b", head}}, {"a:1:1: error USH0121"}},
      {"CatalogInOnlyOne", {{"a", head + "catalog: t\n"}, {"b", head + "catalog: t\n"}}, {"b:2:10: error USH0122"}},
      {"LabelInOnlyOne",
       {{"a", head + "catalog: t\nlabel: x\n"}, {"b", head + "label: y\n"}},
       {"b:2:1: error USH0010"}},
      {"NamesAreDistinctOverFiles",
       {{"a", head + "catalog: t\nplans: { x@1: {} }\n"}, {"b", head + "plans: { x@1: {} }\n"}},
       {"b:2:10: error USH0010: The key \"x@1\" stands here and already at a:3:10"}},
      {"PricesAreDistinctOverFiles",
       {{"a", head + "catalog: t\nplans: { x@1: {} }\nprices: { live: { p: { plan: x@1 } } }\n"},
        {"b", head + "prices: { live: { p: { plan: x@1 } } }\n"}},
       {"b:2:19: error USH0201: The price \"p\" stands here and already at a:4:19"}},
      {"PricesAreDistinctOverFilesAndEnvironments",
       {{"a", head + "catalog: t\nplans: { x@1: {} }\nprices: { test: { p: { plan: x@1 } } }\n"},
        {"b", head + "prices: { live: { p: { plan: x@1 } } }\n"}},
       {"b:2:19: error USH0201: The price \"p\" stands here and already at a:4:19"}},
      {"ABrokenFileHidesOnlyWhatDependsOnTheWhole",
       {{"a", head + "catalog: t\nplans: a: b\n"}, {"b", head + "plans: { x@1: { includes: y@1 } }\n"}},
       {"a:3:9: error USH0004"}},
      {"EveryFileHasContent", {{"a", head + "catalog: t\n"}, {"b", ""}}, {"b:1:1: error USH0012"}},
      {"EveryFileIsAMap", {{"a", head + "catalog: t\n"}, {"b", "[]"}}, {"b:1:1: error USH0103"}},
      {"NoFiles", {}, {"catalog:1:1: error USH0012"}},
      {"TooManyFiles", std::vector<SourceFile>(101, {"a", head}), {"a:1:1: error USH0119"}},
  };
  for (const FolderCase& row : cases) {
    SCOPED_TRACE(row.name);
    const LoadResult result = LoadCatalog(row.files);
    EXPECT_EQ(result.catalog, nullptr);
    ASSERT_EQ(result.findings.size(), row.expect.size()) << Listing(result);
    for (std::size_t i = 0; i < row.expect.size(); ++i) {
      EXPECT_EQ(FormatFinding(result.findings[i]).rfind(row.expect[i], 0), 0u) << FormatFinding(result.findings[i]);
    }
  }
}

TEST(Messages, NameBothPlacesOfADuplicatedPrice) {
  EXPECT_EQ(
      FirstMessage("plans: { a@1: {} }\nprices:\n  live:\n    p: { plan: a@1 }\n    p: { plan: a@1 }\n"),
      "plans.yaml:7:5: error USH0201: The price \"p\" stands here and already at plans.yaml:6:5: keep the one that is "
      "meant.");
}

TEST(Messages, SayWhatToWriteForNoLimit) {
  const std::string message =
      FirstMessage("features: { a: { type: limit, merge: max } }\nplans: { p@1: { entitlements: { a: -1 } } }\n");
  EXPECT_NE(message.find("USH0106: plans.p@1.entitlements.a expects"), std::string::npos) << message;
  EXPECT_NE(message.find("write unlimited for no limit"), std::string::npos) << message;
}

struct OneFindingCase {
  const char* name;
  const char* body;
  const char* says;
};

TEST(Messages, OneMistakeIsOneFinding) {
  const OneFindingCase cases[] = {
      {"GroupMissing",
       "groups: { core: {}, side: {} }\nplans: { a@1: { group: side, trial: { length: 1d, grants: b@1 } }, b@1: {} }\n",
       "has to say its group"},
      {"LevelsWithoutCommas",
       "features: { a: { type: level, levels: [x y z] } }\nplans: { p@1: { entitlements: { a: x } }, q@1: { "
       "entitlements: { a: y } } }\n",
       "Put commas between several."},
      {"CapBelowIncluded",
       "features: { a: { type: metered, merge: sum } }\nplans: { p@1: { entitlements: { a: { included: 10, cap: 5 } } "
       "} "
       "}\n",
       "The cap 5 is below the 10 that are included"},
      {"NumberWithComma",
       "features: { a: { type: limit, merge: max } }\nplans:\n  p@1:\n    entitlements:\n      a: 1,000\n",
       "expects a whole number without separators"},
      {"NumberWithUnderscore",
       "features: { a: { type: limit, merge: max } }\nplans: { p@1: { entitlements: { a: 1_000 } } }\n",
       "expects a whole number without separators"},
      {"ListForALimit",
       "features: { a: { type: limit, merge: max } }\nplans: { p@1: { entitlements: { a: [1, x, 2] } } }\n",
       "gives a a list, but a is a limit"},
      {"EmptyListForALimit",
       "features: { a: { type: limit, merge: max } }\nplans: { p@1: { entitlements: { a: [] } } }\n",
       "gives a a list, but a is a limit"},
      {"NoBlankAfterAColon", "plans: { p@1: { offered:no } }\n", "A blank must follow a colon."},
      {"ControlCharacterInATitle", "plans: { p@1: { title: \"a\\e[31m\" } }\n", "holds a control character"},
  };
  for (const OneFindingCase& row : cases) {
    SCOPED_TRACE(row.name);
    const LoadResult result = LoadText(std::string(kHead) + row.body);
    std::size_t errors = 0;
    for (const Finding& finding : result.findings) {
      if (finding.severity != Severity::kError) continue;
      ++errors;
      EXPECT_NE(finding.message.find(row.says), std::string::npos) << FormatFinding(finding);
    }
    EXPECT_EQ(errors, 1u) << Listing(result);
  }
}

struct SuggestionCase {
  const char* name;
  const char* body;
  const char* suggestion;  // nullptr: none is near
};

TEST(Messages, SuggestTheNearMissAndNothingFarFetched) {
  const SuggestionCase cases[] = {
      {"Key", "faetures: {}\n", "features"},
      {"KeyInOtherCase", "Features: {}\n", "features"},
      {"Dash", "payment-policy: {}\n", "payment_policy"},
      {"Word", "features: { a: { type: bolean } }\n", "boolean"},
      {"Plan", "plans: { growth@1: {}, b@1: { includes: grwoth@1 } }\n", "growth@1"},
      {"LatestVersion", "plans: { growth@1: {}, growth@9: {}, growth@10: {}, b@1: { includes: growth@7 } }\n",
       "growth@10"},
      {"Feature", "features: { sso: { type: boolean } }\nplans: { a@1: { entitlements: { ss: true } } }\n", "sso"},
      {"NothingNear", "zzz: {}\n", nullptr},
  };
  for (const SuggestionCase& row : cases) {
    SCOPED_TRACE(row.name);
    const std::string message = FirstMessage(row.body);
    if (row.suggestion == nullptr) {
      EXPECT_EQ(message.find("Did you mean"), std::string::npos) << message;
    } else {
      EXPECT_NE(message.find(std::string("Did you mean \"") + row.suggestion + "\"?"), std::string::npos) << message;
    }
  }
}

TEST(Places, CountCharactersNotBytes) {
  const std::string body = "plans: { a@1: { title: \"Größe\", offered: maybe } }\n";
  EXPECT_EQ(FirstMessage(body).rfind("plans.yaml:3:42: error USH0104", 0), 0u) << FirstMessage(body);
}

TEST(Places, LinesMayEndInCarriageReturnAndLineFeed) {
  const LoadResult result = LoadText("apiVersion: usher/v1\r\ncatalog: t\r\nplan: {}\r\n");
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].line, 3u);
  EXPECT_EQ(result.findings[0].column, 1u);
}

TEST(Places, AByteOrderMarkAtTheStartIsNoCharacter) {
  const LoadResult result = LoadText(
      "\xEF\xBB\xBF"
      "plan: {}\napiVersion: usher/v1\ncatalog: t\n");
  ASSERT_EQ(result.findings.size(), 1u) << Listing(result);
  EXPECT_EQ(result.findings[0].column, 1u);
}

}  // namespace
}  // namespace usher
