#include "server/http/content_coding.h"

#include <cstdint>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "server/service/error.h"

namespace usher {
namespace {

using testing::HasSubstr;

constexpr std::size_t kLimit = 1000;

// A text that gzip cannot make shorter.
std::string Noise(std::size_t size) {
  std::string noise;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525u + 1013904223u;
    noise += static_cast<char>(state >> 24);
  }
  return noise;
}

TEST(GzipTest, WhatGoesInComesOut) {
  for (const std::string& text : {std::string(), std::string("x"), std::string(300'000, 'a'), Noise(300'000)}) {
    const std::optional<std::string> gzip = Gzip(text);
    ASSERT_TRUE(gzip);
    const auto plain = Gunzip(*gzip, text.size());
    ASSERT_TRUE(plain.ok()) << plain.status();
    EXPECT_EQ(*plain, text);
  }
}

TEST(GzipTest, SeveralMembersAreOneText) {
  EXPECT_EQ(*Gunzip(*Gzip("one ") + *Gzip("") + *Gzip("two"), kLimit), "one two");
}

TEST(GzipTest, ABombIsRefusedAtTheLimit) {
  const std::string bomb = *Gzip(std::string(8'000'000, ' '));
  ASSERT_LT(bomb.size(), 100'000u);
  const absl::Status refused = Gunzip(bomb, std::size_t{2} * 1024 * 1024).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
  EXPECT_THAT(StatusMessage(refused), HasSubstr("larger than 2097152 bytes"));
}

// What comes after the limit is not looked at, so it cannot have been inflated.
TEST(GzipTest, NothingIsInflatedBeyondTheLimit) {
  std::string bomb = *Gzip(Noise(1'000'000));
  bomb.resize(bomb.size() / 2);
  EXPECT_EQ(ReasonOf(Gunzip(bomb, 100'000).status()), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
  EXPECT_EQ(ReasonOf(Gunzip(bomb, 1'000'000).status()), v1::ERROR_REASON_MALFORMED_REQUEST);
}

TEST(GzipTest, TheLimitHoldsForAllMembersTogether) {
  const std::string member = *Gzip(std::string(400, 'a'));
  EXPECT_TRUE(Gunzip(member + member, 800).ok());
  EXPECT_EQ(ReasonOf(Gunzip(member + member, 799).status()), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
}

struct NoGzipCase {
  const char* name;
  std::string bytes;
};

class NoGzipTest : public testing::TestWithParam<NoGzipCase> {};

TEST_P(NoGzipTest, IsRefused) {
  const absl::Status refused = Gunzip(GetParam().bytes, kLimit).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_MALFORMED_REQUEST);
}

std::string LastByteWrong(std::string bytes) {
  bytes.back() = static_cast<char>(bytes.back() + 1);
  return bytes;
}

std::string Cut(std::string bytes, std::size_t left) {
  bytes.resize(left);
  return bytes;
}

INSTANTIATE_TEST_SUITE_P(Cases, NoGzipTest,
                         testing::Values(NoGzipCase{"Nothing", ""}, NoGzipCase{"Json", "{}"},
                                         NoGzipCase{"HeadOnly", Cut(*Gzip("text"), 10)},
                                         NoGzipCase{"LastByteMissing", Cut(*Gzip("text"), Gzip("text")->size() - 1)},
                                         NoGzipCase{"LengthWrong", LastByteWrong(*Gzip("text"))},
                                         NoGzipCase{"MoreBehindIt", *Gzip("text") + "{}"},
                                         NoGzipCase{"SecondMemberCut", *Gzip("text") + Cut(*Gzip("text"), 12)},
                                         NoGzipCase{"Zlib", "\x78\x9c\x4b\x04\x62"}),
                         [](const auto& row) { return std::string(row.param.name); });

struct AcceptCase {
  const char* name;
  const char* accept_encoding;
  bool gzip;
};

class AcceptEncodingTest : public testing::TestWithParam<AcceptCase> {};

TEST_P(AcceptEncodingTest, TheFirstKnownNameDecides) {
  EXPECT_EQ(PrefersGzip(GetParam().accept_encoding), GetParam().gzip);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, AcceptEncodingTest,
    testing::Values(AcceptCase{"Gzip", "gzip", true}, AcceptCase{"AnyCase", "GZip", true},
                    AcceptCase{"BehindUnknownOnes", "br, zstd,gzip", true}, AcceptCase{"Curl", "deflate, gzip", true},
                    AcceptCase{"IdentityFirst", "identity, gzip", false},
                    AcceptCase{"GzipFirst", "gzip, identity", true}, AcceptCase{"Nothing", "", false},
                    AcceptCase{"OnlyUnknown", "br", false}, AcceptCase{"Refused", "gzip;q=0", false},
                    AcceptCase{"RefusedAtLength", "gzip; Q=0.000", false}, AcceptCase{"AnyQuality", "gzip;q=0.1", true},
                    AcceptCase{"RefusedBehindAnotherParameter", "gzip;level=1;q=0", false},
                    AcceptCase{"EmptyQuality", "gzip;q=", true},
                    AcceptCase{"IdentityRefused", "identity;q=0, gzip", true},
                    AcceptCase{"EmptyNames", ",,;,gzip,,", true}, AcceptCase{"LongerName", "gzipped", false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace usher
