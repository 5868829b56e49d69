// Checks within the process: fills a projection with generated tenants and asks it about random ones. Prints JSON.
//
//   projection_bench CATALOG TENANTS BATCHES
//
// Memory is by how much that of the process grew, less the bytes of the tenants' ids: once what is resident, once what
// malloc has given away, its headers included.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <malloc.h>

#include "catalog/absl_bridge.h"
#include "catalog/parse/load.h"
#include "clients/cli/generate_payments.h"
#include "server/base/catalog_files.h"
#include "server/core/check.h"
#include "server/core/fact.h"
#include "server/core/outlook.h"
#include "server/core/trace.h"
#include "server/core/trace_model.h"
#include "server/engine/projection.h"
#include "tests/bench/measured.h"

namespace usher::bench {
namespace {

constexpr std::int64_t kGeneration = 1;
constexpr int kChecksPerBatch = 1000;

CatalogPtr LoadFrom(const std::string& path) {
  const auto files = ReadCatalogFiles({path});
  if (!files.ok()) return nullptr;
  return LoadCatalog(*files).catalog;
}

// The ledger of one tenant after its generated payment.
std::shared_ptr<const Trace> TraceAfter(const v1::RecordPaymentOutcomeRequest& payment) {
  const TenantId tenant(payment.tenant_id());
  OutcomeFact outcome;
  outcome.status = OutcomeStatus::kSucceeded;
  outcome.tenant = tenant;
  outcome.price = PriceId(payment.price());
  outcome.subscription = payment.subscription_id();
  outcome.start = FromUnixSeconds(payment.period_start().seconds());
  outcome.end = FromUnixSeconds(payment.period_end().seconds());
  const Fact fact{.object = {{payment.provider(), "", false}, ObjectKind::kOutcome, payment.reference()},
                  .at = FromUnixSeconds(payment.occurred_at().seconds()),
                  .content = outcome};
  return std::make_shared<const Trace>(BuildTrace(tenant, {&fact, 1}));
}

Instant Now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

// Bytes of this process that are in memory.
std::int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

std::int64_t AllocatedBytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

void Fill(Projection& projection, const CatalogPtr& catalog, const GeneratedMix& mix, std::int64_t tenants) {
  Projection::Draft draft = projection.StartDraft(kGeneration, catalog);
  for (std::int64_t number = 1; number <= tenants; ++number) {
    TenantChange change;
    change.tenant = TenantId(GeneratedTenantId(number));
    change.version = 1;
    change.trace = TraceAfter(GeneratedPayment(mix, number));
    change.generation = kGeneration;
    change.now = Now();
    draft.Add(change);
  }
  projection.Adopt(draft);
}

struct Question {
  TenantId tenant;
  CheckRequest request;
};

// As far as the compiler knows, somebody reads all of `answer`.
template <class Answer>
void Use(const Answer& answer) {
  asm volatile("" : : "m"(answer) : "memory");
}

// Nanoseconds per check, one number a batch. The questions of a batch are made before its clock runs.
std::vector<float> TimeBatches(const Projection& projection, const Catalog& catalog, std::int64_t tenants,
                               int batches) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::int64_t> any(1, tenants);
  std::vector<float> nanos;
  std::int64_t unknown = 0;
  const Instant now = Now();
  for (int batch = 0; batch < batches; ++batch) {
    std::vector<Question> questions;
    for (int i = 0; i < kChecksPerBatch; ++i) {
      Question& question = questions.emplace_back();
      question.tenant = TenantId(GeneratedTenantId(any(random)));
      question.request.feature = random() % catalog.features.size();
    }
    const auto start = std::chrono::steady_clock::now();
    for (const Question& question : questions) {
      const Projection::View view = *projection.Current();
      const ProjectedTenant tenant = view.Find(question.tenant);
      Use(Judge(*view.catalog(), tenant.outlook, question.request, EvaluationInstant(tenant.outlook, now)));
      unknown += tenant.version == 0 ? 1 : 0;
    }
    const std::chrono::duration<float, std::nano> spent = std::chrono::steady_clock::now() - start;
    nanos.push_back(spent.count() / kChecksPerBatch);
  }
  if (unknown > 0) {
    std::cerr << "projection_bench: " << unknown << " tenants were not there\n";
    std::exit(2);
  }
  return nanos;
}

int Run(const std::string& path, std::int64_t tenants, int batches) {
  const CatalogPtr catalog = LoadFrom(path);
  if (catalog == nullptr) {
    std::cerr << "projection_bench: " << path << " is no catalog without errors\n";
    return 2;
  }
  const auto prices = CurrentPlanPrices(*catalog);
  if (!prices.ok()) {
    std::cerr << "projection_bench: " << StatusMessage(prices.status()) << "\n";
    return 2;
  }
  const GeneratedMix mix{.seed = 1, .prices = *prices};
  Projection projection;
  malloc_trim(0);
  const std::int64_t allocated = AllocatedBytes();
  const std::int64_t resident = ResidentBytes();
  const auto start = std::chrono::steady_clock::now();
  Fill(projection, catalog, mix, tenants);
  const double filled = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  malloc_trim(0);
  std::int64_t key_bytes = 0;
  for (std::int64_t number = 1; number <= tenants; ++number) {
    key_bytes += static_cast<std::int64_t>(GeneratedTenantId(number).size());
  }
  const auto per_tenant = [tenants](std::int64_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(tenants);
  };
  const double memory = per_tenant(AllocatedBytes() - allocated - key_bytes);
  const double resident_memory = per_tenant(ResidentBytes() - resident - key_bytes);
  std::vector<float> nanos = TimeBatches(projection, *catalog, tenants, batches);
  std::cout << "{\"tenants\": " << tenants << ", \"fill_seconds\": " << filled
            << ", \"allocated_bytes_per_tenant\": " << memory << ", \"resident_bytes_per_tenant\": " << resident_memory
            << ", \"p50_ns\": " << Quantile(nanos, 0.5) << ", \"min_ns\": " << Quantile(nanos, 0)
            << ", \"p99_ns\": " << Quantile(nanos, 0.99) << "}\n";
  return 0;
}

}  // namespace
}  // namespace usher::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: projection_bench CATALOG TENANTS BATCHES\n";
    return 2;
  }
  return usher::bench::Run(argv[1], std::strtoll(argv[2], nullptr, 10),
                           static_cast<int>(std::strtol(argv[3], nullptr, 10)));
}
