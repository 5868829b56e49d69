// The way from a tenant's facts to an answer, by length of the payment history in months.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "catalog/model.h"
#include "catalog/parse/load.h"
#include "server/core/check.h"
#include "server/core/fact.h"
#include "server/core/timeline.h"
#include "server/core/trace.h"
#include "server/core/trace_model.h"

namespace usher {
namespace {

constexpr const char* kCatalogText = R"yaml(apiVersion: usher/v1
catalog: bench
features:
  sso: { type: boolean }
  seats: { type: limit, merge: max }
plans:
  growth@1:
    entitlements: { sso: true, seats: 25 }
prices:
  test:
    price_growth: { plan: growth@1, interval: month, currency: usd }
)yaml";

constexpr Instant kStart = FromUnixSeconds(1'700'000'000);
constexpr Millis kMonth = std::chrono::hours(24 * 30);
const TenantId kTenant("acme");

CatalogPtr BenchCatalog() {
  LoadResult loaded = LoadCatalog({{"bench.yaml", kCatalogText}});
  if (loaded.catalog) return loaded.catalog;
  for (const Finding& finding : loaded.findings) std::cerr << finding.message << "\n";
  std::abort();
}

Fact About(ObjectKind kind, std::string id, Instant at, FactContent content) {
  Fact fact;
  fact.object.scope.provider = "stripe";
  fact.object.kind = kind;
  fact.object.id = std::move(id);
  fact.at = at;
  fact.content = std::move(content);
  return fact;
}

SubscriptionFact Intent() {
  SubscriptionFact intent;
  intent.status = SubscriptionStatus::kActive;
  intent.customer = "cus_1";
  intent.items.push_back({"si_1", PriceId("price_growth"), 1000});
  return intent;
}

InvoiceFact PaidInvoice(Instant start) {
  InvoiceLine line;
  line.subscription = "sub_1";
  line.subscription_item = "si_1";
  line.price = PriceId("price_growth");
  line.amount = 4900;
  line.start = start;
  line.end = start + kMonth;
  InvoiceFact invoice;
  invoice.status = InvoiceStatus::kPaid;
  invoice.customer = "cus_1";
  invoice.subscription = "sub_1";
  invoice.subtotal = invoice.total = invoice.amount_due = invoice.amount_paid = line.amount;
  invoice.lines.push_back(line);
  return invoice;
}

// A subscription that was paid every month.
std::vector<Fact> PaidMonths(std::int64_t months) {
  LinkFact link;
  link.tenant = kTenant;
  std::vector<Fact> facts = {About(ObjectKind::kCustomer, "cus_1", kStart, link),
                             About(ObjectKind::kSubscription, "sub_1", kStart, Intent())};
  for (std::int64_t month = 0; month < months; ++month) {
    const Instant start = kStart + month * kMonth;
    facts.push_back(About(ObjectKind::kInvoice, "in_" + std::to_string(month), start, PaidInvoice(start)));
  }
  return facts;
}

void BuildTraceOfPaidMonths(benchmark::State& state) {
  const std::vector<Fact> facts = PaidMonths(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(BuildTrace(kTenant, facts));
}
BENCHMARK(BuildTraceOfPaidMonths)->Arg(1)->Arg(12)->Arg(60);

void ResolvePaidMonths(benchmark::State& state) {
  const CatalogPtr catalog = BenchCatalog();
  const Trace trace = BuildTrace(kTenant, PaidMonths(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Resolve(trace, *catalog));
}
BENCHMARK(ResolvePaidMonths)->Arg(1)->Arg(12)->Arg(60);

void CheckInTheLastMonth(benchmark::State& state) {
  const CatalogPtr catalog = BenchCatalog();
  const Timeline timeline = Resolve(BuildTrace(kTenant, PaidMonths(state.range(0))), *catalog);
  const Instant now = kStart + state.range(0) * kMonth - Millis(1);
  // A benchmark of wrong answers would measure nothing.
  if (!Check(*catalog, timeline, {}, now).allowed) state.SkipWithError("a paid month was denied");
  for (auto _ : state) benchmark::DoNotOptimize(Check(*catalog, timeline, {}, now));
}
BENCHMARK(CheckInTheLastMonth)->Arg(1)->Arg(12)->Arg(60);

}  // namespace
}  // namespace usher

BENCHMARK_MAIN();
