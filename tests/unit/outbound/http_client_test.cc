#include "server/outbound/http_client.h"

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "server/listener/listener.h"
#include "server/tls/tls_watch.h"
#include "tests/support/certificates.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/outbound/raw_peer.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Then = RawPeer::Then;

constexpr milliseconds kPatience{20'000};

std::string Answer(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

HttpCallOut At(const std::string& url) { return {.method = "GET", .url = url, .headers = {}, .body = {}}; }

absl::StatusOr<HttpAnswer> Get(const std::string& url, const HttpClientLimits& limits = {}) {
  return HttpClient(HttpPeer::kOutside, limits).Call(At(url), kPatience);
}

struct UrlCase {
  const char* name;
  const char* url;
  HttpPeer peer;
  const char* problem;  // nullptr: none
};

class UrlTest : public testing::TestWithParam<UrlCase> {};

TEST_P(UrlTest, IsTakenOrRefusedWithASentence) {
  const absl::Status status = CheckHttpUrl(GetParam().url, GetParam().peer);
  if (GetParam().problem == nullptr) {
    EXPECT_TRUE(status.ok()) << status;
    return;
  }
  EXPECT_THAT(StatusMessage(status), HasSubstr(GetParam().problem));
  EXPECT_THAT(StatusMessage(status), Not(HasSubstr("hush")));
  const auto called = HttpClient(GetParam().peer, {}).Call(At(GetParam().url), kPatience);
  EXPECT_EQ(called.status(), status) << "and is not called either";
}

constexpr char kNoUrl[] = "expected https://HOST";
constexpr char kPlain[] = "anybody on the way could read the secret key";

INSTANTIATE_TEST_SUITE_P(
    Cases, UrlTest,
    testing::Values(UrlCase{"Https", "https://api.clerk.com", HttpPeer::kOutside, nullptr},
                    UrlCase{"PortAndPath", "https://api.clerk.com:8443/a/b", HttpPeer::kOutside, nullptr},
                    UrlCase{"Loopback", "http://127.0.0.1:80", HttpPeer::kOutside, nullptr},
                    UrlCase{"LoopbackV6", "http://[::1]:80", HttpPeer::kOutside, nullptr},
                    UrlCase{"Localhost", "http://localhost:80", HttpPeer::kOutside, nullptr},
                    UrlCase{"PlainOutside", "http://api.clerk.com", HttpPeer::kOutside, kPlain},
                    UrlCase{"PlainPrivate", "http://10.0.0.1", HttpPeer::kOutside, kPlain},
                    UrlCase{"PlainLookalike", "http://127.0.0.1.example.com", HttpPeer::kOutside, kPlain},
                    UrlCase{"PlainLocalhostLookalike", "http://localhost.example.com", HttpPeer::kOutside, kPlain},
                    UrlCase{"PlainNeighbour", "http://10.0.0.1:7482", HttpPeer::kNeighbour, nullptr},
                    UrlCase{"Empty", "", HttpPeer::kOutside, kNoUrl},
                    UrlCase{"NoScheme", "api.clerk.com", HttpPeer::kOutside, kNoUrl},
                    UrlCase{"File", "file:///etc/passwd", HttpPeer::kOutside, kNoUrl},
                    UrlCase{"Ftp", "ftp://api.clerk.com", HttpPeer::kOutside, kNoUrl},
                    UrlCase{"NoHost", "https://", HttpPeer::kOutside, kNoUrl},
                    UrlCase{"User", "https://me:hush@api.clerk.com", HttpPeer::kOutside, "a user, a query"},
                    UrlCase{"Query", "https://api.clerk.com?key=hush", HttpPeer::kOutside, "a user, a query"},
                    UrlCase{"Fragment", "https://api.clerk.com#hush", HttpPeer::kOutside, "a user, a query"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HttpClientTest, SendsAndReceivesAsTold) {
  RawPeer peer({"HTTP/1.1 418 I'm a teapot\r\nRetry-After:  7 \r\nContent-Length: 2\r\n\r\nok"});
  const auto answer = HttpClient(HttpPeer::kOutside, {})
                          .Call({.method = "PATCH",
                                 .url = peer.url() + "/a/b",
                                 .headers = {{"X-One", "1"}, {"Content-Type", "application/json"}},
                                 .body = "{\"a\":1}"},
                                kPatience);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 418);
  EXPECT_EQ(answer->body, "ok");
  EXPECT_EQ(answer->Header("retry-after"), "7");
  EXPECT_EQ(answer->Header("x-none"), std::nullopt);
  const std::string heard = peer.End();
  EXPECT_THAT(heard, StartsWith("PATCH /a/b HTTP/1.1\r\n"));
  EXPECT_THAT(heard, HasSubstr("X-One: 1\r\n"));
  EXPECT_THAT(heard, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(heard, HasSubstr("Content-Length: 7\n\n{\"a\":1}"));
}

TEST(HttpClientTest, ConnectionsAreKept) {
  RawPeer peer({Answer("one"), Answer("two")});
  const HttpClient client(HttpPeer::kOutside, {});
  for (const char* expected : {"one", "two"}) {
    const auto answer = client.Call(At(peer.url()), kPatience);
    ASSERT_TRUE(answer.ok()) << answer.status() << ": the peer takes one connection only";
    EXPECT_EQ(answer->body, expected);
  }
}

TEST(HttpClientTest, NothingOfOneCallIsLeftInTheNext) {
  RawPeer peer({Answer("one", "X-First: 1\r\n"), Answer("two")});
  const HttpClient client(HttpPeer::kOutside, {});
  ASSERT_TRUE(
      client.Call({.method = "PATCH", .url = peer.url(), .headers = {{"X-Key", "k"}}, .body = "b"}, kPatience).ok());
  const auto second = client.Call(At(peer.url()), kPatience);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->Header("x-first"), std::nullopt);
  const std::string heard = peer.End();
  const std::string last = heard.substr(heard.find("GET "));
  EXPECT_THAT(last, Not(HasSubstr("X-Key")));
  EXPECT_THAT(last, Not(HasSubstr("Content-Length")));
}

TEST(HttpClientTest, AnAnswerIsAsLargeAsItMayBe) {
  const HttpClientLimits limits{.body_bytes = 1000};
  RawPeer fits({Answer(std::string(1000, 'x'))});
  EXPECT_TRUE(Get(fits.url(), limits).ok());
  RawPeer over({Answer(std::string(1001, 'x'))});
  EXPECT_THAT(StatusMessage(Get(over.url(), limits).status()), HasSubstr("more than 1000 bytes of body"));
  RawPeer unsaid({"HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'x')}, Then::kCloses);
  EXPECT_THAT(StatusMessage(Get(unsaid.url(), limits).status()), HasSubstr("more than 1000 bytes of body"));
  RawPeer headers({Answer("", "X: " + std::string(2000, 'x') + "\r\n")});
  EXPECT_THAT(StatusMessage(Get(headers.url(), {.header_bytes = 1500}).status()),
              HasSubstr("more than 1500 bytes of headers"));
}

TEST(HttpClientTest, RedirectsAreNotFollowed) {
  RawPeer target({Answer("secret")});
  RawPeer peer({"HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n"});
  const auto answer = Get(peer.url());
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(target.End(), "");
}

TEST(HttpClientTest, InterimAnswersAreNone) {
  RawPeer peer({"HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n" + Answer("ok")});
  const auto answer = Get(peer.url());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->Header("retry-after"), std::nullopt);
}

TEST(HttpClientTest, WithoutAWholeAnswerThereIsNone) {
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200", "220 smtp\r\n"}) {
    RawPeer peer({bytes}, Then::kCloses);
    const auto answer = Get(peer.url());
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable) << bytes;
    EXPECT_THAT(StatusMessage(answer.status()), StartsWith("no answer of 127.0.0.1: "));
  }
}

TEST(HttpClientTest, WaitsNoLongerThanTold) {
  RawPeer silent({""});
  RawPeer half({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"});
  for (const RawPeer* peer : {&silent, &half}) {
    const auto start = std::chrono::steady_clock::now();
    const auto answer = HttpClient(HttpPeer::kOutside, {}).Call(At(peer->url()), milliseconds(150));
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - start, kPatience);
  }
  EXPECT_THAT(StatusMessage(HttpClient(HttpPeer::kOutside, {}).Call(At(silent.url()), milliseconds(0)).status()),
              HasSubstr("no time is left"));
}

// A port whose queue of connections is full takes no more and refuses none.
TEST(HttpClientTest, WaitsNoLongerForAConnectionThanTold) {
  const int full = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(full, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(full, 0), 0);
  ASSERT_EQ(getsockname(full, reinterpret_cast<sockaddr*>(&address), &size), 0);
  std::vector<int> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    connect(waiting.back(), reinterpret_cast<const sockaddr*>(&address), size);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto answer =
      Get("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)), {.connect_timeout = milliseconds(200)});
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, kPatience / 2);
  for (const int socket : waiting) close(socket);
  close(full);
}

TEST(HttpClientTest, AHeaderThatWouldBeTwoIsNotSent) {
  RawPeer peer({Answer("ok")});
  const auto answer =
      HttpClient(HttpPeer::kOutside, {})
          .Call({.method = "GET", .url = peer.url(), .headers = {{"Authorization", "hush\r\nX: y"}}, .body = {}},
                kPatience);
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(StatusMessage(answer.status()), Not(HasSubstr("hush")));
  EXPECT_EQ(peer.End(), "");
}

// Sets an environment variable of this process while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { setenv(name, value.c_str(), 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

TEST(HttpClientTest, TheProxyOfTheEnvironmentIsForOutsideHosts) {
  RawPeer proxy({"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"});
  const Variable http("http_proxy", proxy.url());
  const Variable https("https_proxy", proxy.url());
  RawPeer loopback({Answer("ok")});
  EXPECT_TRUE(Get(loopback.url()).ok());
  const auto neighbour = HttpClient(HttpPeer::kNeighbour, {}).Call(At("http://usher.invalid"), milliseconds(300));
  EXPECT_FALSE(neighbour.ok());
  EXPECT_FALSE(Get("https://api.clerk.invalid/v1/users/hush").ok());
  const std::string heard = proxy.End();
  EXPECT_THAT(heard, StartsWith("CONNECT api.clerk.invalid:443 "));
  EXPECT_THAT(heard, Not(HasSubstr("hush")));
}

// Answers with the target of the request.
class EchoSite final : public HttpSite {
 public:
  std::optional<HttpResponse> AnswerHead(const HttpRequest&) override { return std::nullopt; }
  std::chrono::steady_clock::time_point Answer(HttpRequest request, HttpDone done) override {
    ++asked;
    HttpResponse response;
    response.body = request.target;
    done(std::move(response));
    return std::chrono::steady_clock::time_point::max();
  }
  HttpResponse Refuse(HttpRefusal, const HttpLimits&) const override { return {}; }

  std::atomic<int> asked = 0;
};

TEST(HttpClientTest, WhoeverShowsACertificateThatNobodyVouchesForIsToldNothing) {
  const TemporaryFolder folder;
  const Identity identity = Authority("nobody we know").Issue("localhost");
  std::ofstream(folder.File("certificate")) << identity.certificate_pem;
  std::ofstream(folder.File("key")) << identity.key_pem;
  const Log log;
  const auto tls =
      TlsWatch::Start({.certificate = folder.File("certificate"), .key = folder.File("key"), .client_ca = ""}, &log);
  ASSERT_TRUE(tls.ok()) << tls.status();
  EchoSite site;
  const auto listener = HttpListener::Start({.host = "127.0.0.1", .port = 0}, {}, &site, tls->get());
  ASSERT_TRUE(listener.ok());
  const auto answer = Get("https://localhost:" + std::to_string((*listener)->port()));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(StatusMessage(answer.status()), HasSubstr("certificate"));
  EXPECT_EQ(site.asked, 0);
}

TEST(HttpClientTest, SeveralThreadsCallAtOnce) {
  EchoSite site;
  const auto listener = HttpListener::Start({.host = "127.0.0.1", .port = 0}, {}, &site);
  ASSERT_TRUE(listener.ok());
  const std::string url = "http://127.0.0.1:" + std::to_string((*listener)->port());
  const HttpClient client(HttpPeer::kOutside, {.idle_connections = 2});
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::string path = "/" + std::to_string(thread) + "/" + std::to_string(i);
        const auto answer = client.Call(At(url + path), kPatience);
        right += static_cast<int>(answer.ok() && answer->body == path);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 300);
}

}  // namespace
}  // namespace usher
