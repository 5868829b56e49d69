#include "server/engine/stored_trace.h"

#include <optional>
#include <utility>
#include <vector>

#include "server/core/trace.h"

namespace usher {

absl::StatusOr<StoredTrace> ReadTrace(StoreReader& reader, const TenantState& state) {
  const auto ledger_of = [&reader](const TenantId& tenant) { return reader.TenantFacts(tenant, std::nullopt); };
  return ReadTrace(ledger_of, state);
}

absl::StatusOr<StoredTrace> ReadTrace(LedgerOf ledger_of, const TenantState& state) {
  if (absl::StatusOr<Trace> stored = DecodeTrace(state.trace); stored.ok()) {
    return StoredTrace{.trace = *std::move(stored), .derived_again = false};
  }
  absl::StatusOr<std::vector<TenantFactRow>> ledger = ledger_of(state.tenant);
  if (!ledger.ok()) return ledger.status();
  std::vector<Fact> facts;
  facts.reserve(ledger->size());
  for (TenantFactRow& row : *ledger) facts.push_back(std::move(row.fact));
  return StoredTrace{.trace = BuildTrace(state.tenant, facts), .derived_again = true};
}

absl::StatusOr<StoredTimeline> ReadTimeline(StoreReader& reader, const TenantId& tenant, const Catalog& catalog) {
  absl::StatusOr<std::optional<TenantState>> state = reader.FindTenantState(tenant);
  if (!state.ok()) return state.status();
  if (!state->has_value())
    return StoredTimeline{.version = 0, .timeline = Resolve(BuildTrace(TenantId(), {}), catalog)};
  absl::StatusOr<StoredTrace> stored = ReadTrace(reader, **state);
  if (!stored.ok()) return stored.status();
  return StoredTimeline{.version = (*state)->version, .timeline = Resolve(stored->trace, catalog)};
}

}  // namespace usher
