// The HTTP port's paths with real sockets; ConnectTest knows what an RPC answers.
#include "server/http/front.h"

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/mutex.h"
#include "server/engine/keys.h"
#include "server/listener/listener.h"
#include "tests/support/http_client.h"
#include "tests/support/ledger/ledger_world.h"
#include "usher/v1/entitlement.pb.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// `/readyz` waits until the test opens the gate.
class FrontTest : public testing::Test {
 protected:
  ~FrontTest() override { Open(); }

  void Start(const HttpLimits& limits = {}, const HttpFrontLimits& front_limits = {}) {
    front_ = std::make_unique<HttpFront>(HttpFrontParts{.methods = &methods_,
                                                        .access = &access_,
                                                        .log = &log_,
                                                        .calls = &calls_,
                                                        .report = [this] { return Report(); },
                                                        .metrics = [] { return "# a scrape\n"; }},
                                         front_limits);
    auto listener = HttpListener::Start({.host = "127.0.0.1", .port = 0}, limits, front_.get());
    ASSERT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
  }

  std::uint16_t port() const { return listener_->port(); }

  void Open() {
    const MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }

  // False when so many reports were not asked for within ten seconds.
  bool WaitUntilAsked(int reports) {
    const MutexLock lock(mutex_);
    const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return asked_ >= reports; };
    return changed_.WaitFor(mutex_, milliseconds(10'000), enough);
  }

  int asked() {
    const MutexLock lock(mutex_);
    return asked_;
  }

  std::future<HttpReply> AskForReadiness(const HttpHeaders& headers = {}) {
    return std::async(std::launch::async,
                      [port = port(), headers] { return HttpCall(port, "GET", "/readyz", "", headers); });
  }

 private:
  HealthReport Report() {
    const MutexLock lock(mutex_);
    ++asked_;
    changed_.NotifyAll();
    changed_.Wait(mutex_, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return open_; });
    return {};
  }

  const AccessGate access_{Principal{.name = "test", .scopes = {Scope::kAdmin}, .tenant = {}}};
  const MethodTable methods_{&access_};
  const Log log_;
  Condition changed_;  // self-synchronised

 protected:
  CallStats calls_;
  std::unique_ptr<HttpFront> front_;

 private:
  std::unique_ptr<HttpListener> listener_;

  Mutex mutex_;
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
};

TEST_F(FrontTest, ReadinessIsReportedByThePool) {
  Open();
  Start();
  EXPECT_EQ(HttpCall(port(), "GET", "/readyz").status, 200);
  EXPECT_EQ(HttpCall(port(), "GET", "/readyz?verbose").body, HttpCall(port(), "GET", "/readyz").body);
  EXPECT_EQ(HttpCall(port(), "POST", "/readyz", "{}").status, 405);
  EXPECT_EQ(HttpCall(port(), "POST", "/healthz", "{}").status, 405);
}

TEST_F(FrontTest, AFullQueueRefusesAndTheHealthStaysKnown) {
  Start({}, {.threads = 1, .queued_requests = 1});
  auto running = AskForReadiness();
  ASSERT_TRUE(WaitUntilAsked(1));
  // One of these two waits in the queue, the other finds it full.
  auto second = AskForReadiness();
  auto third = AskForReadiness();
  const auto ready = [](const std::future<HttpReply>& reply) {
    return reply.wait_for(milliseconds(0)) == std::future_status::ready;
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!ready(second) && !ready(third) && std::chrono::steady_clock::now() < deadline) {
    EXPECT_EQ(HttpCall(port(), "GET", "/healthz").status, 200);
  }
  ASSERT_NE(ready(second), ready(third));
  auto& refused = ready(second) ? second : third;
  auto& queued = &refused == &second ? third : second;
  const HttpReply refusal = refused.get();
  EXPECT_EQ(refusal.status, 429);
  EXPECT_THAT(refusal.body, HasSubstr("OVERLOADED"));
  Open();
  EXPECT_EQ(running.get().status, 200);
  EXPECT_EQ(queued.get().status, 200);
}

TEST_F(FrontTest, ACallerIsNotKeptBeyondItsDeadline) {
  Start({}, {.threads = 1, .queued_requests = 1});
  const HttpReply late = AskForReadiness({{"Connect-Timeout-Ms", "20"}}).get();
  EXPECT_EQ(late.status, 504);
  EXPECT_THAT(late.body, HasSubstr("deadline_exceeded"));
}

// Answers how many milliseconds it was given.
class PatientService {
 public:
  absl::StatusOr<v1::CheckEntitlementResponse> Check(const CallContext& context, const v1::CheckEntitlementRequest&) {
    const auto left = context.deadline - std::chrono::steady_clock::now();
    v1::CheckEntitlementResponse response;
    response.mutable_decision()->set_used(std::chrono::duration_cast<milliseconds>(left).count());
    return response;
  }
};

