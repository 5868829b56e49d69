// The relay's door with real sockets, before a fake server.
#include <future>

#include <gtest/gtest.h>

#include "clients/relay/door.h"
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
    limits_.header_timeout = limits_.body_timeout = limits_.write_timeout = kLong;
    forwarder_limits_.call_timeout = kLong;
  }

  ~Relay() override {
    if (door_) door_->Close(milliseconds(0));
  }

  // Opens the door with the limits as they are.
  std::uint16_t Open() {
    forwarder_ = std::make_unique<Forwarder>(ConnectToServer(server_->address()), forwarder_limits_);
    auto door = Door::Open({.host = "127.0.0.1", .port = 0}, limits_, forwarder_.get(), &log_);
    EXPECT_TRUE(door.ok());
    door_ = *std::move(door);
    return door_->port();
  }

  static HttpReply Post(std::uint16_t port, std::string_view body = "{}", const HttpHeaders& headers = {}) {
    return HttpCall(port, "POST", "/webhooks/stripe", body, headers);
  }

  Log log_;
  DoorLimits limits_;
  ForwarderLimits forwarder_limits_;
  std::unique_ptr<FakeIngest> server_;
  std::unique_ptr<Forwarder> forwarder_;
  std::unique_ptr<Door> door_;
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

TEST_F(Relay, TakesABodyOf1MiBAndNotAByteMore) {
  const std::uint16_t port = Open();
  EXPECT_EQ(200, Post(port, std::string(1024 * 1024, 'x')).status);
  EXPECT_EQ(413, Post(port, std::string(1024 * 1024 + 1, 'x')).status);
  EXPECT_EQ(1U, server_->requests().size());
}

TEST_F(Relay, ChunksAreJoinedAndCounted) {
  limits_.body_bytes = 10;
  const std::uint16_t port = Open();
  const std::string head = "POST /webhooks/stripe HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  HttpConnection fits(port);
  fits.Send(head + "4\r\nabcd\r\n6\r\nefghij\r\n0\r\n\r\n");
  EXPECT_EQ(200, fits.Read().status);
  EXPECT_EQ("abcdefghij", server_->requests().at(0).raw_body());
  HttpConnection too_long(port);
  too_long.Send(head + "4\r\nabcd\r\n7\r\nefghijk\r\n0\r\n\r\n");
  EXPECT_EQ(413, too_long.Read().status);
}

TEST_F(Relay, RefusesHeadersBeyondTheirLimits) {
  const std::uint16_t port = Open();
  EXPECT_EQ(431, Post(port, "{}", HttpHeaders(100, {"a", "b"})).status);
  EXPECT_EQ(431, Post(port, "{}", {{"a", std::string(9 * 1024, 'b')}}).status);
  EXPECT_EQ(431, Post(port, "{}", {{std::string(257, 'a'), "b"}}).status);
  EXPECT_TRUE(server_->requests().empty());
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

TEST_F(Relay, AnswersWhatIsNoHttpAndCloses) {
  HttpConnection connection(Open());
  connection.Send("hello?\r\n\r\n");
  EXPECT_EQ(400, connection.Read().status);
  EXPECT_TRUE(connection.ClosedWithin(kLong));
}

TEST_F(Relay, KeepsAConnectionForTheNextWebhook) {
  HttpConnection connection(Open());
  const std::string request = "POST /webhooks/stripe HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}";
  connection.Send(request + request);
  EXPECT_EQ(200, connection.Read().status);
  EXPECT_EQ(200, connection.Read().status);
}

TEST_F(Relay, TellsAWaitingClientToGoOn) {
  HttpConnection connection(Open());
  connection.Send("POST /webhooks/stripe HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(100, connection.Read(false).status);
  connection.Send("{}");
  EXPECT_EQ(200, connection.Read().status);
}

TEST_F(Relay, CutsAClientThatIsSlowWithItsHeaders) {
  limits_.header_timeout = kShort;
  const std::uint16_t port = Open();
  HttpConnection silent(port);
  EXPECT_TRUE(silent.ClosedWithin(kLong));
  HttpConnection slow(port);
  slow.Send("POST /webhooks/stripe HTTP/1.1\r\nHost:");
  EXPECT_TRUE(slow.ClosedWithin(kLong));
}

TEST_F(Relay, CutsAClientThatIsSlowWithItsBody) {
  limits_.body_timeout = kShort;
  HttpConnection slow(Open());
  slow.Send("POST /webhooks/stripe HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{");
  EXPECT_TRUE(slow.ClosedWithin(kLong));
  EXPECT_TRUE(server_->requests().empty());
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

TEST_F(Relay, MoreConnectionsThanAllowedWait) {
  limits_.connections = 1;
  const std::uint16_t port = Open();
  auto first = std::make_unique<HttpConnection>(port);
  first->Send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(200, first->Read().status);
  HttpConnection second(port);
  second.Send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_FALSE(second.ClosedWithin(milliseconds(50)));
  first.reset();
  EXPECT_EQ(200, second.Read().status);
}

TEST_F(Relay, StoppingLetsAWebhookUnderWayEnd) {
  server_->Hold();
  const std::uint16_t port = Open();
  HttpConnection idle(port);
  auto under_way = std::async(std::launch::async, [port] { return Post(port); });
  ASSERT_TRUE(server_->WaitForCalls(1));
  auto closed = std::async(std::launch::async, [this] { door_->Close(kLong); });
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
  door_->Close(kShort);
  EXPECT_NE(200, under_way.get().status);
}

TEST_F(Relay, ATakenPortIsNamed) {
  const std::uint16_t port = Open();
  const auto second = Door::Open({.host = "127.0.0.1", .port = port}, limits_, forwarder_.get(), &log_);
  ASSERT_FALSE(second.ok());
  const std::string message(second.status().message());
  EXPECT_NE(std::string::npos, message.find("127.0.0.1:" + std::to_string(port))) << message;
}

}  // namespace
}  // namespace usher
