// usher catalog diff: what it reads, what it prints, and what its exit codes say.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/diff/diff.h"
#include "clients/cli/catalog_diff_text.h"
#include "clients/cli/git.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/catalog/corpus.h"
#include "tests/unit/clients/cli_catalog/run_usher.h"

namespace usher {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kBase[] = R"(apiVersion: usher/v1
catalog: acme
features:
  projects: { type: limit, title: Projects, merge: max }
  sso: { type: boolean, title: Single sign-on }
plans:
  basic@1: { title: Basic, entitlements: { projects: 5 } }
  growth@1: { title: Growth, entitlements: { projects: 25, sso: true } }
  growth@2: { title: Growth, entitlements: { projects: 10, sso: true } }
prices:
  live:
    price_basic: { plan: basic@1, interval: month, currency: usd }
    price_growth: { plan: growth@1, interval: month, currency: usd }
payment_policy: { dunning_grace: 7d }
)";

std::string With(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

const std::string kNarrowed = With(kBase, "price_growth: { plan: growth@1", "price_growth: { plan: growth@2");
const std::string kDeleted = With(kBase, "    price_basic: { plan: basic@1, interval: month, currency: usd }\n", "");
const std::string kNoted = With(kBase, "title: Basic", "title: Basics");

// Works in a folder of its own, as people do; git has no settings there but those of the test.
class CatalogDiffCommand : public testing::Test {
 protected:
  CatalogDiffCommand() : home_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder_.File(""));
    Write("old.yaml", kBase);
    for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}) unsetenv(name);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    for (const char* name : {"GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"}) setenv(name, "nobody", 1);
    for (const char* name : {"GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"}) setenv(name, "nobody@example.com", 1);
  }
  ~CatalogDiffCommand() override { std::filesystem::current_path(home_); }

  static void Write(const std::string& name, const std::string& text) { std::ofstream(name, std::ios::binary) << text; }

  static void Git(const std::vector<std::string>& arguments) {
    const absl::StatusOr<GitResult> result = RunGit(arguments, 1000);
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_EQ(result->exit_code, 0) << result->err;
  }

  static Outcome DiffWith(const std::string& text, std::vector<std::string> more = {}) {
    Write("new.yaml", text);
    std::vector<std::string> arguments = {"catalog", "diff", "old.yaml", "new.yaml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Usher(arguments);
  }

  TemporaryFolder folder_;
  const std::filesystem::path home_;
};

struct FailCase {
  const char* name;
  std::string text;
  int errors;  // exit codes by --fail-on
  int narrowed;
  int any;
};

TEST_F(CatalogDiffCommand, FailsOnWhatItWasAskedToFailOn) {
  const FailCase cases[] = {
      {"Nothing", kBase, kExitYes, kExitYes, kExitYes},
      {"ATitle", kNoted, kExitYes, kExitYes, kExitNo},
      {"ARepointingToLess", kNarrowed, kExitYes, kExitNo, kExitNo},
      {"ADeletedPrice", kDeleted, kExitNo, kExitNo, kExitNo},
      {"ContentOfAVersion", With(kBase, "projects: 5", "projects: 6"), kExitNo, kExitNo, kExitNo},
  };
  for (const FailCase& row : cases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(DiffWith(row.text).code, row.errors);
    EXPECT_EQ(DiffWith(row.text, {"--fail-on", "errors"}).code, row.errors);
    EXPECT_EQ(DiffWith(row.text, {"--fail-on", "narrowed"}).code, row.narrowed);
    EXPECT_EQ(DiffWith(row.text, {"--fail-on", "any"}).code, row.any);
  }
  EXPECT_EQ(DiffWith(kBase, {"--fail-on", "something"}).code, kExitCouldNotAsk);
}

