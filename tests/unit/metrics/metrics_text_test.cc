// The text of /metrics: complete, well-formed, and with labels that do not grow.
#include "server/metrics/metrics_text.h"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/ledger/ledger_world.h"
#include "tests/support/ledger/stalled_store.h"
#include "usher/v1/entitlement.pb.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

class MetricsTextTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    stalled_ = std::make_unique<StalledStore>(*store_);
    gauges_ = std::make_unique<StoreGauges>(*stalled_, clock_, clock_);
  }
  void TearDown() override { stalled_->GoOn(); }

  std::string Text() {
    return MetricsText({.calls = &calls_,
                        .decisions = &decisions_,
                        .ingest = &world_->ingest,
                        .writer = &world_->writer,
                        .projection = &world_->projection,
                        .store = gauges_.get(),
                        .log = &log_,
                        .started = kJanuary,
                        .store_patience = patience_});
  }

  CallStats calls_;
  DecisionStats decisions_;
  const Log log_;
  std::unique_ptr<StalledStore> stalled_;
  std::unique_ptr<StoreGauges> gauges_;
  std::chrono::milliseconds patience_{10'000};
};

TEST_F(MetricsTextTest, ACallIsCountedByMethodTransportAndCode) {
  MethodCalls& check = calls_.Of(v1::CheckEntitlementRequest::descriptor());
  CountedCall(check, Wire::kGrpc).End(absl::StatusCode::kOk);
  CountedCall(check, Wire::kConnect).End(absl::StatusCode::kNotFound);
  const CountedCall running(check, Wire::kGrpc);
  const std::string text = Text();
  const std::string labels = R"(grpc_service="usher.v1.EntitlementService",grpc_method="CheckEntitlement",transport=)";
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total{" + labels + "\"grpc\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{" + labels + "\"grpc\",grpc_code=\"OK\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{" + labels + "\"connect\",grpc_code=\"NotFound\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_count{" + labels + "\"grpc\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_bucket{" + labels + "\"grpc\",le=\"+Inf\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_bucket{" + labels + "\"grpc\",le=\"10\"} 1\n"));
}

TEST_F(MetricsTextTest, ACallThatNobodyEndedWasCut) {
  MethodCalls& check = calls_.Of(v1::CheckEntitlementRequest::descriptor());
  {
    const CountedCall cut(check, Wire::kGrpc);
  }
  EXPECT_THAT(Text(), HasSubstr("grpc_code=\"Canceled\"} 1\n"));
}

TEST_F(MetricsTextTest, WhateverUnknownMethodsAreCalledIsOneRow) {
  for (int i = 0; i < 100; ++i) {
    CountedCall(calls_.Named("usher.v1.Made/Up" + std::to_string(i)), Wire::kConnect)
        .End(absl::StatusCode::kUnimplemented);
  }
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr(R"(grpc_service="unknown",grpc_method="unknown",transport="connect"} 100)"));
  EXPECT_THAT(text, Not(HasSubstr("Made")));
}

TEST_F(MetricsTextTest, DecisionsAndEventsAreCounted) {
  decisions_.Count(AccessState::kGrace, true);
  decisions_.Count(AccessState::kGrace, true);
  decisions_.Count(AccessState::kNotInPlan, false);
  ASSERT_EQ(Deliver(IgnoredEvent("evt_1")).disposition, Disposition::kIgnored);
  ASSERT_EQ(Deliver(IgnoredEvent("evt_1")).disposition, Disposition::kDuplicate);
  EXPECT_FALSE(world_->TryDeliver("{}", "forged").ok());
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr(R"(usher_decisions_total{state="grace",allowed="true"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(usher_decisions_total{state="not_in_plan",allowed="false"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(usher_events_total{disposition="ignored"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(usher_events_total{disposition="duplicate"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(usher_webhooks_rejected_total{reason="forged"} 1)"));
  EXPECT_THAT(text, HasSubstr("usher_commit_batch_size_bucket{le=\"1\"} "));
  EXPECT_THAT(text, HasSubstr("usher_catalog_generation 1\n"));
  EXPECT_THAT(text, HasSubstr("usher_events_parked 0\n"));
  EXPECT_THAT(text, HasSubstr("usher_work_depth{kind=\"boundary\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("usher_work_oldest_age_seconds{kind=\"catalog\"} "));
  EXPECT_THAT(text, HasSubstr("usher_work_dead{kind=\"retention\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("usher_build_info{version=\""));
  EXPECT_THAT(text, HasSubstr("usher_store_up 1\n"));
}

TEST_F(MetricsTextTest, EveryCommitObservesItsBatch) {
  const auto commits = [&] {
    std::smatch found;
    const std::string text = Text();
    EXPECT_TRUE(std::regex_search(text, found, std::regex("usher_commit_batch_size_count (\\d+)")));
    return std::stoi(found[1]);
  };
  const int before = commits();
  Deliver(IgnoredEvent("evt_1"));
  EXPECT_EQ(commits(), before + 1);
}

TEST_F(MetricsTextTest, AStoreThatStandsStillLeavesOutWhatOnlyItKnows) {
  stalled_->Stall();
  patience_ = std::chrono::milliseconds(20);
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("usher_store_up 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("usher_events_parked")));
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total"));
}

// docs/operating.md explains every metric, those that a test has no certificate for too.
TEST_F(MetricsTextTest, EveryMetricIsInTheManual) {
  CountedCall(calls_.unknown(), Wire::kConnect).End(absl::StatusCode::kOk);
  std::ostringstream manual;
  manual << std::ifstream("docs/operating.md").rdbuf();
  std::istringstream lines(Text());
  int families = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    const std::string name = line.substr(7, line.find(' ', 7) - 7);
    EXPECT_THAT(manual.str(), HasSubstr("| `" + name + "` |"));
    ++families;
  }
  EXPECT_GE(families, 20);
}

// What a scraper parses: every family has its help and type, once, before its samples.
TEST_F(MetricsTextTest, EveryFamilyHasAHelpThatSaysWhatItIs) {
  CountedCall(calls_.unknown(), Wire::kConnect).End(absl::StatusCode::kUnimplemented);
  std::istringstream lines(Text());
  std::set<std::string> families;
  std::string family;
  const std::regex sample(R"(^([a-z_]+)(\{([a-z_]+="[^"]*",?)*\})? -?[0-9.e+-]+$)");
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, kind, name, rest;
    if (line.starts_with("# HELP ")) {
      words >> hash >> kind >> family;
      EXPECT_TRUE(families.insert(family).second) << line;
      std::getline(words, rest);
      EXPECT_TRUE(rest.ends_with(".")) << line;
    } else if (line.starts_with("# TYPE ")) {
      words >> hash >> kind >> name;
      EXPECT_EQ(name, family);
    } else {
      std::smatch parts;
      ASSERT_TRUE(std::regex_match(line, parts, sample)) << line;
      EXPECT_TRUE(parts[1].str().starts_with(family)) << line;
    }
  }
  EXPECT_GE(families.size(), 20u);
}

}  // namespace
}  // namespace usher
