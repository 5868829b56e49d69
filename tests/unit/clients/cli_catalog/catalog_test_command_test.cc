// `usher catalog test`: what it prints, and what its exit code says.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/unit/clients/cli_catalog/run_usher.h"

namespace usher {
namespace {

class CatalogTestCommand : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.File(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  // Runs scenarios of the shipped catalog.
  Outcome Test(const std::string& scenarios, std::vector<std::string> flags = {}) {
    std::vector<std::string> arguments = {"catalog", "test", "plans.yaml", Write("a.test.yaml", scenarios)};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return Usher(std::move(arguments));
  }

  TemporaryFolder folder_;
};

constexpr char kPaid[] = R"(scenarios:
  - name: a paid month
    start: 2026-01-01T00:00:00Z
    steps:
      - at: +0s
        pay: { subscription: sub_1, price: price_1PgGrowthMonthly }
        expect: { projects: 25, sso: true }
      - at: +1mo
        expect: { projects: { value: 25, state: grace, reason: renewal_pending, valid_until: +1mo+72h } }
)";

TEST_F(CatalogTestCommand, PassesWhenEverythingIsAnsweredAsExpected) {
  const Outcome outcome = Test(kPaid);
  EXPECT_EQ(outcome.code, kExitYes) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.out, "ok    a paid month\n1 scenario: all pass.\n");
}

testing::AssertionResult Contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

constexpr char kWrong[] = R"(scenarios:
  - name: a paid month
    start: 2026-01-01T00:00:00Z
    steps:
      - at: +0s
        pay: { subscription: sub_1, price: price_1PgGrowthMonthly }
      - at: +10d
        expect: { projects: 26 }
)";

TEST_F(CatalogTestCommand, AFailureIsToldWithPlaceTimelineAndWhy) {
  const Outcome outcome = Test(kWrong);
  EXPECT_EQ(outcome.code, kExitNo);
  EXPECT_TRUE(Contains(outcome.out, "FAIL  a paid month\n"));
  EXPECT_TRUE(Contains(outcome.out, "a.test.yaml:7:9: step 2 at 2026-01-11T00:00:00Z\n"));
  EXPECT_TRUE(Contains(outcome.out, "a.test.yaml:8:29: projects\n"));
  EXPECT_TRUE(Contains(outcome.out, "expected  26\n"));
  EXPECT_TRUE(Contains(outcome.out, "found     25, granted, paid\n"));
  EXPECT_TRUE(Contains(outcome.out, "Plan growth@2 gives projects: 25."));
  EXPECT_TRUE(Contains(outcome.out, "> 2026-01-01T00:00:00Z  growth@2  25 granted paid"));
  EXPECT_TRUE(Contains(outcome.out, "1 scenario: 1 failed.\n"));
}

TEST_F(CatalogTestCommand, JunitHasACaseForEachScenarioAndForTheWhole) {
  const Outcome failed = Test(kWrong, {"--format", "junit", "--mutate"});
  EXPECT_EQ(failed.code, kExitNo);
  EXPECT_TRUE(Contains(failed.out, "<testsuites tests=\"2\" failures=\"2\">"));
  EXPECT_TRUE(Contains(failed.out, "message=\"projects: expected 26, found 25, granted, paid\""));
  EXPECT_TRUE(Contains(failed.out, "not tried while a scenario fails"));
  const Outcome passed = Test(kPaid, {"--format", "junit", "--coverage"});
  EXPECT_EQ(passed.code, kExitYes);
  EXPECT_TRUE(Contains(passed.out, "<testsuites tests=\"2\" failures=\"0\">"));
  EXPECT_TRUE(Contains(passed.out, "name=\"a paid month\"/>"));
  EXPECT_TRUE(Contains(passed.out, "<system-out>coverage: "));
}

TEST_F(CatalogTestCommand, JsonTellsTheSame) {
  const Outcome failed = Test(kWrong, {"--format", "json"});
  EXPECT_EQ(failed.code, kExitNo);
  EXPECT_TRUE(Contains(failed.out, "{\n  \"passes\": false,\n  \"scenarios\": ["));
  EXPECT_TRUE(Contains(failed.out, "\"expected\": \"26\",\n"));
  EXPECT_TRUE(Contains(failed.out, "\"timeline\": \"  from "));
  const Outcome passed = Usher({"--format", "json", "catalog", "test", "plans.yaml", "plans.test.yaml", "--coverage"});
  EXPECT_EQ(passed.code, kExitYes);
  EXPECT_TRUE(Contains(passed.out, "\"passes\": true"));
  EXPECT_TRUE(Contains(passed.out, "\"name\": \"coverage\""));
}

