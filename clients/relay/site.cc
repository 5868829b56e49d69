#include "clients/relay/site.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "clients/relay/answer.h"

namespace usher {
namespace {

constexpr std::string_view kStripePath = "/webhooks/stripe";
constexpr std::string_view kHealthPath = "/healthz";
constexpr std::string_view kReadyPath = "/readyz";

// The limits of `WebhookHeader`.
constexpr std::size_t kMaxHeaderNameBytes = 256;
constexpr std::size_t kMaxHeaderValueBytes = 8 * 1024;

HttpResponse WrongMethod(std::string_view message, std::string allowed) {
  HttpResponse answer = Refusal(405, "METHOD_NOT_ALLOWED", message);
  answer.headers.emplace_back("Allow", std::move(allowed));
  return answer;
}

bool IsRead(const HttpRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

HttpResponse Healthy() {
  HttpResponse answer;
  answer.content_type = "application/json";
  answer.body = "{\"status\":\"ok\"}";
  return answer;
}

// Bytes beyond ASCII in a header have no agreed meaning and no place in a proto string.
bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

v1::RelayWebhookRequest ToRelayRequest(HttpRequest&& from, std::chrono::system_clock::time_point received_at) {
  v1::RelayWebhookRequest request;
  request.set_provider("stripe");
  request.set_raw_body(std::move(from.body));
  for (auto& [name, value] : from.headers) {
    if (!IsAscii(name) || !IsAscii(value)) continue;
    v1::WebhookHeader& header = *request.add_headers();
    header.set_name(std::move(name));
    header.set_value(std::move(value));
  }
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(received_at.time_since_epoch()).count();
  request.mutable_received_at()->set_seconds(millis / 1000);
  request.mutable_received_at()->set_nanos(static_cast<std::int32_t>(millis % 1000 * 1'000'000));
  return request;
}

}  // namespace

std::optional<HttpResponse> RelaySite::AnswerHead(const HttpRequest& head) {
  const std::string_view path = head.Path();
  if (path == kHealthPath) {
    return IsRead(head) ? Healthy() : WrongMethod("/healthz answers GET", "GET, HEAD");
  }
  if (path == kReadyPath) {
    if (IsRead(head)) return std::nullopt;
    return WrongMethod("/readyz answers GET", "GET, HEAD");
  }
  if (path != kStripePath) {
    return Refusal(404, "NOT_FOUND", "there is nothing here: Stripe's webhooks go to POST /webhooks/stripe");
  }
  if (head.method != "POST") return WrongMethod("/webhooks/stripe takes POST", "POST");
  const auto fits = [](const auto& header) {
    return header.first.size() <= kMaxHeaderNameBytes && header.second.size() <= kMaxHeaderValueBytes;
  };
  if (!std::ranges::all_of(head.headers, fits)) {
    return Refusal(431, "MESSAGE_TOO_LARGE",
                   "a header is too long: at most " + std::to_string(kMaxHeaderNameBytes) + " bytes of name and " +
                       std::to_string(kMaxHeaderValueBytes) + " of value");
  }
  return std::nullopt;
}

void RelaySite::Probe() {
  TryProbe([](const HttpResponse&) {});
}

bool RelaySite::TryProbe(HttpDone done) {
  // Nobody waits for the end of Probe(), so the site may go before.
  return forwarder_.TryForward({}, [&log = log_, done](const grpc::Status& status, const v1::RelayWebhookResponse&) {
    HttpResponse answer = ReadinessOf(status);
    if (answer.status != 200) {
      log.Warning(
          "webhooks do not get through",
          {{"code", std::int64_t{status.error_code()}}, {"error", status.error_message()}, {"answer", answer.body}});
    }
    done(std::move(answer));
  });
}

std::chrono::steady_clock::time_point RelaySite::Answer(HttpRequest request, HttpDone done) {
  if (request.Path() == kReadyPath) {
    if (!TryProbe(done)) done(Overloaded());
    return std::chrono::steady_clock::time_point::max();
  }
  const bool accepted =
      forwarder_.TryForward(ToRelayRequest(std::move(request), std::chrono::system_clock::now()),
                            [this, done](const grpc::Status& status, const v1::RelayWebhookResponse& said) {
                              HttpResponse answer = AnswerTo(status, said);
                              Record(answer, status, said);
                              done(std::move(answer));
                            });
  if (!accepted) done(Overloaded());
  return std::chrono::steady_clock::time_point::max();  // the call to the server has a deadline of its own
}

void RelaySite::Record(const HttpResponse& answer, const grpc::Status& status,
                       const v1::RelayWebhookResponse& said) const {
  if (status.ok()) {
    log_.Info("webhook relayed", {{"status", std::int64_t{answer.status}},
                                  {"event", said.event_id()},
                                  {"type", said.event_type()},
                                  {"disposition", v1::Disposition_Name(said.disposition())}});
    return;
  }
  log_.Warning("webhook not acknowledged", {{"status", std::int64_t{answer.status}},
                                            {"code", std::int64_t{status.error_code()}},
                                            {"error", status.error_message()}});
}

HttpResponse RelaySite::Refuse(HttpRefusal refusal, const HttpLimits& limits) const {
  switch (refusal) {
    case HttpRefusal::kMalformed: break;
    case HttpRefusal::kHeadersTooLarge:
      return Refusal(431, "MESSAGE_TOO_LARGE",
                     "the headers are too many or too long: at most " + std::to_string(limits.headers) + ", " +
                         std::to_string(limits.header_bytes) + " bytes together");
    case HttpRefusal::kBodyTooLarge:
      return Refusal(413, "MESSAGE_TOO_LARGE",
                     "the body is larger than " + std::to_string(limits.body_bytes) + " bytes");
    case HttpRefusal::kTooSlow:
      return Refusal(408, "MALFORMED_REQUEST",
                     "the body is not whole: the rest of it did not arrive within " +
                         std::to_string(limits.body_timeout.count()) + " ms");
    case HttpRefusal::kTooLate: return AnswerTo(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, ""), {});
  }
  return Refusal(400, "MALFORMED_REQUEST", "this is no HTTP/1.1 request");
}

}  // namespace usher
