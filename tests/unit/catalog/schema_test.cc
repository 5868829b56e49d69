// The JSON Schema, the table of keys and the loader say the same.
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "catalog/parse/shape.h"
#include "clients/cli/catalog_schema.h"
#include "tests/unit/catalog/corpus.h"
#include "tests/unit/catalog/reference_row.h"

namespace usher {
namespace {

constexpr char kSchemaFile[] = "catalog/schema/plans.schema.json";

// What the command prints; nullopt when it does not exist or fails.
std::optional<std::string> Output(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string output;
  std::array<char, 4096> buffer{};
  std::size_t read = 0;
  while ((read = fread(buffer.data(), 1, buffer.size(), pipe)) > 0) output.append(buffer.data(), read);
  return pclose(pipe) == 0 ? std::optional(output) : std::nullopt;
}

struct Verdict {
  bool accepts = false;
  std::set<std::uint32_t> lines;  // with what is refused
};

std::map<std::string, Verdict> ReadVerdicts(const std::string& output) {
  std::map<std::string, Verdict> verdicts;
  std::istringstream stream(output);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string word;
    std::string path;
    words >> word >> path;
    Verdict& verdict = verdicts[path];
    verdict.accepts = word == "accept";
    for (std::uint32_t number = 0; words >> number;) verdict.lines.insert(number);
  }
  return verdicts;
}

// References can only be judged by the loader, wherever they stand.
bool SchemaCanSay(const std::string& code) { return code < "USH0200" || code == CodeName(Code::kFormNotAllowed); }

TEST(Schema, TheFileIsWhatTheTableOfKeysSays) {
  EXPECT_EQ(ReadWholeFile(kSchemaFile), CatalogSchema()) << "run: usher catalog schema > " << kSchemaFile;
}

TEST(Schema, AjvJudgesTheCorpusAsTheLoaderDoes) {
  if (!Output("node --version")) GTEST_SKIP() << "there is no node here: ./dev setup installs it";
  if (!Output("test -d tools/node_modules/ajv && test -d tools/node_modules/yaml")) {
    GTEST_SKIP() << "ajv and yaml are not in tools/node_modules: ./dev setup installs them";
  }
  const std::vector<CorpusFile> corpus = ReadCorpus();
  std::string command = "node tests/unit/catalog/judge_schema.js tools " + std::string(kSchemaFile) + " plans.yaml";
  for (const CorpusFile& file : corpus) command += " " + file.path;
  const std::optional<std::string> output = Output(command);
  ASSERT_TRUE(output);
  std::map<std::string, Verdict> verdicts = ReadVerdicts(*output);
  ASSERT_EQ(verdicts.size(), corpus.size() + 1) << *output;
  EXPECT_TRUE(verdicts["plans.yaml"].accepts) << *output;
  RecordProperty("cases", static_cast<int>(corpus.size()));
  for (const CorpusFile& file : corpus) {
    SCOPED_TRACE(file.path);
    const Verdict& verdict = verdicts[file.path];
    // What a schema cannot say it need not accept: other readers of YAML refuse some of it.
    if (file.folder == "bad_meaning") continue;
    EXPECT_EQ(verdict.accepts, file.folder != "bad");
    if (file.folder != "bad") continue;
    for (const ExpectedFinding& expected : file.expected) {
      if (!SchemaCanSay(expected.code)) continue;
      EXPECT_EQ(verdict.lines.count(expected.line), 1u) << expected.code << " at line " << expected.line;
    }
  }
}

TEST(Reference, HasARowForEveryKeyAsTheTableSays) {
  const std::map<std::string, const ObjectShape*> objects = AllObjects();
  ASSERT_GT(objects.size(), 20u);
  const std::string reference = ReadWholeFile("docs/catalog-reference.md");
  for (const auto& [name, object] : objects) {
    const std::size_t heading = reference.find("### " + name + "\n");
    ASSERT_NE(heading, std::string::npos) << "docs/catalog-reference.md lacks: ### " << name;
    const std::size_t end = std::min(reference.find("\n### ", heading), reference.find("\n## ", heading));
    const std::string section = reference.substr(heading, end - heading);
    EXPECT_NE(section.find(object->about), std::string::npos) << name << " lacks: " << object->about;
    for (const KeyShape& key : object->keys) {
      EXPECT_FALSE(key.meaning.empty()) << name << "." << key.key;
      EXPECT_NE(section.find(ReferenceRow(key)), std::string::npos) << name << " lacks: " << ReferenceRow(key);
    }
  }
}

TEST(Reference, HasARowForEveryCode) {
  const std::string reference = ReadWholeFile("docs/catalog-reference.md");
  for (const CodeInfo& info : AllCodes()) {
    const std::string row = ReferenceRow(info);
    EXPECT_NE(reference.find(row), std::string::npos) << "docs/catalog-reference.md lacks: " << row;
  }
}

}  // namespace
}  // namespace usher
