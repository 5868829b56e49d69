#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "clients/relay/answer.h"
#include "tests/unit/clients/fake_ingest.h"

namespace usher {
namespace {

using grpc::StatusCode;

v1::RelayWebhookResponse Acknowledged(v1::Disposition disposition, const std::string& reason = "") {
  v1::RelayWebhookResponse response;
  response.set_event_id("evt_1");
  response.set_disposition(disposition);
  response.set_reason(reason);
  return response;
}

TEST(RelayAnswer, EveryDurableDispositionIsA200) {
  EXPECT_EQ(R"({"eventId":"evt_1","disposition":"APPLIED","reason":""})",
            AnswerTo(grpc::Status::OK, Acknowledged(v1::DISPOSITION_APPLIED)).body);
  for (const v1::Disposition disposition :
       {v1::DISPOSITION_APPLIED, v1::DISPOSITION_DUPLICATE, v1::DISPOSITION_IGNORED, v1::DISPOSITION_PARKED}) {
    EXPECT_EQ(200, AnswerTo(grpc::Status::OK, Acknowledged(disposition)).status) << disposition;
  }
}

TEST(RelayAnswer, ReasonsAreQuotedForJson) {
  EXPECT_EQ(R"({"eventId":"evt_1","disposition":"PARKED","reason":"data.object.\"id\" is missing"})",
            AnswerTo(grpc::Status::OK, Acknowledged(v1::DISPOSITION_PARKED, "data.object.\"id\" is missing")).body);
}

TEST(RelayAnswer, AnOkThatSaysNothingIsNoAcknowledgement) { EXPECT_EQ(502, AnswerTo(grpc::Status::OK, {}).status); }

struct ErrorCase {
  const char* name;
  StatusCode code;
  const char* reason;
  int retry_ms;
  int status;
  std::optional<int> retry_after_s;
  const char* told;  // the word in the body
};

const ErrorCase kErrors[] = {
    // name                 code                              reason                  retry  status after         told
    {"forged", StatusCode::INVALID_ARGUMENT, "SIGNATURE_INVALID", 0, 400, std::nullopt, "SIGNATURE_INVALID"},
    {"stale", StatusCode::INVALID_ARGUMENT, "SIGNATURE_STALE", 0, 400, std::nullopt, "SIGNATURE_STALE"},
    {"malformed", StatusCode::INVALID_ARGUMENT, "", 0, 400, std::nullopt, "MALFORMED_REQUEST"},
    {"too large", StatusCode::RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE", 0, 413, std::nullopt, "MESSAGE_TOO_LARGE"},
    {"overload", StatusCode::RESOURCE_EXHAUSTED, "OVERLOADED", 200, 503, 1, "OVERLOADED"},
    {"disk full", StatusCode::RESOURCE_EXHAUSTED, "STORE_FULL", 30'000, 503, 30, "STORE_FULL"},
    {"bare overload", StatusCode::RESOURCE_EXHAUSTED, "", 0, 503, 5, "OVERLOADED"},
    {"no secret yet", StatusCode::FAILED_PRECONDITION, "WEBHOOK_SECRET_MISSING", 0, 503, 5, "WEBHOOK_SECRET_MISSING"},
    {"starting", StatusCode::UNAVAILABLE, "NOT_READY", 2500, 503, 3, "NOT_READY"},
    {"away", StatusCode::UNAVAILABLE, "", 0, 503, 5, "NOT_READY"},
    {"too slow", StatusCode::DEADLINE_EXCEEDED, "", 0, 503, 5, "NOT_READY"},
    {"cut", StatusCode::CANCELLED, "", 0, 503, 5, "NOT_READY"},
    {"absurd wait", StatusCode::UNAVAILABLE, "", 100'000'000, 503, 3600, "NOT_READY"},
    {"defect", StatusCode::INTERNAL, "INTERNAL", 0, 502, std::nullopt, "INTERNAL"},
    {"another program", StatusCode::UNIMPLEMENTED, "", 0, 502, std::nullopt, "SERVER_FAILED"},
    {"no right", StatusCode::PERMISSION_DENIED, "", 0, 502, std::nullopt, "SERVER_FAILED"},
};

std::optional<int> RetryAfter(const HttpResponse& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (name == "Retry-After") return std::stoi(value);
  }
  return std::nullopt;
}

TEST(RelayAnswer, NoErrorIsEverA2xx) {
  for (const ErrorCase& row : kErrors) {
    const HttpResponse answer = AnswerTo(ServerError(row.code, row.reason, row.retry_ms), {});
    EXPECT_EQ(row.status, answer.status) << row.name;
    EXPECT_EQ(row.retry_after_s, RetryAfter(answer)) << row.name;
    EXPECT_NE(std::string::npos, answer.body.find(std::string("{\"error\":\"") + row.told + "\"")) << row.name;
  }
}

TEST(RelayAnswer, TellsSendersNothingOfTheServersDefects) {
  const HttpResponse answer = AnswerTo(ServerError(StatusCode::INTERNAL, "", 0, "secret stack"), {});
  EXPECT_EQ(std::string::npos, answer.body.find("secret stack"));
}

}  // namespace
}  // namespace usher
