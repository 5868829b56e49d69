// The stand-in keeps the rules that Usher has to live with: else tests against it would prove nothing.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/integrations/json.h"
#include "tests/support/fake_clerk/clerk_api.h"
#include "tests/support/write_json.h"

namespace usher {
namespace {

using testing::HasSubstr;

constexpr ClerkApi::Time kStart{};

HttpRequest Request(const std::string& method, const std::string& target, const std::string& body = "") {
  return {.method = method,
          .target = target,
          .headers = {{"Authorization", "Bearer sk_test_1"},
                      {"Clerk-API-Version", "2025-11-10"},
                      {"Content-Type", "application/json"}},
          .body = body};
}

HttpRequest Patch(const std::string& public_metadata) {
  return Request("PATCH", "/v1/users/user_ada/metadata", R"({"public_metadata":)" + public_metadata + "}");
}

struct MergeCase {
  const char* name;
  const char* before;
  const char* patch;
  const char* after;
};

class DeepMergeTest : public testing::TestWithParam<MergeCase> {};

TEST_P(DeepMergeTest, MergesAsClerkDoes) {
  JsonValue value = ParseJson(GetParam().before)->root;
  DeepMerge(value, ParseJson(GetParam().patch)->root);
  EXPECT_EQ(WriteJson(value), GetParam().after);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, DeepMergeTest,
    testing::Values(MergeCase{"Adds", R"({"a":1})", R"({"b":2})", R"({"a":1,"b":2})"},
                    MergeCase{"Replaces", R"({"a":1})", R"({"a":"x"})", R"({"a":"x"})"},
                    MergeCase{"NullRemoves", R"({"a":1,"b":2})", R"({"a":null})", R"({"b":2})"},
                    MergeCase{"NullOfNothing", R"({})", R"({"a":null})", R"({})"},
                    MergeCase{"ObjectsMerge", R"({"u":{"a":1,"b":2}})", R"({"u":{"b":3}})", R"({"u":{"a":1,"b":3}})"},
                    MergeCase{"NullWithinRemoves", R"({"u":{"a":1,"b":2}})", R"({"u":{"a":null}})", R"({"u":{"b":2}})"},
                    MergeCase{"ArraysAreReplaced", R"({"u":{"r":["a","b"]}})", R"({"u":{"r":["c"]}})",
                              R"({"u":{"r":["c"]}})"},
                    MergeCase{"AnObjectReplacesText", R"({"u":"x"})", R"({"u":{"a":1,"b":null}})", R"({"u":{"a":1}})"},
                    MergeCase{"NoNullIsKept", R"({})", R"({"u":{"a":{"b":null}}})", R"({"u":{"a":{}}})"}),
    [](const auto& row) { return std::string(row.param.name); });

struct RefusedCase {
  const char* name;
  HttpRequest request;
  int status;
  const char* code;
};

HttpRequest With(HttpRequest request, const std::string& header, const std::string& value) {
  for (auto& [name, text] : request.headers) {
    if (name == header) text = value;
  }
  return request;
}

class RefusedTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedTest, WithClerksCode) {
  ClerkApi clerk({.secret_key = "sk_test_1"});
  clerk.PutUser("user_ada", "{}", "{}");
  const HttpResponse answer = clerk.Answer(GetParam().request, kStart);
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_THAT(answer.body, HasSubstr(std::string("\"code\":\"") + GetParam().code + "\""));
  EXPECT_EQ(clerk.PublicMetadata("user_ada"), "{}");
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RefusedTest,
    testing::Values(
        RefusedCase{"NoKey", With(Patch("{}"), "Authorization", ""), 401, "authorization_header_format_invalid"},
        RefusedCase{"WrongKey", With(Patch("{}"), "Authorization", "Bearer sk_test_2"), 401, "clerk_key_invalid"},
        RefusedCase{"NoVersion", With(Patch("{}"), "Clerk-API-Version", ""), 400, "api_version_invalid"},
        RefusedCase{"NoSuchVersion", With(Patch("{}"), "Clerk-API-Version", "2025-11-11"), 400, "api_version_invalid"},
        RefusedCase{"Form", With(Patch("{}"), "Content-Type", "text/plain"), 415, "unsupported_content_type"},
        RefusedCase{"NoSuchUser", Request("GET", "/v1/users/user_bob"), 404, "resource_not_found"},
        RefusedCase{"PatchOfNoUser", Request("PATCH", "/v1/users/user_bob/metadata", "{}"), 404, "resource_not_found"},
        RefusedCase{"NoJson", Patch("{"), 400, "request_body_invalid"},
        RefusedCase{"OtherMember", Request("PATCH", "/v1/users/user_ada/metadata", R"({"roles":{}})"), 422,
                    "form_param_unknown"},
        RefusedCase{"NoObject", Patch("[1]"), 422, "form_param_type_invalid"},
        RefusedCase{"TooLarge", Patch(R"({"a":")" + std::string(8 * 1024, 'x') + "\"}"), 422,
                    "form_param_exceeds_allowed_size"},
        RefusedCase{"OtherPath", Request("GET", "/v1/organizations"), 404, "resource_not_found"},
        RefusedCase{"OtherMethod", Request("PUT", "/v1/users/user_ada/metadata", "{}"), 405, "method_not_allowed"}),
    [](const auto& row) { return std::string(row.param.name); });

