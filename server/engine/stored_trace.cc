#include "server/engine/stored_trace.h"

#include <utility>
#include <vector>

#include "server/core/trace.h"

namespace usher {

absl::StatusOr<StoredTrace> ReadTrace(StoreReader& reader, const TenantState& state) {
  if (absl::StatusOr<Trace> stored = DecodeTrace(state.trace); stored.ok()) {
    return StoredTrace{.trace = *std::move(stored), .digest = state.digest, .derived_again = false};
  }
  absl::StatusOr<std::vector<TenantFactRow>> ledger = reader.TenantFacts(state.tenant, std::nullopt);
  if (!ledger.ok()) return ledger.status();
  std::vector<Fact> facts;
  facts.reserve(ledger->size());
  for (TenantFactRow& row : *ledger) facts.push_back(std::move(row.fact));
  StoredTrace derived{.trace = BuildTrace(state.tenant, facts), .digest = {}, .derived_again = true};
  derived.digest = TraceDigest(derived.trace);
  return derived;
}

}  // namespace usher
