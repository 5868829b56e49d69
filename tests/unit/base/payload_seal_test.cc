#include "server/base/payload_seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kPayload[] = R"({"customer_email":"jenny@example.com"})";

PayloadSeal SealWith(const std::string& keys) {
  absl::StatusOr<PayloadSeal> seal = PayloadSeal::FromText(keys);
  EXPECT_TRUE(seal.ok()) << seal.status();
  return *std::move(seal);
}

TEST(PayloadSealTest, WhatIsSealedOpensAsItWas) {
  const PayloadSeal seal = SealWith(PayloadSeal::NewKeyText());
  for (const std::string& payload : {std::string(kPayload), std::string(), std::string(100'000, '\0')}) {
    EXPECT_EQ(*seal.Open(seal.Seal(payload, "evt_1"), "evt_1"), payload);
  }
}

TEST(PayloadSealTest, NobodyReadsItWithoutTheKey) {
  const std::string sealed = SealWith(PayloadSeal::NewKeyText()).Seal(kPayload, "evt_1");
  EXPECT_THAT(sealed, Not(HasSubstr("jenny")));
  const absl::Status refused = SealWith(PayloadSeal::NewKeyText()).Open(sealed, "evt_1").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
}

TEST(PayloadSealTest, EqualPayloadsDoNotLookEqual) {
  const PayloadSeal seal = SealWith(PayloadSeal::NewKeyText());
  EXPECT_NE(seal.Seal(kPayload, "evt_1"), seal.Seal(kPayload, "evt_1"));
}

TEST(PayloadSealTest, AnyChangedBitIsNoticed) {
  const PayloadSeal seal = SealWith(PayloadSeal::NewKeyText());
  const std::string sealed = seal.Seal(kPayload, "evt_1");
  for (std::size_t i = 4; i < sealed.size(); ++i) {  // before, it is no sealed payload at all
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(seal.Open(changed, "evt_1").ok()) << "byte " << i;
  }
  EXPECT_EQ(seal.Open(sealed.substr(0, 20), "evt_1").status().code(), absl::StatusCode::kDataLoss);
}

TEST(PayloadSealTest, ItCannotBeMovedToAnotherEvent) {
  const PayloadSeal seal = SealWith(PayloadSeal::NewKeyText());
  EXPECT_EQ(seal.Open(seal.Seal(kPayload, "evt_1"), "evt_2").status().code(), absl::StatusCode::kDataLoss);
}

TEST(PayloadSealTest, TheFirstKeySealsAndOlderOnesStillOpen) {
  const std::string old_key = PayloadSeal::NewKeyText();
  const std::string new_key = PayloadSeal::NewKeyText();
  const PayloadSeal rotated = SealWith(new_key + old_key);
  EXPECT_EQ(*rotated.Open(SealWith(old_key).Seal(kPayload, "evt_1"), "evt_1"), kPayload);
  const std::string sealed = rotated.Seal(kPayload, "evt_1");
  EXPECT_EQ(*SealWith(new_key).Open(sealed, "evt_1"), kPayload);
  EXPECT_FALSE(SealWith(old_key).Open(sealed, "evt_1").ok());
}

TEST(PayloadSealTest, WhatWasStoredBeforeThereWasASealComesBackAsItIs) {
  EXPECT_EQ(*SealWith(PayloadSeal::NewKeyText()).Open(kPayload, "evt_1"), kPayload);
}

TEST(PayloadSealTest, AKeyIs64HexadecimalDigits) {
  const std::string key(64, 'a');
  EXPECT_TRUE(PayloadSeal::FromText(key).ok());
  EXPECT_TRUE(PayloadSeal::FromText(key + "\n").ok());
  EXPECT_TRUE(PayloadSeal::FromText(key + "\r\n" + key + "\r\n").ok());
  for (const std::string& text : {std::string(), std::string("\n"), std::string(63, 'a'), std::string(62, 'a'),
                                  std::string(66, 'a'), std::string(64, 'x'), key + "\n\n", key + " ", key + "\nx"}) {
    const absl::Status refused = PayloadSeal::FromText(text).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(StatusMessage(refused), testing::AllOf(HasSubstr("64 hexadecimal digits"), Not(HasSubstr("aaaa"))));
  }
}

}  // namespace
}  // namespace usher
