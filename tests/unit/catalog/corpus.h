// The catalogs under tests/testdata/catalog, and what each says about itself.
//
//   good/         accepted without a finding, by the loader and by the JSON Schema
//   warn/         accepted by both; the loader warns
//   bad/          refused by both
//   bad_meaning/  refused by the loader for what a schema cannot say
//
// A line that ends in `# !USH0106 -1` expects a finding with that code at a place of that line where the text `-1`
// stands; several may follow each other. There are no findings but the expected ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/parse/load.h"

namespace usher {

struct ExpectedFinding {
  std::string code;
  std::uint32_t line = 1;
  std::string starts_with;
};

struct CorpusFile {
  std::string folder;  // `bad`
  std::string path;    // `tests/testdata/catalog/bad/names.yaml`
  std::string text;
  std::vector<ExpectedFinding> expected;
};

// By path. Empty when the working directory is not the root of the repository.
std::vector<CorpusFile> ReadCorpus();

// The whole file, empty when it cannot be read.
std::string ReadWholeFile(const std::string& path);

LoadResult LoadText(const std::string& text);

// All findings, one a line, as FormatFinding prints them.
std::string Listing(const LoadResult& result);

// The codes of files that a corpus does not hold, because they are too large or not text, with their bytes.
struct MadeFile {
  std::string name;
  std::string text;
  std::vector<std::string> codes;  // one for each finding
  std::uint32_t line = 1;          // of the first
  std::uint32_t column = 1;
};
std::vector<MadeFile> MadeFiles();

}  // namespace usher
