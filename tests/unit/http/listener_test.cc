#include "server/http/listener.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/http_client.h"

namespace usher {
namespace {

using std::chrono::milliseconds;

// `/now` answers on the I/O thread, `/gate` waits until the test opens the gate, all else echoes the body.
class TestHandler : public HttpHandler {
 public:
  milliseconds Timeout(const HttpRequest&) const override { return timeout; }
  std::optional<HttpResponse> AnswerNow(const HttpRequest& request) const override {
    if (request.target != "/now") return std::nullopt;
    return Text(200, "now");
  }
  HttpResponse Answer(const HttpRequest& request, std::chrono::steady_clock::time_point) const override {
    if (request.target == "/gate") {
      std::unique_lock lock(mutex);
      ++waiting;
      changed.notify_all();
      changed.wait(lock, [this] { return open; });
    }
    return Text(200, request.body);
  }
  HttpResponse Refuse(HttpRefusal refusal) const override { return Text(460 + static_cast<int>(refusal), "refused"); }

  void WaitUntilBusy(int requests) const {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return waiting >= requests; });
  }
  void Open() const {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }

  milliseconds timeout{10'000};
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  mutable int waiting = 0;
  mutable bool open = false;

 private:
  static HttpResponse Text(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
  }
};

class ListenerTest : public testing::Test {
 protected:
  void Start(const HttpLimits& limits = {}) {
    auto listener = HttpListener::Start("127.0.0.1", 0, limits, &handler_);
    ASSERT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
  }
  ~ListenerTest() override { handler_.Open(); }

  std::uint16_t port() const { return listener_->port(); }

  TestHandler handler_;
  std::unique_ptr<HttpListener> listener_;
};

constexpr char kGate[] = "GET /gate HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(ListenerTest, AConnectionServesManyRequests) {
  Start();
  HttpConnection connection(port());
  for (const char* body : {"one", "two"}) {
    ASSERT_TRUE(connection.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n" + std::string(body)));
    const HttpReply reply = connection.Read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, body);
  }
}

TEST_F(ListenerTest, AHeadAnswerHasNoBody) {
  Start();
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send("HEAD /now HTTP/1.1\r\nHost: x\r\n\r\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(connection.Read(false).status, 200);
  EXPECT_EQ(connection.Read().body, "now");
}

TEST_F(ListenerTest, ExpectContinueIsAnsweredBeforeTheBody) {
  Start();
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(connection.Read().status, 100);
  ASSERT_TRUE(connection.Send("hi"));
  EXPECT_EQ(connection.Read().body, "hi");
}

TEST_F(ListenerTest, ABodyBeyondTheLimitIsRefused) {
  Start({.body_bytes = 1000});
  const std::string body(2'000'000, 'x');
  EXPECT_EQ(HttpCall(port(), "POST", "/echo", body).status, 460 + static_cast<int>(HttpRefusal::kBodyTooLarge));
  EXPECT_EQ(HttpCall(port(), "POST", "/echo", std::string(1000, 'x')).status, 200);
}

TEST_F(ListenerTest, AChunkedBodyBeyondTheLimitIsRefused) {
  Start({.body_bytes = 1000});
  HttpConnection connection(port());
  std::string request = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i) request += "64\r\n" + std::string(100, 'x') + "\r\n";
  connection.Send(request);
  EXPECT_EQ(connection.Read().status, 460 + static_cast<int>(HttpRefusal::kBodyTooLarge));
}

TEST_F(ListenerTest, HeadersBeyondTheLimitAreRefused) {
  Start({.header_bytes = 1000});
  EXPECT_EQ(HttpCall(port(), "GET", "/now", "", {{"X", std::string(5000, 'x')}}).status,
            460 + static_cast<int>(HttpRefusal::kHeadersTooLarge));
}

TEST_F(ListenerTest, NoHttpIsRefused) {
  Start();
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send("\x16\x03\x01 hello\r\n\r\n"));
  EXPECT_EQ(connection.Read().status, 460 + static_cast<int>(HttpRefusal::kMalformed));
}

TEST_F(ListenerTest, ASlowHeadIsCut) {
  Start({.header_timeout = milliseconds(50)});
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send("GET /now HT"));
  EXPECT_TRUE(connection.ClosedWithin(milliseconds(5000)));
}

TEST_F(ListenerTest, ASlowBodyIsCut) {
  Start({.body_timeout = milliseconds(50)});
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow"));
  EXPECT_TRUE(connection.ClosedWithin(milliseconds(5000)));
}

TEST_F(ListenerTest, ALateAnswerIsReplacedByARefusal) {
  handler_.timeout = milliseconds(20);
  Start();
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send(kGate));
  EXPECT_EQ(connection.Read().status, 460 + static_cast<int>(HttpRefusal::kTooLate));
}

TEST_F(ListenerTest, AFullQueueRefusesAndTheIoThreadStaysFree) {
  Start({.threads = 1, .queued_requests = 1});
  HttpConnection running(port());
  ASSERT_TRUE(running.Send(kGate));
  handler_.WaitUntilBusy(1);
  // One of these two waits in the queue, the other finds it full.
  HttpConnection second(port());
  HttpConnection third(port());
  ASSERT_TRUE(second.Send(kGate));
  ASSERT_TRUE(third.Send(kGate));
  std::atomic<int> refused = 0;
  std::thread reader([&] { refused += second.Read().status != 200; });
  std::thread other_reader([&] { refused += third.Read().status != 200; });
  while (refused == 0) EXPECT_EQ(HttpCall(port(), "GET", "/now").status, 200);
  handler_.Open();
  reader.join();
  other_reader.join();
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(running.Read().status, 200);
}

TEST_F(ListenerTest, MoreConnectionsThanTheLimitWaitForASlot) {
  Start({.connections = 1});
  auto first = std::make_unique<HttpConnection>(port());
  ASSERT_TRUE(first->Send("GET /now HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(first->Read().status, 200);
  HttpConnection second(port());
  ASSERT_TRUE(second.Send("GET /now HTTP/1.1\r\nHost: x\r\n\r\n"));
  first.reset();
  EXPECT_EQ(second.Read().status, 200);
}

TEST_F(ListenerTest, StopLetsRunningRequestsEndAndClosesIdleConnections) {
  Start();
  HttpConnection idle(port());
  ASSERT_TRUE(idle.Send("GET /now HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(idle.Read().status, 200);
  HttpConnection running(port());
  ASSERT_TRUE(running.Send(kGate));
  handler_.WaitUntilBusy(1);
  std::thread stopper([&] { listener_->Stop(milliseconds(10'000)); });
  EXPECT_TRUE(idle.ClosedWithin(milliseconds(5000)));
  handler_.Open();
  EXPECT_EQ(running.Read().status, 200);
  stopper.join();
  EXPECT_FALSE(HttpConnection(port()).connected());
}

TEST_F(ListenerTest, StopCutsWhatDoesNotEnd) {
  Start();
  HttpConnection running(port());
  ASSERT_TRUE(running.Send(kGate));
  handler_.WaitUntilBusy(1);
  std::thread stopper([&] { listener_->Stop(milliseconds(20)); });
  EXPECT_TRUE(running.ClosedWithin(milliseconds(5000)));
  handler_.Open();
  stopper.join();
}

TEST_F(ListenerTest, AnAddressInUseIsNamed) {
  Start();
  const auto second = HttpListener::Start("127.0.0.1", port(), {}, &handler_);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().ToString()), testing::HasSubstr("127.0.0.1 port"));
}

}  // namespace
}  // namespace usher
