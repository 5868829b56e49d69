#include "server/service/readiness.h"

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

void AddStore(Store& store, HealthReport& report) {
  HealthCheck check{.name = "store", .ok = false, .message = ""};
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store.Read();
  absl::Status status = reader.status();
  if (status.ok()) {
    const absl::StatusOr<EventCounts> events = (*reader)->CountEvents();
    const absl::StatusOr<std::int64_t> waiting = (*reader)->CountWaitingFacts();
    if (events.ok() && waiting.ok()) {
      report.counts.push_back({"events_applied", events->applied});
      report.counts.push_back({"events_ignored", events->ignored});
      report.counts.push_back({"events_parked", events->parked});
      report.counts.push_back({"facts_waiting_for_a_tenant", *waiting});
    }
    status = events.ok() ? waiting.status() : events.status();
  }
  check.ok = status.ok();
  check.message = status.ok() ? std::string(store.Name()) + " answers" : StatusMessage(status);
  report.checks.push_back(std::move(check));
}

}  // namespace

HealthReport Readiness(Store& store, const Projection& projection, const Ingest& ingest, bool stopping) {
  HealthReport report;
  report.checks.push_back({"running", !stopping, stopping ? "the server is stopping" : "the server takes calls"});
  const std::optional<Projection::View> view = projection.Current();
  report.checks.push_back(
      {"catalog", view.has_value(),
       view ? "generation " + std::to_string(view->generation()) + " is live" : "no catalog is live yet"});
  AddStore(store, report);
  const RejectedDeliveries rejected = ingest.rejected();
  report.counts.push_back({"webhooks_forged", rejected.forged});
  report.counts.push_back({"webhooks_stale", rejected.stale});
  report.counts.push_back({"webhooks_without_secret", rejected.without_secret});
  report.counts.push_back({"webhooks_of_unknown_provider", rejected.unknown_provider});
  return report;
}

}  // namespace usher
