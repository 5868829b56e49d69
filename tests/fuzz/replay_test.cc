// Every input that is kept, once more: what the fuzzer found stays found, in every build.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fuzz/fuzz.h"

namespace usher::fuzz {
namespace {

TEST(Corpus, EveryInputHoldsWhatMustHold) {
  std::vector<std::filesystem::path> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(USHER_FUZZ_CORPUS)) inputs.push_back(entry.path());
  std::sort(inputs.begin(), inputs.end());
  ASSERT_FALSE(inputs.empty());
  TryInput("");
  for (const std::filesystem::path& path : inputs) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, path.string());
    std::ifstream file(path, std::ios::binary);
    ASSERT_TRUE(file);
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    TryInput(input);
    // Cut anywhere, it is another input that nobody wrote on purpose.
    TryInput(std::string_view(input).substr(0, input.size() / 2));
  }
  RecordProperty("cases", static_cast<int>(2 * inputs.size() + 1));
}

}  // namespace
}  // namespace usher::fuzz
