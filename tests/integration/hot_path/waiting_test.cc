// What happens over time: idle gaps, callers who go away, a server that stops.
#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>
#include <vector>

#include "tests/integration/hot_path/hot_server.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Time in which nobody calls, which is what is tested.
void LetPass(milliseconds time) {
  Mutex mutex;
  Condition never;
  const MutexLock lock(mutex);
  never.WaitFor(mutex, time, [] { return false; });
}

TEST_F(HotPathTest, NoCheckIsSlowAfterAnIdleGap) {
  constexpr int kGaps = 5;
  constexpr int kChecksAfterEach = 20;
  constexpr milliseconds kGap{1200};
  Start();
  const auto slowest_of = [&](int checks) {
    steady_clock::duration slowest{0};
    for (int i = 0; i < checks; ++i) {
      const auto start = steady_clock::now();
      EXPECT_TRUE(Check(AboutSso()).ok());
      slowest = std::max(slowest, steady_clock::now() - start);
    }
    return slowest;
  };
  const auto ms = [](steady_clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); };
  const steady_clock::duration first = slowest_of(kChecksAfterEach);
  steady_clock::duration after_gaps{0};
  for (int gap = 0; gap < kGaps; ++gap) {
    LetPass(kGap);
    after_gaps = std::max(after_gaps, slowest_of(kChecksAfterEach));
  }
  std::cout << "idle gaps: the slowest of the first " << kChecksAfterEach << " checks took " << ms(first)
            << " ms, after " << kGaps << " gaps of " << kGap.count() << " ms " << ms(after_gaps) << " ms\n";
  EXPECT_LT(after_gaps, std::chrono::seconds(1));
}

TEST_F(HotPathTest, CallersWhoGoAwayDoNoHarm) {
  Start({.slow_threads = 1, .slow_queued = 4});
  stalled_->Stall();
  for (int i = 0; i < 500; ++i) {
    const auto call = Ask(i % 10 == 0 ? AboutThePast() : AboutSso());
    call->Cancel();
    const grpc::StatusCode code = call->Await().error_code();
    EXPECT_TRUE(code == grpc::StatusCode::CANCELLED || code == grpc::StatusCode::OK ||
                code == grpc::StatusCode::RESOURCE_EXHAUSTED)
        << code;
  }
  EXPECT_TRUE(Check(AboutSso()).ok());
  stalled_->GoOn();
  EXPECT_TRUE(Eventually([&] { return Check(AboutThePast()).ok(); }));
}

TEST_F(HotPathTest, AStopLetsRunningCallsEnd) {
  Start();
  stalled_->Stall();
  const auto slow = Ask(AboutThePast(), std::chrono::seconds(60));
  ASSERT_TRUE(Eventually([&] { return stalled_->held() == 1; }));
  std::atomic<bool> stopped = false;
  std::thread stopping([&] {
    server_->Stop(std::chrono::seconds(30));
    stopped = true;
  });
  ASSERT_TRUE(Eventually([&] { return !Check(AboutSso(), milliseconds(500)).ok(); }));
  EXPECT_FALSE(stopped);
  stalled_->GoOn();
  EXPECT_TRUE(slow->Await().ok()) << slow->Await().error_message();
  stopping.join();
}

TEST_F(HotPathTest, AStopInTheMiddleOfManyCallsIsClean) {
  constexpr int kThreads = 4;
  for (int round = 0; round < 3; ++round) {
    Start();
    std::atomic<int> answered = 0;
    std::atomic<bool> done = false;
    std::vector<std::thread> asking;
    for (int i = 0; i < kThreads; ++i) {
      asking.emplace_back([&] {
        while (!done) {
          const grpc::Status status = Check(AboutSso());
          if (status.ok()) ++answered;
          EXPECT_TRUE(status.ok() || status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                      status.error_code() == grpc::StatusCode::CANCELLED)
              << status.error_code() << " " << status.error_message();
          if (!status.ok()) break;
        }
      });
    }
    EXPECT_TRUE(Eventually([&] { return answered > 200; }));
    server_->Stop(milliseconds(round * 100));
    done = true;
    for (std::thread& thread : asking) thread.join();
  }
}

}  // namespace
}  // namespace usher
