#include "tests/unit/catalog/corpus.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace usher {
namespace {

namespace fs = std::filesystem;

std::vector<ExpectedFinding> ReadExpectations(const std::string& text) {
  std::vector<ExpectedFinding> expected;
  std::istringstream lines(text);
  std::string line;
  for (std::uint32_t number = 1; std::getline(lines, line); ++number) {
    const std::size_t comment = line.find("# !USH");
    if (comment == std::string::npos) continue;
    std::istringstream words(line.substr(comment + 1));
    std::string code;
    std::string starts_with;
    while (words >> code >> starts_with) {
      expected.push_back({.code = code.substr(1), .line = number, .starts_with = starts_with});
    }
  }
  return expected;
}

std::string Repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string Numbered(std::string_view before, std::string_view after, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += std::string(before) + std::to_string(i) + std::string(after);
  return all;
}

constexpr char kHead[] = "apiVersion: usher/v1\ncatalog: corpus\n";

// A hundred kilobytes that would resolve to half a million values and more.
std::string Multiplying() {
  std::string text = kHead;
  text += "features:\n";
  const std::string values = Numbered("v", ", ", 199) + "last";
  text += Numbered("  f", ": { type: set, values: [" + values + "] }\n", 10);
  text += "plans:\n  base@1:\n    entitlements:\n" + Numbered("      f", ": [" + values + "]\n", 10);
  return text + Numbered("  p", "@1: { includes: base@1 }\n", 900);
}

}  // namespace

std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<CorpusFile> ReadCorpus() {
  std::vector<CorpusFile> corpus;
  for (const char* folder : {"good", "warn", "bad", "bad_meaning"}) {
    std::error_code error;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(fs::path("tests/testdata/catalog") / folder, error)) {
      CorpusFile file{.folder = folder, .path = entry.path().string(), .text = "", .expected = {}};
      file.text = ReadWholeFile(file.path);
      file.expected = ReadExpectations(file.text);
      corpus.push_back(std::move(file));
    }
  }
  const auto by_path = [](const CorpusFile& a, const CorpusFile& b) { return a.path < b.path; };
  std::sort(corpus.begin(), corpus.end(), by_path);
  return corpus;
}

LoadResult LoadText(const std::string& text) { return LoadCatalog({{.name = "plans.yaml", .text = text}}); }

std::string Listing(const LoadResult& result) {
  std::string listing;
  for (const Finding& finding : result.findings) listing += FormatFinding(finding) + "\n";
  return listing;
}

std::vector<MadeFile> MadeFiles() {
  const std::string head = kHead;
  return {
      {"Empty", "", {"USH0012"}, 1, 1},
      {"OnlyAComment", "# nothing\n", {"USH0012"}, 1, 1},
      {"OnlyNull", "~\n", {"USH0012"}, 1, 1},
      {"NotUtf8", head + "label: \"caf\xE9\"\n", {"USH0001"}, 3, 12},
      {"OverlongUtf8", head + "label: \xC0\xAF\n", {"USH0001"}, 3, 8},
      {"Surrogate", head + "label: \xED\xA0\x80\n", {"USH0001"}, 3, 8},
      {"CutOffUtf8", head + "label: \xE5\xA4", {"USH0001"}, 3, 8},
      {"Utf16", std::string("\xFF\xFE\x61\x00\x3A\x00", 6), {"USH0001"}, 1, 1},
      {"Utf16LittleEndianWithoutMark", std::string("a\0:\0", 4), {"USH0001"}, 1, 1},
      {"Utf16BigEndianWithoutMark", std::string("\0a\0:", 4), {"USH0001"}, 1, 1},
      {"OldLineEnds", "# words\rapiVersion: usher/v1\rcatalog: corpus\r", {"USH0014"}, 1, 8},
      {"Nul", head + std::string("label: a\0b\n", 11), {"USH0014"}, 3, 9},
      // yaml-cpp takes this byte for the end of its input.
      {"EndOfTransmission",
       head + "label: a\x04"
              "b\nnot_read: 1\n",
       {"USH0014"},
       3,
       9},
      {"LineSeparator",
       head + "label: \xE5\xA4\xA7\xE2\x80\xA8"
              "b\n",
       {"USH0014"},
       3,
       9},
      {"ByteOrderMarkInside", head + "\xEF\xBB\xBFlabel: a\n", {"USH0014"}, 3, 1},
      {"TooLarge", head + std::string(kMostCatalogBytes, '#'), {"USH0002"}, 1, 1},
      {"TooDeepFlow", head + "label: " + Repeat("[", 16) + "x" + Repeat("]", 16), {"USH0003"}, 3, 23},
      {"AsDeepAsMayBe", head + "label: " + Repeat("[", 15) + "x" + Repeat("]", 15), {"USH0103"}, 3, 8},
      {"TooDeepBlock", head + "label:\n  " + Repeat("- ", 16) + "x\n", {"USH0003"}, 4, 33},
      {"HalfAMillionDeep", Repeat("[", 500'000) + Repeat("]", 500'000), {"USH0003"}, 1, 17},
      {"HalfAMillionDeepMaps", Repeat("{a: ", 250'000), {"USH0003"}, 0, 0},
      {"Directive", "%YAML 1.1\n---\n" + head, {"USH0013"}, 1, 1},
      {"TagDirective", "# words\n%TAG ! tag:example.com,2000:\n---\n" + head, {"USH0013"}, 2, 1},
      {"UnknownDirective", "%FOO\n---\n" + head, {"USH0013"}, 1, 1},
      {"SecondDocument", head + "---\nplans: {}\n", {"USH0009"}, 3, 1},
      {"SecondDocumentAfterTheEnd", head + "...\nplans: {}\n", {"USH0009"}, 4, 1},
      {"ALoneComma", ",", {"USH0009"}, 1, 1},
      {"TextAfterAFlowMap", "{apiVersion: usher/v1, catalog: corpus} plans\n", {"USH0009"}, 1, 41},
      {"TwoColons", head + "plans: a: b\n", {"USH0004"}, 3, 9},
      {"Unclosed", head + "plans: { a@1: {}\n", {"USH0004"}, 3, 8},
      {"UnclosedQuoteAtTheEnd", head + "label: \"words\n", {"USH0004"}, 3, 8},
      {"TabIndent", head + "plans:\n\ta@1: {}\n", {"USH0004"}, 4, 5},
      {"BadEscape", head + "label: \"\\q\"\n", {"USH0004"}, 3, 11},
      {"SurrogateEscape", head + "label: \"\\uD800\"\n", {"USH0004"}, 3, 15},
      {"MapAsKey", head + "? { a: b }\n: c\n", {"USH0011"}, 3, 3},
      {"NothingAsKey", head + "~: c\n", {"USH0011"}, 3, 1},
      {"TooLargeOnceResolved", Multiplying(), {"USH0222"}, 0, 0},
  };
}

}  // namespace usher
