#include "server/http/connect_request.h"

#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include "server/http/connect_query.h"
#include "server/http/text.h"
#include "server/service/error.h"

namespace usher {
namespace {

constexpr std::size_t kMostTimeoutDigits = 10;

absl::Status Malformed(std::string_view message) { return MakeError(v1::ERROR_REASON_MALFORMED_REQUEST, message); }

// `application/json; charset=utf-8` is JSON.
std::optional<Codec> CodecOfType(std::string_view content_type) {
  const std::string type = LowerCase(Trim(CutAt(content_type, ';')));
  if (type == "application/json") return Codec::kJson;
  if (type == "application/proto") return Codec::kProto;
  return std::nullopt;
}

std::optional<Codec> CodecNamed(std::string_view name) {
  if (name == "json") return Codec::kJson;
  if (name == "proto") return Codec::kProto;
  return std::nullopt;
}

// What both ways have in their headers.
absl::Status CheckHeaders(const HttpRequest& request) {
  if (request.Header("connect-protocol-version").value_or("1") != "1") {
    return Malformed("Connect-Protocol-Version: expected 1");
  }
  return ConnectTimeout(request).status();
}

// `where` names the header or parameter with the name of the coding.
absl::Status Decode(std::string_view where, std::string_view coding_name, const HttpRequest& request,
                    std::string message, ConnectRequest& into) {
  const std::optional<ContentCoding> coding = ContentCodingNamed(coding_name);
  if (!coding) {
    return MakeError(v1::ERROR_REASON_ENCODING_UNKNOWN, std::string(where) + ": expected " + kSupportedCodings);
  }
  // Who says nothing about answers can read what it writes itself.
  const std::optional<std::string_view> accepted = request.Header("accept-encoding");
  into.gzip_answer = accepted ? PrefersGzip(*accepted) : *coding == ContentCoding::kGzip;
  if (*coding == ContentCoding::kGzip && !message.empty()) {
    absl::StatusOr<std::string> plain = Gunzip(message, kMaxMessageBytes);
    if (!plain.ok()) return plain.status();
    message = *std::move(plain);
  }
  into.message = std::move(message);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ConnectRequest> ReadPost(const HttpRequest& request) {
  ConnectRequest read;
  read.codec = CodecOfType(request.Header("content-type").value_or(""));
  if (!read.codec) return read;
  if (const absl::Status headers = CheckHeaders(request); !headers.ok()) return headers;
  const absl::Status decoded =
      Decode("Content-Encoding", request.Header("content-encoding").value_or("identity"), request, request.body, read);
  if (!decoded.ok()) return decoded;
  return read;
}

absl::StatusOr<ConnectRequest> ReadGet(const HttpRequest& request) {
  if (!request.body.empty()) return Malformed("a GET has its message in the query: expected no body");
  absl::StatusOr<ConnectQuery> query = ReadConnectQuery(request.target);
  if (!query.ok()) return query.status();
  if (!query->encoding) return Malformed("encoding in the query: expected json or proto");
  if (!query->message) return Malformed("message in the query: expected the request message");
  ConnectRequest read;
  read.codec = CodecNamed(*query->encoding);
  if (!read.codec) return read;
  if (query->connect.value_or("v1") != "v1") return Malformed("connect in the query: expected v1");
  if (const absl::Status headers = CheckHeaders(request); !headers.ok()) return headers;
  if (query->base64 == "1") {  // other values mean nothing
    query->message = DecodeUrlBase64(*query->message);
    if (!query->message) return Malformed("message in the query: expected URL-safe base64, as base64=1 says");
  }
  const absl::Status decoded = Decode("compression in the query", query->compression.value_or("identity"), request,
                                      *std::move(query->message), read);
  if (!decoded.ok()) return decoded;
  return read;
}

absl::StatusOr<std::optional<std::chrono::milliseconds>> ConnectTimeout(const HttpRequest& request) {
  const std::optional<std::string_view> text = request.Header("connect-timeout-ms");
  if (!text) return std::nullopt;
  if (text->empty() || text->size() > kMostTimeoutDigits ||
      text->find_first_not_of("0123456789") != std::string_view::npos) {
    return Malformed("Connect-Timeout-Ms: expected milliseconds, a whole number of 1 to 10 digits");
  }
  std::int64_t millis = 0;
  std::from_chars(text->data(), text->data() + text->size(), millis);
  return std::chrono::milliseconds(millis);
}

}  // namespace usher
