// What the gRPC port bears from one connection, seen from the other end of the socket.
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "server/rpc/grpc_server.h"
#include "tests/support/http_client.h"

namespace usher {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShort{200};
constexpr milliseconds kPatience{10'000};

constexpr char kSettings = 4;
constexpr char kPing = 6;

std::string Frame(char type, const std::string& payload = "") {
  return std::string(2, '\0') + static_cast<char>(payload.size()) + type + std::string(5, '\0') + payload;
}

unsigned Number(const std::string& bytes) {
  unsigned number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kSettings);

// Null services: nothing here calls one.
class GrpcLimitsTest : public testing::Test {
 protected:
  void Start(const GrpcLimits& limits) {
    auto server = GrpcServer::Start("127.0.0.1:0", Services{},
                                    {.access = access_, .log = log_, .calls = calls_, .limits = limits});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  const AccessGate access_{Principal{}};
  const Log log_;
  CallStats calls_;
  std::unique_ptr<GrpcServer> server_;
};

TEST_F(GrpcLimitsTest, AConnectionThatNeverSpeaksIsCut) {
  Start({.handshake = kShort});
  EXPECT_TRUE(HttpConnection(server_->port()).ClosedWithin(kPatience));
}

TEST_F(GrpcLimitsTest, AnIdleConnectionIsClosed) {
  Start({.idle = kShort});
  HttpConnection connection(server_->port());
  connection.Send(kPreface);
  EXPECT_TRUE(connection.ClosedWithin(kPatience));
}

TEST_F(GrpcLimitsTest, AnOldConnectionIsClosed) {
  Start({.age = kShort, .age_grace = kShort});
  HttpConnection connection(server_->port());
  connection.Send(kPreface);
  EXPECT_TRUE(connection.ClosedWithin(kPatience));
}

TEST_F(GrpcLimitsTest, APeerThatAnswersNoPingIsCut) {
  Start({.keepalive = kShort, .keepalive_timeout = kShort});
  HttpConnection connection(server_->port());
  connection.Send(kPreface);
  EXPECT_TRUE(connection.ClosedWithin(kPatience));
}

TEST_F(GrpcLimitsTest, AClientThatOnlyPingsIsCut) {
  Start({});
  HttpConnection connection(server_->port());
  std::string pings;
  for (int i = 0; i < 10; ++i) pings += Frame(kPing, std::string(8, 'x'));
  connection.Send(kPreface + pings);
  EXPECT_TRUE(connection.ClosedWithin(kPatience));
}

TEST_F(GrpcLimitsTest, StreamsAndMetadataAreBounded) {
  Start({.metadata_bytes = 12'345, .streams_per_connection = 67});
  HttpConnection connection(server_->port());
  connection.Send(kPreface);
  const std::string bytes = connection.ReadBytes(9);
  ASSERT_EQ(bytes.size(), 9u);
  ASSERT_EQ(bytes[3], kSettings);
  const std::string settings = connection.ReadBytes(static_cast<unsigned char>(bytes[2]));
  std::map<unsigned, unsigned> values;
  for (std::size_t at = 0; at + 6 <= settings.size(); at += 6) {
    values[Number(settings.substr(at, 2))] = Number(settings.substr(at + 2, 4));
  }
  EXPECT_EQ(values[3], 67u);      // MAX_CONCURRENT_STREAMS
  EXPECT_EQ(values[6], 12'345u);  // MAX_HEADER_LIST_SIZE
}

}  // namespace
}  // namespace usher
