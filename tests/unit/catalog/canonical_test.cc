// The hash of a catalog follows its meaning: not the way it is written, and everything that it says.
#include "catalog/canonical.h"

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/property.h"
#include "tests/unit/catalog/corpus.h"

namespace usher {
namespace {

Digest HashOf(const std::string& text) {
  const LoadResult result = LoadText(text);
  EXPECT_NE(result.catalog, nullptr) << Listing(result);
  return result.catalog == nullptr ? Digest{} : result.catalog->hash;
}

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

// The lines of the top-level blocks of plans.yaml: each begins at column 1 and goes on indented.
std::vector<std::string> Blocks(const std::string& text) {
  std::vector<std::string> blocks;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.find_first_not_of(' ') == line.find('#')) continue;
    if (line[0] != ' ') blocks.emplace_back();
    blocks.back() += line + "\n";
  }
  return blocks;
}

std::string Joined(const std::vector<std::string>& blocks) {
  std::string text;
  for (const std::string& block : blocks) text += block;
  return text;
}

TEST(Hash, IsThatOfTheCanonicalForm) {
  const LoadResult result = LoadText(ReadWholeFile("plans.yaml"));
  ASSERT_NE(result.catalog, nullptr);
  EXPECT_EQ(result.catalog->hash, Sha256(CanonicalForm(*result.catalog)));
}

TEST(Hash, IgnoresCommentsBlankLinesAndLineEnds) {
  const std::string text = ReadWholeFile("plans.yaml");
  const std::string bare = Joined(Blocks(text));
  EXPECT_LT(bare.size(), text.size());
  EXPECT_EQ(HashOf(bare), HashOf(text));
  std::string windows;
  for (const char c : bare) windows += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(HashOf(windows), HashOf(text));
}

void HashOrderProperty(unsigned seed) {
  std::vector<std::string> blocks = Blocks(ReadWholeFile("plans.yaml"));
  std::shuffle(blocks.begin(), blocks.end(), std::mt19937(seed));
  RC_ASSERT(HashOf(Joined(blocks)) == HashOf(ReadWholeFile("plans.yaml")));
}

TEST(Hash, IgnoresTheOrderOfSections) { CheckProperty(&HashOrderProperty); }

TEST(Hash, IgnoresTheOrderInsideSections) {
  const char head[] = "apiVersion: usher/v1\ncatalog: t\n";
  EXPECT_EQ(HashOf(std::string(head) +
                   "features: { a: { type: boolean, title: x }, b: { type: set, values: [p, q] } }\n"
                   "plans: { x@1: { offered: no, entitlements: { a: true, b: [q, p] } }, y@1: { offered: no } }\n"),
            HashOf(std::string(head) +
                   "plans: { y@1: { offered: no }, x@1: { entitlements: { b: [p, q], a: true }, offered: no } }\n"
                   "features: { b: { values: [q, p], type: set }, a: { title: x, type: boolean } }\n"));
}

TEST(Hash, IgnoresHowFilesAreDivided) {
  const std::vector<std::string> blocks = Blocks(ReadWholeFile("plans.yaml"));
  std::vector<SourceFile> files;
  for (const std::string& block : blocks) {
    if (block.rfind("apiVersion", 0) == 0) continue;
    files.push_back({.name = std::to_string(files.size()), .text = "apiVersion: usher/v1\n" + block});
  }
  const LoadResult result = LoadCatalog(files);
  ASSERT_NE(result.catalog, nullptr) << Listing(result);
  EXPECT_EQ(result.catalog->hash, HashOf(ReadWholeFile("plans.yaml")));
}

TEST(Hash, IgnoresWhetherIncludesAndDefaultsAreWrittenOut) {
  const std::string head =
      "apiVersion: usher/v1\ncatalog: t\nfeatures: { a: { type: boolean }, b: { type: boolean } }\n";
  const std::string base = "  x@1: { offered: no, entitlements: { a: true } }\n";
  EXPECT_EQ(HashOf(head + "plans:\n" + base + "  y@1: { offered: no, includes: x@1, entitlements: { b: true } }\n"),
            HashOf(head + "payment_policy: { dunning_grace: 168h }\ngroups: { main: {} }\nplans:\n" + base +
                   "  y@1: { offered: no, group: main, entitlements: { a: true, b: true } }\n"));
}

struct Edit {
  const char* what;
  const char* by;
};

