// The environment variables that are meant for Usher.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace usher {

// Those whose names begin with USHER_, by their names.
using Environment = std::map<std::string, std::string, std::less<>>;

// The environment of this process. Not while another thread changes it.
Environment ProcessEnvironment();

// A sentence for each variable that no program of Usher reads, with what was probably meant; its value may be a secret
// and is not repeated. Programs are often started with one environment for all of them, so each knows the variables of
// the others. A variable that is set to nothing says nothing, and what Kubernetes sets for a service whose name begins
// with `usher` is for nobody.
std::vector<std::string> UnknownVariables(const Environment& environment);

}  // namespace usher
