// What `usher` says when no question can be put: arguments, settings, and what is wrong on the way to a server.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <regex>
#include <thread>

#include <gtest/gtest.h>

#include "clients/cli/failure_sentence.h"
#include "clients/cli/numbers.h"
#include "server/base/version.h"
#include "tests/unit/clients/run_usher.h"

namespace usher {
namespace {

TEST(CliWithoutServer, SaysWhatToDo) {
  const Outcome outcome = RunUsher(Words("check acme sso --server 127.0.0.1:1"));
  EXPECT_EQ(kExitCouldNotAsk, outcome.exit_code);
  EXPECT_EQ(
      "usher: no server answers at 127.0.0.1:1; start one with `usherd` or `./dev run`, or name another with --server "
      "HOST:PORT or USHER_SERVER\n",
      outcome.err);
}

TEST(CliWithoutServer, TheVersionIsThatOfTheProject) {
  const Outcome outcome = RunUsher({"--version"});
  EXPECT_EQ(kExitYes, outcome.exit_code);
  EXPECT_EQ("usher " + std::string(Version()) + "\n", outcome.out);
}

TEST(CliWithoutServer, EverythingThatIsWrongWithTheServerIsNamed) {
  const Outcome outcome = RunUsher(Words("check acme sso --server here --tls-ca /nonexistent"),
                                   {{"USHER_API_KEY_FILE", "/nonexistent.key"}});
  EXPECT_EQ(kExitCouldNotAsk, outcome.exit_code);
  EXPECT_EQ(
      "usher: --server: \"here\" is no server address: expected HOST:PORT, such as 127.0.0.1:7480\n"
      "usher: --tls-ca: cannot read /nonexistent\n"
      "usher: USHER_API_KEY_FILE: cannot read /nonexistent.key\n",
      outcome.err);
}

// One environment may serve all programs.
TEST(CliWithoutServer, ItsVariablesAreKnownToTheOtherPrograms) {
  const std::string help = RunUsher({"--help"}).out;
  const std::regex variable("USHER_[A-Z_]+");
  int count = 0;
  for (std::sregex_iterator it(help.begin(), help.end(), variable), end; it != end; ++it, ++count) {
    EXPECT_TRUE(UnknownVariables({{it->str(), "x"}}).empty()) << it->str();
  }
  EXPECT_GE(count, 6);
}

struct TroubleCase {
  const char* said;  // by gRPC
  const char* told;
};

TEST(CliWithoutServer, WhatIsWrongOnTheWayIsToldApart) {
  const TroubleCase cases[] = {
      {"last error: UNKNOWN: ipv4:1.2.3.4:1: Failed to connect to remote host: Connection refused",
       "no server answers"},
      {"last error: INTERNAL: ipv4:1.2.3.4:1: Trying to connect an http1.x server", "speaks HTTP/1"},
      {"last error: UNKNOWN: ipv4:1.2.3.4:1: Cannot check peer: missing selected ALPN property.", "TLS but not gRPC"},
      {"DNS resolution failed for a:1: C-ares status is not ARES_SUCCESS", "the host of a:1 is not known"},
      {"Ssl handshake failed: SSL_ERROR_SSL: error:0A00010B:SSL routines::wrong version number", "put http:// before"},
      {"Ssl handshake failed: SSL_ERROR_SSL: error:0A000086:SSL routines::certificate verify failed", "--tls-ca FILE"},
      {"last error: UNKNOWN: ipv4:1.2.3.4:1: Peer name a is not in peer certificate", "one of other hosts"},
      {"empty address list: ", "cannot be used: expected PEM"},
      {"last error: UNAVAILABLE: ipv4:1.2.3.4:1: Socket closed", "put https:// before"},
      {"last error: UNAVAILABLE: recvmsg:Connection reset by peer", "put https:// before"},
      {"last error: UNKNOWN: No route to host", "cannot be reached (last error: UNKNOWN: No route to host)"},
  };
  for (const TroubleCase& row : cases) {
    const grpc::Status status(grpc::StatusCode::UNAVAILABLE, row.said);
    EXPECT_NE(std::string::npos, SentenceFor(status, {.address = "a:1"}).find(row.told)) << row.said;
  }
  const grpc::Status closed(grpc::StatusCode::UNAVAILABLE, "Socket closed");
  EXPECT_NE(std::string::npos, SentenceFor(closed, {.address = "a:1", .tls = true}).find("show one with --tls-cert"));
  EXPECT_NE(
      std::string::npos,
      SentenceFor(closed, {.address = "a:1", .tls = true, .cert_pem = "c"}).find("may not trust the certificate"));
}

// Answers one connection as a port of HTTP/1 does that is asked for something else.
class Http1Port {
 public:
  Http1Port() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(0, bind(socket_, reinterpret_cast<sockaddr*>(&address), size));
    EXPECT_EQ(0, listen(socket_, 1));
    EXPECT_EQ(0, getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size));
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] {
      constexpr std::string_view kAnswer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
      const int peer = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      EXPECT_EQ(static_cast<ssize_t>(kAnswer.size()), send(peer, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL));
      char received = 0;
      while (recv(peer, &received, 1, 0) > 0) {
      }
      close(peer);
    });
  }
  ~Http1Port() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }

  const std::string& address() const { return address_; }

 private:
  const int socket_;
  std::string address_;
  std::thread thread_;
};

