#include "server/http/connect_error.h"

#include <chrono>

#include <absl/strings/cord.h>
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "server/service/error.h"
#include "tests/unit/http/connect_fixture.h"

namespace usher {
namespace {

using testing::HasSubstr;

struct CodeRow {
  absl::StatusCode code;
  const char* name;
  int http_status;
};

// The table of connectrpc.com/docs/protocol#error-codes.
constexpr CodeRow kCodes[] = {
    {absl::StatusCode::kCancelled, "canceled", 499},
    {absl::StatusCode::kUnknown, "unknown", 500},
    {absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
    {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
    {absl::StatusCode::kNotFound, "not_found", 404},
    {absl::StatusCode::kAlreadyExists, "already_exists", 409},
    {absl::StatusCode::kPermissionDenied, "permission_denied", 403},
    {absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
    {absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
    {absl::StatusCode::kAborted, "aborted", 409},
    {absl::StatusCode::kOutOfRange, "out_of_range", 400},
    {absl::StatusCode::kUnimplemented, "unimplemented", 501},
    {absl::StatusCode::kInternal, "internal", 500},
    {absl::StatusCode::kUnavailable, "unavailable", 503},
    {absl::StatusCode::kDataLoss, "data_loss", 500},
    {absl::StatusCode::kUnauthenticated, "unauthenticated", 401},
};

TEST(ConnectErrorTest, EveryCodeHasTheNameAndTheStatusOfTheProtocol) {
  for (const CodeRow& row : kCodes) {
    const HttpResponse response = ConnectError(absl::Status(row.code, "why"));
    EXPECT_EQ(response.status, row.http_status) << row.name;
    EXPECT_EQ(response.body, R"({"code":")" + std::string(row.name) + R"(","message":"why","details":[]})");
  }
}

TEST(ConnectErrorTest, IsJsonThatNobodyMayKeep) {
  const HttpResponse response = ConnectError(MakeError(v1::ERROR_REASON_TENANT_UNKNOWN, "who?"));
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-store");
}

TEST(ConnectErrorTest, AnotherHttpStatusKeepsTheCode) {
  const HttpResponse response = ConnectError(MakeError(v1::ERROR_REASON_METHOD_UNKNOWN, "no"), 404);
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr(R"("code":"unimplemented")"));
}

TEST(ConnectErrorTest, DetailsHaveTypeValueWithoutPaddingAndJsonForPeople) {
  const HttpResponse response =
      ConnectError(MakeError(v1::ERROR_REASON_FEATURE_UNKNOWN, "no \"x\"\n", {{"feature", "x"}}));
  google::protobuf::Struct error;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(response.body, &error).ok()) << response.body;
  EXPECT_EQ(error.fields().at("message").string_value(), "no \"x\"\n");
  ASSERT_EQ(error.fields().at("details").list_value().values_size(), 1);
  const auto& detail = error.fields().at("details").list_value().values(0).struct_value().fields();
  EXPECT_EQ(detail.at("type").string_value(), "google.rpc.ErrorInfo");
  const auto& debug = detail.at("debug").struct_value().fields();
  EXPECT_EQ(debug.at("reason").string_value(), "FEATURE_UNKNOWN");
  EXPECT_EQ(debug.count("@type"), 0u);
  // ErrorInfo {FEATURE_UNKNOWN, usher, {feature: x}}: 38 bytes, for which base64 has one `=`.
  EXPECT_EQ(detail.at("value").string_value(), "Cg9GRUFUVVJFX1VOS05PV04SBXVzaGVyGgwKB2ZlYXR1cmUSAXg");
}

TEST(ConnectErrorTest, ADetailOfAnUnknownTypeGoesWithoutJson) {
  absl::Status error = absl::NotFoundError("x");
  error.SetPayload("type.googleapis.com/vendor.Nope", absl::Cord("\x01"));
  EXPECT_THAT(ConnectError(error).body, HasSubstr(R"("details":[{"type":"vendor.Nope","value":"AQ"}])"));
}

TEST(ConnectErrorTest, ARetryInfoIsSaidInWholeSecondsToo) {
  const auto retry_after = [](int millis) {
    const auto delay = std::chrono::milliseconds(millis);
    return HeaderOf(ConnectError(MakeRetryableError(v1::ERROR_REASON_NOT_READY, "x", delay)), "Retry-After");
  };
  EXPECT_EQ(retry_after(1), "1");
  EXPECT_EQ(retry_after(1000), "1");
  EXPECT_EQ(retry_after(1500), "2");
  EXPECT_EQ(retry_after(60'000), "60");
  EXPECT_EQ(HeaderOf(ConnectError(MakeError(v1::ERROR_REASON_NOT_READY, "x")), "Retry-After"), "");
}

}  // namespace
}  // namespace usher
