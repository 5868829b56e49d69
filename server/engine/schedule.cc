#include "server/engine/schedule.h"

#include <optional>
#include <string>
#include <vector>

#include "catalog/absl_bridge.h"
#include "server/core/trace_model.h"
#include "server/engine/effects.h"
#include "server/engine/ingest.h"

namespace usher {
namespace {

// Tenants that one transaction of a catalog pass looks at: it must not hold up ingest.
constexpr std::size_t kTenantsPerPage = 100;
constexpr char kPassMark[] = "catalog pass";

// How far the pass of one generation came: `7 acme`.
std::string PassText(std::int64_t generation, const TenantId& after) {
  return std::to_string(generation) + " " + after.str();
}

// The last tenant that the pass of `generation` has seen; none when the mark is of another generation.
TenantId PassedBy(const std::optional<std::string>& mark, std::int64_t generation) {
  const std::string start = PassText(generation, TenantId());
  if (!mark || !mark->starts_with(start)) return TenantId();
  return TenantId(mark->substr(start.size()));
}

// Due at once.
WorkItem CatalogPass() {
  return {.kind = WorkKind::kCatalog, .key = "catalog", .tenant = TenantId(), .due = Instant{}};
}

}  // namespace

Instant BoundaryAfter(const Timeline& timeline, Instant now) {
  return timeline.frozen_at ? kForever : NextBoundary(timeline, now);
}

absl::Status PutBoundary(StoreTransaction& transaction, const TenantId& tenant, Instant boundary, Instant now) {
  if (boundary == kForever) return transaction.CancelWork(WorkKind::kBoundary, tenant.str());
  return transaction.ScheduleWork({.kind = WorkKind::kBoundary, .key = tenant.str(), .tenant = tenant, .due = boundary},
                                  now);
}

absl::Status AskForCatalogPass(StoreTransaction& transaction, Instant now) {
  absl::Status unmarked = transaction.PutMark(kPassMark, "");
  if (!unmarked.ok()) return unmarked;
  return transaction.EnqueueWork(CatalogPass(), now);
}

WorkResult Scheduler::RunBoundary(const WorkRow& row) {
  return FinishWith(writer_, leases_, row, [&](StoreTransaction& transaction) -> absl::Status {
    absl::StatusOr<Projection::View> view = CurrentView(projection_);
    if (!view.ok()) return view.status();
    absl::StatusOr<std::optional<TenantState>> state = transaction.FindTenantState(row.tenant);
    if (!state.ok()) return state.status();
    if (!state->has_value()) return absl::OkStatus();
    absl::StatusOr<StoredTrace> stored = ReadTrace(transaction, **state);
    if (!stored.ok()) return stored.status();
    return Bring(transaction, **state, *stored, *view);
  });
}

absl::Status Scheduler::Bring(StoreTransaction& transaction, const TenantState& state, const StoredTrace& stored,
                              const Projection::View& view) {
  const Timeline timeline = Resolve(stored.trace, *view.catalog());
  const Instant now = clock_.Now();
  absl::Status enqueued = EnqueueEffects(transaction, state.tenant, now);
  if (!enqueued.ok()) return enqueued;
  TenantState moved = state;
  // The same version: the facts are the same. Kept, so that the next start need not derive it again.
  if (stored.derived_again) {
    moved.trace = EncodeTrace(stored.trace);
    moved.digest = TraceDigest(stored.trace);
  }
  moved.next_boundary = BoundaryAfter(timeline, now);
  moved.generation = view.generation();
  absl::Status put = transaction.PutTenantState(moved);
  if (!put.ok()) return put;
  return PutBoundary(transaction, state.tenant, moved.next_boundary, now);
}

WorkResult Scheduler::RunCatalogPass(const WorkRow& row) {
  return FinishWith(writer_, leases_, row, [&](StoreTransaction& transaction) { return BringPage(transaction); });
}

absl::Status Scheduler::BringPage(StoreTransaction& transaction) {
  absl::StatusOr<Projection::View> view = CurrentView(projection_);
  if (!view.ok()) return view.status();
  absl::StatusOr<std::optional<GenerationRow>> latest = transaction.LatestGeneration();
  if (!latest.ok()) return latest.status();
  if (latest->has_value() && (*latest)->number != view->generation()) {
    return NotFound("generation " + std::to_string((*latest)->number) + " is not live here yet");
  }
  absl::StatusOr<std::optional<std::string>> mark = transaction.FindMark(kPassMark);
  if (!mark.ok()) return mark.status();
  absl::StatusOr<std::vector<TenantState>> states =
      transaction.ListTenantStates(PassedBy(*mark, view->generation()), kTenantsPerPage);
  if (!states.ok()) return states.status();
  if (states->empty()) return transaction.PutMark(kPassMark, "");
  for (const TenantState& state : *states) {
    absl::StatusOr<StoredTrace> stored = ReadTrace(transaction, state);
    if (!stored.ok()) return stored.status();
    if (state.generation == view->generation() && !stored->derived_again) continue;
    absl::Status brought = Bring(transaction, state, *stored, *view);
    if (!brought.ok()) return brought;
  }
  absl::Status marked = transaction.PutMark(kPassMark, PassText(view->generation(), states->back().tenant));
  if (!marked.ok()) return marked;
  return transaction.EnqueueWork(CatalogPass(), clock_.Now());
}

}  // namespace usher
