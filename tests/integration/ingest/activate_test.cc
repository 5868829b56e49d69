// Catalog generations: activation, healing, immutability of what is live.
#include <gmock/gmock.h>

#include "server/engine/refusal.h"
#include "tests/support/ledger/faulty_store.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

constexpr Instant kLater = kJanuary + kDay;

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

class ActivateTest : public LedgerTest {
 protected:
  static CatalogPtr WithPrice(const std::string& id) {
    return TestCatalog("    " + id + ": { plan: growth@1, interval: month, currency: usd }\n");
  }
  static CatalogPtr WithOtherContent() {
    return CatalogFrom(Replaced(TestCatalogText(), "projects: 20", "projects: 30"));
  }
  void PayFor(const std::string& price) {
    Deliver(EventThatSays(
        "evt_1", {LinkOf(CustomerObject("cus_1"), "acme"), PaidInvoice("in_1", "cus_1", "sub_1", price, kJanuary)}));
  }
};

TEST_F(ActivateTest, TheFirstCatalogIsGenerationOne) {
  EXPECT_EQ(world_->projection.Current()->generation(), 1);
  const auto latest = *Read()->LatestGeneration();
  ASSERT_TRUE(latest.has_value());
  EXPECT_EQ(latest->hash, TestCatalog()->hash);
  EXPECT_EQ(latest->actor, "file");
}

TEST_F(ActivateTest, TheSameCatalogAgainIsNoNewGeneration) {
  const auto again = world_->Activate(TestCatalog());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(again->generation, 1);
  Restart();
  EXPECT_EQ(world_->projection.Current()->generation(), 1);
}

TEST_F(ActivateTest, AnUnmappedPriceHealsWhenACatalogMapsIt) {
  PayFor("price_new");
  EXPECT_NE(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
  const std::int64_t version = world_->Tenant("acme").version;
  const auto activation = world_->Activate(WithPrice("price_new"));
  ASSERT_TRUE(activation.ok()) << activation.status();
  EXPECT_TRUE(activation->changed);
  EXPECT_EQ(activation->generation, 2);
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
  EXPECT_EQ(world_->Tenant("acme").version, version) << "the ledger did not change, what it means did";
}

TEST_F(ActivateTest, TheCatalogOfTheLastGenerationAnswersAfterARestart) {
  ASSERT_TRUE(world_->Activate(WithPrice("price_new")).ok());
  PayFor("price_growth");
  world_.reset();
  world_ = std::make_unique<LedgerWorld>(*store_, clock_, source_, WithPrice("price_new"));
  EXPECT_EQ(world_->projection.Current()->generation(), 2);
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
}

TEST_F(ActivateTest, OtherContentUnderALiveNameIsRefusedWithTheWayOut) {
  PayFor("price_growth");
  const auto refused = world_->Activate(WithOtherContent());
  EXPECT_EQ(RefusalOf(refused.status()), Refusal::kPublishedChanged);
  EXPECT_THAT(StatusMessage(refused.status()),
              testing::AllOf(testing::HasSubstr("`growth@1`"), testing::HasSubstr("declare `growth@2`")));
  EXPECT_EQ(world_->projection.Current()->generation(), 1);
  EXPECT_EQ((*Read()->LatestGeneration())->number, 1);
}

TEST_F(ActivateTest, OtherContentIsAWarningInDevelopment) {
  const auto activation = world_->Activate(WithOtherContent(), /*allow_changed_content=*/true);
  ASSERT_TRUE(activation.ok()) << activation.status();
  EXPECT_THAT(activation->warnings, testing::ElementsAre(testing::HasSubstr("`growth@1`")));
  EXPECT_EQ(activation->generation, 2);
  // The new meaning is what is live now.
  EXPECT_EQ(RefusalOf(world_->Activate(TestCatalog()).status()), Refusal::kPublishedChanged);
}

TEST_F(ActivateTest, ANameThatWasLiveOnceKeepsItsMeaningForEver) {
  const std::string without_growth = Replaced(
      Replaced(Replaced(TestCatalogText(), "  growth@1: ", "  growth@2: "), "plan: growth@1", "plan: growth@2"),
      "plan: growth@1", "plan: growth@2");
  ASSERT_TRUE(world_->Activate(CatalogFrom(without_growth)).ok());
  EXPECT_EQ(RefusalOf(world_->Activate(WithOtherContent()).status()), Refusal::kPublishedChanged);
  EXPECT_TRUE(world_->Activate(TestCatalog()).ok());
}

TEST_F(ActivateTest, TitlesMayChange) {
  EXPECT_TRUE(world_->Activate(CatalogFrom(Replaced(TestCatalogText(), "title: Growth", "title: Growth (2026)"))).ok());
}

TEST_F(ActivateTest, AFailedActivationLeavesThePresentGeneration) {
  FaultyStore faulty(*store_);
  Writer writer(faulty, world_->projection);
  Activator activator(faulty, writer, world_->projection, clock_);
  faulty.FailAt(2, ResourceExhausted("the disk is full"));
  const auto failed = activator.Activate({.catalog = WithPrice("price_new"), .source = "", .actor = "file"});
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(world_->projection.Current()->generation(), 1);
  PayFor("price_growth");
  EXPECT_EQ(world_->StateOf("acme", "sso", kLater), AccessState::kGranted);
}

TEST_F(ActivateTest, AChangedTenantIsFoundUnderTheGenerationOfItsBoundary) {
  ASSERT_TRUE(world_->Activate(WithPrice("price_new")).ok());
  PayFor("price_new");
  EXPECT_EQ((*Read()->FindTenantState(TenantId("acme")))->generation, 2);
}

}  // namespace
}  // namespace usher
