// The core beside the oracle, and a small report when they differ.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "server/core/fact.h"
#include "server/core/timeline.h"

namespace usher::property {

// How often each reason stood in an answer of the oracle, in any feature.
using ReasonCounts = std::map<Reason, long>;

struct Disagreement {
  TenantId tenant;
  Instant at{};
  std::string text;  // the feature, and both answers
};

// Compares state, reason, value and plans at each of `instants`; the first difference, if there is one. Adds to
// `reasons` what the oracle said.
std::optional<Disagreement> FirstDisagreement(const TenantId& tenant, std::span<const Fact> facts,
                                              const Catalog& catalog, std::span<const Instant> instants,
                                              ReasonCounts& reasons);

// The same over every boundary of the core's timeline of `facts`, each with the millisecond before and after.
std::vector<Instant> BoundariesOf(const TenantId& tenant, std::span<const Fact> facts, const Catalog& catalog);

// Takes facts away while the two still differ somewhere, then tells the rest: facts by time, instant, both answers.
std::string SmallestReport(const Disagreement& found, std::vector<Fact> facts, const Catalog& catalog);

}  // namespace usher::property