TEST_F(CatalogDiffCommand, TextSaysEachChangeWithItsKey) {
  const Outcome outcome = DiffWith(With(kNarrowed, "title: Basic", "title: Basics"));
  EXPECT_EQ(outcome.out,
            "Takes something away:\n"
            "  repointed:prices/price_growth  price price_growth: Growth (growth@1) -> Growth (growth@2). Less for "
            "tenants who pay this price.\n"
            "    Projects: 25 -> 10\n"
            "\n"
            "Takes nothing away:\n"
            "  changed:basic@1/title  Basics, title: Basic -> Basics. Changes nothing that anybody may do.\n"
            "\n"
            "2 changes: 1 takes something away, 1 takes nothing away.\n");
  EXPECT_EQ(DiffWith(kBase).out, "Nothing changed: everybody keeps what they have.\n");
}

TEST_F(CatalogDiffCommand, TableHasAColumnForEverything) {
  const std::string table = DiffWith(kDeleted, {"--format", "table"}).out;
  EXPECT_THAT(table, StartsWith("key"));
  EXPECT_THAT(table, HasSubstr("deleted:prices/price_basic  price price_basic  Basic (basic@1), month, usd  -"));
  EXPECT_THAT(table, EndsWith("\n\n1 change: 1 is an error and cannot go live.\n"));
}

TEST_F(CatalogDiffCommand, JsonHasKeysHashesAndParts) {
  const Outcome outcome = DiffWith(kNarrowed, {"--format", "json"});
  for (const char* part :
       {"\"before\": {\n    \"catalog\": \"acme\",\n    \"hash\": \"", "\"errors\": 0", "\"narrowed\": 1",
        "\"key\": \"repointed:prices/price_growth\"", "\"severity\": \"narrowed\"", "\"effect\": \"narrower\"",
        "\"parts\": [", "\"feature\": \"projects\"", "\"before\": \"25\"", "\"after\": \"10\""}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
  EXPECT_THAT(Usher({"--format", "json", "catalog", "diff", "old.yaml", "old.yaml"}).out, HasSubstr("\"changes\": []"));
}

constexpr char kComment[] = R"(## Catalog acme

5 changes: 1 is an error and cannot go live, 2 take something away, 2 take nothing away.

### Errors

| What | Before | After | What it means | Key |
|---|---|---|---|---|
| Plan Basic \| more (`basic@1`) | - | - | This version is in use and grants something else now. What is sold keeps its meaning: declare basic@2 and point prices at it. Its title may change. | `content:basic@1` |

### Plans

| Plan | Feature | Before | After | What it means | Key |
|---|---|---|---|---|---|
| Basic \| more (`basic@1`) | Projects (`projects`) | 5 | 3 | Less for tenants on this plan. | `narrowed:basic@1.projects` |
| Basic \| more (`basic@1`) | `title` | Basic | Basic \| more | Changes nothing that anybody may do. | `changed:basic@1/title` |

### Prices

| Price | Before | After | What it means | Key |
|---|---|---|---|---|
| `price_growth` | Growth (growth@1) | Growth (growth@2) | Less for tenants who pay this price. | `repointed:prices/price_growth` |

### What another plan or add-on means for those who move to it

| From | To | Feature | Before | After | What it means |
|---|---|---|---|---|---|
| Growth (growth@1) | Growth (growth@2) | Projects (`projects`) | 25 | 10 | Less for tenants on this plan. |

### Everything else

| What | Part | Before | After | What it means | Key |
|---|---|---|---|---|---|
| Payment policy `dunning_grace` | - | 7d | 14d | More for tenants whose payment is late, refunded or disputed. | `widened:payment_policy/dunning_grace` |
)";

TEST_F(CatalogDiffCommand, MarkdownIsACommentWithTables) {
  std::string text = With(kNarrowed, "title: Basic", "title: \"Basic | more\"");
  text = With(With(text, "projects: 5", "projects: 3"), "dunning_grace: 7d", "dunning_grace: 14d");
  EXPECT_EQ(DiffWith(text, {"--format", "markdown"}).out, kComment);
  EXPECT_THAT(ReadWholeFile((home_ / "docs/catalog-diff.md").string()), HasSubstr(kComment));
  EXPECT_EQ(DiffWith(kBase, {"--format", "markdown"}).out, "Nothing changed: everybody keeps what they have.\n");
}

