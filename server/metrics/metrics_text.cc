#include "server/metrics/metrics_text.h"

#include <string>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "server/base/version.h"
#include "server/core/timeline.h"

namespace usher {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr double kNanosPerSecond = 1e9;
constexpr double kMillisPerSecond = 1e3;

constexpr const char* kCodeNames[CallCounts::kCodes] = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

const char* Name(Wire wire) {
  switch (wire) {
    case Wire::kGrpc: return "grpc";
    case Wire::kConnect: return "connect";
  }
  return "unknown";
}

const char* Name(Disposition disposition) {
  switch (disposition) {
    case Disposition::kApplied: return "applied";
    case Disposition::kDuplicate: return "duplicate";
    case Disposition::kIgnored: return "ignored";
    case Disposition::kParked: return "parked";
  }
  return "unknown";
}

const char* Name(WorkKind kind) {
  switch (kind) {
    case WorkKind::kBoundary: return "boundary";
    case WorkKind::kRoles: return "roles";
    case WorkKind::kRetention: return "retention";
    case WorkKind::kCatalog: return "catalog";
  }
  return "unknown";
}

double Seconds(Millis time) { return static_cast<double>(time.count()) / kMillisPerSecond; }

// Families in the order in which they are begun.
class Families {
 public:
  void Begin(MetricType type, const char* name, const char* help) {
    families_.push_back({.name = name, .help = help, .type = type, .metric = {}});
  }

  void Counter(std::int64_t value, Labels labels = {}) {
    Add(std::move(labels)).counter.value = static_cast<double>(value);
  }
  void Gauge(double value, Labels labels = {}) { Add(std::move(labels)).gauge.value = value; }

  // `unit` is how many of what was observed make one of what is shown.
  template <const auto& kBounds>
  void Histogram(const Distribution<kBounds>& distribution, double unit, Labels labels = {}) {
    ClientMetric::Histogram& histogram = Add(std::move(labels)).histogram;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < std::size(kBounds); ++i) {
      below += static_cast<std::uint64_t>(distribution.in_bucket(i));
      histogram.bucket.push_back({.cumulative_count = below, .upper_bound = static_cast<double>(kBounds[i]) / unit});
    }
    histogram.sample_count = below + static_cast<std::uint64_t>(distribution.in_bucket(std::size(kBounds)));
    histogram.sample_sum = static_cast<double>(distribution.sum()) / unit;
  }

  std::string Text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  ClientMetric& Add(Labels labels) {
    ClientMetric& metric = families_.back().metric.emplace_back();
    metric.label = std::move(labels);
    return metric;
  }

  std::vector<MetricFamily> families_;
};

Labels LabelsOf(const MethodCalls& calls, Wire wire) {
  return {{"grpc_service", calls.service}, {"grpc_method", calls.method}, {"transport", Name(wire)}};
}

template <class Visit>
void ForEachMethod(const CallStats& stats, const Visit& visit) {
  for (const MethodCalls* calls : stats.All()) {
    for (const Wire wire : kWires) visit(*calls, wire);
  }
}

void AddCalls(const CallStats& stats, Families& families) {
  families.Begin(MetricType::Counter, "grpc_server_started_total", "Calls that reached an RPC, by service and method.");
  ForEachMethod(stats, [&](const MethodCalls& calls, Wire wire) {
    families.Counter(calls.over(wire).started.value(), LabelsOf(calls, wire));
  });
  families.Begin(MetricType::Counter, "grpc_server_handled_total",
                 "Calls that were answered, by service, method and status code. A code appears with its first call.");
  ForEachMethod(stats, [&](const MethodCalls& calls, Wire wire) {
    for (std::size_t code = 0; code < CallCounts::kCodes; ++code) {
      const std::int64_t count = calls.over(wire).handled[code].value();
      if (count == 0 && code != 0) continue;
      Labels labels = LabelsOf(calls, wire);
      labels.push_back({"grpc_code", kCodeNames[code]});
      families.Counter(count, std::move(labels));
    }
  });
  families.Begin(MetricType::Histogram, "grpc_server_handling_seconds",
                 "Time from when a call's request was there until its answer was, in seconds; without the wire.");
  ForEachMethod(stats, [&](const MethodCalls& calls, Wire wire) {
    const CallCounts& counts = calls.over(wire);
    if (counts.started.value() > 0) families.Histogram(counts.nanos, kNanosPerSecond, LabelsOf(calls, wire));
  });
}

void AddDecisions(const DecisionStats& stats, Families& families) {
  families.Begin(
      MetricType::Counter, "usher_decisions_total",
      "Decisions that CheckEntitlement and BatchCheckEntitlements answered, by state and by what they said.");
  for (std::size_t i = 0; i < DecisionStats::kStates; ++i) {
    const auto state = static_cast<AccessState>(i);
    for (const bool allowed : {true, false}) {
      families.Counter(stats.count(state, allowed),
                       {{"state", std::string(StateName(state))}, {"allowed", allowed ? "true" : "false"}});
    }
  }
}

