#include "server/service/error.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/near_miss.h"
#include "server/engine/refusal.h"
#include "server/service/page_token.h"
#include "server/service/validate.h"

namespace usher {
namespace {

TEST(ErrorTest, EveryReasonTravelsWithItsCodeAndName) {
  const auto* descriptor = v1::ErrorReason_descriptor();
  for (int i = 0; i < descriptor->value_count(); ++i) {
    const auto reason = static_cast<v1::ErrorReason>(descriptor->value(i)->number());
    const absl::Status status = MakeError(reason, "words");
    EXPECT_EQ(status.code(), CodeOf(reason));
    EXPECT_EQ(ReasonOf(status), reason);
  }
}

TEST(ErrorTest, EveryReasonIsDocumentedWithItsCode) {
  std::ifstream proto("proto/usher/v1/errors.proto");
  std::string documented;
  int seen = 0;
  for (std::string line; std::getline(proto, line);) {
    const std::size_t open = line.find("// [");
    if (open != std::string::npos) documented = line.substr(open + 4, line.find(']') - open - 4);
    v1::ErrorReason reason{};
    if (!v1::ErrorReason_Parse(line.substr(std::min<std::size_t>(2, line.size()), line.find(" =") - 2), &reason))
      continue;
    if (reason == v1::ERROR_REASON_UNSPECIFIED) continue;
    EXPECT_EQ(absl::StatusCodeToString(CodeOf(reason)), documented) << line;
    ++seen;
  }
  EXPECT_EQ(seen, v1::ErrorReason_descriptor()->value_count() - 1);
}

TEST(ErrorTest, DetailsComeInAStableOrder) {
  Violations violations;
  violations.Add("tenant_id", "expected something");
  violations.Add("feature", "expected something else");
  const google::rpc::Status rpc = ToRpcStatus(violations.ToStatus());
  ASSERT_EQ(rpc.details_size(), 2);
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(rpc.details(0).UnpackTo(&bad_request));
  EXPECT_EQ(bad_request.field_violations_size(), 2);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(rpc.details(1).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "MALFORMED_REQUEST");
  EXPECT_EQ(info.domain(), "usher");
  EXPECT_EQ(rpc.message(), "tenant_id: expected something; feature: expected something else");
}

TEST(ErrorTest, NoViolationIsNoError) { EXPECT_TRUE(Violations().ToStatus().ok()); }

struct EngineCase {
  const char* name;
  absl::Status status;
  v1::ErrorReason reason;
};

class EngineErrorTest : public testing::TestWithParam<EngineCase> {};

TEST_P(EngineErrorTest, GetsAReason) {
  const absl::Status status = WithReason(GetParam().status);
  EXPECT_EQ(ReasonOf(status), GetParam().reason);
  EXPECT_EQ(status.code(), CodeOf(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, EngineErrorTest,
    testing::Values(EngineCase{"Refusal", Refuse(Refusal::kEtagMismatch, "x"), v1::ERROR_REASON_ETAG_MISMATCH},
                    EngineCase{"SamePayment", Refuse(Refusal::kOutcomeConflict, "x"),
                               v1::ERROR_REASON_OUTCOME_CONFLICT},
                    EngineCase{"Invalid", InvalidArgument("x"), v1::ERROR_REASON_MALFORMED_REQUEST},
                    EngineCase{"Busy", Unavailable("x"), v1::ERROR_REASON_NOT_READY},
                    EngineCase{"Conflict", Aborted("x"), v1::ERROR_REASON_NOT_READY},
                    EngineCase{"DiskFull", ResourceExhausted("x"), v1::ERROR_REASON_STORE_FULL},
                    EngineCase{"Damage", DataLoss("x"), v1::ERROR_REASON_INTERNAL},
                    EngineCase{"Defect", Internal("x"), v1::ERROR_REASON_INTERNAL}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(EngineErrorTest, ADefectKeepsItsWordsToItself) {
  EXPECT_EQ(StatusMessage(WithReason(Internal("disk sda1 is on fire"))).find("sda1"), std::string::npos);
}

TEST(EngineErrorTest, WhatMayBeRepeatedSaysWhen) {
  const google::rpc::Status rpc = ToRpcStatus(WithReason(Unavailable("busy")));
  google::rpc::RetryInfo retry;
  ASSERT_EQ(rpc.details_size(), 2);
  ASSERT_TRUE(rpc.details(1).UnpackTo(&retry));
  EXPECT_GT(retry.retry_delay().seconds(), 0);
}

struct MissCase {
  const char* word;
  std::optional<std::string> near;
};

TEST(NearMissTest, FindsWhatWasProbablyMeant) {
  const std::vector<std::string> known = {"projects", "seats", "sso"};
  for (const MissCase& row : {MissCase{"project", "projects"}, MissCase{"PROJECTS", "projects"},
                              MissCase{"seat", "seats"}, MissCase{"ss0", "sso"}, MissCase{"storage", std::nullopt},
                              MissCase{"x", std::nullopt}, MissCase{"", std::nullopt}}) {
    EXPECT_EQ(NearMiss(row.word, known), row.near) << row.word;
  }
  EXPECT_EQ(NearMiss(std::string(1'000'000, 's'), known), std::nullopt);
}

TEST(PageTokenTest, BelongsToOneList) {
  const std::string token = EncodePageToken("tenants", "acme");
  EXPECT_EQ(*DecodePageToken("tenants", token), "acme");
  EXPECT_EQ(ReasonOf(DecodePageToken("events", token).status()), v1::ERROR_REASON_PAGE_TOKEN_INVALID);
  EXPECT_EQ(ReasonOf(DecodePageToken("tenants", "!!").status()), v1::ERROR_REASON_PAGE_TOKEN_INVALID);
}

TEST(ValidateTest, TenantIds) {
  for (const char* good : {"a", "acme-1.x:y_Z"}) {
    Violations violations;
    ReadTenantId(good, "tenant_id", violations);
    EXPECT_TRUE(violations.empty()) << good;
  }
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("a/b"), std::string("\xc3\xa4"),
                                 std::string(129, 'a'), std::string("a\n")}) {
    Violations violations;
    ReadTenantId(bad, "tenant_id", violations);
    EXPECT_FALSE(violations.empty()) << bad;
  }
}

// Reads `text` as each kind of free text, and answers the names of those that refuse it.
std::string Refusing(const std::string& text) {
  Violations line;
  Violations reason;
  Violations external_id;
  ReadLine(text, 256, "line", line);
  ReadReason(text, "reason", reason);
  ReadExternalId(text, "external_id", external_id);
  return std::string(line.empty() ? "" : "line ") + (reason.empty() ? "" : "reason ") +
         (external_id.empty() ? "" : "external_id ");
}

TEST(ValidateTest, WhatSteersATerminalIsRefused) {
  for (const std::string& bad : {std::string("\x1b[2J"), std::string("a\nb"), std::string("a\0b", 3),
                                 std::string("a\tb"), std::string("a\x7f"), std::string("a\xc2\x9b"),
                                 std::string("\xe2\x80\xae"
                                             "b"),
                                 std::string("a\xe2\x81\xa6")}) {
    EXPECT_EQ(Refusing(bad), "line reason external_id ") << bad;
  }
  EXPECT_EQ(Refusing("M\xc3\xbcller-\xe6\x9d\xb1\xe4\xba\xac\xf0\x9f\x98\x80"), "");
  EXPECT_EQ(Refusing("two words"), "external_id ");
  EXPECT_EQ(Refusing("  "), "reason external_id ");
}

TEST(ValidateTest, AFeatureIsAsLongAsTheCatalogAllows) {
  Violations violations;
  ReadFeature(std::string(64, 'f'), "feature", violations);
  EXPECT_TRUE(violations.empty());
  ReadFeature(std::string(65, 'f'), "feature", violations);
  EXPECT_FALSE(violations.empty());
}

TEST(ValidateTest, PageSizes) {
  Violations violations;
  EXPECT_EQ(ReadPageSize(0, violations), 50u);
  EXPECT_EQ(ReadPageSize(1000, violations), 1000u);
  EXPECT_TRUE(violations.empty());
  ReadPageSize(1001, violations);
  EXPECT_FALSE(violations.empty());
}

}  // namespace
}  // namespace usher
