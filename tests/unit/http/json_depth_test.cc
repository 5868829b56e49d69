#include "server/http/json_depth.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

struct DepthCase {
  const char* name;
  std::string json;
  int limit;
  bool deeper;
};

class JsonDepthTest : public testing::TestWithParam<DepthCase> {};

TEST_P(JsonDepthTest, CountsBracketsOutsideStrings) {
  EXPECT_EQ(JsonNestsDeeperThan(GetParam().json, GetParam().limit), GetParam().deeper);
}

INSTANTIATE_TEST_SUITE_P(Cases, JsonDepthTest,
                         testing::Values(DepthCase{"Empty", "", 0, false}, DepthCase{"Scalar", "1", 0, false},
                                         DepthCase{"AtTheLimit", "[[{}]]", 3, false},
                                         DepthCase{"BeyondTheLimit", "[[{}]]", 2, true},
                                         DepthCase{"SiblingsDoNotAdd", "[{},{},{},{}]", 2, false},
                                         DepthCase{"BracketsInStrings", R"({"a":"[[[[[["})", 1, false},
                                         DepthCase{"EscapedQuote", R"({"a":"\"[[[["})", 1, false},
                                         DepthCase{"EscapedBackslashEndsTheString", R"({"a":"\\",[[)", 2, true},
                                         DepthCase{"UnendedString", R"({"a":"[[[)", 1, false},
                                         DepthCase{"HundredThousand", std::string(100'000, '['), 64, true}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace usher
