// A crash leaves a line behind, and no work that waits for the dead.
#include <chrono>
#include <csignal>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/storage/sqlite/store.h"
#include "tests/support/eventually.h"
#include "tests/support/http_client.h"
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

TEST(CrashTest, WhatADeadServerHeldIsTakenBackByTheNext) {
  RunningServer server;
  const auto claim_for_a_day = [&] {
    const auto store = sqlite::Open({.path = server.folder().File("usher.db")});
    ASSERT_TRUE(store.ok()) << store.status();
    const auto transaction = *(*store)->Begin();
    const Instant now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
    const auto held = transaction->ClaimWork({.kinds = {WorkKind::kRetention},
                                              .due_by = now + std::chrono::hours(2),
                                              .now = now,
                                              .lease_until = now + std::chrono::hours(24),
                                              .limit = 1});
    ASSERT_TRUE(held.ok()) << held.status();
    ASSERT_EQ(held->size(), 1u);
    ASSERT_TRUE(transaction->Commit().ok());
  };
  EXPECT_EQ(server.Restart(claim_for_a_day), 0);
  EXPECT_TRUE(Eventually([&] {
    const HttpReply list =
        PostJson(server.http_port(), "/usher.v1.WorkService/ListWork", R"({"kind":"WORK_KIND_RETENTION"})");
    return list.body.find("WORK_STATE_WAITING") != std::string::npos;
  }));
}

}  // namespace
}  // namespace usher
