#include "server/http/connect.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <google/protobuf/util/json_util.h>

#include "server/http/connect_error.h"
#include "server/http/connect_request.h"
#include "server/http/json_depth.h"
#include "server/http/json_fault.h"
#include "server/http/json_names.h"
#include "server/http/json_words.h"
#include "server/service/error.h"
#include "server/service/report.h"

namespace usher {
namespace {

constexpr char kJsonType[] = "application/json";
constexpr char kProtoType[] = "application/proto";
// Far beyond the deepest request message, far below what a recursive parser bears.
constexpr int kMaxJsonDepth = 64;

absl::Status Malformed(std::string_view message) { return MakeError(v1::ERROR_REASON_MALFORMED_REQUEST, message); }

absl::Status Parse(Codec codec, const std::string& text, google::protobuf::Message& message) {
  if (codec == Codec::kProto) {
    if (message.ParseFromString(text)) return absl::OkStatus();
    return Malformed("the request is no " + message.GetTypeName() + " in protobuf");
  }
  if (!HasOnlyJsonWords(text)) {
    return Malformed(
        "the request is no JSON (RFC 8259): names and texts stand in double quotes, and nothing else but "
        "numbers, true, false and null stands without");
  }
  if (JsonNestsDeeperThan(text, kMaxJsonDepth)) {
    return Malformed("the JSON nests deeper than " + std::to_string(kMaxJsonDepth) + " levels");
  }
  if (const std::optional<std::string> name = FirstRepeatedName(text)) {
    return Malformed("the JSON says \"" + *name + "\" twice in one object, or with an escape: say it once, plainly");
  }
  if (text.empty()) return Malformed("the request is empty: expected a JSON object, {} at least");
  const auto parsed = google::protobuf::util::JsonStringToMessage(text, &message);
  if (parsed.ok()) return absl::OkStatus();
  const std::string said(parsed.message());
  if (const std::optional<JsonFault> fault = ReadJsonFault(said)) {
    Violations violations;
    violations.Add(fault->field, fault->description);
    return violations.ToStatus();
  }
  return Malformed("the request is no " + message.GetTypeName() + " in JSON: " + said);
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

HttpResponse UnknownMethod(std::string_view path, CountedCall& counted) {
  const absl::Status unknown =
      MakeError(v1::ERROR_REASON_METHOD_UNKNOWN,
                std::string(path) + " is no method of this server: expected /usher.v1.Service/Method");
  return ConnectError(counted.End(unknown), 404);
}

// HEAD and OPTIONS too: clients of the protocol send neither, and a browser that asks for another origin's leave is not
// given it.
HttpResponse OtherVerb(const Method& method, CountedCall& counted) {
  const std::string allowed = method.without_side_effects ? "GET, POST" : "POST";
  HttpResponse response = ConnectError(counted.End(Malformed("the HTTP method: expected " + allowed)), 405);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

HttpResponse OtherCodec(bool get, CountedCall& counted) {
  const char* expected = get ? "encoding in the query: expected json or proto"
                             : "Content-Type: expected application/json or application/proto";
  HttpResponse response = ConnectError(counted.End(Malformed(expected)), 415);
  if (!get) response.headers.emplace_back("Accept-Post", "application/json, application/proto");
  return response;
}

HttpResponse Unreadable(const absl::Status& error, CountedCall& counted) {
  HttpResponse response = ConnectError(counted.End(error));
  if (ReasonOf(error) == v1::ERROR_REASON_ENCODING_UNKNOWN) response.headers.emplace_back("Accept-Encoding", "gzip");
  return response;
}

std::optional<HttpResponse> Call(const Method& method, Codec codec, const std::string& text, std::string_view path,
                                 const CallContext& context, const Log& log, CountedCall& counted) {
  const MessagePtr message = method.new_request();
  if (const absl::Status parsed = Parse(codec, text, *message); !parsed.ok()) {
    return ConnectError(counted.End(parsed));
  }
  const absl::StatusOr<MessagePtr> answer = method.call(context, *message);
  if (IsMustWait(answer.status())) return std::nullopt;
  if (!answer.ok()) return ConnectError(counted.End(ReportError(answer.status(), path, log)));
  absl::StatusOr<std::string> body = Print(codec, **answer);
  if (!body.ok()) return ConnectError(counted.End(body.status()));
  counted.End(absl::StatusCode::kOk);
  HttpResponse response;
  response.content_type = codec == Codec::kJson ? kJsonType : kProtoType;
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = *std::move(body);
  return response;
}

void Compress(HttpResponse& response) {
  if (response.body.size() < kLeastGzipBytes) return;
  std::optional<std::string> gzip = Gzip(response.body);
  if (!gzip) return;
  response.body = *std::move(gzip);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace

std::optional<HttpResponse> ServeConnect(const MethodTable& methods, const HttpRequest& request,
                                         const CallContext& context, const Log& log, CountedCall& counted) {
  const std::string_view path = request.Path();
  const Method* method = path.starts_with('/') ? methods.Find(path.substr(1)) : nullptr;
  if (method == nullptr) return UnknownMethod(path, counted);
  const bool get = request.method == "GET" && method->without_side_effects;
  if (!get && request.method != "POST") return OtherVerb(*method, counted);
  const absl::StatusOr<ConnectRequest> asked = get ? ReadGet(request) : ReadPost(request);
  if (!asked.ok()) return Unreadable(asked.status(), counted);
  if (!asked->codec) return OtherCodec(get, counted);
  std::optional<HttpResponse> response = Call(*method, *asked->codec, asked->message, path, context, log, counted);
  if (!response) return std::nullopt;
  if (asked->gzip_answer) Compress(*response);
  response->headers.emplace_back("Vary", "Accept-Encoding");
  return response;
}

}  // namespace usher
