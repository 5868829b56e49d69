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
  return {.tenant = TenantId(tenant),
          .version = version,
          .digest = TraceDigest(*trace),
          .trace = trace,
          .timeline = nullptr,
          .generation = 0};
}

AccessState SsoOf(const Projection::View& view, const std::string& tenant) {
  const std::size_t sso = FindFeature(*view.catalog(), "sso").value();
  return SegmentAt(*view.Find(TenantId(tenant)).timeline, kJanuary + kDay).features.at(sso).state;
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
  EXPECT_FALSE(stranger.timeline->known);
  EXPECT_EQ(SsoOf(view, "nobody"), AccessState::kNotInPlan);
  const std::size_t projects = FindFeature(*view.catalog(), "projects").value();
  EXPECT_EQ(SegmentAt(*stranger.timeline, kJanuary).features.at(projects).state, AccessState::kGranted);
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

}  // namespace
}  // namespace usher
