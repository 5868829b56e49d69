#include "server/engine/projection.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "server/core/trace_model.h"
#include "server/engine/refusal.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

constexpr std::chrono::milliseconds kNoWait{0};

// A tenant that paid for growth from January on, at some version.
TenantChange PaidChange(const std::string& tenant, std::int64_t version) {
  const std::vector<Fact> facts = {LinkOf(CustomerObject("cus_1"), tenant),
                                   PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)};
  auto trace = std::make_shared<const Trace>(BuildTrace(TenantId(tenant), facts));
  return {.tenant = TenantId(tenant), .version = version, .trace = trace, .timeline = nullptr, .generation = 0};
}

AccessState SsoOf(const Projection::View& view, const std::string& tenant) {
  const std::size_t sso = FindFeature(*view.catalog(), "sso").value();
  const ProjectedTenant projected = view.Find(tenant);
  return Judge(*view.catalog(), projected.outlook, {.feature = sso, .current_usage = std::nullopt}, kJanuary + kDay)
      .state;
}

CatalogPtr CatalogWithoutThePrice() {
  std::string text = TestCatalogText();
  text.replace(text.find("    price_growth:"), std::string::npos, "    price_other: { plan: growth@1 }\n");
  return CatalogFrom(text);
}

class ProjectionTest : public testing::Test {
 protected:
  void Activate(std::int64_t generation, CatalogPtr catalog) {
    projection_.Adopt(projection_.StartDraft(generation, std::move(catalog)));
  }
  Projection projection_;
};

TEST_F(ProjectionTest, HasNoViewBeforeTheFirstCatalog) {
  EXPECT_FALSE(projection_.Current().has_value());
  projection_.Publish(std::vector{PaidChange("acme", 1)});
  EXPECT_FALSE(projection_.Current().has_value());
}

TEST_F(ProjectionTest, AStrangerHasWhatTheDefaultPlanGives) {
  Activate(1, TestCatalog());
  const Projection::View view = *projection_.Current();
  const ProjectedTenant stranger = view.Find(TenantId("nobody"));
  EXPECT_EQ(stranger.version, 0);
  EXPECT_FALSE(stranger.outlook.known);
  EXPECT_EQ(SsoOf(view, "nobody"), AccessState::kNotInPlan);
  const std::size_t projects = FindFeature(*view.catalog(), "projects").value();
  EXPECT_EQ(
      Judge(*view.catalog(), stranger.outlook, {.feature = projects, .current_usage = std::nullopt}, kJanuary).state,
      AccessState::kGranted);
}

TEST_F(ProjectionTest, TheGreaterVersionStaysInWhateverOrder) {
  Activate(1, TestCatalog());
  TenantChange emptied = PaidChange("acme", 1);
  emptied.trace = std::make_shared<const Trace>(BuildTrace(TenantId("acme"), {}));
  projection_.Publish(std::vector{PaidChange("acme", 2)});
  projection_.Publish(std::vector{emptied});
  EXPECT_EQ(projection_.Current()->Find(TenantId("acme")).version, 2);
  EXPECT_EQ(SsoOf(*projection_.Current(), "acme"), AccessState::kGranted);
}

TEST_F(ProjectionTest, AViewKeepsItsGenerationWhileAnotherIsAdopted) {
  Activate(1, TestCatalog());
  projection_.Publish(std::vector{PaidChange("acme", 1)});
  const Projection::View before = *projection_.Current();
  Projection::Draft draft = projection_.StartDraft(2, CatalogWithoutThePrice());
  draft.Add(PaidChange("acme", 1));
  EXPECT_EQ(projection_.Current()->generation(), 1);
  projection_.Adopt(draft);
  EXPECT_EQ(before.generation(), 1);
  EXPECT_EQ(SsoOf(before, "acme"), AccessState::kGranted);
  EXPECT_EQ(projection_.Current()->generation(), 2);
  EXPECT_NE(SsoOf(*projection_.Current(), "acme"), AccessState::kGranted);
}

TEST_F(ProjectionTest, ADraftReceivesWhatIsPublishedWhileItIsFilled) {
  Activate(1, TestCatalog());
  Projection::Draft draft = projection_.StartDraft(2, TestCatalog());
  projection_.Publish(std::vector{PaidChange("acme", 7)});
  draft.Add(PaidChange("acme", 6));
  projection_.Adopt(draft);
  EXPECT_EQ(projection_.Current()->Find(TenantId("acme")).version, 7);
}

TEST_F(ProjectionTest, ADiscardedDraftChangesNothing) {
  Activate(1, TestCatalog());
  projection_.Discard(projection_.StartDraft(2, CatalogWithoutThePrice()));
  projection_.Publish(std::vector{PaidChange("acme", 1)});
  EXPECT_EQ(projection_.Current()->generation(), 1);
  EXPECT_EQ(SsoOf(*projection_.Current(), "acme"), AccessState::kGranted);
}

TEST_F(ProjectionTest, ATimelineOfAnotherGenerationIsNotBelieved) {
  Activate(2, CatalogWithoutThePrice());
  TenantChange change = PaidChange("acme", 1);
  change.timeline = std::make_shared<const Timeline>(Resolve(*change.trace, *TestCatalog()));
  change.generation = 1;
  projection_.Publish(std::vector{change});
  EXPECT_NE(SsoOf(*projection_.Current(), "acme"), AccessState::kGranted);
}

