// A crash leaves a line behind.
#include <csignal>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/running_server.h"

namespace usher {
namespace {

TEST(CrashTest, AFatalSignalLeavesALineAndStillKills) {
  for (const int signal : {SIGSEGV, SIGABRT}) {
    RunningServer server;
    server.process().Signal(signal);
    // A sanitizer makes something else of a violation of memory than its death.
    const std::optional<int> end = server.process().WaitForEnd();
    EXPECT_TRUE(signal == SIGABRT ? end == -signal : end.value_or(0) != 0) << end.value_or(0);
    const std::string name = signal == SIGSEGV ? "SIGSEGV" : "SIGABRT";
    EXPECT_THAT(server.process().errors(),
                testing::HasSubstr(R"({"level":"error","message":"crashed","signal":")" + name + "\"}\n"));
  }
}

}  // namespace
}  // namespace usher
