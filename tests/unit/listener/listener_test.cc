// The listener with real sockets: what it reads, what it writes, and whom it refuses or cuts.
#include "server/listener/listener.h"

#include <chrono>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "tests/support/eventually.h"
#include "tests/support/http_client.h"
#include "tests/unit/listener/test_site.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr milliseconds kLong{10'000};
constexpr milliseconds kShort{50};
constexpr char kChunked[] = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(ListenerTest, ARequestArrivesAsItWasSent) {
  Start();
  const std::string body("\x00\xff\r\n", 4);
  const HttpHeaders headers = {{"X-Two", "first"}, {"Other", "a,  b"}, {"x-two", "second"}};
  EXPECT_EQ(HttpCall(port(), "PUT", "/echo?a=%20", body, headers).body, body);
  const HttpRequest request = site_.last();
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.target, "/echo?a=%20");
  EXPECT_THAT(request.headers,
              ElementsAre(Pair("Host", "localhost"), Pair("X-Two", "first"), Pair("Other", "a,  b"),
                          Pair("x-two", "second"), Pair("Content-Length", "4"), Pair("Connection", "close")));
}

TEST_F(ListenerTest, AConnectionServesManyRequests) {
  Start();
  HttpConnection connection(port());
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";
  ASSERT_TRUE(connection.Send(head + "one" + head + "two"));
  EXPECT_EQ(connection.Read().body, "one");
  EXPECT_EQ(connection.Read().body, "two");
  ASSERT_TRUE(connection.Send(head + "six"));
  EXPECT_EQ(connection.Read().body, "six");
}

TEST_F(ListenerTest, AnOldClientIsAnsweredInItsVersion) {
  Start();
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send("GET /head HTTP/1.0\r\n\r\n"));
  EXPECT_THAT(connection.Read().headers, testing::StartsWith("HTTP/1.0 200"));
  EXPECT_TRUE(connection.ClosedWithin(kLong));
}

TEST_F(ListenerTest, AHeadAnswerHasNoBody) {
  Start();
  for (const std::string target : {"/head", "/echo"}) {
    HttpConnection connection(port());
    ASSERT_TRUE(connection.Send("HEAD " + target + " HTTP/1.1\r\nHost: x\r\n\r\n" + Get("/head")));
    EXPECT_EQ(connection.Read(false).status, 200);
    EXPECT_EQ(connection.Read().body, "head");
  }
}

TEST_F(ListenerTest, TheHeadIsJudgedBeforeTheBodyArrives) {
  Start();
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send("POST /head HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"));
  const HttpReply reply = connection.Read();
  EXPECT_EQ(reply.body, "head");
  EXPECT_THAT(reply.headers, HasSubstr("Connection: close"));
  EXPECT_TRUE(connection.ClosedWithin(kLong));
}

TEST_F(ListenerTest, ExpectContinueIsAnsweredBeforeTheBody) {
  Start();
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(connection.Read().status, 100);
  ASSERT_TRUE(connection.Send("hi"));
  EXPECT_EQ(connection.Read().body, "hi");
}

