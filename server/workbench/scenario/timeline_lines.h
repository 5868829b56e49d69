// A timeline as lines of text, for the features that somebody asked about.
#pragma once

#include <string>

#include "catalog/model.h"
#include "server/core/timeline.h"
#include "server/workbench/scenario/scenario.h"

namespace usher {

// A line for each stretch in which the plans and the features that `step` expects something of stay as they are, with
// `>` before the one that holds `at` and `~` where the stretch ends only because nothing happens:
//
//     from                  plans      projects
//     beginning             free@1     1 granted default_plan
//   > 2026-01-01T00:00:00Z  growth@2   25 granted paid
std::string TimelineLines(const Catalog& catalog, const Timeline& timeline, Instant at, const ScenarioStep& step);

}  // namespace usher
