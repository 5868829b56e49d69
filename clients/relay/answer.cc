#include "clients/relay/answer.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/json_text.h"

namespace usher {
namespace {

constexpr int kRetrySoon = 5;

// What the details of an error tell beside its code.
struct ErrorDetails {
  std::string reason;                  // the ErrorInfo's, empty when there is none
  std::optional<int> retry_after_s{};  // the RetryInfo's, in whole seconds, at least 1
};

ErrorDetails DetailsOf(const grpc::Status& status) {
  ErrorDetails found;
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return found;
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&info)) found.reason = info.reason();
    if (detail.UnpackTo(&retry)) {
      const auto whole = retry.retry_delay().seconds() + (retry.retry_delay().nanos() > 0 ? 1 : 0);
      found.retry_after_s = static_cast<int>(std::clamp<std::int64_t>(whole, 1, 3600));
    }
  }
  return found;
}

std::string_view DispositionName(v1::Disposition disposition) {
  const std::string& name = v1::Disposition_Name(disposition);
  constexpr std::string_view kPrefix = "DISPOSITION_";
  return name.starts_with(kPrefix) ? std::string_view(name).substr(kPrefix.size()) : std::string_view(name);
}

// `body` is one JSON object.
HttpResponse Json(int status, std::string body) {
  HttpResponse answer;
  answer.status = status;
  answer.content_type = "application/json";
  answer.body = std::move(body);
  return answer;
}

HttpResponse Acknowledgement(const v1::RelayWebhookResponse& response) {
  std::string body = "{\"eventId\":";
  AppendJsonString(body, response.event_id());
  body += ",\"disposition\":";
  AppendJsonString(body, DispositionName(response.disposition()));
  body += ",\"reason\":";
  AppendJsonString(body, response.reason());
  body += "}";
  return Json(200, std::move(body));
}

void AskAgainAfter(int seconds, HttpResponse& answer) {
  answer.headers.emplace_back("Retry-After", std::to_string(seconds));
}

HttpResponse Unavailable(const ErrorDetails& details, std::string_view reason, std::string_view message) {
  HttpResponse answer = Refusal(503, details.reason.empty() ? reason : details.reason, message);
  AskAgainAfter(details.retry_after_s.value_or(kRetrySoon), answer);
  return answer;
}

}  // namespace

HttpResponse Refusal(int status, std::string_view reason, std::string_view message) {
  std::string body = "{\"error\":";
  AppendJsonString(body, reason);
  body += ",\"message\":";
  AppendJsonString(body, message);
  body += "}";
  return Json(status, std::move(body));
}

HttpResponse Overloaded() {
  HttpResponse answer = Refusal(503, "OVERLOADED", "too many webhooks are under way; deliver this one again");
  AskAgainAfter(1, answer);
  return answer;
}

HttpResponse ReadinessOf(const grpc::Status& status) {
  const std::string reason = DetailsOf(status).reason;
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      if (reason != "MALFORMED_REQUEST") break;
      return Json(200, "{\"ready\":true}");
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return Refusal(503, reason,
                     "the server takes no webhooks from this relay, whose key stands in USHER_API_KEY or in the file "
                     "that USHER_API_KEY_FILE names and needs the scope ingest: " +
                         status.error_message());
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Refusal(503, reason.empty() ? "NOT_READY" : reason, "the server does not answer, or has too much to do");
    default: break;
  }
  return Refusal(503, reason.empty() ? "SERVER_FAILED" : reason,
                 "what answers at the server's address takes no webhooks: is it an Usher server?");
}

HttpResponse AnswerTo(const grpc::Status& status, const v1::RelayWebhookResponse& response) {
  if (status.ok()) {
    // An answer without a disposition is not an acknowledgement: some other program listens there.
    if (response.disposition() == v1::DISPOSITION_UNSPECIFIED) {
      return Refusal(502, "NOT_ACKNOWLEDGED", "the server answered without saying what it did with the event");
    }
    return Acknowledgement(response);
  }
  const ErrorDetails details = DetailsOf(status);
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      return Refusal(400, details.reason.empty() ? "MALFORMED_REQUEST" : details.reason, status.error_message());
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      if (details.reason == "MESSAGE_TOO_LARGE") return Refusal(413, details.reason, status.error_message());
      if (details.reason == "STORE_FULL") {
        return Unavailable(details, details.reason,
                           "the server has no room left to store this event; deliver it again");
      }
      return Unavailable(details, "OVERLOADED", "the server has too much to do; deliver this event again");
    case grpc::StatusCode::FAILED_PRECONDITION:  // the server has no secret yet: nothing is wrong with the event
      return Unavailable(details, "NOT_READY", status.error_message());
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
      return Unavailable(details, "NOT_READY", "the server does not answer; deliver this event again");
    default:
      return Refusal(502, details.reason.empty() ? "SERVER_FAILED" : details.reason,
                     "the server could not take this event; deliver it again");
  }
}

}  // namespace usher
