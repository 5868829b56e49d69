#include "server/base/api_key.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(ApiKey, HasTheFormThatScannersLookFor) {
  const std::string key = MakeApiKey().Reveal();
  ASSERT_EQ(key.size(), 43u);
  EXPECT_TRUE(key.starts_with("usk_"));
  EXPECT_TRUE(std::all_of(key.begin() + 4, key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
  })) << key;
  EXPECT_TRUE(IsWellFormedApiKey(key));
}

TEST(ApiKey, NoTwoAreEqual) {
  std::set<std::string> keys;
  for (int i = 0; i < 1000; ++i) keys.insert(MakeApiKey().Reveal());
  EXPECT_EQ(keys.size(), 1000u);
}

TEST(ApiKey, AMistypedDigitIsNoticed) {
  const std::string key = MakeApiKey().Reveal();
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string mistyped = key;
    mistyped[i] = mistyped[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(IsWellFormedApiKey(mistyped)) << i;
  }
  std::string swapped = key;
  const auto at = std::adjacent_find(swapped.begin() + 4, swapped.end(), std::not_equal_to<>());
  std::iter_swap(at, at + 1);
  EXPECT_FALSE(IsWellFormedApiKey(swapped));
}

TEST(ApiKey, OtherTextsAreNone) {
  const std::string key = MakeApiKey().Reveal();
  for (const std::string& text :
       {std::string(), std::string("usk_"), key + "a", key.substr(0, 42), " " + key, "USK_" + key.substr(4),
        "usk_" + std::string(39, 'a'), std::string(43, '\0'), std::string(1 << 20, 'a')}) {
    EXPECT_FALSE(IsWellFormedApiKey(text)) << text.substr(0, 50);
  }
}

TEST(ApiKey, TheChecksumIsTheDocumentedOne) {
  EXPECT_TRUE(IsWellFormedApiKey("usk_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaas5tf7ft"));
}

TEST(ApiKey, HashesAreComparedWhole) {
  const Digest hash = HashOfApiKey("usk_x");
  for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
    Digest other = hash;
    other.bytes[i] = static_cast<std::uint8_t>(other.bytes[i] ^ 1);
    EXPECT_FALSE(SameInConstantTime(hash, other)) << i;
  }
  EXPECT_TRUE(SameInConstantTime(hash, HashOfApiKey("usk_x")));
}

}  // namespace
}  // namespace usher
