#include "server/service/readiness.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/time.h"

namespace usher {
namespace {

// Parts of events_ignored.
constexpr char kForeignLivemode[] = "events_ignored_foreign_livemode";
constexpr char kForeignAccount[] = "events_ignored_foreign_account";
constexpr char kDeadWork[] = "work_dead";
// Long enough for a person to act, short enough that automatic renewal has been there before.
constexpr Millis kCertificateNotice = std::chrono::hours(14 * 24);

// An endpoint of the wrong mode or account is wired to this server, and the right one may be wired nowhere.
void AddForeignEvents(const std::vector<ForeignEvents>& foreign, HealthReport& report) {
  std::int64_t livemode = 0;
  std::int64_t account = 0;
  for (const ForeignEvents& events : foreign) {
    std::string name;
    switch (events.verdict) {
      case ScopeVerdict::kServed: continue;
      case ScopeVerdict::kForeignLivemode:
        livemode += events.count;
        name = kForeignLivemode;
        break;
      case ScopeVerdict::kForeignAccount:
        account += events.count;
        name = kForeignAccount;
        break;
    }
    report.warnings.push_back({std::move(name), "ignored " + std::to_string(events.count) + ", the last received at " +
                                                    FormatInstant(events.last_received) + ": " + events.message});
  }
  report.counts.push_back({kForeignLivemode, livemode});
  report.counts.push_back({kForeignAccount, account});
}

absl::Status AddWork(StoreReader& reader, HealthReport& report) {
  const absl::StatusOr<WorkCounts> work = reader.CountWork();
  if (!work.ok()) return work.status();
  report.counts.push_back({kDeadWork, work->dead});
  if (work->dead > 0) {
    report.warnings.push_back({kDeadWork, std::to_string(work->dead) +
                                              " pieces of work were given up: `usher work list --dead` says why, "
                                              "`usher work redrive` tries them again"});
  }
  return absl::OkStatus();
}

absl::Status AddStored(StoreReader& reader, const Ingest& ingest, HealthReport& report) {
  const absl::StatusOr<EventCounts> events = reader.CountEvents();
  if (!events.ok()) return events.status();
  const absl::StatusOr<std::vector<ForeignEvents>> foreign = ingest.CountForeignEvents(reader);
  if (!foreign.ok()) return foreign.status();
  const absl::StatusOr<std::int64_t> waiting = reader.CountWaitingFacts();
  if (!waiting.ok()) return waiting.status();
  report.counts.push_back({"events_applied", events->applied});
  report.counts.push_back({"events_ignored", events->ignored});
  AddForeignEvents(*foreign, report);
  report.counts.push_back({"events_parked", events->parked});
  report.counts.push_back({"facts_waiting_for_a_tenant", *waiting});
  return AddWork(reader, report);
}

absl::Status ReadOne(Store& store) {
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store.Read();
  return reader.ok() ? (*reader)->LatestGeneration().status() : reader.status();
}

void AddStore(Store& store, Writer& writer, HealthReport& report) {
  const absl::Status status = ReadOne(store);
  report.checks.push_back(
      {"store", status.ok(), status.ok() ? std::string(store.Name()) + " answers" : StatusMessage(status)});
  const absl::Status takes = writer.TakesChanges();
  report.checks.push_back({"writes", takes.ok(), takes.ok() ? "changes are taken" : StatusMessage(takes)});
}

}  // namespace

HealthReport CheckReadiness(Store& store, Writer& writer, const Projection& projection, bool stopping) {
  HealthReport report;
  report.checks.push_back({"running", !stopping, stopping ? "the server is stopping" : "the server takes calls"});
  const std::optional<Projection::View> view = projection.Current();
  report.checks.push_back(
      {"catalog", view.has_value(),
       view ? "generation " + std::to_string(view->generation()) + " is live" : "no catalog is live yet"});
  AddStore(store, writer, report);
  return report;
}

void AddCounts(Store& store, const Ingest& ingest, HealthReport& report) {
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store.Read();
  const absl::Status stored = reader.ok() ? AddStored(**reader, ingest, report) : reader.status();
  if (!stored.ok()) report.warnings.push_back({"counts", "cannot be read: " + StatusMessage(stored)});
  const RejectedDeliveries rejected = ingest.rejected();
  report.counts.push_back({"webhooks_forged", rejected.forged});
  report.counts.push_back({"webhooks_stale", rejected.stale});
  report.counts.push_back({"webhooks_without_secret", rejected.without_secret});
  report.counts.push_back({"webhooks_of_unknown_provider", rejected.unknown_provider});
}

void AddWorker(std::string_view name, const std::string& trouble, HealthReport& report) {
  if (trouble.empty()) return;
  report.warnings.push_back({"worker_" + std::string(name), trouble});
}

void AddIdentityProvider(std::string_view name, const ProviderContact& contact, ProviderContact::Time now,
                         HealthReport& report) {
  const auto ago = [now](ProviderContact::Time at) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - at).count()) + " s ago";
  };
  HealthCheck check{.name = "identity_provider", .ok = true, .message = std::string(name), .needed = false};
  if (contact.failed && (!contact.answered || *contact.answered < *contact.failed)) {
    check.ok = false;
    check.message += " failed " + ago(*contact.failed) + ": " + contact.failure +
                     (contact.answered ? "; it last answered " + ago(*contact.answered)
                                       : "; it has not answered since the server started");
  } else {
    check.message += contact.answered ? " answered " + ago(*contact.answered) : " was not asked yet";
  }
  report.checks.push_back(std::move(check));
}

void AddCertificate(Instant expires, const std::string& problem, Instant now, HealthReport& report) {
  const std::string when = FormatInstant(expires);
  if (!problem.empty()) {
    report.warnings.push_back(
        {"tls", "the files of the certificate changed and cannot be used, so the one before stays until " + when +
                    ": " + problem});
  } else if (expires <= now) {
    report.warnings.push_back({"tls", "the certificate expired at " + when + ": callers refuse it; replace its files"});
  } else if (expires <= now + kCertificateNotice) {
    report.warnings.push_back({"tls", "the certificate expires at " + when + ": replace its files before"});
  }
}

}  // namespace usher
