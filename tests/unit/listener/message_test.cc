#include "server/listener/message.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(HttpRequestTest, AHeaderIsFoundInWhateverCaseItWasSent) {
  const HttpRequest request{.method = "GET", .target = "/", .headers = {{"X-Two", "1"}, {"x-two", "2"}}, .body = ""};
  EXPECT_EQ(request.Header("x-TWO"), "1");
  EXPECT_EQ(request.Header("x-tw"), std::nullopt);
  EXPECT_EQ(request.Header("x-two-"), std::nullopt);
}

TEST(HttpRequestTest, ThePathEndsWhereTheQueryBegins) {
  const auto path = [](const char* target) {
    const HttpRequest request{.method = "GET", .target = target, .headers = {}, .body = ""};
    return std::string(request.Path());
  };
  EXPECT_EQ(path("/a/b"), "/a/b");
  EXPECT_EQ(path("/a?b=/c?d"), "/a");
  EXPECT_EQ(path("?"), "");
}

}  // namespace
}  // namespace usher
