#include "server/http/connect.h"

#include <charconv>

#include <absl/strings/escaping.h>
#include <google/protobuf/util/json_util.h>

#include "catalog/absl_bridge.h"
#include "server/base/json_text.h"
#include "server/http/json_depth.h"
#include "server/http/json_names.h"
#include "server/service/error.h"
#include "server/service/report.h"

namespace usher {
namespace {

constexpr char kJsonType[] = "application/json";
constexpr char kProtoType[] = "application/proto";
// Far beyond the deepest request message, far below what a recursive parser bears.
constexpr int kMaxJsonDepth = 64;

enum class Codec { kJson, kProto };

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

// `application/json; charset=utf-8` is JSON; nullopt for anything that is not one of the two.
std::optional<Codec> CodecOf(const HttpRequest& request) {
  std::string type(request.Header("content-type").value_or(""));
  type.resize(std::min(type.find(';'), type.size()));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (type == kJsonType) return Codec::kJson;
  if (type == kProtoType) return Codec::kProto;
  return std::nullopt;
}

absl::Status Malformed(std::string_view message) { return MakeError(v1::ERROR_REASON_MALFORMED_REQUEST, message); }

absl::Status CheckHeaders(const HttpRequest& request) {
  if (request.Header("connect-protocol-version").value_or("1") != "1") {
    return Malformed("Connect-Protocol-Version: expected 1");
  }
  if (request.Header("content-encoding").value_or("identity") != "identity") {
    return MakeError(v1::ERROR_REASON_ENCODING_UNKNOWN, "Content-Encoding: only identity is supported; send it plain");
  }
  return ConnectTimeout(request).status();
}

absl::Status Parse(Codec codec, const std::string& body, google::protobuf::Message& message) {
  if (codec == Codec::kProto) {
    if (message.ParseFromString(body)) return absl::OkStatus();
    return Malformed("the body is no " + message.GetTypeName() + " in protobuf");
  }
  if (JsonNestsDeeperThan(body, kMaxJsonDepth)) {
    return Malformed("the JSON body nests deeper than " + std::to_string(kMaxJsonDepth) + " levels");
  }
  if (const std::optional<std::string> name = FirstRepeatedName(body)) {
    return Malformed("the JSON body says \"" + *name +
                     "\" twice in one object, or with an escape: say it once, plainly");
  }
  if (body.empty()) return Malformed("the body is empty: expected a JSON object, {} at least");
  const auto parsed = google::protobuf::util::JsonStringToMessage(body, &message);
  if (parsed.ok()) return absl::OkStatus();
  return Malformed("the body is no " + message.GetTypeName() + " in JSON: " + std::string(parsed.message()));
}

absl::StatusOr<std::string> Print(Codec codec, const google::protobuf::Message& message) {
  if (codec == Codec::kProto) return message.SerializeAsString();
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto printed = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!printed.ok()) return MakeError(v1::ERROR_REASON_INTERNAL, "the answer cannot be printed as JSON");
  return json;
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
  std::string json = "{\"code\":";
  AppendJsonString(json, ConnectCode(error.code()));
  json += ",\"message\":";
  AppendJsonString(json, rpc.message());
  json += ",\"details\":[";
  for (const google::protobuf::Any& detail : rpc.details()) {
    if (json.back() != '[') json += ',';
    std::string base64(ToStd(absl::Base64Escape(detail.value())));
    base64.resize(base64.find_last_not_of('=') + 1);
    json += "{\"type\":";
    AppendJsonString(json, BareType(detail.type_url()));
    json += ",\"value\":";
    AppendJsonString(json, base64);
    std::string debug;
    if (google::protobuf::util::MessageToJsonString(detail, &debug).ok()) json += ",\"debug\":" + debug;
    json += '}';
  }
  json += "]}";
  HttpResponse response;
  response.status = http_status != 0 ? http_status : ConnectHttpStatus(error.code());
  response.content_type = kJsonType;
  response.body = std::move(json);
  return response;
}

absl::StatusOr<std::optional<std::chrono::milliseconds>> ConnectTimeout(const HttpRequest& request) {
  const std::optional<std::string_view> text = request.Header("connect-timeout-ms");
  if (!text) return std::nullopt;
  std::int64_t millis = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), millis);
  if (error != std::errc() || end != text->data() + text->size() || text->size() > 10 || millis < 0) {
    return Malformed("Connect-Timeout-Ms: expected milliseconds, a whole number of 1 to 10 digits");
  }
  return std::chrono::milliseconds(millis);
}

HttpResponse ServeConnect(const MethodTable& methods, const HttpRequest& request, const CallContext& context,
                          const Log& log) {
  const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  const Method* method = methods.Find(path.substr(path.starts_with('/') ? 1 : 0));
  if (method == nullptr) {
    return ConnectError(
        MakeError(v1::ERROR_REASON_METHOD_UNKNOWN,
                  std::string(path) + " is no method of this server: expected /usher.v1.Service/Method"),
        404);
  }
  if (request.method != "POST") {
    HttpResponse response = ConnectError(Malformed("expected POST"), 405);
    response.headers.emplace_back("Allow", "POST");
    return response;
  }
  const std::optional<Codec> codec = CodecOf(request);
  if (!codec) {
    HttpResponse response =
        ConnectError(Malformed("Content-Type: expected application/json or application/proto"), 415);
    response.headers.emplace_back("Accept-Post", "application/json, application/proto");
    return response;
  }
  if (const absl::Status headers = CheckHeaders(request); !headers.ok()) return ConnectError(headers);
  const MessagePtr message = method->new_request();
  if (const absl::Status parsed = Parse(*codec, request.body, *message); !parsed.ok()) return ConnectError(parsed);
  const absl::StatusOr<MessagePtr> answer = method->call(context, *message);
  if (!answer.ok()) return ConnectError(ReportError(answer.status(), path, log));
  absl::StatusOr<std::string> body = Print(*codec, **answer);
  if (!body.ok()) return ConnectError(body.status());
  HttpResponse response;
  response.content_type = *codec == Codec::kJson ? kJsonType : kProtoType;
  response.body = *std::move(body);
  return response;
}

}  // namespace usher
