#include "server/http/front.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "server/base/address.h"
#include "server/base/json_text.h"
#include "server/http/connect.h"
#include "server/http/connect_error.h"
#include "server/http/connect_request.h"
#include "server/http/text.h"
#include "server/service/error.h"
#include "server/service/unanswered.h"

namespace usher {
namespace {

constexpr std::chrono::milliseconds kDefaultTimeout{30'000};
constexpr std::chrono::milliseconds kLongestTimeout{60'000};
constexpr std::chrono::milliseconds kRetryDelay{1000};

using SteadyClock = std::chrono::steady_clock;

// How long the answer to `request` may take.
std::chrono::milliseconds Timeout(const HttpRequest& request) {
  const auto asked = ConnectTimeout(request);
  if (!asked.ok() || !asked->has_value()) return kDefaultTimeout;
  return std::min(**asked, kLongestTimeout);
}

// `127.0.0.1:7481`, `[::1]`, `localhost:7481`, `LOCALHOST.`. A request without Host comes from no browser.
bool IsForThisMachine(const HttpRequest& request) {
  const std::string host = LowerCase(request.Header("host").value_or("localhost"));
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string::npos && host.find(']', colon) == std::string::npos;
  std::string name = host.substr(0, has_port ? colon : host.size());
  if (name.ends_with('.')) name.pop_back();  // the same name, said to be whole
  const absl::StatusOr<Address> address = ParseAddress(name + (has_port ? host.substr(colon) : ":0"));
  return address.ok() && IsLoopback(*address);
}

Credentials CredentialsOf(const HttpRequest& request) {
  return {.authorization = request.Header("authorization"), .repeated = request.CountHeaders("authorization") > 1};
}

bool IsRead(const HttpRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

HttpResponse PlainText(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

HttpResponse ReadOnly() {
  HttpResponse response = PlainText(405, "expected GET\n");
  response.headers.emplace_back("Allow", "GET, HEAD");
  return response;
}

HttpResponse Json(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

HttpResponse Metrics(std::string text) {
  HttpResponse response = PlainText(200, std::move(text));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

int StatusOf(const HealthReport& report) { return report.ready() ? 200 : 503; }

HttpResponse BriefReadiness(const HealthReport& report) {
  return Json(StatusOf(report), report.ready() ? "{\"ready\":true}\n" : "{\"ready\":false}\n");
}

HttpResponse Readiness(const HealthReport& report) {
  std::string json = "{\"ready\":";
  json += report.ready() ? "true" : "false";
  json += ",\"checks\":[";
  for (const HealthCheck& check : report.checks) {
    if (json.back() != '[') json += ',';
    json += "{\"name\":";
    AppendJsonString(json, check.name);
    json += check.ok ? ",\"ok\":true" : ",\"ok\":false";
    json += check.needed ? ",\"needed\":true,\"message\":" : ",\"needed\":false,\"message\":";
    AppendJsonString(json, check.message);
    json += '}';
  }
  json += "],\"warnings\":[";
  for (const HealthWarning& warning : report.warnings) {
    if (json.back() != '[') json += ',';
    json += "{\"name\":";
    AppendJsonString(json, warning.name);
    json += ",\"message\":";
    AppendJsonString(json, warning.message);
    json += '}';
  }
  json += "],\"counts\":{";
  for (const HealthCount& count : report.counts) {
    if (json.back() != '{') json += ',';
    AppendJsonString(json, count.name);
    json += ':' + std::to_string(count.value);
  }
  json += "}}\n";
  return Json(StatusOf(report), std::move(json));
}

// The reasons are for operators: they concern every tenant.
bool MayReadReasons(const absl::StatusOr<Principal>& principal) {
  return principal.ok() && principal->scopes.Allow(Scope::kAdmin) && principal->tenant.str().empty();
}

absl::Status Stopping() {
  return MakeRetryableError(v1::ERROR_REASON_NOT_READY, "the server is stopping; try again, perhaps another one",
                            kRetryDelay);
}

absl::Status ForeignHost() {
  return MakeError(v1::ERROR_REASON_HOST_FOREIGN,
                   "Host: expected localhost or a loopback address, for the server has no keys and answers this "
                   "machine only");
}

// A probe that would be waited for is one that can hold a connection without a key.
absl::Status UnwantedBody() {
  return MakeError(v1::ERROR_REASON_MALFORMED_REQUEST, "this path takes no body: expected GET without one");
}

bool HasBody(const HttpRequest& head) {
  return head.Header("content-length").value_or("0") != "0" || head.Header("transfer-encoding").has_value();
}

bool IsProbe(const HttpRequest& request) { return request.Path() == "/readyz" || request.Path() == "/metrics"; }

}  // namespace

// One RPC between its arrival and its answer.
struct HttpFront::Call {
  Call(HttpRequest&& arrived, SteadyClock::time_point until, HttpDone answer, MethodCalls& calls)
      : request(std::move(arrived)), deadline(until), done(std::move(answer)), counted(calls, Wire::kConnect) {}
  ~Call() {
    if (queue != nullptr) queue->bytes -= request.body.size();
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  void Refuse(const absl::Status& error) { done(ConnectError(counted.End(error))); }

  const HttpRequest request;
  const SteadyClock::time_point deadline;
  const HttpDone done;
  CountedCall counted;
  Queue* queue = nullptr;  // that its body counts in
};

HttpFront::HttpFront(HttpFrontParts parts, const HttpFrontLimits& limits)
    : parts_(std::move(parts)),
      most_queued_bytes_(limits.queued_bytes),
      scrapes_(1, limits.queued_scrapes),
      probes_(1, limits.queued_probes),
      waiting_(limits.threads, limits.queued_requests),
      checks_(limits.check_threads, limits.queued_requests) {}

HttpResponse HttpFront::Uncalled(const HttpRequest& request, const absl::Status& error) const {
  if (!IsProbe(request)) {
    CountedCall(parts_.calls->Named(request.Path().substr(1)), Wire::kConnect).End(error);
  }
  return ConnectError(error);
}

absl::Status HttpFront::MayReadMetrics(const HttpRequest& head) const {
  if (parts_.access->is_open()) return IsForThisMachine(head) ? absl::OkStatus() : ForeignHost();
  const Credentials shown = CredentialsOf(head);
  if (!shown.authorization) {
    if (parts_.metrics_without_key && IsForThisMachine(head)) return absl::OkStatus();
    return MakeError(v1::ERROR_REASON_CREDENTIALS_MISSING,
                     "/metrics asks for an API key with the scope metrics: send `authorization: Bearer usk_...`",
                     {{"scope", "metrics"}});
  }
  const absl::StatusOr<Principal> principal = parts_.access->Authenticate(shown);
  if (!principal.ok()) return principal.status();
  if (principal->scopes.Allow(Scope::kMetrics) && principal->tenant.str().empty()) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_SCOPE_MISSING,
                   "the API key may not do this: it needs the scope metrics, and to be bound to no tenant",
                   {{"scope", "metrics"}});
}

std::optional<HttpResponse> HttpFront::AnswerHead(const HttpRequest& head) {
  if (head.Path() == "/healthz") return IsRead(head) ? PlainText(200, "ok\n") : ReadOnly();
  if (IsProbe(head)) {
    if (!IsRead(head)) return ReadOnly();
    if (HasBody(head)) return ConnectError(UnwantedBody());
  }
  if (head.Path() == "/readyz") return std::nullopt;
  const absl::Status known =
      IsProbe(head) ? MayReadMetrics(head) : parts_.access->Authenticate(CredentialsOf(head)).status();
  if (known.ok()) return std::nullopt;
  HttpResponse response = Uncalled(head, known);
  if (absl::IsUnauthenticated(known)) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

SteadyClock::time_point HttpFront::Answer(HttpRequest request, HttpDone done) {
  const SteadyClock::time_point deadline = SteadyClock::now() + Timeout(request);
  if (request.Path() == "/metrics") {
    const bool accepted = scrapes_.TrySubmit([this, done] { done(Metrics(parts_.metrics())); });
    if (!accepted) done(ConnectError(Overloaded()));
    return deadline;
  }
  if (IsProbe(request)) return AnswerReadiness(request, std::move(done));
  const std::string_view name = request.Path().substr(1);
  const Method* const method = parts_.methods->Find(name);
  MethodCalls& calls = parts_.calls->Named(name);
  const auto call = std::make_shared<Call>(std::move(request), deadline, std::move(done), calls);
  if (closed_) {
    call->Refuse(Stopping());
  } else {
    Submit(call, /*may_wait=*/method == nullptr || !method->heeds_may_wait);
  }
  return deadline;
}

void HttpFront::Submit(const std::shared_ptr<Call>& call, bool may_wait) {
  Queue& queue = may_wait ? waiting_ : checks_;
  const std::size_t body = call->request.body.size();
  if (call->queue != nullptr) call->queue->bytes -= body;
  call->queue = &queue;
  const bool fits = (queue.bytes += body) <= most_queued_bytes_;
  if (!fits || !queue.pool.TrySubmit([this, call, may_wait] { Run(call, may_wait); })) call->Refuse(Overloaded());
}

void HttpFront::Run(const std::shared_ptr<Call>& call, bool may_wait) {
  if (SteadyClock::now() >= call->deadline) return call->Refuse(NotBegunInTime());
  if (parts_.access->is_open() && !IsForThisMachine(call->request)) return call->Refuse(ForeignHost());
  // Again, for it may have been revoked while the request waited for its turn.
  absl::StatusOr<Principal> principal = parts_.access->Authenticate(CredentialsOf(call->request));
  if (!principal.ok()) return call->Refuse(principal.status());
  const CallContext context{.deadline = call->deadline, .principal = *std::move(principal), .may_wait = may_wait};
  std::optional<HttpResponse> answer =
      ServeConnect(*parts_.methods, call->request, context, *parts_.log, call->counted);
  if (answer) return call->done(*std::move(answer));
  Submit(call, /*may_wait=*/true);
}

SteadyClock::time_point HttpFront::AnswerReadiness(const HttpRequest& request, HttpDone done) {
  const SteadyClock::time_point deadline = SteadyClock::now() + Timeout(request);
  if (parts_.access->is_open() && !IsForThisMachine(request)) {
    done(ConnectError(ForeignHost()));
    return deadline;
  }
  const bool reasons = MayReadReasons(parts_.access->Authenticate(CredentialsOf(request)));
  const bool accepted = (reasons ? waiting_.pool : probes_).TrySubmit([this, reasons, deadline, done] {
    if (SteadyClock::now() >= deadline) return done(ConnectError(NotBegunInTime()));
    done(reasons ? Readiness(parts_.report()) : BriefReadiness(parts_.checks()));
  });
  if (!accepted) done(ConnectError(Overloaded()));
  return deadline;
}

HttpResponse HttpFront::Refuse(HttpRefusal refusal, const HttpLimits& limits) const {
  switch (refusal) {
    case HttpRefusal::kMalformed: break;
    case HttpRefusal::kHeadersTooLarge:
      return ConnectError(MakeError(v1::ERROR_REASON_MESSAGE_TOO_LARGE,
                                    "the headers are too many or too long: at most " + std::to_string(limits.headers) +
                                        ", " + std::to_string(limits.header_bytes) + " bytes together"),
                          431);
    case HttpRefusal::kBodyTooLarge: {
      const std::string most = std::to_string(limits.body_bytes);
      return ConnectError(MakeError(v1::ERROR_REASON_MESSAGE_TOO_LARGE, "the body is larger than " + most + " bytes",
                                    {{"limit_bytes", most}}));
    }
    case HttpRefusal::kTooSlow:
      return ConnectError(
          MakeError(v1::ERROR_REASON_MALFORMED_REQUEST, "the body is not whole: the rest of it did not arrive within " +
                                                            std::to_string(limits.body_timeout.count()) + " ms"),
          408);
    case HttpRefusal::kTooLate: return ConnectError(NotDoneInTime());
  }
  return ConnectError(MakeError(v1::ERROR_REASON_MALFORMED_REQUEST, "this is no HTTP/1.1 request"));
}

}  // namespace usher
