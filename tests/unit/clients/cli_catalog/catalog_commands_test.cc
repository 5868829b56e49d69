// The commands about catalogs: what they print, and what their exit codes say.
#include "clients/cli/catalog_commands.h"

#include <fstream>

#include <gtest/gtest.h>

#include "clients/cli/catalog_schema.h"
#include "clients/cli/catalog_starter.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/catalog/corpus.h"
#include "tests/unit/clients/cli_catalog/run_usher.h"

namespace usher {
namespace {

class CatalogCommands : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.File(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  TemporaryFolder folder_;
};

testing::AssertionResult Contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

constexpr char kDuplicate[] =
    "apiVersion: usher/v1\n"
    "catalog: t\n"
    "plans: { a@1: {} }\n"
    "prices:\n"
    "  live:\n"
    "    price_1: { plan: a@1 }\n"
    "    price_1: { plan: a@1 }\n";

TEST_F(CatalogCommands, ValidatePassesTheShippedCatalog) {
  const Outcome outcome = Usher({"catalog", "validate", "plans.yaml", "--strict"});
  EXPECT_EQ(outcome.code, kExitYes);
  EXPECT_TRUE(Contains(outcome.out, "The catalog acme-cloud is good: 7 features, 6 plans, 3 add-ons"));
  EXPECT_TRUE(Contains(outcome.out, "hash "));
}

TEST_F(CatalogCommands, ValidateNamesBothLinesOfADuplicatedPrice) {
  const std::string path = Write("plans.yaml", kDuplicate);
  const Outcome outcome = Usher({"catalog", "validate", path});
  EXPECT_EQ(outcome.code, kExitNo);
  EXPECT_TRUE(Contains(
      outcome.out, path + ":7:5: error USH0201: The price \"price_1\" stands here and already at " + path + ":6:5"));
  EXPECT_TRUE(Contains(outcome.out, "The catalog is refused: 1 error, 0 warnings."));
}

TEST_F(CatalogCommands, ValidateFailsOnWarningsOnlyWhenStrict) {
  const std::string path = "tests/testdata/catalog/warn/unused.yaml";
  EXPECT_EQ(Usher({"catalog", "validate", path}).code, kExitYes);
  const Outcome strict = Usher({"catalog", "validate", "--strict", path});
  EXPECT_EQ(strict.code, kExitNo);
  EXPECT_TRUE(Contains(strict.out, "error USH0302"));
}

TEST_F(CatalogCommands, ValidateReadsFoldersAndSeveralFilesAsOne) {
  Write("a.yaml", "apiVersion: usher/v1\ncatalog: t\n");
  const std::string second = Write("b.yaml", "apiVersion: usher/v1\nplans: { a@1: { offered: no } }\n");
  EXPECT_TRUE(Contains(Usher({"catalog", "validate", folder_.File("")}).out, "1 plan,"));
  EXPECT_TRUE(Contains(Usher({"catalog", "validate", folder_.File("a.yaml"), second}).out, "1 plan,"));
}

TEST_F(CatalogCommands, ValidateCannotRunWithoutTheFile) {
  const Outcome outcome = Usher({"catalog", "validate", folder_.File("missing.yaml")});
  EXPECT_EQ(outcome.code, kExitCouldNotAsk);
  EXPECT_TRUE(Contains(outcome.err, "missing.yaml"));
  EXPECT_EQ(Usher({"catalog", "validate"}).code, kExitCouldNotAsk);
  EXPECT_EQ(Usher({"catalog", "validate", "plans.yaml", "--format", "xml"}).code, kExitCouldNotAsk);
}

struct FormatCase {
  const char* format;
  std::vector<std::string> parts;
};

TEST_F(CatalogCommands, ValidateSpeaksToProgramsAndCiSystems) {
  const std::string path = Write("p,l.yaml", kDuplicate);
  const FormatCase cases[] = {
      {"json", {"\"code\": \"USH0201\"", "\"severity\": \"error\"", "\"line\": 7", "\"column\": 5"}},
      {"github", {"::error file=", "p%2Cl.yaml,line=7,col=5,title=USH0201 price listed twice::The price"}},
      {"junit",
       {"<testsuites tests=\"1\" failures=\"1\">", "name=\"USH0201 price listed twice at ",
        "<failure message=\"The price &quot;price_1&quot;"}},
      {"sarif",
       {"\"version\": \"2.1.0\"", "\"ruleId\": \"USH0201\"", "\"id\": \"USH0201\"", "\"startLine\": 7",
        "\"level\": \"error\""}},
  };
  for (const FormatCase& row : cases) {
    SCOPED_TRACE(row.format);
    const Outcome outcome = Usher({"catalog", "validate", path, "--format", row.format});
    EXPECT_EQ(outcome.code, kExitNo);
    for (const std::string& part : row.parts) EXPECT_TRUE(Contains(outcome.out, part));
  }
}

TEST_F(CatalogCommands, ValidateSaysNothingInEveryFormat) {
  EXPECT_EQ(Usher({"catalog", "validate", "plans.yaml", "--format", "json"}).out, "[]\n");
  EXPECT_EQ(Usher({"--format", "json", "catalog", "validate", "plans.yaml"}).out, "[]\n");
  EXPECT_EQ(Usher({"catalog", "validate", "plans.yaml", "--format", "github"}).out, "");
  EXPECT_TRUE(
      Contains(Usher({"catalog", "validate", "plans.yaml", "--format", "junit"}).out, "tests=\"1\" failures=\"0\""));
  EXPECT_TRUE(Contains(Usher({"catalog", "validate", "plans.yaml", "--format", "sarif"}).out, "\"results\": []"));
}

TEST_F(CatalogCommands, AFindingCannotBreakOutOfItsFormat) {
  const std::string path = Write("plans.yaml", "apiVersion: usher/v1\ncatalog: t\n\"a\\n::error::<&\\\"%\": 1\n");
  const std::string github = Usher({"catalog", "validate", path, "--format", "github"}).out;
  EXPECT_EQ(std::count(github.begin(), github.end(), '\n'), 1);
  EXPECT_TRUE(Contains(github, "%0A::error::<&"));
  EXPECT_TRUE(Contains(Usher({"catalog", "validate", path, "--format", "junit"}).out, "&lt;&amp;&quot;%"));
  EXPECT_TRUE(Contains(Usher({"catalog", "validate", path, "--format", "json"}).out, "::error::<&\\\""));
}

TEST_F(CatalogCommands, ShowDrawsTheMatrix) {
  const Outcome table = Usher({"catalog", "show"});
  EXPECT_EQ(table.code, kExitYes);
  EXPECT_TRUE(Contains(table.out, "growth@2"));
  EXPECT_TRUE(Contains(table.out, "100000, up to 500000"));
  EXPECT_TRUE(Contains(table.out, "1 per unit, at least 3"));
  EXPECT_TRUE(Contains(table.out, "projects +10 per unit"));
  const Outcome markdown = Usher({"catalog", "show", "--format", "markdown"});
  EXPECT_TRUE(Contains(markdown.out,
                       "| feature | enterprise@1 | free@1 | growth@1 | growth@2 | insight@1 | starter@1 |\n|---|"));
  EXPECT_TRUE(Contains(markdown.out, "| sso | yes | - | yes | yes | - | - |\n"));
  const Outcome json = Usher({"catalog", "show", "--format", "json"});
  EXPECT_TRUE(Contains(json.out, "\"plan\": \"growth@2\""));
  EXPECT_TRUE(Contains(json.out, "\"at_least\": 3"));
}

TEST_F(CatalogCommands, ShowTakesAFileAsValidateDoes) {
  const Outcome outcome = Usher({"catalog", "show", "tests/testdata/catalog/good/every_plan_form.yaml"});
  EXPECT_EQ(outcome.code, kExitYes) << outcome.err;
  EXPECT_NE(outcome.out, Usher({"catalog", "show"}).out);
}

TEST_F(CatalogCommands, ExplainCodeTakesSmallLetters) {
  EXPECT_EQ(Usher({"explain-code", "ush0203"}).out, Usher({"explain-code", "USH0203"}).out);
  EXPECT_EQ(Usher({"explain-code", "ush0203"}).code, kExitYes);
}

TEST_F(CatalogCommands, ImportJsonDropsNothingInSilenceAndNamesReservedWords) {
  const Outcome null = Usher({"catalog", "import-json", Write("plans.json", R"({"a": {"b": null}})")});
  EXPECT_EQ(null.code, kExitCouldNotAsk);
  EXPECT_TRUE(Contains(null.err, "the feature \"b\" of plan \"a\" is null"));
  const Outcome reserved = Usher({"catalog", "import-json", Write("plans.json", R"({"none": {"unlimited": 1}})")});
  EXPECT_EQ(reserved.code, kExitCouldNotAsk);
  EXPECT_TRUE(Contains(reserved.err, "unlimited is a reserved word of catalogs"));
}

TEST_F(CatalogCommands, ShowTellsAllAboutOnePlan) {
  const Outcome outcome = Usher({"catalog", "show", "--plan", "growth@2"});
  EXPECT_EQ(outcome.code, kExitYes);
  EXPECT_TRUE(Contains(outcome.out, "14d of starter@1, once per tenant"));
  EXPECT_TRUE(Contains(outcome.out, "role of owner"));
  EXPECT_TRUE(Contains(Usher({"catalog", "show", "--plan", "growth@2", "--format", "json"}).out, "\"sso\": true"));
  const Outcome unknown = Usher({"catalog", "show", "--plan", "grwoth@2"});
  EXPECT_EQ(unknown.code, kExitCouldNotAsk);
  EXPECT_TRUE(Contains(unknown.err, "Did you mean \"growth@2\"?"));
}

TEST_F(CatalogCommands, ResolveShowsTheChainFromAPrice) {
  const Outcome plan = Usher({"catalog", "resolve", "price_1TestGrowthMonthly", "--catalog", "plans.yaml"});
  EXPECT_EQ(plan.code, kExitYes);
  for (const char* part : {"test", "month", "growth@2", "core", "sso", "100000, up to 500000"}) {
    EXPECT_TRUE(Contains(plan.out, part));
  }
  EXPECT_TRUE(Contains(Usher({"catalog", "resolve", "price_1PgExtraProjects"}).out, "+10 per unit"));
  EXPECT_TRUE(Contains(Usher({"catalog", "resolve", "price_1PgOnboarding"}).out, "a day of consulting grants nothing"));
  EXPECT_TRUE(Contains(Usher({"catalog", "resolve", "price_1PgGrowthLifetime"}).out, "forever"));
  EXPECT_TRUE(Contains(Usher({"catalog", "resolve", "price_1PgInsight", "--format", "json"}).out, "\"arrears\": true"));
}

TEST_F(CatalogCommands, ResolveSaysThatAPriceIsUnmapped) {
  const Outcome outcome = Usher({"catalog", "resolve", "price_1TestGrowthMontly"});
  EXPECT_EQ(outcome.code, kExitNo);
  EXPECT_TRUE(Contains(outcome.err, "does not list the price \"price_1TestGrowthMontly\""));
  EXPECT_TRUE(Contains(outcome.err, "Did you mean \"price_1TestGrowthMonthly\"?"));
}

TEST_F(CatalogCommands, ShowAndResolvePrintTheFindingsOfABrokenCatalog) {
  const std::string path = Write("plans.yaml", kDuplicate);
  for (const Outcome& outcome :
       {Usher({"catalog", "show", "--catalog", path}), Usher({"catalog", "resolve", "price_1", "--catalog", path})}) {
    EXPECT_EQ(outcome.code, kExitNo);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(Contains(outcome.err, "error USH0201"));
  }
}

TEST_F(CatalogCommands, SchemaPrintsTheSchema) {
  const Outcome outcome = Usher({"catalog", "schema"});
  EXPECT_EQ(outcome.code, kExitYes);
  EXPECT_EQ(outcome.out, ReadWholeFile("catalog/schema/plans.schema.json"));
}

TEST_F(CatalogCommands, ExplainCodeExplainsEveryCode) {
  for (const CodeInfo& info : AllCodes()) {
    const Outcome outcome = Usher({"explain-code", CodeName(info.code)});
    EXPECT_EQ(outcome.code, kExitYes);
    EXPECT_TRUE(Contains(outcome.out, std::string(info.mend)));
  }
  EXPECT_TRUE(Contains(Usher({"explain-code", "USH0107", "--format", "json"}).out,
                       "\"title\": \"number or yes/no in quotes\""));
  EXPECT_EQ(Usher({"explain-code", "USH9999"}).code, kExitCouldNotAsk);
  EXPECT_EQ(Usher({"explain-code"}).code, kExitCouldNotAsk);
}

TEST_F(CatalogCommands, InitPrintsACatalogThatPassesStrictly) {
  const Outcome outcome = Usher({"catalog", "init"});
  EXPECT_EQ(outcome.code, kExitYes);
  EXPECT_EQ(Listing(LoadText(outcome.out)), "");
  EXPECT_NE(LoadText(outcome.out).catalog, nullptr);
}

constexpr char kStripePrices[] = R"({
  "object": "list", "has_more": true, "url": "/v1/prices",
  "data": [
    {"id": "price_m", "object": "price", "active": true, "livemode": true, "currency": "usd", "nickname": "Monthly\nplan",
     "product": {"id": "prod_1", "name": "Growth \"2024\""}, "type": "recurring",
     "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"}},
    {"id": "price_q", "active": false, "livemode": true, "currency": "usd", "nickname": null,
     "product": {"id": "prod_1", "name": "Growth \"2024\""}, "recurring": {"interval": "month", "interval_count": 3}},
    {"id": "price_s", "livemode": true, "product": {"id": "prod_1", "name": "x"},
     "recurring": {"interval": "month", "interval_count": 6, "usage_type": "metered"}},
    {"id": "price_o", "livemode": false, "product": "prod_2", "type": "one_time", "recurring": null},
    {"id": "price_n", "livemode": false, "product": {"id": "prod_3", "name": "Growth 2024"}, "recurring": null}
  ]
})";

