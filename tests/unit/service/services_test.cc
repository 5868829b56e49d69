// The services over a real engine and store, where the test holds the clock.
#include "server/service/services.h"

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "server/engine/revision.h"
#include "server/service/convert.h"
#include "server/service/error.h"
#include "server/service/readiness.h"
#include "tests/support/ledger/faulty_store.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

using std::chrono::milliseconds;

v1::CheckEntitlementRequest About(const std::string& tenant, const std::string& feature) {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id(tenant);
  request.set_feature(feature);
  return request;
}

class ServicesTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    entitlement_ = std::make_unique<EntitlementService>(
        store_.get(), &world_->projection, &clock_, [](const std::string& text) -> absl::StatusOr<CatalogPtr> {
          return text.empty() ? TestCatalog() : CatalogFrom(text);  // the world keeps no text of its first catalog
        });
  }

  // acme pays for January, and the server hears of it at `now`.
  void PayForJanuary(Instant now) {
    clock_.Set(now);
    Deliver(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme"),
                                    PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
  }

  v1::ExplainEntitlementResponse Explain(Instant at, std::optional<Instant> as_known_at) {
    v1::ExplainEntitlementRequest request;
    request.set_tenant_id("acme");
    request.set_feature("sso");
    *request.mutable_at() = ToProto(at);
    if (as_known_at) *request.mutable_as_known_at() = ToProto(*as_known_at);
    const auto response = entitlement_->ExplainEntitlement({}, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ExplainEntitlementResponse());
  }

  std::unique_ptr<EntitlementService> entitlement_;
};

using EntitlementServiceTest = ServicesTest;

TEST_F(EntitlementServiceTest, ARevisionThatIsNotReachedInTimeSaysWhenToAskAgain) {
  PayForJanuary(kJanuary);
  v1::CheckEntitlementRequest request = About("acme", "sso");
  request.set_min_revision(
      EncodeRevision({.epoch = store_->Epoch(), .versions = {{TenantId("acme"), 2}}, .generation = 1}));
  request.mutable_max_wait()->set_nanos(10'000'000);
  const absl::Status error = WithReason(entitlement_->CheckEntitlement({}, request).status());
  EXPECT_EQ(error.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(error), v1::ERROR_REASON_REVISION_NOT_REACHED);
  EXPECT_EQ(ToRpcStatus(error).details_size(), 2);  // RetryInfo beside the reason
}

TEST_F(EntitlementServiceTest, NobodyWaitsForTenantsThatTheRequestDoesNotName) {
  PayForJanuary(kJanuary);
  v1::CheckEntitlementRequest request = About("acme", "sso");
  request.set_min_revision(EncodeRevision(
      {.epoch = store_->Epoch(), .versions = {{TenantId("acme"), 1}, {TenantId("other"), 1}}, .generation = 1}));
  EXPECT_TRUE(entitlement_->CheckEntitlement({}, request).ok());
  v1::BatchCheckEntitlementsRequest batch;
  batch.set_min_revision(request.min_revision());
  batch.add_items()->set_tenant_id("acme");
  batch.mutable_items(0)->set_feature("sso");
  EXPECT_TRUE(entitlement_->BatchCheckEntitlements({}, batch).ok());
  batch.add_items()->set_tenant_id("other");
  batch.mutable_items(1)->set_feature("sso");
  EXPECT_FALSE(entitlement_->BatchCheckEntitlements({}, batch).ok());
}

