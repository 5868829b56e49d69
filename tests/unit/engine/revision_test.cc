#include "server/engine/revision.h"

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

const Revision kRevision{.epoch = "0123abcd",
                         .versions = {{TenantId("acme"), 3}, {TenantId("org:umbrella"), 9'000'000'000}},
                         .generation = 17};

TEST(RevisionToken, ComesBackAsItWas) {
  const absl::StatusOr<Revision> decoded = DecodeRevision(EncodeRevision(kRevision));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, kRevision);
}

TEST(RevisionToken, MayStandInAUrl) {
  for (const char c : EncodeRevision(kRevision)) {
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_') << c;
  }
}

TEST(RevisionToken, EveryChangedCharacterIsNoticed) {
  const std::string token = EncodeRevision(kRevision);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const absl::StatusOr<Revision> decoded = DecodeRevision(changed);
    // The last character may carry bits that mean nothing.
    if (decoded.ok()) {
      EXPECT_EQ(*decoded, kRevision);
    } else {
      EXPECT_EQ(RefusalOf(decoded.status()), Refusal::kRevisionInvalid);
    }
  }
}

TEST(RevisionToken, EveryCutIsNoticed) {
  const std::string token = EncodeRevision(kRevision);
  for (std::size_t size = 0; size + 1 < token.size(); ++size) {
    EXPECT_FALSE(DecodeRevision(token.substr(0, size)).ok()) << size;
  }
}

TEST(RevisionToken, WhatIsNoTokenIsRefused) {
  for (const char* text : {"", "x", "not a token", "AAAAAAAAAAAA", "\xff\xfe"}) {
    EXPECT_EQ(RefusalOf(DecodeRevision(text).status()), Refusal::kRevisionInvalid) << text;
  }
  EXPECT_FALSE(DecodeRevision(std::string(1'000'000, 'A')).ok());
}

TEST(RevisionToken, BelongsToItsStoreAndItsTenants) {
  EXPECT_TRUE(CheckRevision(kRevision, "0123abcd", TenantId("acme")).ok());
  EXPECT_EQ(RefusalOf(CheckRevision(kRevision, "other", TenantId("acme"))), Refusal::kRevisionInvalid);
  EXPECT_EQ(RefusalOf(CheckRevision(kRevision, "0123abcd", TenantId("acm"))), Refusal::kRevisionInvalid);
}

TEST(Refusals, TravelInsideAStatusWithTheirCode) {
  const absl::Status status = Refuse(Refusal::kEtagMismatch, "read again");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(StatusMessage(status), "read again");
  EXPECT_EQ(RefusalOf(status), Refusal::kEtagMismatch);
  EXPECT_EQ(RefusalOf(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(RefusalOf(Aborted("somebody else won")), std::nullopt);
}

}  // namespace
}  // namespace usher
