#include "server/http/json_names.h"

#include <optional>

#include <gtest/gtest.h>

namespace usher {
namespace {

struct NamesCase {
  const char* name;
  const char* json;
  std::optional<std::string> repeated;
};

TEST(FirstRepeatedName, LooksIntoEveryObjectByItself) {
  const NamesCase rows[] = {
      {"None", R"({"tenantId":"acme","feature":"sso"})", std::nullopt},
      {"Twice", R"({"tenantId":"acme","tenantId":"beta"})", "tenantId"},
      {"TheProtoNameIsTheSame", R"({"tenantId":"acme", "tenant_id" : "beta"})", "tenant_id"},
      {"SiblingsMayShare", R"({"items":[{"feature":"sso"},{"feature":"sso"}]})", std::nullopt},
      {"SoMayParentAndChild", R"({"a":{"a":{"a":1}}})", std::nullopt},
      {"BehindAChild", R"({"a":{"b":1},"a":2})", "a"},
      {"Deep", R"({"items":[{"x":1},{"feature":"sso","quantity":1,"feature":"seats"}]})", "feature"},
      {"ValuesAreNoNames", R"({"a":"b","b":"a","c":["a","a"]})", std::nullopt},
      {"BracesInValuesDoNotCount", R"({"a":"}","a":1})", "a"},
      {"QuotesInValuesDoNotEndThem", R"({"a":"\",\"a\":\"","b":1})", std::nullopt},
      {"AnEscapedNameIsNotDecoded", R"({"\u0061":1})", "\\u0061"},
      {"CaseMatters", R"({"a":1,"A":2})", std::nullopt},
      {"NoJson", R"(}"a":"a" { "a" "unfinished)", std::nullopt},
      {"EndsInAnEscape", "{\"a\\", std::nullopt},
      {"Empty", "", std::nullopt},
  };
  for (const NamesCase& row : rows) EXPECT_EQ(row.repeated, FirstRepeatedName(row.json)) << row.name;
}

}  // namespace
}  // namespace usher
