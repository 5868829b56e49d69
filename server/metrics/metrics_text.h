// The text of /metrics, in the format of Prometheus.
//
// No label holds an id, a name that callers choose, or anything personal: every label has few values, all known when
// the program is built.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "catalog/time.h"
#include "server/base/log.h"
#include "server/engine/ingest.h"
#include "server/engine/projection.h"
#include "server/engine/writer.h"
#include "server/metrics/store_gauges.h"
#include "server/service/call_stats.h"
#include "server/service/decision_stats.h"

namespace usher {

// Where the numbers are. All outlive their readers.
struct MetricsSources {
  const CallStats* calls = nullptr;
  const DecisionStats* decisions = nullptr;
  const Ingest* ingest = nullptr;
  const Writer* writer = nullptr;
  const Projection* projection = nullptr;
  StoreGauges* store = nullptr;
  const Log* log = nullptr;
  Instant started{};  // the process
  std::function<bool()> stopping = [] { return false; };
  std::function<std::optional<Instant>()> certificate_expires = [] { return std::nullopt; };  // nullopt: no TLS
  std::chrono::milliseconds store_patience{500};
};

// Reads everything now. Waits for the store, `store_patience` at most; without its answer the text lacks what only it
// knows and usher_store_up is 0. Any thread may call.
std::string MetricsText(const MetricsSources& sources);

}  // namespace usher
