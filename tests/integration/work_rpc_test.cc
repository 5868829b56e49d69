// Work and the test clock, over every transport.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/integrations/stripe/signature.h"
#include "tests/integration/rpc_fixture.h"
#include "tests/support/eventually.h"
#include "usher/v1/test_clock.pb.h"
#include "usher/v1/work.pb.h"

namespace usher {
namespace {

constexpr std::int64_t kDaySeconds = 86400;

class WorkRpcTest : public RpcTest {
 protected:
  WorkRpcTest() : RpcTest({"--test-clock"}) {}

  v1::SetTimeRequest At(std::int64_t seconds) {
    v1::SetTimeRequest request;
    request.mutable_time()->set_seconds(seconds);
    return request;
  }
  void SetTime(std::int64_t seconds) { Call<v1::SetTimeResponse>("TestClockService/SetTime", At(seconds)); }
  std::int64_t Time() {
    return Call<v1::GetTimeResponse>("TestClockService/GetTime", v1::GetTimeRequest()).time().seconds();
  }

  // When acme's boundary falls due, 0 without one.
  std::int64_t Boundary() {
    v1::ListWorkRequest request;
    request.set_kind(v1::WORK_KIND_BOUNDARY);
    const auto response = Call<v1::ListWorkResponse>("WorkService/ListWork", request);
    EXPECT_LE(response.work_size(), 1);
    if (response.work().empty()) return 0;
    EXPECT_EQ(response.work(0).tenant_id(), "acme");
    return response.work(0).due_at().seconds();
  }
};

INSTANTIATE_TEST_SUITE_P(Over, WorkRpcTest, testing::ValuesIn(kTransports),
                         [](const auto& row) { return std::string(TransportName(row.param)); });

using WithoutTestClockTest = RpcTest;
INSTANTIATE_TEST_SUITE_P(Over, WithoutTestClockTest, testing::ValuesIn(kTransports),
                         [](const auto& row) { return std::string(TransportName(row.param)); });

TEST_P(WithoutTestClockTest, NobodyMovesTheTimeOfAServerThatWasNotStartedForIt) {
  v1::SetTimeRequest request;
  request.mutable_time()->set_seconds(now_ + kDaySeconds);
  EXPECT_EQ(Fail<v1::SetTimeResponse>("TestClockService/SetTime", request).code, absl::StatusCode::kUnimplemented);
  EXPECT_EQ(Fail<v1::GetTimeResponse>("TestClockService/GetTime", v1::GetTimeRequest()).code,
            absl::StatusCode::kUnimplemented);
}

TEST_P(WorkRpcTest, TheClockMovesForwardOnlyAndStandsStill) {
  const auto before = Call<v1::GetTimeResponse>("TestClockService/GetTime", v1::GetTimeRequest());
  EXPECT_TRUE(before.follows_system());
  EXPECT_GE(before.time().seconds(), now_ - 1);
  SetTime(now_ + kDaySeconds);
  EXPECT_EQ(Time(), now_ + kDaySeconds);
  const Reply back = Fail<v1::SetTimeResponse>("TestClockService/SetTime", At(now_ + kDaySeconds - 1));
  EXPECT_EQ(back.code, absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(back.reason, v1::ERROR_REASON_CLOCK_BACKWARDS);
  const Reply far = Fail<v1::SetTimeResponse>("TestClockService/SetTime", At(253'402'300'799));
  EXPECT_EQ(far.code, absl::StatusCode::kFailedPrecondition) << "the year 9999, for ever";
  EXPECT_EQ(far.reason, v1::ERROR_REASON_CLOCK_TOO_FAR);
  EXPECT_THAT(Fail<v1::SetTimeResponse>("TestClockService/SetTime", v1::SetTimeRequest()).violations,
              testing::ElementsAre("time"));
  EXPECT_EQ(Time(), now_ + kDaySeconds);
}

TEST_P(WorkRpcTest, AGraceEndsAlthoughNoEventComes) {
  Relay(PaidInvoice());  // for 30 days
  EXPECT_EQ(Check("acme", "sso").state(), v1::ACCESS_STATE_GRANTED);
  const std::int64_t period_end = Boundary();
  EXPECT_EQ(period_end, now_ + 30 * kDaySeconds);

  SetTime(period_end + 1);
  EXPECT_NE(Check("acme", "sso").state(), v1::ACCESS_STATE_GRANTED);
  EXPECT_TRUE(Eventually([&] { return Boundary() != period_end; })) << "the boundary was not worked off";

  SetTime(now_ + 90 * kDaySeconds);
  EXPECT_FALSE(Check("acme", "sso").allowed());
  EXPECT_TRUE(Eventually([&] { return Boundary() == 0; }));

  // Signatures go by the machine's clock.
  EXPECT_EQ(Relay(PaidInvoice()).disposition(), v1::DISPOSITION_APPLIED);
}

TEST_P(WorkRpcTest, TheClockStaysWhereItIsOverARestart) {
  SetTime(now_ + kDaySeconds);
  EXPECT_EQ(server_.Restart(), 0);
  client_ = MakeServerClient(GetParam(), server_.grpc_port(), server_.http_port());
  EXPECT_EQ(Time(), now_ + kDaySeconds);
}

TEST_P(WorkRpcTest, RetentionIsAlwaysScheduled) {
  v1::ListWorkRequest request;
  request.set_kind(v1::WORK_KIND_RETENTION);
  EXPECT_TRUE(Eventually([&] {
    const auto response = Call<v1::ListWorkResponse>("WorkService/ListWork", request);
    return response.work_size() == 1 && response.work(0).due_at().seconds() > now_;
  }));
}

TEST_P(WorkRpcTest, TheCatalogOfTheStartIsBroughtToEveryTenant) {
  v1::ListWorkRequest request;
  request.set_kind(v1::WORK_KIND_CATALOG);
  EXPECT_TRUE(Eventually([&] { return Call<v1::ListWorkResponse>("WorkService/ListWork", request).work_size() == 0; }));
}

TEST_P(WorkRpcTest, OnlyDeadLettersAreRedriven) {
  v1::RedriveWorkRequest request;
  request.set_work_id(77);
  EXPECT_EQ(Fail<v1::RedriveWorkResponse>("WorkService/RedriveWork", request).reason, v1::ERROR_REASON_WORK_UNKNOWN);
  request.set_work_id(0);
  EXPECT_THAT(Fail<v1::RedriveWorkResponse>("WorkService/RedriveWork", request).violations,
              testing::ElementsAre("work_id"));
}

}  // namespace
}  // namespace usher