TEST_F(CatalogCommands, InitMakesACatalogOfStripePrices) {
  const Outcome outcome = Usher({"catalog", "init", "--stripe-prices", Write("prices.json", kStripePrices)});
  ASSERT_EQ(outcome.code, kExitYes) << outcome.err;
  const LoadResult result = LoadText(outcome.out);
  ASSERT_NE(result.catalog, nullptr) << Listing(result);
  const Catalog& catalog = *result.catalog;
  EXPECT_TRUE(FindPlan(catalog, "growth_2024@1"));
  EXPECT_TRUE(FindPlan(catalog, "growth_2024_2@1"));
  EXPECT_TRUE(FindPlan(catalog, "prod_2@1"));
  EXPECT_EQ(catalog.plans[FindPlan(catalog, "growth_2024@1").value()].title, "Growth \"2024\"");
  EXPECT_EQ(FindPrice(catalog, true, "price_m")->interval, "month");
  EXPECT_EQ(FindPrice(catalog, true, "price_q")->interval, "quarter");
  EXPECT_EQ(FindPrice(catalog, true, "price_q")->status, PriceStatus::kLegacy);
  EXPECT_TRUE(FindPrice(catalog, true, "price_s")->arrears);
  EXPECT_TRUE(FindPrice(catalog, false, "price_o")->once->forever);
  EXPECT_TRUE(Contains(outcome.out, "# Monthly plan\n"));
  EXPECT_TRUE(Contains(outcome.out, "The list of prices went on"));
}