TEST_F(CatalogTestCommand, CoverageListsWhatIsMissingAndFailsUnderItsBound) {
  const Outcome listed = Test(kPaid, {"--coverage"});
  EXPECT_EQ(listed.code, kExitYes);
  EXPECT_TRUE(Contains(listed.out, "coverage: 4.54 %, 3 of 66: 42 plan x feature cells, 24 prices\n"));
  EXPECT_TRUE(Contains(listed.out, "  growth@2: not asked about api_calls, audit_log, regions, seats, support\n"));
  EXPECT_TRUE(Contains(listed.out, "  price live price_1MxGrowthLegacy: not used\n"));
  EXPECT_EQ(Test(kPaid, {"--fail-under", "4"}).code, kExitYes);
  EXPECT_EQ(Test(kPaid, {"--fail-under", "5"}).code, kExitNo);
  EXPECT_EQ(Test(kPaid, {"--fail-under", "101"}).code, kExitCouldNotAsk);
  const Outcome exempt = Test(kPaid, {"--coverage", "--exempt-legacy"});
  EXPECT_TRUE(Contains(exempt.out, "3 of 64: 42 plan x feature cells, 22 prices\n"));
}

TEST_F(CatalogTestCommand, MutationsThatNobodyNoticesAreListed) {
  const Outcome outcome = Test(kPaid, {"--mutate"});
  EXPECT_EQ(outcome.code, kExitNo);
  EXPECT_TRUE(Contains(outcome.out, "  plans.starter@1.entitlements.projects: 5 becomes 6\n"));
  EXPECT_EQ(outcome.out.find("plans.growth@2.entitlements.projects"), std::string::npos);
}

TEST_F(CatalogTestCommand, WhatCannotBePlayedIsExitCodeTwo) {
  const Outcome bad = Test("scenarios: [{ name: a, start: 2026-01-01T00:00:00Z, steps: [{ at: +0s, pya: {} }] }]");
  EXPECT_EQ(bad.code, kExitCouldNotAsk);
  EXPECT_TRUE(Contains(bad.err, "a.test.yaml:1:72: error USH0101"));
  EXPECT_TRUE(Contains(bad.err, "Did you mean \"pay\"?"));
  EXPECT_EQ(Usher({"catalog", "test", "plans.yaml", "nowhere.test.yaml"}).code, kExitCouldNotAsk);
  EXPECT_EQ(Usher({"catalog", "test", "nowhere.yaml"}).code, kExitCouldNotAsk);
  const std::string catalog = Write("bad.yaml", "apiVersion: usher/v1\n");
  EXPECT_EQ(Usher({"catalog", "test", catalog, "plans.test.yaml"}).code, kExitCouldNotAsk);
}

TEST_F(CatalogTestCommand, EventFilesLieBesideTheScenarioFile) {
  const Outcome outcome =
      Test("scenarios: [{ name: a, start: 2026-01-01T00:00:00Z, steps: [{ at: +0s, event: gone.json }] }]");
  EXPECT_EQ(outcome.code, kExitCouldNotAsk);
  EXPECT_TRUE(Contains(outcome.err, folder_.File("gone.json")));
}

// ---- the shipped catalog's own ----

const std::vector<std::string> kEverything = {"--coverage", "--fail-under", "100", "--mutate"};

TEST_F(CatalogTestCommand, TheShippedScenariosTouchEverythingAndNoticeEverything) {
  std::vector<std::string> arguments = {"catalog", "test", "plans.yaml", "plans.test.yaml"};
  arguments.insert(arguments.end(), kEverything.begin(), kEverything.end());
  const Outcome outcome = Usher(arguments);
  EXPECT_EQ(outcome.code, kExitYes) << outcome.out << outcome.err;
  EXPECT_TRUE(Contains(outcome.out, "coverage: 100.00 %"));
  EXPECT_TRUE(Contains(outcome.out, "all noticed"));
}

TEST_F(CatalogTestCommand, TheScenariosBesideTheCatalogAreItsDefault) {
  EXPECT_EQ(Usher({"catalog", "test", "plans.yaml"}).out,
            Usher({"catalog", "test", "plans.yaml", "plans.test.yaml"}).out);
}

