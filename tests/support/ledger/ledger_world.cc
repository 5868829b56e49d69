#include "tests/support/ledger/ledger_world.h"

#include "catalog/parse/load.h"

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

LedgerWorld::LedgerWorld(Store& store, const Clock& clock, const BillingSource& source, CatalogPtr catalog)
    : writer(store, projection),
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

ProjectedTenant LedgerWorld::Tenant(const std::string& tenant) const {
  return projection.Current()->Find(TenantId(tenant));
}

AccessState LedgerWorld::StateOf(const std::string& tenant, const std::string& feature, Instant at) const {
  const Projection::View view = *projection.Current();
  const std::size_t index = FindFeature(*view.catalog(), feature).value();
  return SegmentAt(*view.Find(TenantId(tenant)).timeline, at).features.at(index).state;
}

}  // namespace usher
