// Every catalog of the corpus is judged as it says of itself, and every code of the registry has one that shows it.
#include "tests/unit/catalog/corpus.h"

#include <algorithm>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "catalog/parse/utf8.h"

namespace usher {
namespace {

std::string LineOf(const std::string& text, std::uint32_t number) {
  std::istringstream lines(text);
  std::string line;
  for (std::uint32_t i = 0; i < number; ++i) std::getline(lines, line);
  return line;
}

// What follows the column, which counts characters.
std::string From(const std::string& line, std::uint32_t column) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool starts_character = (static_cast<unsigned char>(line[at]) & 0xC0) != 0x80;
    if (starts_character && CountCharacters(std::string_view(line).substr(0, at)) + 1 == column) return line.substr(at);
  }
  return "";
}

bool Fits(const CorpusFile& file, const Finding& finding, const ExpectedFinding& expected) {
  return CodeName(finding.code) == expected.code && finding.line == expected.line &&
         From(LineOf(file.text, finding.line), finding.column).rfind(expected.starts_with, 0) == 0;
}

TEST(Corpus, EveryFileIsJudgedAsItSays) {
  const std::vector<CorpusFile> corpus = ReadCorpus();
  ASSERT_GT(corpus.size(), 40u) << "run from the root of the repository";
  RecordProperty("cases", static_cast<int>(corpus.size()));
  for (const CorpusFile& file : corpus) {
    SCOPED_TRACE(file.path);
    const LoadResult result = LoadCatalog({{.name = file.path, .text = file.text}});
    EXPECT_EQ(result.catalog != nullptr, file.folder == "good" || file.folder == "warn") << Listing(result);
    EXPECT_EQ(file.expected.empty(), file.folder == "good");
    std::vector<ExpectedFinding> missing = file.expected;
    for (const Finding& finding : result.findings) {
      const auto fits = [&](const ExpectedFinding& expected) { return Fits(file, finding, expected); };
      const auto found = std::find_if(missing.begin(), missing.end(), fits);
      if (found == missing.end()) {
        ADD_FAILURE() << "not expected: " << FormatFinding(finding);
      } else {
        missing.erase(found);
      }
    }
    for (const ExpectedFinding& expected : missing) {
      ADD_FAILURE() << "not found: " << expected.code << " at line " << expected.line << " at " << expected.starts_with
                    << "\n"
                    << Listing(result);
    }
  }
}

TEST(Corpus, FilesThatAreNoTextOrHaveNoBoundAreRefused) {
  for (const MadeFile& file : MadeFiles()) {
    SCOPED_TRACE(file.name);
    const LoadResult result = LoadText(file.text);
    EXPECT_EQ(result.catalog, nullptr);
    ASSERT_GE(result.findings.size(), file.codes.size()) << Listing(result);
    for (std::size_t i = 0; i < file.codes.size(); ++i) {
      EXPECT_EQ(CodeName(result.findings[i].code), file.codes[i]) << FormatFinding(result.findings[i]);
    }
    if (file.line == 0) continue;
    EXPECT_EQ(result.findings[0].line, file.line) << FormatFinding(result.findings[0]);
    EXPECT_EQ(result.findings[0].column, file.column) << FormatFinding(result.findings[0]);
  }
}

// Codes that need several files; load_test.cc shows them.
const std::set<std::string> kOfSeveralFiles = {"USH0122"};

// Found beside a list of prices; check_prices_test.cc shows them.
bool IsOfPriceLists(Code code) { return code >= Code::kPriceNotInCatalog && code <= Code::kPriceListGoesOn; }

TEST(Corpus, EveryCodeOfTheRegistryHasAFileThatShowsIt) {
  std::set<std::string> shown = kOfSeveralFiles;
  shown.insert(CodeName(Code::kTooManyFindings));  // TheListOfFindingsHasABoundAndSaysSo
  for (const CorpusFile& file : ReadCorpus()) {
    for (const ExpectedFinding& expected : file.expected) shown.insert(expected.code);
  }
  for (const MadeFile& file : MadeFiles()) shown.insert(file.codes.begin(), file.codes.end());
  for (const CodeInfo& info : AllCodes()) {
    if (IsOfPriceLists(info.code)) continue;
    if (IsOfScenarios(info.code)) continue;  // tests/unit/workbench/scenario shows them
    EXPECT_EQ(shown.count(CodeName(info.code)), 1u) << CodeName(info.code) << " " << info.title;
  }
}

TEST(Corpus, TheListOfFindingsHasABoundAndSaysSo) {
  std::string text = "apiVersion: usher/v1\ncatalog: corpus\n";
  for (int i = 0; i < 5000; ++i) text += "k" + std::to_string(i) + ": 1\n";
  const LoadResult result = LoadText(text);
  ASSERT_EQ(result.findings.size(), Findings::kMostFindings + 1);
  EXPECT_EQ(result.findings.back().code, Code::kTooManyFindings);
}

TEST(Corpus, EverySentenceSaysWhatAndEndsInAStop) {
  std::vector<Finding> all;
  for (const CorpusFile& file : ReadCorpus()) {
    for (Finding& finding : LoadText(file.text).findings) all.push_back(std::move(finding));
  }
  for (const MadeFile& file : MadeFiles()) all.push_back(LoadText(file.text).findings.at(0));
  for (const Finding& finding : all) {
    const char last = finding.message.empty() ? ' ' : finding.message.back();
    EXPECT_TRUE(last == '.' || last == '?') << FormatFinding(finding);
    EXPECT_EQ(finding.message.find('\n'), std::string::npos) << FormatFinding(finding);
    EXPECT_LT(finding.message.size(), 1000u) << FormatFinding(finding);
  }
}

TEST(Registry, IsAscendingAndComplete) {
  Code last{};
  for (const CodeInfo& info : AllCodes()) {
    EXPECT_LT(last, info.code);
    last = info.code;
    EXPECT_FALSE(info.title.empty() || info.meaning.empty() || info.mend.empty()) << CodeName(info.code);
    EXPECT_EQ(FindCode(CodeName(info.code)), info.code);
    EXPECT_EQ(InfoOf(info.code).title, info.title);
  }
  EXPECT_EQ(FindCode("USH9999"), std::nullopt);
  EXPECT_EQ(FindCode("ush0101"), std::nullopt);
  EXPECT_EQ(FindCode("101"), std::nullopt);
}

}  // namespace
}  // namespace usher