// Slips of the keyboard, each in the text of the shipped catalog.
TEST_F(CatalogTestCommand, ABrokenValueFailsAShippedScenarioWithPlaceTimelineAndWhy) {
  const std::pair<std::string, std::string> kSlips[] = {
      {"      projects: 1\n", "      projects: 10\n"},
      {"      projects: 5\n", "      projects: 50\n"},
      {"      projects: 20\n", "      projects: 2\n"},
      {"      projects: 25\n", "      projects: 26\n"},
      {"      projects: unlimited\n", "      projects: 100\n"},
      {"      seats: 10\n", "      seats: 11\n"},
      {"at_least: 3 }", "at_least: 4 }"},
      {"{ per_quantity: 1,", "{ per_quantity: 2,"},
      {"      api_calls: 10000\n", "      api_calls: 1000\n"},
      {"included: 100000, cap: 500000", "included: 10000, cap: 500000"},
      {"included: 100000, cap: 500000", "included: 100000, cap: 5000000"},
      {"included: 1000000, cap: unlimited", "included: 1000000, cap: 1000000"},
      {"      sso: true\n      support: standard", "      support: standard"},
      {"      support: standard\n", "      support: priority\n"},
      {"      regions: [eu, us]\n", "      regions: [us]\n"},
      {"      audit_log: true\n      support: priority\n      regions", "      support: priority\n      regions"},
      {"{ add_per_quantity: 10 }", "{ add_per_quantity: 11 }"},
      {"{ add_per_quantity: 1 }", "{ add_per_quantity: 2 }"},
      {"{ add: 20000 }", "{ add: 2000 }"},
      {"    max_quantity: 20\n", "    max_quantity: 200\n"},
      {"    for: [growth, starter]\n", "    for: [growth]\n"},
      {"length: 14d", "length: 15d"},
      {"once_per: tenant", "once_per: subscription"},
      {"requires_payment_method: false", "requires_payment_method: true"},
      {"grants: starter@1", "grants: free@1"},
      {"dunning_grace: 14d", "dunning_grace: 15d"},
      {"  renewal_leeway: 72h", "  renewal_leeway: 71h"},
      {"  dunning_grace: 7d\n  pending", "  dunning_grace: 8d\n  pending"},
      {"  pending_timeout: 24h", "  pending_timeout: 1h"},
      {"  zero_total: paid", "  zero_total: none"},
      {"{ full: suspend, partial: keep }", "{ full: keep, partial: keep }"},
      {"{ full: suspend, partial: keep }", "{ full: suspend, partial: suspend }"},
      {"{ opened: suspend,", "{ opened: keep,"},
      {"inquiry: keep,", "inquiry: suspend,"},
      {"lost: revoke }", "lost: keep }"},
      {"  immediate_cancel: run_out", "  immediate_cancel: revoke"},
      {"  deferred_proration: hold", "  deferred_proration: grant"},
      {"  net_terms: until_due", "  net_terms: on_payment"},
      {"net_terms: on_payment }", "net_terms: until_due }"},
      {"  paused_collection: no_grace", "  paused_collection: grace"},
      {"  lapsed: default_plan", "  lapsed: block"},
      {"  unmapped_price: keep_last", "  unmapped_price: none"},
      {"  projects:\n    type: limit\n    title: Projects\n    unit: project\n    merge: max",
       "  projects:\n    type: limit\n    title: Projects\n    unit: project\n    merge: sum"},
      {"    on_suspended: allow\n\n  # How many at the same time", "\n  # How many at the same time"},
      {"{ then: read_only, after: 14d }", "{ then: block, after: 14d }"},
      {"{ then: read_only, after: 14d }", "{ then: read_only, after: 13d }"},
      {"price_1PgStarterMonthly: { plan: starter@1,", "price_1PgStarterMonthly: { plan: growth@2,"},
      {"price_1PgEnterprise: { plan: enterprise@1,", "price_1PgEnterprise: { plan: growth@2,"},
      {"price_1MxGrowthLegacy: { plan: growth@1,", "price_1MxGrowthLegacy: { plan: growth@2,"},
      {"grants_for: 7d }\n    # Billed", "grants_for: 8d }\n    # Billed"},
      {"grants_for: forever", "grants_for: 10y"},
      {"    default_plan: free@1", "    {}"},
      {"member_roles: { owner: [pro_admin, auditor], member: pro }", "member_roles: { owner: pro_admin, member: pro }"},
      {"report.export: { requires: api_calls }", "report.export: {}"},
      {"audit.read: { requires: audit_log }", "audit.read: {}"},
      {"  viewer: { permissions: [project.read] }", "  viewer: { permissions: [project.read, project.create] }"},
  };
  std::ifstream shipped("plans.yaml");
  const std::string text((std::istreambuf_iterator<char>(shipped)), std::istreambuf_iterator<char>());
  for (const auto& [good, slip] : kSlips) {
    SCOPED_TRACE(slip);
    const std::size_t at = text.find(good);
    ASSERT_NE(at, std::string::npos) << good;
    std::string broken = text;
    broken.replace(at, good.size(), slip);
    const Outcome outcome = Usher({"catalog", "test", Write("plans.yaml", broken), "plans.test.yaml"});
    EXPECT_EQ(outcome.code, kExitNo) << outcome.err;
    EXPECT_TRUE(Contains(outcome.out, "FAIL  "));
    EXPECT_TRUE(Contains(outcome.out, "plans.test.yaml:"));
    EXPECT_TRUE(Contains(outcome.out, "because   "));
    EXPECT_TRUE(Contains(outcome.out, "timeline\n"));
  }
}

}  // namespace
}  // namespace usher