TEST_F(CatalogDiffCommand, NothingInACatalogIsMarkup) {
  const LoadResult before = LoadText(kBase);
  ASSERT_NE(before.catalog, nullptr);
  Catalog after = *before.catalog;
  after.name = "a*b*";
  after.plans[0].title = "<b>x</b>|y\nz\\|`q` [a](b) &amp;";
  after.live_prices[0].id = PriceId("p`|`q");
  const std::vector<Change> changes = DiffCatalogs(*before.catalog, after);
  const std::string comment = DiffAsMarkdown({.before = *before.catalog, .after = after, .changes = changes});
  EXPECT_THAT(comment, StartsWith("## Catalog a\\*b\\*\n"));
  EXPECT_THAT(comment,
              HasSubstr(R"(| \<b\>x\</b\>\|y\\u000az\\\|\`q\` \[a\](b) \&amp; (`basic@1`) | `title` | Basic |)"));
  EXPECT_THAT(comment, HasSubstr(R"(| p\`\|\`q | - |)"));
  EXPECT_THAT(comment, HasSubstr(R"(| added:prices/p\`\|\`q |)"));
}

TEST_F(CatalogDiffCommand, ReadsFoldersAndGitRevisions) {
  ASSERT_NO_FATAL_FAILURE(Git({"init", "-q"}));
  std::filesystem::create_directory("shop");
  Write("plans.yaml", kBase);
  Write("shop/a.yaml", "apiVersion: usher/v1\ncatalog: acme\n");
  Write("shop/b.yaml", "apiVersion: usher/v1\nfeatures: { sso: { type: boolean, title: One } }\n");
  Write("shop/b.test.yaml", "no catalog\n");
  Write("shop/readme.md", "no catalog\n");
  ASSERT_NO_FATAL_FAILURE(Git({"add", "plans.yaml", "shop"}));
  ASSERT_NO_FATAL_FAILURE(Git({"commit", "-q", "-m", "one"}));
  Write("plans.yaml", kNarrowed);
  Write("shop/b.yaml", "apiVersion: usher/v1\nfeatures: { sso: { type: boolean, title: Two } }\n");
  ASSERT_NO_FATAL_FAILURE(Git({"commit", "-q", "-a", "-m", "two"}));

  const Outcome file = Usher({"catalog", "diff", "HEAD~1:plans.yaml", "plans.yaml", "--format", "markdown"});
  EXPECT_EQ(file.code, kExitYes) << file.err;
  EXPECT_THAT(file.out, HasSubstr("| `price_growth` | Growth (growth@1) | Growth (growth@2) |"));
  EXPECT_EQ(Usher({"catalog", "diff", "HEAD:plans.yaml", "plans.yaml", "--fail-on", "any"}).code, kExitYes);
  EXPECT_THAT(Usher({"catalog", "diff", "HEAD~1:shop", "shop"}).out, HasSubstr("features/sso/title"));
  EXPECT_THAT(Usher({"catalog", "diff", "HEAD~1:shop/", "HEAD:shop"}).out, HasSubstr("features/sso/title"));
  std::filesystem::current_path("shop");
  EXPECT_EQ(Usher({"catalog", "diff", "HEAD:./", "."}).code, kExitYes);
}

struct RefusedCase {
  const char* name;
  std::string old_name;
  const char* says;
};

