// Whatever the bytes, reading ends soon, with a catalog or with an error, and nothing else happens.
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/property.h"
#include "tests/unit/catalog/corpus.h"

namespace usher {
namespace {

bool IsConsistent(const LoadResult& result) {
  bool has_error = false;
  for (const Finding& finding : result.findings) has_error = has_error || finding.severity == Severity::kError;
  return (result.catalog == nullptr) == has_error;
}

TEST(Hostile, AnAliasBombIsNeverUnfolded) {
  std::string bomb = "apiVersion: usher/v1\ncatalog: t\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 1; j < 10; ++j) bomb += ", " + last;
    bomb += "]\n";
  }
  const LoadResult result = LoadText(bomb);
  EXPECT_EQ(result.catalog, nullptr);
  std::map<Code, int> counts;
  for (const Finding& finding : result.findings) ++counts[finding.code];
  EXPECT_EQ(counts, (std::map<Code, int>{{Code::kAnchor, 12}, {Code::kAlias, 110}, {Code::kUnknownKey, 12}}));
}

TEST(Hostile, AFileFullOfOneThingEnds) {
  const char* const things[] = {
      "[",  "{",    "- ",    "? ",    ": ",  "\"",      "'",        "!",      "&a ",      "*a ",     "%A\n",
      "\t", "{a: ", "[a, ",  "? [",   "a: ", "- ? ",    ",",        "{?",     "- : ",     "\"a\": ", "a\n",
      "#",  "|",    ">",     "-\n",   "!<a", "[]: ",    "[]",       "{},",    "...\n",    "---\n",   "--- ",
      "\r", " ",    "a:\n ", "\"\\x", "[? ", "a: &a\n", "<<: {}\n", "a: 1\n", "\xC3\xA4", "~: ~\n",  "{a: 1}\n"};
  RecordProperty("cases", static_cast<int>(std::size(things)));
  for (const char* thing : things) {
    SCOPED_TRACE(thing);
    std::string text;
    while (text.size() < kMostCatalogBytes / 4) text += thing;
    const LoadResult result = LoadText(text);
    EXPECT_EQ(result.catalog, nullptr);
    EXPECT_TRUE(IsConsistent(result));
    EXPECT_LE(result.findings.size(), Findings::kMostFindings + 1);
  }
}

TEST(Hostile, ManyUnknownNamesAreSuggestedForWithinABound) {
  std::string text = "apiVersion: usher/v1\ncatalog: t\nplans:\n";
  for (int i = 0; i < 900; ++i) text += "  plan_with_a_long_name_" + std::to_string(i) + "@1: {}\n";
  text += "prices:\n  test:\n";
  for (int i = 0; i < 15'000; ++i)
    text += "    p" + std::to_string(i) + ": { plan: plan_with_a_long_nam_" + std::to_string(i) + "@1 }\n";
  const LoadResult result = LoadText(text);
  EXPECT_EQ(result.catalog, nullptr);
  EXPECT_EQ(result.findings.size(), Findings::kMostFindings + 1);
}

TEST(Hostile, ALongChainOfIncludesResolves) {
  std::string text = "apiVersion: usher/v1\ncatalog: t\nfeatures: { a: { type: boolean } }\nplans:\n";
  for (int i = 998; i > 0; --i) {
    text += "  p" + std::to_string(i) + "@1: { offered: no, includes: p" + std::to_string(i - 1) + "@1 }\n";
  }
  text += "  p0@1: { offered: no, entitlements: { a: true } }\n";
  const LoadResult result = LoadText(text);
  ASSERT_NE(result.catalog, nullptr) << Listing(result);
  EXPECT_TRUE(result.catalog->plans[FindPlan(*result.catalog, "p998@1").value()].entitlements[0]);
}

std::string Numbered(std::string_view before, std::string_view after, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += std::string(before) + std::to_string(i) + std::string(after);
  return all;
}

struct MultiplyingCase {
  const char* name;
  std::vector<std::string> texts;
};

// What is fast for a thousand and would take minutes or gigabytes for a megabyte's worth.
TEST(Hostile, PartsThatMultiplyEndSoon) {
  const std::string head = "apiVersion: usher/v1\ncatalog: t\n";
  const std::string more = "apiVersion: usher/v1\n";
  const MultiplyingCase cases[] = {
      {"ItemsOfAListThatDoesNotApply",
       {head + "features: { a: { type: boolean, levels: [" + Numbered("a", ",", 120'000) + "] } }\n"}},
      {"IdentityRoles", {head + "member_kinds: { a: { clerk: [" + Numbered("a", ",", 120'000) + "] } }\n"}},
      {"FeaturesTimesAddOns",
       {head + "features:\n" + Numbered("  f", ": {}\n", 30'000) + "add_ons:\n" + Numbered("  a", "@1: {}\n", 30'000)}},
      {"FeaturesTimesPlans",
       {head + "features:\n" + Numbered("  f", ": {}\n", 30'000) + "plans:\n" + Numbered("  a", "@1: {}\n", 30'000)}},
      {"GroupsTimesPlans",
       {head + "groups:\n" + Numbered("  g", ": {}\n", 30'000) + "plans:\n" + Numbered("  a", "@1: {}\n", 30'000)}},
      {"KeysOfTwoFiles", {head + Numbered("a", ": {}\n", 80'000), more + Numbered("b", ": {}\n", 80'000)}},
      {"PricesOfTwoFiles",
       {head + "prices:\n" + Numbered("  a", ": {}\n", 80'000),
        more + "prices:\n" + Numbered("  b", ": {}\n", 80'000)}},
  };
  for (const MultiplyingCase& row : cases) {
    SCOPED_TRACE(row.name);
    std::vector<SourceFile> files;
    for (const std::string& text : row.texts) {
      ASSERT_LE(text.size(), kMostCatalogBytes);
      files.push_back({.name = std::to_string(files.size()), .text = text});
    }
    const LoadResult result = LoadCatalog(files);
    EXPECT_EQ(result.catalog, nullptr);
    EXPECT_LE(result.findings.size(), Findings::kMostFindings + 1);
  }
}

constexpr int kMutantsPerSeed = 25;

// Some bytes or lines of a good catalog, changed, moved, repeated or left out.
std::string Mutate(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  constexpr std::string_view kPieces[] = {
      "[",    "]",     "{",    "}", ":", ": ", "- ",   "\n",   "\n  ",   "&a ",      "*a",        "!!str ",
      "<<: ", "---\n", "\"",   "'", "#", "|",  ">",    "?",    ",",      "none",     "unlimited", "-1",
      "010",  "1e9",   "true", "~", "@", "\t", "\x04", "\xFF", "free@1", "growth@2", "sso"};
  const std::size_t edits = 1 + below(4);
  for (std::size_t i = 0; i < edits && !text.empty(); ++i) {
    const std::size_t at = below(text.size());
    const std::size_t length = std::min(text.size() - at, 1 + below(30));
    switch (below(5)) {
      case 0: text[at] = static_cast<char>(below(256)); break;
      case 1: text.erase(at, length); break;
      case 2: text.insert(below(text.size()), text.substr(at, length)); break;
      case 3: text.insert(at, kPieces[below(std::size(kPieces))]); break;
      case 4: text.resize(at); break;
    }
  }
  return text;
}

void MutationProperty(unsigned seed) {
  static const std::string shipped = ReadWholeFile("plans.yaml");
  RC_ASSERT(!shipped.empty());
  std::mt19937 random(seed);
  for (int i = 0; i < kMutantsPerSeed; ++i) {
    const std::string text = Mutate(shipped, random);
    const LoadResult result = LoadText(text);
    RC_ASSERT(IsConsistent(result));
    for (const Finding& finding : result.findings) {
      RC_ASSERT(finding.line >= 1u && finding.column >= 1u && !finding.message.empty());
    }
  }
}

TEST(Hostile, AnyMutantOfACatalogEndsInACatalogOrInErrors) { CheckProperty(&MutationProperty); }

}  // namespace
}  // namespace usher