struct JsonCase {
  const char* name;
  std::string json;
  const char* part;  // of the message
};

TEST_F(CatalogCommands, InitNamesWhatIsNotAsStripePrintsIt) {
  const JsonCase cases[] = {
      {"NotJson", "prices", "prices.json"},
      {"NoData", "{}", "it has no list \"data\""},
      {"NoId", R"({"data": [{}]})", "data[0].id"},
      {"IdTwice", R"({"data": [{"id":"p","livemode":true,"product":"q"},{"id":"p","livemode":true,"product":"q"}]})",
       "data[1].id names p"},
      {"NoLivemode", R"({"data": [{"id": "p", "product": "q"}]})", "data[0].livemode"},
      {"NoProduct", R"({"data": [{"id": "p", "livemode": true}]})", "data[0].product"},
      {"TooDeep", "{\"data\":" + std::string(100'000, '['), "prices.json"},
  };
  for (const JsonCase& row : cases) {
    SCOPED_TRACE(row.name);
    const Outcome outcome = Usher({"catalog", "init", "--stripe-prices", Write("prices.json", row.json)});
    EXPECT_EQ(outcome.code, kExitCouldNotAsk);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(Contains(outcome.err, row.part));
  }
}

TEST_F(CatalogCommands, ImportJsonTurnsMinusOneIntoUnlimited) {
  const std::string path = Write("plans.json", R"({"free": {"projects": 1, "sso": false, "seats": 0},
                                                   "pro": {"projects": -1, "sso": true, "true": 3}, "team@2": {}})");
  const Outcome outcome = Usher({"catalog", "import-json", path});
  ASSERT_EQ(outcome.code, kExitYes) << outcome.err;
  const LoadResult result = LoadText(outcome.out);
  ASSERT_NE(result.catalog, nullptr) << Listing(result);
  const Catalog& catalog = *result.catalog;
  const auto grants = [&](const char* plan, const char* feature) {
    return catalog.plans[FindPlan(catalog, plan).value()].entitlements[FindFeature(catalog, feature).value()];
  };
  EXPECT_EQ(grants("pro@1", "projects")->fixed, Value(kUnlimited));
  EXPECT_EQ(grants("free@1", "projects")->fixed, Value(Limit{.amount = 1}));
  EXPECT_EQ(grants("free@1", "seats")->fixed, Value(Limit{.amount = 0}));
  EXPECT_EQ(grants("free@1", "sso")->fixed, Value(false));
  EXPECT_EQ(grants("pro@1", "true")->fixed, Value(Limit{.amount = 3}));
  EXPECT_FALSE(grants("team@2", "sso"));
  EXPECT_FALSE(FindFeature(catalog, "notes"));
}

TEST_F(CatalogCommands, ImportJsonNamesWhatItCannotRead) {
  const JsonCase cases[] = {
      {"NotJson", "plans", "plans.json"},
      {"List", "[]", "plans.json"},
      {"Empty", "{}", "there are no plans"},
      {"PlanIsNoMap", R"({"free": 1})", "the plan \"free\" is not a map"},
      {"PlanName", R"({"my plan": {}})", "the plan \"my plan\" cannot be called that"},
      {"FeatureName", R"({"free": {"a b": 1}})", "the feature \"a b\" of plan \"free\""},
      {"ReservedName", R"({"free": {"none": 1}})", "the feature \"none\" of plan \"free\""},
      {"Text", R"({"free": {"a": "lots"}})", "is neither a number nor true or false"},
      {"Fraction", R"({"free": {"a": 1.5}})", "is 1.5"},
      {"Negative", R"({"free": {"a": -2}})", "is -2"},
      {"Huge", R"({"free": {"a": 1e99}})", "is 1e99"},
      {"MixedTypes", R"({"free": {"a": 1}, "pro": {"a": true}})", "is a number in one plan"},
      {"Twice", R"({"free": {"a": 1, "a": 2}})", "given twice"},
      {"SamePlan", R"({"free": {}, "free@1": {}})", "free@1"},
      {"TooDeep", "{\"free\":" + std::string(100'000, '['), "plans.json"},
      {"TooLarge", std::string(17 * 1024 * 1024, ' '), "divide it"},
  };
  for (const JsonCase& row : cases) {
    SCOPED_TRACE(row.name);
    const Outcome outcome = Usher({"catalog", "import-json", Write("plans.json", row.json)});
    EXPECT_EQ(outcome.code, kExitCouldNotAsk);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(Contains(outcome.err, row.part));
  }
  EXPECT_EQ(Usher({"catalog", "import-json", folder_.File("missing.json")}).code, kExitCouldNotAsk);
}

}  // namespace
}  // namespace usher