void AddEvents(const Ingest& ingest, Families& families) {
  families.Begin(MetricType::Counter, "usher_events_total",
                 "Webhooks that were durably taken, by what became of them. Redriven events are not counted again.");
  for (const Disposition disposition :
       {Disposition::kApplied, Disposition::kDuplicate, Disposition::kIgnored, Disposition::kParked}) {
    families.Counter(ingest.delivered(disposition), {{"disposition", Name(disposition)}});
  }
  const RejectedDeliveries rejected = ingest.rejected();
  families.Begin(MetricType::Counter, "usher_webhooks_rejected_total",
                 "Webhooks that were turned away and not stored, by the reason.");
  families.Counter(rejected.forged, {{"reason", "forged"}});
  families.Counter(rejected.stale, {{"reason", "stale"}});
  families.Counter(rejected.without_secret, {{"reason", "without_secret"}});
  families.Counter(rejected.unknown_provider, {{"reason", "unknown_provider"}});
}

void AddCommits(const Writer& writer, Families& families) {
  families.Begin(MetricType::Histogram, "usher_commit_batch_size", "Changes that shared one commit of the store.");
  families.Histogram(writer.stats().batch_sizes, 1);
  families.Begin(MetricType::Histogram, "usher_commit_seconds",
                 "Time from the beginning of a transaction until it was durable, in seconds.");
  families.Histogram(writer.stats().nanos, kNanosPerSecond);
  families.Begin(MetricType::Gauge, "usher_commits_waiting", "Changes that wait for their turn to be committed.");
  families.Gauge(static_cast<double>(writer.waiting()));
}

void AddProjection(const Projection& projection, Families& families) {
  const std::optional<Projection::View> view = projection.Current();
  families.Begin(MetricType::Gauge, "usher_projection_tenants", "Tenants whose timelines are held in memory.");
  families.Gauge(view ? static_cast<double>(view->tenants()) : 0);
  families.Begin(MetricType::Gauge, "usher_catalog_generation",
                 "Number of the catalog generation that answers; 0 before the first.");
  families.Gauge(view ? static_cast<double>(view->generation()) : 0);
}

void AddStored(StoreGauges& store, std::chrono::milliseconds patience, Families& families) {
  const std::optional<StoreSample> sample = store.Read(patience);
  families.Begin(MetricType::Gauge, "usher_store_up",
                 "1 when the store answered this scrape in time, else 0; then what only it knows is missing here.");
  families.Gauge(sample ? 1 : 0);
  if (!sample) return;
  families.Begin(MetricType::Gauge, "usher_events_parked", "Stored events that wait for a person or a repair.");
  families.Gauge(static_cast<double>(sample->parked_events));
  families.Begin(MetricType::Gauge, "usher_work_depth",
                 "Pieces of work that are due and not done, by kind; those that run are among them.");
  for (const auto& [kind, gauge] : sample->work) families.Gauge(static_cast<double>(gauge.due), {{"kind", Name(kind)}});
  families.Begin(MetricType::Gauge, "usher_work_oldest_age_seconds",
                 "For how long the oldest work that is not done has been due, in seconds, by kind; 0 without any.");
  for (const auto& [kind, gauge] : sample->work) {
    if (gauge.oldest_age) families.Gauge(Seconds(*gauge.oldest_age), {{"kind", Name(kind)}});
  }
  families.Begin(MetricType::Gauge, "usher_work_dead", "Pieces of work that were given up, by kind.");
  for (const auto& [kind, gauge] : sample->work) {
    families.Gauge(static_cast<double>(gauge.dead), {{"kind", Name(kind)}});
  }
}

void AddProcess(const MetricsSources& sources, Families& families) {
  families.Begin(MetricType::Gauge, "usher_build_info", "Always 1; the labels name the program that runs.");
  families.Gauge(1, {{"version", std::string(Version())}});
  families.Begin(MetricType::Gauge, "process_start_time_seconds", "When the process started, in seconds since 1970.");
  families.Gauge(Seconds(sources.started.time_since_epoch()));
  families.Begin(MetricType::Gauge, "usher_stopping", "1 while the server is stopping, else 0.");
  families.Gauge(sources.stopping() ? 1 : 0);
  families.Begin(MetricType::Counter, "usher_log_lines_dropped_total",
                 "Lines of the log that were dropped because nobody read them in time.");
  families.Counter(sources.log->dropped());
  const std::optional<Instant> expires = sources.certificate_expires();
  if (!expires) return;
  families.Begin(MetricType::Gauge, "usher_tls_certificate_expiry_seconds",
                 "When the certificate that is served expires, in seconds since 1970.");
  families.Gauge(Seconds(expires->time_since_epoch()));
}

}  // namespace

std::string MetricsText(const MetricsSources& sources) {
  Families families;
  AddProcess(sources, families);
  AddCalls(*sources.calls, families);
  AddDecisions(*sources.decisions, families);
  AddEvents(*sources.ingest, families);
  AddCommits(*sources.writer, families);
  AddProjection(*sources.projection, families);
  AddStored(*sources.store, sources.store_patience, families);
  return families.Text();
}

}  // namespace usher
