// Catalog generations: activation, healing, immutability of what is live.
#include <gmock/gmock.h>

#include "server/engine/fill.h"
#include "server/engine/refusal.h"
#include "server/engine/stored_trace.h"
#include "server/storage/sqlite/connection.h"
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

// A store with tenants for several threads.
class FillTest : public ActivateTest {
 protected:
  static constexpr int kTenants = 700;  // several pages
  static constexpr int kPerEvent = 50;

  static std::string NameOf(int n) { return "tenant-" + std::to_string(n); }

  void SetUp() override {
    ActivateTest::SetUp();
    for (int first = 0; first < kTenants; first += kPerEvent) {
      std::vector<Fact> facts;
      for (int n = first; n < first + kPerEvent; ++n) {
        const std::string number = std::to_string(n);
        facts.push_back(LinkOf(CustomerObject("cus_" + number), NameOf(n)));
        if (n % 3 == 0) continue;
        facts.push_back(PaidInvoice("in_" + number, "cus_" + number, "sub_" + number, "price_growth",
                                    kJanuary - n * std::chrono::hours(1)));
      }
      Deliver(EventThatSays("evt_" + std::to_string(first), std::move(facts)));
    }
  }

  absl::StatusOr<Filled> FillInto(Projection& projection, unsigned more_threads) {
    Projection::Draft draft = projection.StartDraft(1, TestCatalog());
    const std::unique_ptr<StoreReader> reader = Read();
    absl::StatusOr<Filled> filled = Fill(draft, *reader, clock_, more_threads);
    if (filled.ok()) projection.Adopt(draft);
    return filled;
  }

  // Damages a column of one tenant or fact.
  void Spoil(const std::string& sql) {
    auto connection = sqlite::Connection::Open(folder_.File("usher.db"), std::chrono::seconds(5));
    ASSERT_TRUE(connection.ok()) << connection.status();
    const absl::Status spoiled = (*connection)->Execute(sql);
    ASSERT_TRUE(spoiled.ok()) << spoiled;
  }
};

TEST_F(FillTest, ManyThreadsMakeOfEveryTenantWhatItIsByItself) {
  Projection projection;
  const absl::StatusOr<Filled> filled = FillInto(projection, 3);
  ASSERT_TRUE(filled.ok()) << filled.status();
  EXPECT_FALSE(filled->derived_again);
  const Projection::View view = *projection.Current();
  EXPECT_EQ(view.tenants(), static_cast<std::size_t>(kTenants));
  const std::unique_ptr<StoreReader> reader = Read();
  for (int n = 0; n < kTenants; ++n) {
    const ProjectedTenant found = view.Find(NameOf(n));
    const auto alone = ReadTimeline(*reader, TenantId(NameOf(n)), *view.catalog());
    ASSERT_TRUE(alone.ok()) << alone.status();
    EXPECT_EQ(found.version, alone->version) << NameOf(n);
    ExpectSameAnswers(*view.catalog(), found.outlook, alone->timeline);
  }
}

TEST_F(FillTest, ATraceThatTheDiskDamagedIsDerivedAgainOnWhateverThread) {
  Spoil("UPDATE tenant_state SET trace = x'00' WHERE tenant LIKE 'tenant-%1'");
  Projection projection;
  const absl::StatusOr<Filled> filled = FillInto(projection, 3);
  ASSERT_TRUE(filled.ok()) << filled.status();
  EXPECT_TRUE(filled->derived_again);
  const Projection::View view = *projection.Current();
  const std::unique_ptr<StoreReader> reader = Read();
  for (const char* tenant : {"tenant-1", "tenant-301", "tenant-691"}) {
    ExpectSameAnswers(*view.catalog(), view.Find(tenant).outlook,
                      ReadTimeline(*reader, TenantId(tenant), *view.catalog())->timeline);
  }
}

TEST_F(FillTest, AFactThatCannotBeReadIsNamedAndNothingIsAdopted) {
  Spoil("UPDATE tenant_state SET trace = x'00' WHERE tenant = 'tenant-500'");
  Spoil("DROP TRIGGER facts_stay");
  Spoil("UPDATE facts SET content = x'ff' WHERE fact IN (SELECT fact FROM tenant_facts WHERE tenant = 'tenant-500')");
  for (const unsigned more_threads : {0U, 3U}) {
    Projection projection;
    const absl::StatusOr<Filled> filled = FillInto(projection, more_threads);
    EXPECT_EQ(filled.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(StatusMessage(filled.status()), testing::StartsWith("the stored fact "));
    EXPECT_FALSE(projection.Current().has_value());
  }
}

TEST_F(ActivateTest, AChangedTenantIsFoundUnderTheGenerationOfItsBoundary) {
  ASSERT_TRUE(world_->Activate(WithPrice("price_new")).ok());
  PayFor("price_new");
  EXPECT_EQ((*Read()->FindTenantState(TenantId("acme")))->generation, 2);
}

}  // namespace
}  // namespace usher
