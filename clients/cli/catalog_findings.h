// Findings for people, programs and CI systems.
#pragma once

#include <string>
#include <vector>

#include "catalog/parse/finding.h"

namespace usher {

// One a line: `plans.yaml:12:7: error USH0101: ...`.
std::string FindingsAsText(const std::vector<Finding>& findings);
// An array of objects: code, severity, file, line, column, message.
std::string FindingsAsJson(const std::vector<Finding>& findings);
// Workflow commands of GitHub Actions, which it shows beside the lines of a change.
std::string FindingsAsGithub(const std::vector<Finding>& findings);
// A test report: a failed case for each error, a passed one for each warning, one passed case when there is nothing.
std::string FindingsAsJunit(const std::vector<Finding>& findings);
// SARIF 2.1.0 with the rules that were broken.
std::string FindingsAsSarif(const std::vector<Finding>& findings);

}  // namespace usher
