#include "server/http/json_words.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

struct WordsCase {
  const char* name;
  const char* json;
  bool only;
};

TEST(HasOnlyJsonWords, WhereParsersAgree) {
  const WordsCase rows[] = {
      {"AnObject", "{\"a\" : [1, -2.5e+3, 1E9, true,false , null, \"x\"]}\r\n\t", true},
      {"AnythingInStrings", R"({"'a' b:c":"\"d: 'e' \\"})", true},
      {"NotBalanced", "}}", true},
      {"Empty", "", true},
      {"UnfinishedString", "{\"a", true},
      {"UnfinishedEscape", "{\"a\\", true},
      {"ANameWithoutQuotes", "{tenantId:\"acme\"}", false},
      {"ANameOfAWord", "{true:1}", false},
      {"ANameOfANumber", "{1:1}", false},
      {"ANameOfAnExponent", "{1e:1}", false},
      {"ANameInSingleQuotes", "{'tenantId':\"acme\"}", false},
      {"AValueInSingleQuotes", "{\"tenantId\":'acme'}", false},
      {"OtherWhiteSpace", "{\"tenantId\"\f:\"acme\"}", false},
      {"AnotherWord", "{\"a\":NaN}", false},
      {"AnotherCase", "{\"a\":True}", false},
      {"WordsThatTouch", "{\"a\":truefalse}", false},
      {"AComment", "{/*\"a\":1*/}", false},
      {"AUnicodeSpace", "{\"a\"\xC2\xA0:1}", false},
  };
  for (const WordsCase& row : rows) EXPECT_EQ(HasOnlyJsonWords(row.json), row.only) << row.name;
}

}  // namespace
}  // namespace usher
