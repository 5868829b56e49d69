#include "server/integrations/clerk/failure.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clerk/clerk_api.h"

namespace usher::clerk {
namespace {

using enum ProviderFailure::Kind;
using testing::HasSubstr;
using testing::Not;

HttpAnswer Answer(int status, const std::string& retry_after = "", const std::string& body = "") {
  HttpAnswer answer{.status = status, .headers = {}, .body = body};
  if (!retry_after.empty()) answer.headers.emplace_back("Retry-After", retry_after);
  return answer;
}

struct StatusCase {
  const char* name;
  int status;
  ProviderFailure::Kind kind;
  const char* message;
};

class StatusTest : public testing::TestWithParam<StatusCase> {};

TEST_P(StatusTest, MeansOneKindOfFailure) {
  const ProviderFailure failure = FailureOf(Answer(GetParam().status));
  EXPECT_EQ(failure.kind, GetParam().kind);
  EXPECT_THAT(failure.message, HasSubstr("Clerk answered " + std::to_string(GetParam().status) + ":"));
  EXPECT_THAT(failure.message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Cases, StatusTest,
                         testing::Values(StatusCase{"BadRequest", 400, kFinal, "does not take the request"},
                                         StatusCase{"WrongKey", 401, kRefused, "--clerk-secret-key-file"},
                                         StatusCase{"Forbidden", 403, kRefused, "may not do this"},
                                         StatusCase{"ProxyWantsAName", 407, kRefused, "HTTPS_PROXY"},
                                         StatusCase{"NoSuchUser", 404, kUnknownUser, "no such user"},
                                         StatusCase{"RequestTimeout", 408, kRetry, "try again"},
                                         StatusCase{"TooEarly", 425, kRetry, "try again"},
                                         StatusCase{"TooLarge", 413, kFinal, "metadata"},
                                         StatusCase{"Unprocessable", 422, kFinal, "metadata"},
                                         StatusCase{"TooManyRequests", 429, kRetry, "too many requests"},
                                         StatusCase{"Redirect", 301, kRefused, "--clerk-url"},
                                         StatusCase{"ServerError", 500, kRetry, "a problem of its own"},
                                         StatusCase{"BadGateway", 502, kRetry, "a problem of its own"},
                                         StatusCase{"Unavailable", 503, kRetry, "a problem of its own"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(FailureTest, ASuccessOfAnotherKindIsTriedAgain) {
  EXPECT_EQ(FailureOf(Answer(204)).kind, kRetry);
  EXPECT_THAT(FailureOf(Answer(204)).message, HasSubstr("200 with a user was expected"));
}

struct RetryAfterCase {
  const char* name;
  const char* text;
  std::optional<Millis> expected;
};

class RetryAfterTest : public testing::TestWithParam<RetryAfterCase> {};

TEST_P(RetryAfterTest, IsASmallNumberOfSeconds) {
  EXPECT_EQ(FailureOf(Answer(429, GetParam().text)).retry_after, GetParam().expected);
  EXPECT_EQ(FailureOf(Answer(503, GetParam().text)).retry_after, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RetryAfterTest,
    testing::Values(RetryAfterCase{"Missing", "", std::nullopt}, RetryAfterCase{"Seconds", "7", Millis(7'000)},
                    RetryAfterCase{"Zero", "0", Millis(0)}, RetryAfterCase{"AnHourAtMost", "86400", kLongestRetryAfter},
                    RetryAfterCase{"BeyondEveryNumber", "99999999999999999999", kLongestRetryAfter},
                    RetryAfterCase{"Negative", "-5", std::nullopt}, RetryAfterCase{"Fraction", "1.5", std::nullopt},
                    RetryAfterCase{"Date", "Wed, 21 Oct 2026 07:28:00 GMT", std::nullopt}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(FailureTest, TellsClerksCodeAndNoneOfItsTexts) {
  const HttpResponse clerk = ClerkError(422, "form_param_format_invalid", "ada@example.com is no address");
  const ProviderFailure failure = FailureOf(Answer(422, "", clerk.body));
  EXPECT_THAT(failure.message, HasSubstr("(form_param_format_invalid)"));
  EXPECT_THAT(failure.message, Not(HasSubstr("ada@example.com")));
}

TEST(FailureTest, TellsNoCodeThatIsNone) {
  for (const std::string& body :
       {std::string(R"({"errors":[{"code":"ada@example.com"}]})"), std::string(R"({"errors":[{"code":""}]})"),
        R"({"errors":[{"code":")" + std::string(65, 'a') + "\"}]}", std::string(R"({"errors":[{"code":7}]})"),
        std::string(R"({"errors":["x"]})"), std::string(R"({"errors":[]})"), std::string(R"({"errors":{}})"),
        std::string("<html>"), std::string(R"({"errors":[{"code":"Two words"}]})")}) {
    EXPECT_THAT(FailureOf(Answer(403, "", body)).message, testing::StartsWith("Clerk answered 403: ")) << body;
  }
}

}  // namespace
}  // namespace usher::clerk
