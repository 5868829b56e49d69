// A small catalog, and scenarios of it.
#pragma once

#include <string>

#include "catalog/model.h"
#include "server/workbench/scenario/load.h"

namespace usher::testing {

const CatalogPtr& ScenarioCatalog();

// Loads one file, `s.yaml`. Event files are those of EventFile().
ScenarioLoadResult LoadText(const std::string& text);

// A scenario `s` that starts on 2026-01-01 with these steps, each line of which is indented by six.
std::string WithSteps(const std::string& steps);

// The scenarios of a text without findings; fails the test otherwise.
std::vector<Scenario> Loaded(const std::string& text);

}  // namespace usher::testing
