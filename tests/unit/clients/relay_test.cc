// The relay with real sockets, before a fake server. ListenerTest knows what its listener refuses and whom it cuts.
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "clients/relay/site.h"
#include "server/listener/listener.h"
#include "tests/support/http_client.h"
#include "tests/unit/clients/fake_ingest.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using SystemClock = std::chrono::system_clock;

constexpr milliseconds kLong{30'000};
constexpr milliseconds kShort{200};

std::string Field(const HttpReply& reply, const std::string& name) {
  const std::size_t at = reply.headers.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t start = at + name.size() + 4;
  return reply.headers.substr(start, reply.headers.find("\r\n", start) - start);
}

class Relay : public ::testing::Test {
 protected:
  Relay() {
    v1::RelayWebhookResponse applied;
    applied.set_event_id("evt_1");
    applied.set_disposition(v1::DISPOSITION_APPLIED);
    server_ = std::make_unique<FakeIngest>();
    server_->Answer(grpc::Status::OK, applied);
    forwarder_limits_.call_timeout = kLong;
  }

  ~Relay() override {
    if (listener_) listener_->Stop(milliseconds(0));
  }

  // Starts the relay with the limits as they are.
  std::uint16_t Open() {
    forwarder_ = std::make_unique<Forwarder>(ConnectToServer({.address = server_->address()}), forwarder_limits_);
    site_ = std::make_unique<RelaySite>(forwarder_.get(), &log_);
    auto listener = HttpListener::Start({.host = "127.0.0.1", .port = 0}, kRelayLimits, site_.get());
    EXPECT_TRUE(listener.ok());
    listener_ = *std::move(listener);
    return listener_->port();
  }

  static HttpReply Post(std::uint16_t port, std::string_view body = "{}", const HttpHeaders& headers = {}) {
    return HttpCall(port, "POST", "/webhooks/stripe", body, headers);
  }

  Log log_;
  ForwarderLimits forwarder_limits_;
  std::unique_ptr<FakeIngest> server_;
  std::unique_ptr<Forwarder> forwarder_;
  std::unique_ptr<RelaySite> site_;
  std::unique_ptr<HttpListener> listener_;
};

TEST_F(Relay, HandsOnBytesHeadersAndTheTimeOfReceipt) {
  const std::uint16_t port = Open();
  const std::string body("\x00\xff\r\n{\"a\": 1 }\n\xc3\x28", 16);
  const auto before = std::chrono::floor<milliseconds>(SystemClock::now());
  const HttpReply reply =
      Post(port, body, {{"X-Two", "first"}, {"Stripe-Signature", "t=1,v1=ab"}, {"x-two", "second"}});
  const auto after = SystemClock::now();

  EXPECT_EQ(200, reply.status);
  EXPECT_EQ(R"({"eventId":"evt_1","disposition":"APPLIED","reason":""})", reply.body);
  EXPECT_EQ("application/json", Field(reply, "Content-Type"));
  ASSERT_EQ(1U, server_->requests().size());
  const v1::RelayWebhookRequest sent = server_->requests()[0];
  EXPECT_EQ("stripe", sent.provider());
  EXPECT_EQ(body, sent.raw_body());
  HttpHeaders headers;
  for (const v1::WebhookHeader& header : sent.headers()) headers.emplace_back(header.name(), header.value());
  EXPECT_EQ((HttpHeaders{{"Host", "localhost"},
                         {"X-Two", "first"},
                         {"Stripe-Signature", "t=1,v1=ab"},
                         {"x-two", "second"},
                         {"Content-Length", "16"},
                         {"Connection", "close"}}),
            headers);
  const SystemClock::time_point received_at{std::chrono::seconds(sent.received_at().seconds()) +
                                            std::chrono::nanoseconds(sent.received_at().nanos())};
  EXPECT_LE(before, received_at);
  EXPECT_GE(after, received_at);
}

TEST_F(Relay, LeavesOutAHeaderThatIsNoText) {
  EXPECT_EQ(200, Post(Open(), "{}", {{"X-City", "S\xe3o Paulo"}, {"X-After", "kept"}}).status);
  const v1::RelayWebhookRequest sent = server_->requests().at(0);
  bool kept = false;
  for (const v1::WebhookHeader& header : sent.headers()) {
    EXPECT_NE("X-City", header.name());
    kept = kept || header.name() == "X-After";
  }
  EXPECT_TRUE(kept);
}

TEST_F(Relay, AcknowledgesOnlyWhenTheServerDid) {
  server_->Hold();
  const std::uint16_t port = Open();
  auto reply = std::async(std::launch::async, [port] { return Post(port); });
  ASSERT_TRUE(server_->WaitForCalls(1));
  EXPECT_EQ(std::future_status::timeout, reply.wait_for(milliseconds(50)));
  server_->Release();
  EXPECT_EQ(200, reply.get().status);
}

TEST_F(Relay, ABadSignatureIsTheServersAnswer) {
  server_->Answer(ServerError(grpc::StatusCode::INVALID_ARGUMENT, "SIGNATURE_INVALID", 0, "no v1 matches"));
  const HttpReply reply = Post(Open());
  EXPECT_EQ(400, reply.status);
  EXPECT_EQ(R"({"error":"SIGNATURE_INVALID","message":"no v1 matches"})", reply.body);
}

TEST_F(Relay, IsReadyWhenTheServerWouldTakeAWebhook) {
  const std::uint16_t port = Open();
  server_->Answer(ServerError(grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED_REQUEST"));
  const HttpReply ready = HttpCall(port, "GET", "/readyz?verbose");
  EXPECT_EQ(200, ready.status);
  EXPECT_EQ(R"({"ready":true})", ready.body);
  ASSERT_EQ(1U, server_->requests().size());
  EXPECT_EQ("", server_->requests()[0].SerializeAsString()) << "nothing that a server could take for a webhook";
  EXPECT_EQ(405, HttpCall(port, "POST", "/readyz", "{}").status);

  server_->Answer(
      ServerError(grpc::StatusCode::UNAUTHENTICATED, "CREDENTIALS_MISSING", 0, "this server asks for a key"));
  const HttpReply without = HttpCall(port, "GET", "/readyz");
  EXPECT_EQ(503, without.status);
  EXPECT_NE(std::string::npos, without.body.find("CREDENTIALS_MISSING")) << without.body;
  EXPECT_NE(std::string::npos, without.body.find("needs the scope ingest: this server asks for a key"));
  EXPECT_EQ(200, HttpCall(port, "GET", "/healthz").status) << "the relay itself lives";
}

TEST_F(Relay, IsNotReadyBeforeAServerThatDoesNotAnswerOrIsNone) {
  const std::uint16_t port = Open();
  const grpc::Status cases[] = {ServerError(grpc::StatusCode::PERMISSION_DENIED, "SCOPE_MISSING"),
                                ServerError(grpc::StatusCode::UNAVAILABLE, ""),
                                ServerError(grpc::StatusCode::UNIMPLEMENTED, ""),
                                ServerError(grpc::StatusCode::INVALID_ARGUMENT, ""),
                                ServerError(grpc::StatusCode::INTERNAL, "INTERNAL"),
                                grpc::Status::OK};
  for (const grpc::Status& status : cases) {
    server_->Answer(status);
    EXPECT_EQ(503, HttpCall(port, "GET", "/readyz").status) << status.error_code();
  }
}

TEST_F(Relay, TakesABodyOf1MiBAndNotAByteMore) {
  const std::uint16_t port = Open();
  EXPECT_EQ(200, Post(port, std::string(1024 * 1024, 'x')).status);
  EXPECT_EQ(413, Post(port, std::string(1024 * 1024 + 1, 'x')).status);
  EXPECT_EQ(1U, server_->requests().size());
}

TEST_F(Relay, RefusesHeadersBeyondTheirLimits) {
  const std::uint16_t port = Open();
  EXPECT_EQ(431, Post(port, "{}", HttpHeaders(100, {"a", "b"})).status);
  EXPECT_EQ(431, Post(port, "{}", {{"a", std::string(9 * 1024, 'b')}}).status);
  EXPECT_EQ(431, Post(port, "{}", {{std::string(257, 'a'), "b"}}).status);
  EXPECT_TRUE(server_->requests().empty());
}

TEST_F(Relay, SaysWhatIsNoHttp) {
  HttpConnection connection(Open());
  connection.Send("hello?\r\n\r\n");
  const HttpReply reply = connection.Read();
  EXPECT_EQ(400, reply.status);
  EXPECT_EQ(R"({"error":"MALFORMED_REQUEST","message":"this is no HTTP/1.1 request"})", reply.body);
}

TEST_F(Relay, JudgesThePathBeforeTheBodyArrives) {
  HttpConnection connection(Open());
  connection.Send("POST /elsewhere HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
  EXPECT_EQ(404, connection.Read().status);
}

TEST_F(Relay, OffersTwoPathsAndNothingElse) {
  const std::uint16_t port = Open();
  EXPECT_EQ(200, HttpCall(port, "GET", "/healthz").status);
  EXPECT_EQ(200, Post(port).status);
  EXPECT_EQ(200, HttpCall(port, "POST", "/webhooks/stripe?source=a", "{}").status);
  EXPECT_EQ(404, HttpCall(port, "POST", "/webhooks", "{}").status);
  EXPECT_EQ(404, HttpCall(port, "POST", "/webhooks/stripe/", "{}").status);
  EXPECT_EQ(404, HttpCall(port, "GET", "/").status);
  const HttpReply get = HttpCall(port, "GET", "/webhooks/stripe");
  EXPECT_EQ(405, get.status);
  EXPECT_EQ("POST", Field(get, "Allow"));
  const HttpReply post = HttpCall(port, "POST", "/healthz", "{}");
  EXPECT_EQ(405, post.status);
  EXPECT_EQ("GET, HEAD", Field(post, "Allow"));
}

TEST_F(Relay, AServerThatIsAwayIsA503UntilItIsBack) {
  const std::uint16_t port = Open();
  EXPECT_EQ(200, Post(port).status);
  const int server_port = server_->port();
  server_.reset();

  const HttpReply away = Post(port);
  EXPECT_EQ(503, away.status);
  EXPECT_EQ("5", Field(away, "Retry-After"));
  EXPECT_EQ(200, HttpCall(port, "GET", "/healthz").status);

  server_ = std::make_unique<FakeIngest>(server_port);
  v1::RelayWebhookResponse duplicate;
  duplicate.set_disposition(v1::DISPOSITION_DUPLICATE);
  server_->Answer(grpc::Status::OK, duplicate);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  HttpReply back;
  do {
    back = Post(port);
  } while (back.status == 503 && std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(200, back.status);
}

TEST_F(Relay, AServerThatNeverAnswersIsA503) {
  forwarder_limits_.call_timeout = kShort;
  server_->Hold();
  const HttpReply reply = Post(Open());
  EXPECT_EQ(503, reply.status);
  EXPECT_EQ("5", Field(reply, "Retry-After"));
}

TEST_F(Relay, CarriesOnlySoManyAtATimeAndStaysAwake) {
  forwarder_limits_.in_flight = 2;
  server_->Hold();
  const std::uint16_t port = Open();
  auto first = std::async(std::launch::async, [port] { return Post(port); });
  auto second = std::async(std::launch::async, [port] { return Post(port); });
  ASSERT_TRUE(server_->WaitForCalls(2));
  const HttpReply third = Post(port);
  EXPECT_EQ(503, third.status);
  EXPECT_EQ("1", Field(third, "Retry-After"));
  EXPECT_EQ(200, HttpCall(port, "GET", "/healthz").status);
  server_->Release();
  EXPECT_EQ(200, first.get().status);
  EXPECT_EQ(200, second.get().status);
}

TEST_F(Relay, StoppingLetsAWebhookUnderWayEnd) {
  server_->Hold();
  const std::uint16_t port = Open();
  HttpConnection idle(port);
  auto under_way = std::async(std::launch::async, [port] { return Post(port); });
  ASSERT_TRUE(server_->WaitForCalls(1));
  auto closed = std::async(std::launch::async, [this] { listener_->Stop(kLong); });
  EXPECT_TRUE(idle.ClosedWithin(kLong));
  server_->Release();
  EXPECT_EQ(200, under_way.get().status);
  closed.get();
  EXPECT_FALSE(HttpConnection(port).connected());
}

TEST_F(Relay, StoppingDoesNotWaitForEver) {
  server_->Hold();
  const std::uint16_t port = Open();
  auto under_way = std::async(std::launch::async, [port] { return Post(port); });
  ASSERT_TRUE(server_->WaitForCalls(1));
  listener_->Stop(kShort);
  EXPECT_NE(200, under_way.get().status);
}

}  // namespace
}  // namespace usher