TEST_F(EntitlementServiceTest, TheCallersDeadlineEndsTheWaitForARevision) {
  PayForJanuary(kJanuary);
  v1::CheckEntitlementRequest request = About("acme", "sso");
  request.set_min_revision(
      EncodeRevision({.epoch = store_->Epoch(), .versions = {{TenantId("acme"), 2}}, .generation = 1}));
  request.mutable_max_wait()->set_seconds(10);
  const auto start = std::chrono::steady_clock::now();
  const CallContext context{.deadline = start + milliseconds(10), .principal = {.name = "test"}};
  EXPECT_FALSE(entitlement_->CheckEntitlement(context, request).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(EntitlementServiceTest, ARevisionOfAnotherStoreIsRefused) {
  v1::CheckEntitlementRequest request = About("acme", "sso");
  request.set_min_revision(EncodeRevision({.epoch = "another", .versions = {{TenantId("acme"), 1}}, .generation = 1}));
  EXPECT_EQ(ReasonOf(WithReason(entitlement_->CheckEntitlement({}, request).status())),
            v1::ERROR_REASON_REVISION_INVALID);
}

TEST_F(EntitlementServiceTest, ARevisionOfABatchServesEachOfItsTenants) {
  PayForJanuary(kJanuary);
  v1::BatchCheckEntitlementsRequest batch;
  for (const char* tenant : {"acme", "other"}) {
    batch.add_items()->set_tenant_id(tenant);
    batch.mutable_items(batch.items_size() - 1)->set_feature("sso");
  }
  const auto answers = entitlement_->BatchCheckEntitlements({}, batch);
  ASSERT_TRUE(answers.ok()) << answers.status();
  v1::CheckEntitlementRequest request = About("acme", "sso");
  request.set_min_revision(answers->revision());
  EXPECT_TRUE(entitlement_->CheckEntitlement({}, request).ok());
  request.set_tenant_id("third");
  EXPECT_EQ(ReasonOf(WithReason(entitlement_->CheckEntitlement({}, request).status())),
            v1::ERROR_REASON_REVISION_INVALID);
}

TEST_F(EntitlementServiceTest, ABatchSuggestsForItsFirstTenUnknownFeatures) {
  v1::BatchCheckEntitlementsRequest batch;
  for (const char* feature : {"sso", "ssoo"}) {
    for (int i = 0; i < 12; ++i) *batch.add_items()->mutable_feature() = feature;
  }
  for (v1::BatchCheckItem& item : *batch.mutable_items()) item.set_tenant_id("acme");
  const auto answers = entitlement_->BatchCheckEntitlements({}, batch);
  ASSERT_TRUE(answers.ok()) << answers.status();
  for (int i = 12; i < 24; ++i) {
    const google::rpc::Status& error = answers->results(i).error();
    EXPECT_EQ(error.code(), static_cast<int>(absl::StatusCode::kNotFound)) << i;
    EXPECT_EQ(error.message().find("did you mean \"sso\"") != std::string::npos, i < 22) << i << error.message();
  }
}

TEST_F(EntitlementServiceTest, ATenantWhoseProofIsAheadOfTheClockIsJudgedAtIt) {
  PayForJanuary(kJanuary - milliseconds(60'000));  // our clock lags by a minute
  v1::BatchCheckEntitlementsRequest batch;
  for (const char* tenant : {"acme", "other"}) {
    batch.add_items()->set_tenant_id(tenant);
    batch.mutable_items(batch.items_size() - 1)->set_feature("sso");
  }
  const auto answers = entitlement_->BatchCheckEntitlements({}, batch);
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_TRUE(answers->results(0).decision().allowed());
  EXPECT_EQ(answers->results(0).decision().evaluated_at().seconds(), ToProto(kJanuary).seconds());
  EXPECT_FALSE(answers->results(1).decision().has_evaluated_at());
  EXPECT_EQ(answers->evaluated_at().seconds(), ToProto(kJanuary).seconds() - 60);
}

TEST_F(EntitlementServiceTest, BeforeTheFirstCatalogItIsNotReady) {
  const Projection empty;
  EntitlementService service(store_.get(), &empty, &clock_, nullptr);
  const absl::Status error = service.CheckEntitlement({}, About("acme", "sso")).status();
  EXPECT_EQ(ReasonOf(error), v1::ERROR_REASON_NOT_READY);
}

TEST_F(EntitlementServiceTest, ExplainingThePastUsesOnlyWhatWasKnownThen) {
  PayForJanuary(kJanuary + 10 * kDay);
  const Instant at = kJanuary + 5 * kDay;
  EXPECT_TRUE(Explain(at, std::nullopt).decision().allowed());
  EXPECT_FALSE(Explain(at, kJanuary + 9 * kDay).decision().allowed());
  EXPECT_TRUE(Explain(at, kJanuary + 10 * kDay).decision().allowed());
}

TEST_F(EntitlementServiceTest, ExplainingThePastUsesTheCatalogOfThen) {
  const auto activate = [this](const std::string& text, Instant at) {
    clock_.Set(at);
    const auto activation = world_->activator.Activate(
        {.catalog = CatalogFrom(text), .source = text, .actor = "test", .allow_changed_content = true});
    ASSERT_TRUE(activation.ok()) << activation.status();
  };
  PayForJanuary(kJanuary);
  std::string without_sso = TestCatalogText();
  const std::string sso = ", sso: true";
  without_sso.erase(without_sso.find(sso), sso.size());
  activate(without_sso, kJanuary + 5 * kDay);
  activate(TestCatalogText("label: later\n"), kJanuary + 10 * kDay);
  const v1::Decision then = Explain(kJanuary + 6 * kDay, kJanuary + 6 * kDay).decision();
  EXPECT_FALSE(then.allowed());
  EXPECT_EQ(then.generation(), 2);
  EXPECT_TRUE(Explain(kJanuary + 6 * kDay, std::nullopt).decision().allowed());
}

TEST_F(EntitlementServiceTest, ExplainNamesTheEventOfEachFact) {
  PayForJanuary(kJanuary);
  const v1::ExplainEntitlementResponse response = Explain(kJanuary + kDay, std::nullopt);
  ASSERT_GT(response.steps_size(), 0);
  EXPECT_EQ(response.steps(0).event_id(), "evt_1");
  EXPECT_EQ(response.steps(0).provider(), "stripe");
}

TEST_F(EntitlementServiceTest, WhereItMustNotWaitItSaysSo) {
  PayForJanuary(kJanuary);
  const CallContext context{.may_wait = false};
  v1::CheckEntitlementResponse response;
  EXPECT_TRUE(entitlement_->AnswerCheck(context, About("acme", "sso"), response).ok());
  EXPECT_TRUE(response.decision().allowed());
  v1::CheckEntitlementRequest with_sources = About("acme", "sso");
  with_sources.set_include_sources(true);
  EXPECT_TRUE(IsMustWait(entitlement_->AnswerCheck(context, with_sources, response)));
  v1::CheckEntitlementRequest of_later = About("acme", "sso");
  of_later.set_min_revision(
      EncodeRevision({.epoch = store_->Epoch(), .versions = {{TenantId("acme"), 2}}, .generation = 1}));
  EXPECT_TRUE(IsMustWait(entitlement_->AnswerCheck(context, of_later, response)));
  EXPECT_FALSE(IsMustWait(absl::InternalError("another")));
}

// The store is not asked when nobody waits for it.
TEST_F(EntitlementServiceTest, AnExpiredQuestionDoesNotReachTheStore) {
  const CallContext late{.deadline = std::chrono::steady_clock::now() - milliseconds(1)};
  v1::CheckEntitlementRequest with_sources = About("acme", "sso");
  with_sources.set_include_sources(true);
  EXPECT_EQ(ReasonOf(entitlement_->CheckEntitlement(late, with_sources).status()), v1::ERROR_REASON_DEADLINE_EXCEEDED);
}

using IngestServiceTest = ServicesTest;

TEST_F(IngestServiceTest, AFailureOfTheStoreIsUnavailableAndNothingHappened) {
  FaultyStore faulty(*store_);
  Writer writer(faulty, world_->projection);
  Ingest ingest(faulty, writer, world_->projection, clock_, clock_, world_->sources, world_->seal);
  Recorder recorder(faulty, writer, world_->projection, clock_, world_->sources);
  IngestService service(&ingest, &recorder, &world_->sources, &clock_);
  v1::RecordPaymentOutcomeRequest request;
  request.set_tenant_id("acme");
  request.set_provider("bank");
  request.set_reference("order-1");
  request.set_outcome(v1::PAYMENT_OUTCOME_SUCCEEDED);
  request.set_price("price_growth");
  *request.mutable_period_start() = ToProto(kJanuary);
  *request.mutable_period_end() = ToProto(kJanuary + 30 * kDay);
  faulty.FailAt(1, Unavailable("the disk is away"));
  const absl::Status error = WithReason(service.RecordPaymentOutcome({}, request).status());
  EXPECT_EQ(error.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(error), v1::ERROR_REASON_NOT_READY);
  EXPECT_EQ(world_->Tenant("acme").version, 0);
  faulty.FailAt(0, absl::OkStatus());
  EXPECT_TRUE(service.RecordPaymentOutcome({}, request).ok());
  EXPECT_EQ(world_->StateOf("acme", "sso", kJanuary + kDay), AccessState::kGranted);
}

TEST_F(ServicesTest, TheLastPageHasNoToken) {
  TenantService service(store_.get(), &world_->recorder, &world_->projection, &clock_);
  for (const char* tenant : {"a", "b"}) {
    v1::CreateTenantRequest create;
    create.set_tenant_id(tenant);
    ASSERT_TRUE(service.CreateTenant({}, create).ok());
  }
  v1::ListTenantsRequest list;
  list.set_page_size(2);
  const auto page = service.ListTenants({}, list);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->tenants_size(), 2);
  EXPECT_EQ(page->next_page_token(), "");
}

TEST_F(ServicesTest, ReadinessWarnsOfForeignEventsAndStaysReady) {
  const auto counted = [&] {
    HealthReport report = CheckReadiness(*store_, world_->writer, world_->projection, false);
    AddCounts(*store_, world_->ingest, report);
    return report;
  };
  EXPECT_TRUE(counted().warnings.empty());
  Deliver(IgnoredEvent("evt_1"));
  Deliver(IgnoredEvent("evt_2", {.provider = "stripe", .account = "acct_1", .livemode = false}));
  const HealthReport report = counted();
  EXPECT_TRUE(report.ready());
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_EQ(report.warnings[0].name, "events_ignored_foreign_account");
  EXPECT_EQ(report.warnings[0].message, "ignored 1, the last received at 2026-01-01T00:00:00Z: account acct_1");
}

TEST_F(ServicesTest, ReadinessTellsWhyChangesFailUntilOneSucceeds) {
  FaultyStore faulty(*store_);
  Writer writer(faulty, world_->projection);
  const auto readiness = [&] { return CheckReadiness(faulty, writer, world_->projection, false); };
  EXPECT_TRUE(readiness().ready());
  faulty.FailAt(2, ResourceExhausted("no room; make some"));
  EXPECT_FALSE(writer.Commit([](StoreTransaction&, std::vector<TenantChange>&) { return absl::OkStatus(); }).ok());
  faulty.FailAt(1, ResourceExhausted("no room; make some"));
  const HealthReport report = readiness();
  EXPECT_FALSE(report.ready());
  EXPECT_EQ(report.checks.back().name, "writes");
  EXPECT_EQ(report.checks.back().message, "no room; make some");
  EXPECT_TRUE(readiness().ready()) << "the write that it tried succeeded";
}

TEST(ReadinessTest, AnIdentityProviderThatFailsIsToldAndKeepsNoTrafficAway) {
  const ProviderContact::Time now{std::chrono::hours(1)};
  const auto ago = [now](int seconds) { return now - std::chrono::seconds(seconds); };
  struct Row {
    ProviderContact contact;
    bool ok;
    const char* message;
  };
  const Row rows[] = {
      {{}, true, "clerk was not asked yet"},
      {{.answered = ago(9), .failed = {}}, true, "clerk answered 9 s ago"},
      {{.answered = ago(9), .failed = ago(30), .failure = "was 503"}, true, "clerk answered 9 s ago"},
      {{.answered = {}, .failed = ago(3), .failure = "is 401"},
       false,
       "clerk failed 3 s ago: is 401; it has not answered since the server started"},
      {{.answered = ago(9), .failed = ago(3), .failure = "is 503"},
       false,
       "clerk failed 3 s ago: is 503; it last answered 9 s ago"},
  };
  for (const Row& row : rows) {
    HealthReport report;
    AddIdentityProvider("clerk", row.contact, now, report);
    ASSERT_EQ(report.checks.size(), 1u);
    EXPECT_EQ(report.checks[0].ok, row.ok);
    EXPECT_EQ(report.checks[0].message, row.message);
    EXPECT_TRUE(report.ready());
  }
}

TEST_F(ServicesTest, AWorkerThatStandsStillIsAWarning) {
  HealthReport report;
  AddWorker("upkeep", "", report);
  EXPECT_TRUE(report.warnings.empty());
  AddWorker("upkeep", "work cannot be claimed: no room", report);
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_EQ(report.warnings[0].name, "worker_upkeep");
  EXPECT_TRUE(report.ready());
}

TEST_F(ServicesTest, ACertificateThatNeedsAPersonIsAWarning) {
  struct Case {
    Millis left;
    std::string problem;
    std::string expected;  // empty: no warning
  };
  const Case cases[] = {
      {std::chrono::hours(14 * 24 + 1), "", ""},
      {std::chrono::hours(14 * 24), "", "the certificate expires at "},
      {Millis(0), "", "the certificate expired at "},
      {std::chrono::hours(1000), "no key", "cannot be used, so the one before stays until "},
  };
  for (const Case& row : cases) {
    HealthReport report;
    AddCertificate(kJanuary + row.left, row.problem, kJanuary, report);
    std::string said;
    for (const HealthWarning& warning : report.warnings) said += warning.message;
    EXPECT_EQ(said.empty(), row.expected.empty()) << row.left.count();
    EXPECT_NE(said.find(row.expected), std::string::npos) << said;
    EXPECT_TRUE(report.ready());
  }
}

TEST_F(ServicesTest, ReadinessNamesWhatIsMissing) {
  EXPECT_TRUE(CheckReadiness(*store_, world_->writer, world_->projection, false).ready());
  EXPECT_FALSE(CheckReadiness(*store_, world_->writer, world_->projection, true).ready());
  const Projection empty;
  const HealthReport report = CheckReadiness(*store_, world_->writer, empty, false);
  EXPECT_FALSE(report.ready());
  EXPECT_EQ(report.checks[1].message, "no catalog is live yet");
}

}  // namespace
}  // namespace usher
