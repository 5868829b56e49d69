// Answers that nobody takes: their number is bounded, and others get theirs.
#include <chrono>
#include <string>
#include <vector>

#include "server/rpc/async_queue.h"
#include "tests/integration/hot_path/hot_server.h"
#include "tests/support/http2_client.h"

namespace usher {
namespace {

using std::chrono::milliseconds;

struct FakeCall : AsyncArrived {
  void Cut() override { ++cuts; }
  int cuts = 0;
};

TEST(InFlightTest, NothingIsCutBelowTheLimitAndNothingYoungAtIt) {
  InFlight below(2, milliseconds(0));
  InFlight young(1, std::chrono::hours(1));
  FakeCall a, b, c, d;
  EXPECT_TRUE(below.Enter(a));
  EXPECT_TRUE(below.Enter(b));
  EXPECT_TRUE(young.Enter(c));
  EXPECT_FALSE(young.Enter(d));
  EXPECT_EQ(a.cuts + b.cuts + c.cuts + d.cuts, 0);
  young.Leave(c);
  young.Leave(d);
  EXPECT_TRUE(young.Enter(c));
  young.Leave(c);
  below.Leave(b);
  below.Leave(a);
}

TEST(InFlightTest, AtTheLimitTheOldestAreCutInTurn) {
  InFlight calls(3, milliseconds(-1));  // all are old
  FakeCall old[3];
  for (FakeCall& call : old) EXPECT_TRUE(calls.Enter(call));
  FakeCall late[2];
  EXPECT_FALSE(calls.Enter(late[0]));
  EXPECT_EQ(old[0].cuts, 1);
  EXPECT_EQ(old[1].cuts, 1);
  EXPECT_EQ(old[2].cuts, 0);
  calls.Leave(old[1]);
  calls.Leave(old[0]);
  EXPECT_TRUE(calls.Enter(late[1]));
  for (FakeCall* call : {&old[2], &late[0], &late[1]}) calls.Leave(*call);
  for (FakeCall& call : old) EXPECT_TRUE(calls.Enter(call)) << "nobody is there any more";
  for (FakeCall& call : old) calls.Leave(call);
}

constexpr int kUnread = 8;

class UnreadAnswersTest : public HotPathTest {
 protected:
  // As many answers lie about as the server holds, of a client that takes none.
  void Flood() {
    flood_ = std::make_unique<HttpConnection>(server_->port());
    std::string bytes = Http2Hello(0);
    for (std::uint32_t i = 0; i < kUnread; ++i) {
      bytes += GrpcCallBytes(2 * i + 1, kCheckPath, AboutSso().SerializeAsString());
    }
    ASSERT_TRUE(flood_->Send(bytes));
  }

  std::unique_ptr<HttpConnection> flood_;
};

TEST_F(UnreadAnswersTest, AreBounded) {
  Start({.in_flight = kUnread, .unread = std::chrono::hours(1)});
  Flood();
  ASSERT_TRUE(Eventually([&] { return !Check(AboutSso()).ok(); }));
  ExpectOverloaded(Check(AboutSso()));
  flood_ = nullptr;
  EXPECT_TRUE(Eventually([&] { return Check(AboutSso()).ok(); }));
}

TEST_F(UnreadAnswersTest, GiveWayToOthers) {
  Start({.in_flight = kUnread, .unread = milliseconds(100)});
  Flood();
  EXPECT_TRUE(Eventually([&] { return !Check(AboutSso()).ok(); }));
  EXPECT_TRUE(Eventually([&] { return Check(AboutSso()).ok(); }));
}

}  // namespace
}  // namespace usher
