// From the text of plans.test.yaml to scenarios, or to everything that is wrong with them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/model.h"
#include "catalog/parse/finding.h"
#include "catalog/source_file.h"
#include "server/workbench/scenario/scenario.h"

namespace usher {

struct ScenarioLoadResult {
  std::vector<Scenario> scenarios;  // `for_each` unrolled; empty when a finding is an error
  std::vector<Finding> findings;    // by file, line and column; all of them at once
};

// Gives the text of the event file that `path` names in the scenario file `scenario_file`.
using ReadEventFile =
    std::function<absl::StatusOr<std::string>(const std::string& scenario_file, const std::string& path)>;

// Reads `files` for `catalog`. Total: any bytes end in a result. Pure but for `read_event`.
ScenarioLoadResult LoadScenarios(const std::vector<SourceFile>& files, const Catalog& catalog,
                                 const ReadEventFile& read_event);

}  // namespace usher