TEST(CliWithoutServer, ThePortOfHttpIsNotTakenForNoServer) {
  const Http1Port port;
  const Outcome outcome = RunUsher(Words("check acme sso --server " + port.address()));
  EXPECT_EQ(kExitCouldNotAsk, outcome.exit_code);
  EXPECT_NE(std::string::npos, outcome.err.find("speaks HTTP/1, and gRPC was expected")) << outcome.err;
}

struct WrongCase {
  const char* name;
  const char* arguments;
  const char* told;  // a part of the error
};

constexpr WrongCase kWrong[] = {
    {"no command", "", "subcommand"},
    {"unknown command", "chekc acme sso", "chekc"},
    {"unknown command of a command", "tenant gte acme", "not understood: gte"},
    {"missing feature", "check acme", "FEATURE"},
    {"unknown flag", "check acme sso --color", "--color"},
    {"unknown format", "check acme sso --format xml", "--format"},
    {"no address", "check acme sso --server here", "\"here\" is no server address"},
    {"no time", "check acme sso --at yesterday", "--at: "},
    {"no number", "check acme sso --quantity many", "--quantity"},
    {"suspension without reason", "tenant suspend acme", "--reason"},
    {"override without value", "tenant override set acme sso --reason r", "one value is needed"},
    {"override with two values", "tenant override set acme sso --on --limit 3 --reason r", "one value is needed"},
    {"half a metered value", "tenant override set acme api_calls --cap 3 --reason r", "go together"},
    {"level added", "tenant override add acme support --level priority --reason r", "--level"},
    {"value denied", "tenant override deny acme sso --on --reason r", "--on"},
    {"unknown disposition", "events list --disposition lost", "--disposition"},
};

TEST(CliArguments, WhatIsWrongIsNamedAndNothingIsAsked) {
  for (const WrongCase& row : kWrong) {
    const Outcome outcome = RunUsher(Words(row.arguments));
    EXPECT_EQ(kExitCouldNotAsk, outcome.exit_code) << row.name;
    EXPECT_EQ("", outcome.out) << row.name;
    EXPECT_NE(std::string::npos, outcome.err.find(row.told)) << row.name << ": " << outcome.err;
  }
}

struct NumberCase {
  const char* arguments;  // the number follows
  const char* flag;
  const char* range;
};

constexpr NumberCase kNumbers[] = {
    {"check acme seats --quantity=", "--quantity", "0 to 9223372036854775807"},
    {"check acme seats --usage=", "--usage", "0 to 9223372036854775807"},
    {"explain acme seats --usage=", "--usage", "0 to 9223372036854775807"},
    {"tenant list --limit=", "--limit", "1 to 1000"},
    {"events list --limit=", "--limit", "1 to 1000"},
    {"keys list --limit=", "--limit", "1 to 1000"},
    {"work list --limit=", "--limit", "1 to 1000"},
    {"members list acme --limit=", "--limit", "1 to 1000"},
    {"work redrive 7 ", "ID", "1 to 9223372036854775807"},
    {"tenant generate ", "N", "1 to 10000000"},
    {"tenant generate 1 --seed=", "--seed", "0 to 9223372036854775807"},
    {"tenant override set acme seats --reason r --limit=", "--limit", "0 to 9223372036854775807"},
    {"tenant override set acme calls --reason r --cap=1 --included=", "--included", "0 to 9223372036854775807"},
    {"tenant override add acme calls --reason r --included=1 --cap=", "--cap", "0 to 9223372036854775807"},
};

TEST(CliArguments, ANumberIsPlainDecimalWithinItsRange) {
  for (const NumberCase& row : kNumbers) {
    for (const char* number : {"-1", "+1", "0x10", "010", "1.0", "1e3", "many", "9223372036854775808",
                               "18446744073709551616", "99999999999999999999999"}) {
      const Outcome outcome = RunUsher(Words(std::string(row.arguments) + number));
      EXPECT_EQ(kExitCouldNotAsk, outcome.exit_code) << row.arguments << number;
      const std::string told = std::string("usher: ") + row.flag + ": \"" + number +
                               "\" is not taken: expected a whole number from " + row.range + ", in plain digits";
      EXPECT_TRUE(outcome.err.starts_with(told)) << row.arguments << number << ": " << outcome.err;
    }
  }
}

TEST(CliArguments, TheEndsOfARangeBelongToIt) {
  EXPECT_EQ(1000, ReadNumber("1000", {.least = 1, .most = 1000}).value());
  EXPECT_EQ(1, ReadNumber("1", {.least = 1, .most = 1000}).value());
  EXPECT_FALSE(ReadNumber("0", {.least = 1, .most = 1000}).ok());
  EXPECT_FALSE(ReadNumber("1001", {.least = 1, .most = 1000}).ok());
  EXPECT_EQ(0, ReadNumber("0", {}).value());
  EXPECT_EQ(9'223'372'036'854'775'807, ReadNumber("9223372036854775807", {}).value());
}

}  // namespace
}  // namespace usher
