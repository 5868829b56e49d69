// What the store knows is read without letting it, or those who ask, hold anybody up.
#include "server/metrics/store_gauges.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/ledger/ledger_world.h"
#include "tests/support/ledger/stalled_store.h"

namespace usher {
namespace {

using std::chrono::milliseconds;

class StoreGaugesTest : public LedgerTest {
 protected:
  void Enqueue(WorkKind kind, const std::string& key, Instant due) { Enqueue(kind, key, due, due); }
  void Enqueue(WorkKind kind, const std::string& key, Instant due, Instant now) {
    const absl::Status done = world_->writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) {
      return transaction.EnqueueWork({.kind = kind, .key = key, .tenant = TenantId(), .due = due}, now);
    });
    ASSERT_TRUE(done.ok()) << done;
  }
};

TEST_F(StoreGaugesTest, EachKindOfWorkAgesByItsOwnClock) {
  SteppingClock machine;
  machine.Set(kJanuary + std::chrono::hours(1));
  clock_.Set(kJanuary + std::chrono::hours(24));
  Enqueue(WorkKind::kBoundary, "acme", kJanuary);
  Enqueue(WorkKind::kRetention, "payloads", kJanuary);
  StoreGauges gauges(*store_, clock_, machine);
  const std::optional<StoreSample> sample = gauges.Read(milliseconds(10'000));
  ASSERT_TRUE(sample.has_value());
  EXPECT_EQ(sample->work.at(WorkKind::kBoundary).due, 1);
  EXPECT_EQ(sample->work.at(WorkKind::kBoundary).oldest_age, std::chrono::hours(24));
  EXPECT_EQ(sample->work.at(WorkKind::kRetention).oldest_age, std::chrono::hours(1));
  EXPECT_EQ(sample->work.at(WorkKind::kBoundary).dead, 0);
  EXPECT_EQ(sample->work.size(), std::size(kWorkKinds));
  EXPECT_EQ(sample->parked_events, 0);
}

TEST_F(StoreGaugesTest, WhatIsDueAtOnceAgesFromWhenItWasAskedFor) {
  clock_.Set(kJanuary + std::chrono::hours(2));
  Enqueue(WorkKind::kRoles, "user_1", Instant{}, kJanuary);
  Enqueue(WorkKind::kRetention, "payloads", Instant{}, kJanuary + std::chrono::hours(3));  // by a clock that ran ahead
  StoreGauges gauges(*store_, clock_, clock_);
  const std::optional<StoreSample> sample = gauges.Read(milliseconds(10'000));
  ASSERT_TRUE(sample.has_value());
  EXPECT_EQ(sample->work.at(WorkKind::kRoles).oldest_age, std::chrono::hours(2));
  EXPECT_EQ(sample->work.at(WorkKind::kRetention).oldest_age, Millis(0));
}

TEST_F(StoreGaugesTest, WorkThatNobodyDoesHasADepthAndNoAge) {
  Enqueue(WorkKind::kRoles, "user_1", Instant{}, kJanuary);
  StoreGauges gauges(*store_, clock_, clock_, {WorkKind::kRoles});
  const std::optional<StoreSample> sample = gauges.Read(milliseconds(10'000));
  ASSERT_TRUE(sample.has_value());
  EXPECT_EQ(sample->work.at(WorkKind::kRoles).due, 1);
  EXPECT_EQ(sample->work.at(WorkKind::kRoles).oldest_age, std::nullopt);
  EXPECT_EQ(sample->work.at(WorkKind::kBoundary).oldest_age, Millis(0));
}

TEST_F(StoreGaugesTest, AStoreThatStandsStillIsNotWaitedFor) {
  StalledStore stalled(*store_);
  stalled.Stall();
  StoreGauges gauges(stalled, clock_, clock_);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(gauges.Read(milliseconds(20)).has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  stalled.GoOn();
  EXPECT_TRUE(Eventually([&] { return gauges.Read(milliseconds(1000)).has_value(); }));
}

TEST_F(StoreGaugesTest, ManyScrapersReadOnce) {
  StalledStore counted(*store_);
  StoreGauges gauges(counted, clock_, clock_);
  {
    std::vector<std::jthread> scrapers;
    for (int i = 0; i < 8; ++i) {
      scrapers.emplace_back([&] {
        for (int n = 0; n < 5; ++n) EXPECT_TRUE(gauges.Read(milliseconds(10'000)).has_value());
      });
    }
  }
  EXPECT_LE(counted.calls(), 4) << "one a second, however many ask";
}

}  // namespace
}  // namespace usher
