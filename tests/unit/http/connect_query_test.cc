#include "server/http/connect_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

TEST(ConnectQueryTest, ReadsTheParametersInAnyOrderAndLetsOthersBe) {
  const auto query =
      ReadConnectQuery("/s/m?message=%7B%22a%22%3A1%7D&x=%zz&x&encoding=json&&base64=0&connect=v1&mess=");
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(query->message, R"({"a":1})");
  EXPECT_EQ(query->encoding, "json");
  EXPECT_EQ(query->base64, "0");
  EXPECT_EQ(query->connect, "v1");
  EXPECT_EQ(query->compression, std::nullopt);
}

TEST(ConnectQueryTest, DecodesNamesAndValues) {
  const auto query = ReadConnectQuery("/?mess%61ge=a+b%2Bc%c3%A4=&encoding");
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(query->message, "a b+c\xc3\xa4=");
  EXPECT_EQ(query->encoding, "");
}

TEST(ConnectQueryTest, ATargetWithoutAQueryHasNoParameters) {
  for (const char* target : {"", "/", "/message=1", "/?", "/?&&="}) {
    const auto query = ReadConnectQuery(target);
    ASSERT_TRUE(query.ok()) << query.status();
    EXPECT_EQ(query->message, std::nullopt) << target;
  }
}

TEST(ConnectQueryTest, AParameterGivenTwiceIsRefused) {
  for (const std::string name : {"connect", "base64", "compression", "encoding", "message"}) {
    const absl::Status refused = ReadConnectQuery("/?" + name + "=1&" + name + "=1").status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(StatusMessage(refused), testing::HasSubstr(name + " twice"));
  }
}

TEST(ConnectQueryTest, BrokenEscapesAreRefused) {
  for (const char* value : {"%", "%4", "a%", "%4g", "%g4", "%%41"}) {
    EXPECT_FALSE(ReadConnectQuery("/?message=" + std::string(value)).ok()) << value;
  }
}

TEST(UrlBase64Test, TakesPaddingOrLeavesIt) {
  EXPECT_EQ(DecodeUrlBase64(""), "");
  EXPECT_EQ(DecodeUrlBase64("Zg"), "f");
  EXPECT_EQ(DecodeUrlBase64("Zg=="), "f");
  EXPECT_EQ(DecodeUrlBase64("Zm8"), "fo");
  EXPECT_EQ(DecodeUrlBase64("Zm8="), "fo");
  EXPECT_EQ(DecodeUrlBase64("Zm9v"), "foo");
  EXPECT_EQ(DecodeUrlBase64("_-8"), "\xff\xef");
}

TEST(UrlBase64Test, RefusesOtherText) {
  for (const char* text : {"A", "AAAAA", "Zg===", "Z g", "Zg.", "Zm9v\n", "+/8", "Zg=a"}) {
    EXPECT_EQ(DecodeUrlBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace usher
