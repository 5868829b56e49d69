#include "server/integrations/json.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "tests/support/write_json.h"

namespace usher {
namespace {

using ::testing::HasSubstr;

TEST(Json, KeepsEveryValueAsWritten) {
  const std::string text = R"({"a":null,"b":true,"c":false,"d":-1.50e+3,"e":"x\u00e9\n","f":[1,[],{}],"g":{"":0},)"
                           R"("h":123456789012345678901234567890,"i":1e999})";
  const auto document = ParseJson(text);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->root.Find("d")->text, "-1.50e+3");
  EXPECT_EQ(document->root.Find("e")->text, "x\u00e9\n");
  EXPECT_EQ(document->root.Find("h")->text, "123456789012345678901234567890");
  EXPECT_EQ(document->root.Find("f")->children.size(), 3u);
  EXPECT_EQ(document->root.Find("nothing"), nullptr);
  EXPECT_EQ(document->duplicate_path, "");
  const auto again = ParseJson(WriteJson(document->root));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(WriteJson(again->root), WriteJson(document->root));
}

TEST(Json, AStringWithBrokenEscapesHarmsOnlyItself) {
  const auto document = ParseJson(R"({"a":"\ud800","b":[{"c":"\ud83d"},7],"d":"ok"})");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->root.Find("a")->type, JsonType::kBrokenString);
  EXPECT_EQ(document->root.Find("b")->children[1].value.text, "7");
  EXPECT_EQ(document->root.Find("d")->text, "ok");
}

struct DuplicateCase {
  const char* text;
  const char* path;
};

TEST(Json, NamesTheFirstDuplicate) {
  for (const DuplicateCase& row : std::vector<DuplicateCase>{
           {R"({"a":1,"a":2})", "a"},
           {R"({"a":1,"\u0061":2})", "a"},
           {R"({"a":{"b":[0,{"c":1,"d":2,"c":3}]}})", "a.b[1].c"},
           {R"({"":1,"":2})", ""},
       }) {
    const auto document = ParseJson(row.text);
    ASSERT_TRUE(document.ok()) << row.text;
    EXPECT_EQ(document->duplicate_path, row.path) << row.text;
  }
}

TEST(Json, RefusesWhatIsNoObject) {
  const std::string deep_arrays = R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  const std::string open_arrays = R"({"a":)" + std::string(100'000, '[');
  std::string deep_objects = "1";
  for (int i = 0; i < 5000; ++i) deep_objects = R"({"a":)" + deep_objects + "}";
  std::string wide = R"({"a":[0)";
  for (int i = 0; i < 200'000; ++i) wide += ",0";
  wide += "]}";
  for (const std::string& text : std::vector<std::string>{
           "",
           " ",
           "null",
           "7",
           "\"x\"",
           "[]",
           "[{}]",
           "{",
           "}",
           R"({"a")",
           R"({"a":})",
           R"({"a":1,})",
           R"({"a":1 "b":2})",
           R"({"a":[1,]})",
           R"({"a":[1 2]})",
           R"({"a":tru})",
           R"({"a":nul})",
           R"({"a":truefalse})",
           R"({"a":nullnull})",
           R"({"a":01})",
           R"({"a":-})",
           R"({"a":1.})",
           R"({"a":.5})",
           R"({"a":1e})",
           R"({"a":+1})",
           R"({"a":0x10})",
           R"({"a":NaN})",
           R"({"a":'x'})",
           R"({a:1})",
           R"({"a":1}{"b":2})",
           R"({"a":1}])",
           R"({"a":1} x)",
           R"({"a":"unterminated)",
           "{\"a\":\"raw\ncontrol\"}",
           "{\"a\":\"\xff\xfe\"}",
           "{\"a\":\"\xc0\xaf\"}",
           "\xef\xbb\xbf{}x",
           std::string("{\"a\":1}\0", 8),
           deep_arrays,
           open_arrays,
           deep_objects,
           wide,
       }) {
    const auto document = ParseJson(text);
    EXPECT_FALSE(document.ok()) << text.substr(0, 80);
    EXPECT_EQ(document.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_FALSE(StatusMessage(document.status()).empty()) << text.substr(0, 80);
  }
}

TEST(Json, RefusesEveryTruncation) {
  const std::string text = R"({"a":[1,{"b":"c\n"},true,null,-2.5],"d":{"e":{}}})";
  ASSERT_TRUE(ParseJson(text).ok());
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(ParseJson(text.substr(0, length)).ok()) << text.substr(0, length);
  }
}

TEST(Json, DepthIsBoundedAtTheLimit) {
  const auto nested = [](int depth) {
    return R"({"a":)" + std::string(static_cast<std::size_t>(depth - 1), '[') +
           std::string(static_cast<std::size_t>(depth - 1), ']') + "}";
  };
  EXPECT_TRUE(ParseJson(nested(kMaxJsonDepth)).ok());
  const auto document = ParseJson(nested(kMaxJsonDepth + 1));
  ASSERT_FALSE(document.ok());
  EXPECT_THAT(StatusMessage(document.status()), HasSubstr("deeper than 64"));
}

TEST(Json, OfWantedMembersAlone) {
  const std::string_view wanted[] = {"a", "c"};
  const std::string deep = std::string(4000, '[') + std::string(4000, ']');
  const std::string text = R"({"a":{"x":[1]},"b":)" + deep + R"(,"b":1,"c":null})";
  EXPECT_FALSE(ParseJson(text).ok());
  const auto document = ParseJsonMembers(text, wanted);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(WriteJson(document->root), R"({"a":{"x":[1]},"c":null})");
  EXPECT_EQ(document->duplicate_path, "");
  EXPECT_FALSE(ParseJsonMembers(R"({"a":)" + deep + "}", wanted).ok()) << "what is read is bounded";
  EXPECT_FALSE(ParseJsonMembers(R"({"a":1)", wanted).ok());
}

}  // namespace
}  // namespace usher