TEST_F(ListenerTest, AClientThatIsStillSendingGetsItsRefusal) {
  Start({.body_bytes = 1000});
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 7000000\r\n\r\n"));
  EXPECT_EQ(connection.Read().status, StatusOf(HttpRefusal::kBodyTooLarge));
  // Nothing resets it: what it sends, more than sockets hold, is read for a while, so no answer is lost on its way.
  for (int i = 0; i < 70; ++i) ASSERT_TRUE(connection.Send(std::string(100'000, 'x')));
}

TEST_F(ListenerTest, ABodyMayBeAsLargeAsTheLimit) {
  Start({.body_bytes = 1000});
  EXPECT_EQ(HttpCall(port(), "POST", "/echo", std::string(1000, 'x')).status, 200);
  EXPECT_EQ(HttpCall(port(), "POST", "/echo", std::string(1001, 'x')).status, StatusOf(HttpRefusal::kBodyTooLarge));
}

TEST_F(ListenerTest, ChunksAreJoinedAndCounted) {
  Start({.body_bytes = 10});
  HttpConnection fits(port());
  ASSERT_TRUE(fits.Send(kChunked + std::string("4\r\nabcd\r\n6\r\nefghij\r\n0\r\n\r\n")));
  EXPECT_EQ(fits.Read().body, "abcdefghij");
  HttpConnection too_long(port());
  ASSERT_TRUE(too_long.Send(kChunked + std::string("4\r\nabcd\r\n7\r\nefghijk\r\n0\r\n\r\n")));
  EXPECT_EQ(too_long.Read().status, StatusOf(HttpRefusal::kBodyTooLarge));
}

// No limit of headers or bodies counts these bytes.
TEST_F(ListenerTest, WhatStandsBetweenChunksAndBehindThemIsBounded) {
  Start({.header_timeout = kLong, .body_timeout = kLong});
  const std::string endless(1'000'000, 'a');
  for (const std::string beginning : {"1;", "0\r\nX: ", "0\r\nX: a\r\nY: "}) {
    HttpConnection connection(port());
    connection.Send(kChunked + beginning + endless);
    EXPECT_EQ(connection.Read().status, StatusOf(HttpRefusal::kHeadersTooLarge)) << beginning;
  }
}

TEST_F(ListenerTest, FieldsBehindABodyChangeNothing) {
  Start();
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send(kChunked + std::string("1\r\na\r\n0\r\nAuthorization: Bearer other\r\n\r\n")));
  EXPECT_EQ(connection.Read().body, "a");
  EXPECT_FALSE(site_.last().Header("authorization").has_value());
}

TEST_F(ListenerTest, ABodyInAnyOtherCodingThanChunkedIsRefused) {
  Start();
  const char* rows[] = {
      "1.1\r\nTransfer-Encoding: chunked, identity",
      "1.1\r\nTransfer-Encoding: xchunked",
      "1.1\r\nTransfer-Encoding: identity",
      "1.1\r\nTransfer-Encoding: gzip, chunked",
      "1.1\r\nTransfer-Encoding: chunked, x\r\nContent-Length: 5",
      "1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
      "1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
      "1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
      "1.0\r\nTransfer-Encoding: chunked",
  };
  for (const std::string row : rows) {
    HttpConnection connection(port());
    ASSERT_TRUE(connection.Send("POST /echo HTTP/" + row + "\r\n\r\n0\r\n\r\n" + Get("/head")));
    EXPECT_EQ(connection.Read().status, StatusOf(HttpRefusal::kMalformed)) << row;
    EXPECT_TRUE(connection.ClosedWithin(kLong)) << row;
  }
}

TEST_F(ListenerTest, HeadersBeyondTheirBytesAreRefused) {
  Start({.header_bytes = 1000});
  EXPECT_EQ(HttpCall(port(), "GET", "/head", "", {{"X", std::string(5000, 'x')}}).status,
            StatusOf(HttpRefusal::kHeadersTooLarge));
}

TEST_F(ListenerTest, HeadersBeyondTheirCountAreRefused) {
  Start({.headers = 5});  // HttpCall adds three
  EXPECT_EQ(HttpCall(port(), "GET", "/head", "", HttpHeaders(2, {"X", "x"})).status, 200);
  EXPECT_EQ(HttpCall(port(), "GET", "/head", "", HttpHeaders(3, {"X", "x"})).status,
            StatusOf(HttpRefusal::kHeadersTooLarge));
}

TEST_F(ListenerTest, NoHttpIsRefusedAndTheConnectionClosed) {
  Start();
  for (const std::string bytes : {"\x16\x03\x01 hello\r\n\r\n", "hello?\r\n\r\n"}) {
    HttpConnection connection(port());
    ASSERT_TRUE(connection.Send(bytes));
    EXPECT_EQ(connection.Read().status, StatusOf(HttpRefusal::kMalformed));
    EXPECT_TRUE(connection.ClosedWithin(kLong));
  }
}

TEST_F(ListenerTest, AClientThatIsSlowWithItsHeadIsCut) {
  Start({.header_timeout = kShort});
  HttpConnection silent(port());
  EXPECT_TRUE(silent.ClosedWithin(kLong));
  HttpConnection slow(port());
  ASSERT_TRUE(slow.Send("GET /head HT"));
  EXPECT_TRUE(slow.ClosedWithin(kLong));
}

TEST_F(ListenerTest, AClientThatIsSlowWithItsBodyIsToldSoAndCut) {
  Start({.body_timeout = kShort});
  HttpConnection slow(port());
  ASSERT_TRUE(slow.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow"));
  EXPECT_EQ(slow.Read().status, StatusOf(HttpRefusal::kTooSlow));
  EXPECT_TRUE(slow.ClosedWithin(kLong));
}

TEST_F(ListenerTest, AClientThatDoesNotReadItsAnswerIsCut) {
  Start({.write_timeout = kShort});
  HttpConnection deaf(port());
  ASSERT_TRUE(deaf.Send(Get("/large")));
  ASSERT_TRUE(Eventually([&] { return site_.last().target == "/large"; }));
  // Stopping waits for whoever is still being answered.
  auto stopped = std::async(std::launch::async, [&] { listener_->Stop(10 * kLong); });
  EXPECT_EQ(stopped.wait_for(kLong), std::future_status::ready);
  EXPECT_EQ(deaf.Read().status, 0);  // what was on its way ends too early
}

TEST_F(ListenerTest, AClientThatReadsGetsALargeAnswer) {
  Start();
  EXPECT_EQ(HttpCall(port(), "GET", "/large").body, TestSite::LargeBody());
}

TEST_F(ListenerTest, ALateAnswerIsReplacedByARefusal) {
  site_.patience = kShort;
  Start();
  HttpConnection connection(port());
  ASSERT_TRUE(connection.Send(Get("/gate")));
  EXPECT_EQ(connection.Read().status, StatusOf(HttpRefusal::kTooLate));
  site_.Open();  // nobody reads what is said now
  ASSERT_TRUE(connection.Send(Get("/head")));
  EXPECT_EQ(connection.Read().body, "head");
}

TEST_F(ListenerTest, ARequestThatWaitsKeepsNobodyElseWaiting) {
  Start();
  HttpConnection waiting(port());
  ASSERT_TRUE(waiting.Send(Get("/gate")));
  ASSERT_TRUE(site_.WaitUntilWaiting(1));
  EXPECT_EQ(HttpCall(port(), "POST", "/echo", "hi").body, "hi");
  site_.Open();
  EXPECT_EQ(waiting.Read().status, 200);
}

TEST_F(ListenerTest, MoreConnectionsThanTheLimitWaitWhileAllRequestsAreWithTheSite) {
  Start({.connections = 1});
  HttpConnection first(port());
  ASSERT_TRUE(first.Send(Get("/gate")));
  ASSERT_TRUE(site_.WaitUntilWaiting(1));
  HttpConnection second(port());
  ASSERT_TRUE(second.Send(Get("/head")));
  EXPECT_FALSE(second.ClosedWithin(kShort));
  site_.Open();
  EXPECT_EQ(first.Read().status, 200);
  EXPECT_EQ(second.Read().body, "head");
}

TEST_F(ListenerTest, WhoeverKeptItWaitingLongestMakesRoom) {
  Start({.connections = 3});
  HttpConnection with_site(port());
  ASSERT_TRUE(with_site.Send(Get("/gate")));
  ASSERT_TRUE(site_.WaitUntilWaiting(1));
  HttpConnection half_a_body(port());
  ASSERT_TRUE(half_a_body.Send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"));
  EXPECT_EQ(half_a_body.Read().status, 100);
  HttpConnection idle(port());
  ASSERT_TRUE(idle.Send(Get("/head")));
  EXPECT_EQ(idle.Read().body, "head");
  HttpConnection third(port());
  ASSERT_TRUE(third.Send(Get("/head")));
  EXPECT_EQ(third.Read().body, "head");
  EXPECT_TRUE(half_a_body.ClosedWithin(kLong));
  ASSERT_TRUE(idle.Send(Get("/head")));
  EXPECT_EQ(idle.Read().body, "head") << "it came later";
  HttpConnection fourth(port());
  ASSERT_TRUE(fourth.Send(Get("/head")));
  EXPECT_EQ(fourth.Read().body, "head");
  EXPECT_TRUE(third.ClosedWithin(kLong)) << "the other one has spoken since";
  site_.Open();
  EXPECT_EQ(with_site.Read().status, 200);
}

TEST_F(ListenerTest, AnAddressInUseIsNamed) {
  Start();
  const auto second = HttpListener::Start({.host = "127.0.0.1", .port = port()}, {}, &site_);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(StatusMessage(second.status()), HasSubstr("127.0.0.1:" + std::to_string(port())));
}

}  // namespace
}  // namespace usher
