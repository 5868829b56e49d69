// Killed at any moment, the server keeps everything that it acknowledged, once.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include "server/engine/writer.h"
#include "tests/durability/contents.h"
#include "tests/durability/failpoint_store.h"
#include "tests/durability/grpc_sender.h"
#include "tests/durability/load.h"
#include "tests/durability/served_store.h"
#include "tests/durability/undisturbed.h"
#include "usher/v1/entitlement.grpc.pb.h"

namespace usher {
namespace {

using testing::IsEmpty;

constexpr int kSenders = 8;
constexpr int kKillsPerStore = 25;
// So that a kill always meets a server at work.
constexpr int kAcknowledgedBetweenKills = 50;
// A failpoint that was not reached by then never will be.
constexpr int kTooMany = 3000;

int Kills() { return std::getenv("USHER_DEEP") == nullptr ? 200 : 10'000; }

// What is told at the end.
struct Tally {
  int kills = 0;
  std::size_t acknowledged = 0;
  std::size_t lost = 0;
  std::size_t doubled = 0;
  std::vector<std::int64_t> start_times_ms;

  std::string Sentence() {
    std::sort(start_times_ms.begin(), start_times_ms.end());
    return "kill test: " + std::to_string(kills) + " kills, " + std::to_string(acknowledged) + " acknowledged, " +
           std::to_string(lost) + " lost, " + std::to_string(doubled) + " doubled; a restart took " +
           std::to_string(start_times_ms[start_times_ms.size() / 2]) + " ms (median), " +
           std::to_string(start_times_ms.back()) + " ms (worst)";
  }
};

// How one kill comes about: after so many new acknowledgements the server is killed from outside, or its failpoint is
// armed.
struct Kill {
  std::string failpoint;  // empty: from outside
  int after = 0;
};

// Every failpoint in turn, then twice a moment that nobody chose.
Kill ChooseKill(int number, std::mt19937& random) {
  constexpr std::size_t kWays = std::size(kFailpoints) + 2;
  const std::size_t way = static_cast<std::size_t>(number) % kWays;
  return {.failpoint = way < std::size(kFailpoints) ? std::string(kFailpoints[way].first) : "",
          .after = kAcknowledgedBetweenKills + static_cast<int>(random() % 60)};
}

class KilledStore {
 public:
  KilledStore(unsigned seed, Tally& tally)
      : random_(seed), load_(seed, kSenders, PaceOfPeriodsThatEndNow()), tally_(tally) {}

  void LiveThrough(int kills) {
    Kill kill = ChooseKill(next_++, random_);
    server_.Start(kill.failpoint);
    for (int i = 0; i < kills && !testing::Test::HasFatalFailure(); ++i) {
      SCOPED_TRACE("kill " + std::to_string(tally_.kills) + " by " +
                   (kill.failpoint.empty() ? "time" : kill.failpoint));
      RunUntilKilled(kill);
      kill = ChooseKill(next_++, random_);
      server_.Start(kill.failpoint);
      tally_.start_times_ms.push_back(server_.start_time().count());
      Inspect();
    }
    server_.process().Signal(SIGTERM);
    EXPECT_EQ(server_.process().WaitForExit(), 0) << server_.process().errors();
    tally_.acknowledged += load_.acknowledged().size();
  }

 private:
  void RunUntilKilled(const Kill& kill) {
    const std::chrono::milliseconds pause(random_() % 4);
    std::atomic<bool> missed = false;
    const int acknowledged = load_.Run([this] { return GrpcSender(server_.grpc_port()); },
                                       [&](int count) {
                                         if (count == kill.after) {
                                           PauseFor(pause);
                                           server_.process().Signal(kill.failpoint.empty() ? SIGKILL : SIGUSR1);
                                         } else if (count == kTooMany) {
                                           missed = true;
                                           server_.process().Signal(SIGKILL);
                                         }
                                       });
    ASSERT_TRUE(server_.WaitForKill()) << server_.process().errors() << load_.refusal();
    ++tally_.kills;
    ASSERT_FALSE(missed) << "the failpoint was not reached";
    ASSERT_GE(acknowledged, kAcknowledgedBetweenKills);
    ASSERT_EQ(load_.refusal(), "");
  }

  void Inspect() {
    const absl::StatusOr<Contents> contents = ReadContents(server_.path());
    ASSERT_TRUE(contents.ok()) << contents.status();
    const std::vector<std::string> missing = Missing(load_.acknowledged(), *contents);
    tally_.lost += missing.size();
    tally_.doubled += contents->doubled.size();
    EXPECT_THAT(missing, IsEmpty());
    EXPECT_THAT(contents->doubled, IsEmpty());
    EXPECT_THAT(contents->faults, IsEmpty());
    EXPECT_THAT(undisturbed_.Follow(*contents, load_.bodies()), IsEmpty());
    EXPECT_THAT(Unreadable(*contents, server_.payload_seal(), load_.bodies()), IsEmpty());
    EXPECT_TRUE(contents->work.contains("3 payloads")) << "retention goes on";
    ExpectServed(*contents);
    ASSERT_FALSE(testing::Test::HasFailure());
  }

  // The restarted server answers from the same state.
  void ExpectServed(const Contents& contents) {
    const auto stub = v1::EntitlementService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(server_.grpc_port()), grpc::InsecureChannelCredentials()));
    auto tenant = contents.tenants.begin();
    std::advance(tenant, random_() % contents.tenants.size());
    v1::CheckEntitlementRequest request;
    request.set_tenant_id(tenant->first);
    request.set_feature("sso");
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    v1::CheckEntitlementResponse response;
    const grpc::Status status = stub->CheckEntitlement(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.decision().tenant_version(), tenant->second.version) << tenant->first;
  }

  std::mt19937 random_;
  Load load_;
  Tally& tally_;
  ServedStore server_;
  Undisturbed undisturbed_;
  int next_ = 0;
};

TEST(KillTest, WhatWasAcknowledgedIsThereOnceAfterEveryKill) {
  Tally tally;
  for (unsigned seed = 1; tally.kills < Kills() && !testing::Test::HasFailure(); ++seed) {
    KilledStore(seed, tally).LiveThrough(kKillsPerStore);
  }
  if (!tally.start_times_ms.empty()) {
    std::cout << tally.Sentence() << "\n";
    testing::Test::RecordProperty("result", tally.Sentence());
  }
  EXPECT_EQ(tally.lost, 0u);
  EXPECT_EQ(tally.doubled, 0u);
}

// The control: the test above can fail.
TEST(KillTest, AServerThatAcknowledgesBeforeItCommitsIsFoundOut) {
  ServedStore server;
  Load load(7, kSenders);
  server.Start("forget");
  load.Run([&] { return GrpcSender(server.grpc_port()); },
           [&](int count) {
             if (count == kAcknowledgedBetweenKills) server.process().Signal(SIGUSR1);
           });
  ASSERT_TRUE(server.WaitForKill()) << server.process().errors();
  server.Start();
  const absl::StatusOr<Contents> contents = ReadContents(server.path());
  ASSERT_TRUE(contents.ok()) << contents.status();
  EXPECT_FALSE(Missing(load.acknowledged(), *contents).empty());
}

}  // namespace
}  // namespace usher
