// Ingest::CountForeignEvents: what was received and is somebody else's (R17).
#include <map>
#include <utility>

#include "server/engine/ingest.h"

namespace usher {

absl::StatusOr<std::vector<ForeignEvents>> Ingest::CountForeignEvents(StoreReader& reader) const {
  absl::StatusOr<std::vector<IgnoredEvents>> ignored = reader.CountIgnoredEvents();
  if (!ignored.ok()) return ignored.status();
  std::map<std::pair<std::string, ScopeVerdict>, ForeignEvents> sums;
  for (const IgnoredEvents& events : *ignored) {
    const auto source = sources_.find(events.scope.provider);
    if (source == sources_.end()) continue;
    ScopeCheck check = source->second->CheckScope(events.scope);
    if (check.verdict == ScopeVerdict::kServed) continue;
    ForeignEvents& sum = sums[{events.scope.provider, check.verdict}];
    sum.provider = events.scope.provider;
    sum.verdict = check.verdict;
    sum.count += events.count;
    if (!sum.message.empty() && events.last_received <= sum.last_received) continue;
    sum.last_received = events.last_received;
    sum.message = std::move(check.message);
  }
  std::vector<ForeignEvents> foreign;
  foreign.reserve(sums.size());
  for (auto& [key, sum] : sums) foreign.push_back(std::move(sum));
  return foreign;
}

}  // namespace usher
