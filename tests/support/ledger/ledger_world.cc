#include "tests/support/ledger/ledger_world.h"

#include "catalog/parse/load.h"
#include "server/core/trace.h"
#include "server/engine/stored_trace.h"
#include "tests/support/same_verdict.h"

namespace usher {

std::string TestCatalogText(const std::string& more) {
  return R"(apiVersion: usher/v1
catalog: test
features:
  sso: { type: boolean }
  projects: { type: limit, unit: project, merge: max }
groups:
  core: { default_plan: free@1 }
plans:
  free@1: { title: Free, group: core, entitlements: { projects: 1 } }
  growth@1: { title: Growth, group: core, includes: free@1, entitlements: { projects: 20, sso: true } }
prices:
  live:
    price_live_growth: { plan: growth@1, interval: month, currency: usd }
  test:
    price_growth: { plan: growth@1, interval: month, currency: usd }
)" + more;
}

CatalogPtr CatalogFrom(const std::string& yaml) {
  LoadResult result = LoadCatalog({{.name = "plans.yaml", .text = yaml}});
  EXPECT_NE(result.catalog, nullptr) << (result.findings.empty() ? "" : FormatFinding(result.findings.front()));
  return result.catalog;
}

CatalogPtr TestCatalog(const std::string& more) { return CatalogFrom(TestCatalogText(more)); }

std::vector<TenantState> StatesIn(Store& store) { return *(*store.Read())->ListTenantStates(TenantId(), 100'000); }

std::vector<AuditRow> AuditIn(Store& store) { return *(*store.Read())->ListAudit(0, 100'000); }

std::vector<ChangeRow> ChangesIn(Store& store) { return (*store.Read())->ReadChanges({}, 100'000)->rows; }

LedgerWorld::LedgerWorld(Store& over, const Clock& clock, const BillingSource& source, CatalogPtr catalog)
    : store(over),
      writer(store, projection),
      sources{{std::string(source.Provider()), &source}},
      ingest(store, writer, projection, clock, clock, sources, seal),
      recorder(store, writer, projection, clock, sources),
      activator(store, writer, projection, clock) {
  const absl::StatusOr<Activation> activation = Activate(std::move(catalog));
  EXPECT_TRUE(activation.ok()) << activation.status();
}

absl::StatusOr<EventOutcome> LedgerWorld::TryDeliver(const std::string& raw, const std::string& signature) {
  return ingest.RelayWebhook(
      {.provider = "stripe", .raw = raw, .headers = {{"signature", signature}}, .received_at = std::nullopt});
}

EventOutcome LedgerWorld::Deliver(const std::string& raw) {
  absl::StatusOr<EventOutcome> outcome = TryDeliver(raw);
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return outcome.value_or(EventOutcome{});
}

absl::StatusOr<Activation> LedgerWorld::Activate(CatalogPtr catalog, bool allow_changed_content) {
  return activator.Activate(
      {.catalog = std::move(catalog), .source = "", .actor = "file", .allow_changed_content = allow_changed_content});
}

void ExpectSameAnswers(const Catalog& catalog, const Outlook& outlook, const Timeline& timeline) {
  EXPECT_EQ(outlook.newest_fact, timeline.newest_fact);
  EXPECT_EQ(outlook.frozen_at, timeline.frozen_at);
  EXPECT_EQ(outlook.known, timeline.known);
  for (std::size_t feature = 0; feature < catalog.features.size(); ++feature) {
    for (const std::optional<std::int64_t> used : {std::optional<std::int64_t>(), std::optional<std::int64_t>(3)}) {
      const CheckRequest request{.feature = feature, .quantity = 1, .current_usage = used, .access = Access::kUse};
      for (const Segment& segment : timeline.segments) {
        for (const Instant at : {segment.from, SaturatingAdd(segment.until, Millis(-1))}) {
          if (!Covers(catalog, outlook, request, at)) continue;
          EXPECT_TRUE(SameVerdict(Judge(catalog, outlook, request, at), Judge(catalog, timeline, request, at)))
              << catalog.features[feature].id.str() << " at " << FormatInstant(at);
        }
      }
    }
  }
}

WorldTenant LedgerWorld::Tenant(const std::string& tenant) const {
  const Projection::View view = *projection.Current();
  const auto reader = *store.Read();
  const std::optional<TenantState> state = *reader->FindTenantState(TenantId(tenant));
  StoredTimeline stored = *ReadTimeline(*reader, TenantId(tenant), *view.catalog());
  const ProjectedTenant projected = view.Find(tenant);
  EXPECT_EQ(projected.version, stored.version) << tenant;
  ExpectSameAnswers(*view.catalog(), projected.outlook, stored.timeline);
  return {.version = stored.version,
          .digest = state ? TraceDigest(ReadTrace(*reader, *state)->trace) : Digest{},
          .timeline = std::make_shared<const Timeline>(std::move(stored.timeline))};
}

AccessState LedgerWorld::StateOf(const std::string& tenant, const std::string& feature, Instant at) const {
  const Projection::View view = *projection.Current();
  const Catalog& catalog = *view.catalog();
  const CheckRequest request{.feature = FindFeature(catalog, feature).value(),
                             .quantity = 0,
                             .current_usage = std::nullopt,
                             .access = Access::kUse};
  const ProjectedTenant projected = view.Find(tenant);
  if (Covers(catalog, projected.outlook, request, at)) return Judge(catalog, projected.outlook, request, at).state;
  const StoredTimeline stored = *ReadTimeline(**store.Read(), TenantId(tenant), catalog);
  return Judge(catalog, stored.timeline, request, at).state;
}

}  // namespace usher