// One edit of plans.yaml for everything that a catalog can say.
constexpr Edit kEdits[] = {
    {"catalog: acme-cloud", "catalog: acme"},
    {"label: 2026-11 packaging", "label: 2026-12 packaging"},
    {"title: Single sign-on", "title: SSO"},
    {"on_suspended: allow", "on_suspended: deny"},
    {"unit: project", "unit: board"},
    {"merge: max", "merge: sum"},
    {"then: read_only", "then: block"},
    {"after: 14d", "after: 15d"},
    {"count_pending: true", "count_pending: false"},
    {"reset: month", "reset: week"},
    {"anchor: subscription", "anchor: calendar"},
    {"warn_at: [80, 100]", "warn_at: [90, 100]"},
    {"on_plan_change: carry", "on_plan_change: reset"},
    {"levels: [community, standard, priority]", "levels: [standard, community, priority]"},
    {"values: [apac, eu, us]", "values: [apac, eu, us, mars]"},
    {"on_unavailable: allow", "on_unavailable: deny"},
    {"last_known: 24h", "last_known: 25h"},
    {"default_plan: free@1", "default_plan: starter@1"},
    {"title: Starter", "title: Beginner"},
    {"      projects: 5\n", "      projects: 6\n"},
    {"      projects: 5\n", "      projects: unlimited\n"},
    {"      projects: 5\n", "      projects: none\n"},
    {"per_quantity: 1, at_least: 3", "per_quantity: 2, at_least: 3"},
    {"per_quantity: 1, at_least: 3", "per_quantity: 1, at_least: 4"},
    {"included: 100000, cap: 500000", "included: 100001, cap: 500000"},
    {"included: 100000, cap: 500000", "included: 100000, cap: 500001"},
    {"support: standard", "support: priority"},
    {"regions: [eu, us]", "regions: [eu]"},
    {"      sso: true\n    offered: no", "      sso: false\n    offered: no"},
    {"owner: pro_admin, member: pro", "owner: pro_admin, member: viewer"},
    {"    offered: no\n", "    offered: private\n"},
    {"grants: starter@1", "grants: growth@1"},
    {"length: 14d", "length: 1mo"},
    {"once_per: tenant", "once_per: subscription"},
    {"requires_payment_method: false", "requires_payment_method: true"},
    {"payment_policy: { dunning_grace: 14d }", "payment_policy: { dunning_grace: 13d }"},
    {"for: [growth, starter]", "for: [growth]"},
    {"max_quantity: 20", "max_quantity: 21"},
    {"{ add_per_quantity: 10 }", "{ add: 10 }"},
    {"{ add: 20000 }", "{ add: 20001 }"},
    {"price_1PgGrowthMonthly: { plan: growth@2", "price_1PgGrowthMonthly: { plan: growth@1"},
    {"interval: year, currency: usd }", "interval: year, currency: eur }"},
    {"interval: month, currency: usd }", "interval: quarter, currency: usd }"},
    {"status: legacy", "status: retired"},
    {"grants_for: forever", "grants_for: 1y"},
    {"grants_for: 7d", "grants_for: 8d"},
    {", arrears: true", ""},
    {"ignore: a day of consulting grants nothing", "ignore: consulting grants nothing"},
    {"price_1PgOnboarding", "price_1PgWelcome"},
    {"\"org:admin\"", "\"org:boss\""},
    {"permissions: [project.read]", "permissions: [project.create]"},
    {"requires: api_calls", "requires: sso"},
    {"renewal_leeway: 72h", "renewal_leeway: 71h"},
    {"  dunning_grace: 7d", "  dunning_grace: 6d"},
    {"pending_timeout: 24h", "pending_timeout: 23h"},
    {"zero_total: paid", "zero_total: none"},
    {"full: suspend", "full: keep"},
    {"partial: keep", "partial: suspend"},
    {"opened: suspend", "opened: keep"},
    {"inquiry: keep", "inquiry: suspend"},
    {"lost: revoke", "lost: keep"},
    {"immediate_cancel: run_out", "immediate_cancel: revoke"},
    {"deferred_proration: hold", "deferred_proration: grant"},
    {"net_terms: until_due", "net_terms: on_payment"},
    {"paused_collection: no_grace", "paused_collection: grace"},
    {"lapsed: default_plan", "lapsed: block"},
    {"unmapped_price: keep_last", "unmapped_price: none"},
};

TEST(Hash, ChangesWithEverythingThatACatalogSays) {
  const std::string text = ReadWholeFile("plans.yaml");
  std::set<Digest> seen = {HashOf(text)};
  for (const Edit& edit : kEdits) {
    SCOPED_TRACE(std::string(edit.what) + " -> " + edit.by);
    EXPECT_TRUE(seen.insert(HashOf(Replaced(text, edit.what, edit.by))).second);
  }
}

TEST(CanonicalForm, ATextCannotLookLikeAnotherLine) {
  const std::string head = "apiVersion: usher/v1\ncatalog: t\n";
  EXPECT_NE(HashOf(head + "plans: { a@1: { title: 'x\" no', offered: no } }\n"),
            HashOf(head + "plans: { a@1: { title: 'x', offered: no } }\n"));
  EXPECT_NE(HashOf(head + "label: '\\'\n"), HashOf(head + "label: '\\\\'\n"));
}

}  // namespace
}  // namespace usher
