// What ends a process that is stopping. Each case is a process of its own.
#include "server/base/stop_signals.h"

#include <unistd.h>

#include <csignal>

#include <gtest/gtest.h>

namespace usher {
namespace {

class StopSignalsDeathTest : public testing::Test {
 protected:
  StopSignalsDeathTest() { testing::FLAGS_gtest_death_test_style = "threadsafe"; }

  // A process that gets `before`, is told to stop, and then `next`s and never ends by itself.
  template <class Next>
  static void StopAnd(const Next& next, int before = 0) {
    HoldSignals();
    const Log log;
    StopSignals signals(&log);
    kill(getpid(), before);
    kill(getpid(), SIGTERM);
    signals.Wait();
    next(signals);
    while (true) pause();
  }
};

TEST_F(StopSignalsDeathTest, ASecondSignalEndsItAtOnce) {
  EXPECT_EXIT(StopAnd([](StopSignals&) { kill(getpid(), SIGINT); }), testing::ExitedWithCode(128 + SIGINT),
              "told to stop a second time: ended at once");
}

TEST_F(StopSignalsDeathTest, ATerminalThatClosesIsAskingToStop) {
  const auto close_terminal = [] {
    HoldSignals();
    const Log log;
    StopSignals signals(&log);
    kill(getpid(), SIGHUP);
    signals.Wait();
    _exit(0);
  };
  EXPECT_EXIT(close_terminal(), testing::ExitedWithCode(0), "");
}

TEST_F(StopSignalsDeathTest, AHangUpThatWasIgnoredStaysIgnored) {
  const auto close_terminal = [] {
    std::signal(SIGHUP, SIG_IGN);
    StopAnd([](StopSignals& signals) { signals.GiveUpAfter(std::chrono::milliseconds(50)); }, SIGHUP);
  };
  EXPECT_EXIT(close_terminal(), testing::ExitedWithCode(1), "stopping took too long and was given up");
}

TEST_F(StopSignalsDeathTest, StoppingThatTakesTooLongIsGivenUp) {
  EXPECT_EXIT(StopAnd([](StopSignals& signals) { signals.GiveUpAfter(std::chrono::milliseconds(50)); }),
              testing::ExitedWithCode(1), "stopping took too long and was given up");
}

}  // namespace
}  // namespace usher