TEST_F(CatalogDiffCommand, SaysWhyAnOldCatalogCannotBeRead) {
  ASSERT_NO_FATAL_FAILURE(Git({"init", "-q"}));
  Write("bad.yaml", "apiVersion: usher/v1\ncatalog: t\nplanz: {}\n");
  ASSERT_NO_FATAL_FAILURE(Git({"add", "bad.yaml"}));
  ASSERT_NO_FATAL_FAILURE(Git({"commit", "-q", "-m", "one"}));
  std::filesystem::create_directory("empty");
  const RefusedCase cases[] = {
      {"NoFile", "gone.yaml", "there is no file or folder gone.yaml; a git revision is named with the path in it"},
      {"NoPath", "HEAD", "such as HEAD~1:plans.yaml"},
      {"NoRevision", "nope:old.yaml", "cannot read nope:old.yaml: git says: fatal: "},
      {"NotInTheRevision", "HEAD:gone.yaml", "git says: fatal: path 'gone.yaml' does not exist in 'HEAD'"},
      {"NoCatalogInTheFolder", "empty", "has no file that ends in .yaml"},
      {"Errors", "HEAD:bad.yaml", "HEAD:bad.yaml:3:1: error USH0101"},
      {"ErrorsOnDisk", "bad.yaml", "bad.yaml has errors, and only catalogs without are compared"},
      {"AControlCharacter", "HEAD:a\x1b[2J", "HEAD:a\\u001b[2J"},
  };
  for (const RefusedCase& row : cases) {
    SCOPED_TRACE(row.name);
    const Outcome outcome = Usher({"catalog", "diff", row.old_name, "old.yaml"});
    EXPECT_EQ(outcome.code, kExitCouldNotAsk);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr(row.says));
    EXPECT_EQ(Usher({"catalog", "diff", "old.yaml", row.old_name}).code, kExitCouldNotAsk);
  }
  EXPECT_EQ(Usher({"catalog", "diff", "old.yaml"}).code, kExitCouldNotAsk);
}

// No shell reads the name, and git takes it for no option.
TEST_F(CatalogDiffCommand, ANameIsNothingButAName) {
  ASSERT_NO_FATAL_FAILURE(Git({"init", "-q"}));
  for (const char* name : {"$(touch made):x", "x; touch made:x", "x:`touch made`", "x:|touch made"}) {
    EXPECT_EQ(Usher({"catalog", "diff", name, "old.yaml"}).code, kExitCouldNotAsk) << name;
  }
  EXPECT_THAT(Usher({"catalog", "diff", "old.yaml", "--", "--output=made:x"}).err,
              HasSubstr("there is no file or folder --output=made:x"));
  EXPECT_FALSE(std::filesystem::exists("made"));
  EXPECT_FALSE(std::filesystem::exists("made:x"));
}

TEST_F(CatalogDiffCommand, OutsideOfARepositoryGitSaysSo) {
  setenv("GIT_CEILING_DIRECTORIES", folder_.File("..").c_str(), 1);
  EXPECT_THAT(Usher({"catalog", "diff", "HEAD:plans.yaml", "old.yaml"}).err, HasSubstr("not a git repository"));
  unsetenv("GIT_CEILING_DIRECTORIES");
}

TEST_F(CatalogDiffCommand, WithoutGitItSaysWhatToDo) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", folder_.File("").c_str(), 1);
  const Outcome outcome = Usher({"catalog", "diff", "HEAD:plans.yaml", "old.yaml"});
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(outcome.code, kExitCouldNotAsk);
  EXPECT_THAT(outcome.err, HasSubstr("cannot run git"));
  EXPECT_THAT(outcome.err, HasSubstr("write the older file to disk and name that"));
}

TEST_F(CatalogDiffCommand, AFileOfARevisionHasABound) {
  ASSERT_NO_FATAL_FAILURE(Git({"init", "-q"}));
  Write("large.yaml", kBase + std::string(3 * kMostCatalogBytes, '#'));
  ASSERT_NO_FATAL_FAILURE(Git({"add", "large.yaml"}));
  ASSERT_NO_FATAL_FAILURE(Git({"commit", "-q", "-m", "one"}));
  EXPECT_THAT(Usher({"catalog", "diff", "HEAD:large.yaml", "old.yaml"}).err, HasSubstr("USH0002"));
}

}  // namespace
}  // namespace usher
