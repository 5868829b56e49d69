// Plays scenarios and compares what is answered with what was expected.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "server/core/timeline.h"
#include "server/workbench/scenario/scenario.h"

namespace usher {

// An expectation that was not met.
struct Mismatch {
  Place place;
  std::string what;  // `projects`, `roles of member`, `permission report.export of member`
  std::string expected;
  std::string found;
  std::vector<std::string> why;  // sentences
};

// The first step of a scenario that did not answer as expected.
struct StepFailure {
  std::size_t step = 0;
  Instant at{};
  Place place;
  std::vector<Mismatch> mismatches;
  std::string timeline;  // as text, one segment a line; empty when the step could not happen
};

// What is known at a step that expects something.
struct StepView {
  const TenantId& tenant;
  const ScenarioStep& step;
  std::size_t index = 0;
  const std::vector<Fact>& facts;
  const Timeline& timeline;
  Instant at{};  // at which a server would judge
};

// Plays `scenario` under `catalog`, of the layout it was loaded with, and shows every step that expects something, as
// a server would have known it then, until `visit` answers false. A step that cannot happen under this catalog ends
// the play and is returned.
std::optional<StepFailure> PlayScenario(const Scenario& scenario, const Catalog& catalog,
                                        const std::function<bool(const StepView&)>& visit);

// The expectations of the step that are not met, with why only when `explain` asks for it.
std::vector<Mismatch> MismatchesOf(const Catalog& catalog, const StepView& view, bool explain);

// nullopt: it passes.
std::optional<StepFailure> RunScenario(const Scenario& scenario, const Catalog& catalog);

// Whether it passes, without words: for callers that ask very often.
bool Passes(const Scenario& scenario, const Catalog& catalog);

}  // namespace usher
