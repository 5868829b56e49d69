// What scenarios came to, for people and programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/workbench/scenario/coverage.h"
#include "server/workbench/scenario/mutate.h"
#include "server/workbench/scenario/run.h"

namespace usher {

struct ScenarioOutcome {
  const Scenario* scenario = nullptr;
  std::optional<StepFailure> failure;  // nullopt: it passed
};

// Something that is asked of all scenarios together.
struct WholeOutcome {
  std::string name;  // `coverage`
  bool passes = true;
  std::string text;  // lines
};

// How much is touched, and a line for each plan and price with what is missing.
std::string CoverageText(const Catalog& catalog, const Coverage& coverage);
// How many changes were tried, and a line for each that nobody noticed.
std::string MutationText(std::size_t tried, const std::vector<const Mutation*>& unnoticed);

// A line for each scenario; below one that failed where, what was expected, the timeline and why. Then the whole.
std::string ScenariosAsText(const std::vector<ScenarioOutcome>& outcomes, const std::vector<WholeOutcome>& whole);
// An object: `passes`, `scenarios` with the failure of each that fails, and `whole`.
std::string ScenariosAsJson(const std::vector<ScenarioOutcome>& outcomes, const std::vector<WholeOutcome>& whole);
// A test report: a case for each scenario and for each of the whole.
std::string ScenariosAsJunit(const std::vector<ScenarioOutcome>& outcomes, const std::vector<WholeOutcome>& whole);

// The failure alone, each line indented by `indent`.
std::string FailureText(const Scenario& scenario, const StepFailure& failure, std::string_view indent);
// The name, and the price for which it ran.
std::string TitleOf(const Scenario& scenario);

}  // namespace usher