std::string RetryAfter(const HttpResponse& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (name == "Retry-After") return value;
  }
  return "";
}

TEST(FakeClerkTest, AUserIsUpdatedTenTimesInTenSecondsAtMost) {
  ClerkApi clerk({});
  clerk.PutUser("user_ada", "{}", "{}");
  clerk.PutUser("user_bob", "{}", "{}");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(clerk.Answer(Patch("{}"), kStart).status, 200);
  const HttpResponse refused = clerk.Answer(Patch(R"({"a":1})"), kStart + std::chrono::milliseconds(9'001));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(RetryAfter(refused), "1") << "whole seconds";
  EXPECT_EQ(clerk.PublicMetadata("user_ada"), "{}");
  EXPECT_EQ(clerk.Answer(Request("PATCH", "/v1/users/user_bob/metadata", "{}"), kStart).status, 200);
  EXPECT_EQ(clerk.Answer(Request("GET", "/v1/users/user_ada"), kStart).status, 200);
  EXPECT_EQ(clerk.Answer(Patch("{}"), kStart + std::chrono::seconds(10)).status, 200);
}

TEST(FakeClerkTest, AnInstanceIsAskedAHundredTimesInTenSecondsAtMost) {
  ClerkApi clerk({});
  clerk.PutUser("user_ada", "{}", "{}");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(clerk.Answer(Request("GET", "/v1/users/user_ada"), kStart).status, 200);
  EXPECT_EQ(clerk.Answer(Request("GET", "/v1/users/user_ada"), kStart).status, 429);
}

TEST(FakeClerkTest, MakesUsers) {
  ClerkApi clerk({});
  const HttpResponse made = clerk.Answer(
      Request("POST", "/v1/users", R"({"email_address":["a@example.com"],"public_metadata":{"a":1}})"), kStart);
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(clerk.PublicMetadata(ParseJson(made.body)->root.Find("id")->text), R"({"a":1})");
  EXPECT_EQ(clerk.Answer(Request("POST", "/v1/users", R"({"color":"red"})"), kStart).status, 422);
}

TEST(FakeClerkTest, MakesUsersThatAreAskedForWhenToldTo) {
  ClerkApi clerk({.secret_key = {}, .create_missing = true});
  EXPECT_EQ(clerk.Answer(Request("GET", "/v1/users/user_ada"), kStart).status, 200);
}

}  // namespace
}  // namespace usher