TEST(FrontDeadlineTest, TheServiceIsToldUntilWhenTheCallerWaits) {
  PatientService service;
  const AccessGate access(Principal{.name = "test", .scopes = {Scope::kAdmin}, .tenant = {}});
  MethodTable methods(&access);
  methods.Add("usher.v1.EntitlementService/CheckEntitlement", &service, &PatientService::Check);
  const Log log;
  CallStats calls;
  HttpFront front({.methods = &methods, .access = &access, .log = &log, .calls = &calls},
                  {.threads = 1, .queued_requests = 1});
  const auto given = [&](const HttpHeaders& headers) {
    std::promise<HttpResponse> answered;
    HttpRequest request{.method = "GET",
                        .target = "/usher.v1.EntitlementService/CheckEntitlement?encoding=proto&message=",
                        .headers = headers,
                        .body = {}};
    front.Answer(std::move(request), [&](HttpResponse response) { answered.set_value(std::move(response)); });
    v1::CheckEntitlementResponse response;
    EXPECT_TRUE(response.ParseFromString(answered.get_future().get().body));
    return response.decision().used();
  };
  const auto expect_within = [&](const HttpHeaders& headers, std::int64_t limit) {
    const std::int64_t millis = given(headers);
    EXPECT_LE(millis, limit);
    EXPECT_GT(millis, limit - 10'000);
  };
  expect_within({}, 30'000);
  expect_within({{"Connect-Timeout-Ms", "20000"}}, 20'000);
  expect_within({{"Connect-Timeout-Ms", "9999999999"}}, 60'000);
}

TEST_F(FrontTest, WorkThatNobodyWaitsForIsNotBegun) {
  Start({}, {.threads = 1, .queued_requests = 2});
  auto running = AskForReadiness();
  ASSERT_TRUE(WaitUntilAsked(1));
  EXPECT_EQ(AskForReadiness({{"Connect-Timeout-Ms", "20"}}).get().status, 504);
  Open();
  EXPECT_EQ(running.get().status, 200);
  EXPECT_EQ(HttpCall(port(), "GET", "/readyz").status, 200);
  EXPECT_EQ(asked(), 2);
}

TEST_F(FrontTest, AServerThatStopsRefusesCallsAndStillTellsHowItIs) {
  Open();
  Start();
  front_->Close();
  const HttpReply refused = HttpCall(port(), "POST", "/usher.v1.TenantService/GetTenant", "{}");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("NOT_READY"));
  EXPECT_THAT(refused.headers, HasSubstr("Retry-After: 1"));
  EXPECT_EQ(calls_.Named("usher.v1.TenantService/GetTenant").over(Wire::kConnect).handled[14].value(), 1);
  EXPECT_EQ(HttpCall(port(), "GET", "/healthz").status, 200);
  EXPECT_EQ(HttpCall(port(), "GET", "/readyz").status, 200);
  EXPECT_EQ(HttpCall(port(), "GET", "/metrics").status, 200);
}

TEST_F(FrontTest, MetricsDoNotWaitForWorkThatStandsStill) {
  Start({}, {.threads = 1, .queued_requests = 1});
  auto running = AskForReadiness();
  ASSERT_TRUE(WaitUntilAsked(1));
  const HttpReply metrics = HttpCall(port(), "GET", "/metrics?x=1");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.body, "# a scrape\n");
  EXPECT_THAT(metrics.headers, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_EQ(HttpCall(port(), "POST", "/metrics").status, 405);
  HttpConnection rebound(port());
  ASSERT_TRUE(rebound.Send("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
  EXPECT_EQ(rebound.Read().status, 403) << "a web page whose name was pointed here";
  Open();
}

// Knows the present by heart and has to look the past up.
class MemoryService {
 public:
  absl::StatusOr<v1::CheckEntitlementResponse> Check(const CallContext& context,
                                                     const v1::CheckEntitlementRequest& request) {
    if (request.has_at() && !context.may_wait) return MustWait();
    v1::CheckEntitlementResponse response;
    response.mutable_decision()->set_allowed(context.may_wait);
    return response;
  }
};

// Strangers, the holder of a key, and a report that stands still until the test lets it go.
class BusyFrontTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    keys_ = std::make_unique<Keys>(*store_, world_->writer, clock_);
    access_ = std::make_unique<AccessGate>(keys_.get(), &clock_);
    auto key = keys_->Create({.name = "admin", .scopes = {Scope::kAdmin}, .tenant = {}, .expires_at = {}}, "test");
    ASSERT_TRUE(key.ok()) << key.status();
    key_ = key->secret.Reveal();
    methods_ = std::make_unique<MethodTable>(access_.get());
    methods_->Add("usher.v1.EntitlementService/CheckEntitlement", &service_, &MemoryService::Check,
                  Waiting::kWhereItMay);
    front_ = std::make_unique<HttpFront>(HttpFrontParts{.methods = methods_.get(),
                                                        .access = access_.get(),
                                                        .log = &log_,
                                                        .calls = &calls_,
                                                        .checks = [] { return HealthReport(); },
                                                        .report =
                                                            [this] {
                                                              reporting_.set_value();
                                                              go_on_.get_future().wait();
                                                              return HealthReport();
                                                            }},
                                         HttpFrontLimits{.threads = 1, .queued_requests = 8, .queued_bytes = 100});
  }

  std::future<HttpResponse> Ask(const std::string& target, bool with_key, const std::string& body = "") {
    HttpRequest request{.method = body.empty() ? "GET" : "POST", .target = target, .headers = {}, .body = body};
    if (with_key) request.headers.emplace_back("authorization", "Bearer " + key_);
    if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
    auto answered = std::make_shared<std::promise<HttpResponse>>();
    auto answer = answered->get_future();
    front_->Answer(std::move(request), [answered](HttpResponse response) { answered->set_value(std::move(response)); });
    return answer;
  }
  std::future<HttpResponse> Check(const std::string& body) {
    return Ask("/usher.v1.EntitlementService/CheckEntitlement", /*with_key=*/true, body);
  }

  std::unique_ptr<Keys> keys_;
  std::unique_ptr<AccessGate> access_;
  std::string key_;
  MemoryService service_;
  std::unique_ptr<MethodTable> methods_;
  const Log log_;
  CallStats calls_;
  std::promise<void> reporting_;
  std::promise<void> go_on_;
  std::unique_ptr<HttpFront> front_;
};

TEST_F(BusyFrontTest, ChecksAndProbesGoOnWhileEverythingElseStandsStill) {
  auto reasons = Ask("/readyz", /*with_key=*/true);
  reporting_.get_future().wait();
  auto past = Check(R"({"tenantId":"acme","at":"2026-01-01T00:00:00Z"})");
  EXPECT_THAT(Check(R"({"tenantId":"acme"})").get().body, HasSubstr("\"allowed\":false"));
  EXPECT_EQ(Ask("/readyz", /*with_key=*/false).get().body, "{\"ready\":true}\n");
  EXPECT_EQ(past.wait_for(milliseconds(0)), std::future_status::timeout);
  go_on_.set_value();
  EXPECT_EQ(reasons.get().status, 200);
  EXPECT_THAT(past.get().body, HasSubstr("\"allowed\":true"));
}

TEST_F(BusyFrontTest, BodiesThatWaitAreBounded) {
  auto reasons = Ask("/readyz", /*with_key=*/true);
  reporting_.get_future().wait();
  auto past = Check(R"({"tenantId":"acme","at":"2026-01-01T00:00:00Z"})");
  EXPECT_EQ(Check("{" + std::string(100, ' ') + "}").get().status, 429);
  go_on_.set_value();
  EXPECT_EQ(past.get().status, 200);
  EXPECT_EQ(Check("{" + std::string(90, ' ') + "}").get().status, 200) << "what was answered does not count";
}

TEST_F(FrontTest, MoreHalfOpenConnectionsThanTheLimitDoNotHoldUpProbes) {
  Open();
  Start();
  std::vector<std::unique_ptr<HttpConnection>> half_open;
  for (std::size_t i = 0; i < HttpLimits().connections + 10; ++i) {
    half_open.push_back(std::make_unique<HttpConnection>(port()));
    ASSERT_TRUE(half_open.back()->connected());
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(HttpCall(port(), "GET", "/healthz").status, 200);
  EXPECT_EQ(HttpCall(port(), "GET", "/readyz").status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, HttpLimits().header_timeout);
}

TEST_F(FrontTest, HalfABodyIsAnswered408) {
  Open();
  Start({.body_timeout = milliseconds(50)});
  HttpConnection slow(port());
  ASSERT_TRUE(slow.Send("POST /usher.v1.X/Y HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"ten"));
  const HttpReply reply = slow.Read();
  EXPECT_EQ(reply.status, 408);
  EXPECT_THAT(reply.body, HasSubstr("did not arrive within 50 ms"));
}

TEST_F(FrontTest, RefusalsNameTheLimitThatTheyDefend) {
  Start({.header_bytes = 1000, .headers = 5, .body_bytes = 1000});
  const HttpReply body = HttpCall(port(), "POST", "/usher.v1.X/Y", std::string(1001, 'x'));
  EXPECT_EQ(body.status, 429);
  EXPECT_THAT(body.body, HasSubstr("the body is larger than 1000 bytes"));
  const HttpReply headers = HttpCall(port(), "GET", "/healthz", "", HttpHeaders(3, {"X", "x"}));
  EXPECT_EQ(headers.status, 431);
  EXPECT_THAT(headers.body, HasSubstr("at most 5, 1000 bytes together"));
  HttpConnection nonsense(port());
  ASSERT_TRUE(nonsense.Send("hello?\r\n\r\n"));
  EXPECT_EQ(nonsense.Read().status, 400);
}

}  // namespace
}  // namespace usher
