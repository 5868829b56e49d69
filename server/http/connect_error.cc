#include "server/http/connect_error.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <absl/strings/escaping.h>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/util/json_util.h>

#include "catalog/absl_bridge.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/json_text.h"
#include "server/service/error.h"

namespace usher {
namespace {

using google::protobuf::Any;

std::string_view ConnectCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kCancelled: return "canceled";
    case absl::StatusCode::kInvalidArgument: return "invalid_argument";
    case absl::StatusCode::kDeadlineExceeded: return "deadline_exceeded";
    case absl::StatusCode::kNotFound: return "not_found";
    case absl::StatusCode::kAlreadyExists: return "already_exists";
    case absl::StatusCode::kPermissionDenied: return "permission_denied";
    case absl::StatusCode::kResourceExhausted: return "resource_exhausted";
    case absl::StatusCode::kFailedPrecondition: return "failed_precondition";
    case absl::StatusCode::kAborted: return "aborted";
    case absl::StatusCode::kOutOfRange: return "out_of_range";
    case absl::StatusCode::kUnimplemented: return "unimplemented";
    case absl::StatusCode::kInternal: return "internal";
    case absl::StatusCode::kUnavailable: return "unavailable";
    case absl::StatusCode::kDataLoss: return "data_loss";
    case absl::StatusCode::kUnauthenticated: return "unauthenticated";
    default: return "unknown";
  }
}

std::string_view BareType(std::string_view type_url) { return type_url.substr(type_url.rfind('/') + 1); }

// The detail in JSON, for people; empty when its type is not known here.
std::string DebugOf(const Any& detail) {
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      std::string(BareType(detail.type_url())));
  if (type == nullptr) return "";
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  std::string json;
  if (!message->ParseFromString(detail.value())) return "";
  return google::protobuf::util::MessageToJsonString(*message, &json).ok() ? json : "";
}

void AppendDetail(std::string& json, const Any& detail) {
  std::string base64(ToStd(absl::Base64Escape(ToAbsl(detail.value()))));
  base64.resize(base64.find_last_not_of('=') + 1);
  json += "{\"type\":";
  AppendJsonString(json, BareType(detail.type_url()));
  json += ",\"value\":";
  AppendJsonString(json, base64);
  if (const std::string debug = DebugOf(detail); !debug.empty()) json += ",\"debug\":" + debug;
  json += '}';
}

// Rounded up: whoever comes back earlier is told the same again.
void AddRetryAfter(const Any& detail, HttpResponse& response) {
  google::rpc::RetryInfo retry;
  if (!detail.UnpackTo(&retry)) return;
  const std::int64_t seconds = retry.retry_delay().seconds() + (retry.retry_delay().nanos() > 0 ? 1 : 0);
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
}

}  // namespace

int ConnectHttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk: return 200;
    case absl::StatusCode::kCancelled: return 499;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange: return 400;
    case absl::StatusCode::kDeadlineExceeded: return 504;
    case absl::StatusCode::kNotFound: return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted: return 409;
    case absl::StatusCode::kPermissionDenied: return 403;
    case absl::StatusCode::kResourceExhausted: return 429;
    case absl::StatusCode::kUnimplemented: return 501;
    case absl::StatusCode::kUnavailable: return 503;
    case absl::StatusCode::kUnauthenticated: return 401;
    default: return 500;
  }
}

HttpResponse ConnectError(const absl::Status& error, int http_status) {
  const google::rpc::Status rpc = ToRpcStatus(error);
  HttpResponse response;
  response.status = http_status != 0 ? http_status : ConnectHttpStatus(error.code());
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-store");
  std::string json = "{\"code\":";
  AppendJsonString(json, ConnectCode(error.code()));
  json += ",\"message\":";
  AppendJsonString(json, rpc.message());
  json += ",\"details\":[";
  for (const Any& detail : rpc.details()) {
    if (json.back() != '[') json += ',';
    AppendDetail(json, detail);
    AddRetryAfter(detail, response);
  }
  json += "]}";
  response.body = std::move(json);
  return response;
}

}  // namespace usher