TEST_F(ProjectionTest, AwaitsARevisionThatIsPublishedLater) {
  Activate(1, TestCatalog());
  const Revision revision{.epoch = "e", .versions = {{TenantId("acme"), 2}}, .generation = 1};
  EXPECT_EQ(RefusalOf(projection_.Await(revision, kNoWait)), Refusal::kRevisionNotReached);
  std::thread publishing([&] {
    projection_.Publish(std::vector{PaidChange("acme", 1)});
    projection_.Publish(std::vector{PaidChange("acme", 2)});
  });
  EXPECT_TRUE(projection_.Await(revision, std::chrono::seconds(10)).ok());
  publishing.join();
  EXPECT_TRUE(projection_.Await(revision, kNoWait).ok());
}

TEST_F(ProjectionTest, AwaitsAGenerationToo) {
  Activate(1, TestCatalog());
  const Revision revision{.epoch = "e", .versions = {}, .generation = 2};
  EXPECT_FALSE(projection_.Await(revision, kNoWait).ok());
  std::thread activating([&] { Activate(2, TestCatalog()); });
  EXPECT_TRUE(projection_.Await(revision, std::chrono::seconds(10)).ok());
  activating.join();
}

TEST_F(ProjectionTest, ReadersAndPublishersMeetWithoutHarm) {
  Activate(1, TestCatalog());
  std::atomic<bool> done = false;
  std::thread reading([&] {
    std::int64_t seen = 0;
    while (!done) {
      const std::int64_t version = projection_.Current()->Find(TenantId("acme")).version;
      EXPECT_GE(version, seen);
      seen = version;
    }
  });
  std::thread publishing([&] {
    for (std::int64_t version = 1; version <= 300; ++version) {
      projection_.Publish(std::vector{PaidChange("acme", version)});
    }
  });
  for (std::int64_t generation = 2; generation <= 20; ++generation) {
    Projection::Draft draft = projection_.StartDraft(generation, TestCatalog());
    const ProjectedTenant now = projection_.Current()->Find(TenantId("acme"));
    draft.Add(PaidChange("acme", now.version));
    projection_.Adopt(draft);
  }
  publishing.join();
  done = true;
  reading.join();
  EXPECT_EQ(projection_.Current()->Find(TenantId("acme")).version, 300);
}

TEST_F(ProjectionTest, WhatWasOverLongAgoIsNotKept) {
  Activate(1, TestCatalog());
  TenantChange change = PaidChange("acme", 1);
  change.now = kJanuary + 60 * kDay;
  projection_.Publish(std::vector{change});
  const Projection::View view = *projection_.Current();
  const Outlook outlook = view.Find("acme").outlook;
  EXPECT_GT(outlook.starts.front(), kJanuary);
  EXPECT_LE(outlook.starts.front(), change.now);
  const CheckRequest request{.feature = 0, .current_usage = std::nullopt};
  EXPECT_TRUE(Covers(*view.catalog(), outlook, request, change.now - std::chrono::minutes(4)));
  EXPECT_FALSE(Covers(*view.catalog(), outlook, request, kJanuary));
}

TEST_F(ProjectionTest, TenantsShareTheirPartsAndThePartsGoWithTheLastOfThem) {
  Activate(1, TestCatalog());
  const std::size_t of_strangers = projection_.shared_parts();
  projection_.Publish(std::vector{PaidChange("first", 1)});
  const std::size_t of_one = projection_.shared_parts();
  EXPECT_GT(of_one, of_strangers);
  for (int n = 0; n < 1000; ++n) projection_.Publish(std::vector{PaidChange("t" + std::to_string(n), 1)});
  EXPECT_EQ(projection_.shared_parts(), of_one);
  std::vector<TenantChange> emptied = {PaidChange("first", 2)};
  for (int n = 0; n < 1000; ++n) emptied.push_back(PaidChange("t" + std::to_string(n), 2));
  for (TenantChange& change : emptied) change.trace = std::make_shared<const Trace>(BuildTrace(change.tenant, {}));
  projection_.Publish(emptied);
  EXPECT_EQ(projection_.shared_parts(), of_strangers);
}

TEST_F(ProjectionTest, WhatAViewFoundStaysWhileItIsHeld) {
  Activate(1, TestCatalog());
  projection_.Publish(std::vector{PaidChange("acme", 1)});
  const Projection::View before = *projection_.Current();
  const ProjectedTenant found = before.Find("acme");
  const std::vector<Instant> starts(found.outlook.starts.begin(), found.outlook.starts.end());
  const Course course = *found.outlook.course;
  for (std::int64_t version = 2; version < 10'000; ++version) {
    TenantChange change = PaidChange("acme", version);
    if (version % 2 == 0) change.trace = std::make_shared<const Trace>(BuildTrace(TenantId("acme"), {}));
    projection_.Publish(std::vector{change});
  }
  EXPECT_EQ(projection_.Current()->Find("acme").version, 9999);
  EXPECT_TRUE(std::ranges::equal(found.outlook.starts, starts));
  EXPECT_EQ(*found.outlook.course, course);
  EXPECT_EQ(SsoOf(before, "acme"), AccessState::kGranted);
}

TEST_F(ProjectionTest, ManyTenantsAreFoundEachByItsName) {
  Activate(1, TestCatalog());
  for (int n = 0; n < 20'000; ++n) projection_.Publish(std::vector{PaidChange("tenant-" + std::to_string(n), n + 1)});
  const Projection::View view = *projection_.Current();
  for (int n = 0; n < 20'000; ++n) ASSERT_EQ(view.Find("tenant-" + std::to_string(n)).version, n + 1);
  EXPECT_EQ(view.Find("tenant-20000").version, 0);
}

}  // namespace
}  // namespace usher
