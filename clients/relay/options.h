// What the relay is told at start: flags, then the environment, then the file of --config, then defaults.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/channel/server_options.h"
#include "server/base/address.h"
#include "server/base/environment.h"

namespace usher {

struct RelayOptions {
  Address listen;
  ServerOptions server;
};

// What came of reading them: options, or a text to print and the exit code to end with (0 after --help and --version, 2
// when anything is wrong; then the text names every problem).
struct RelayOptionsOutcome {
  std::optional<RelayOptions> options;
  std::string text;
  int exit_code = 0;
};

// Reads the arguments, without the program's name, `environment` and the files that they name.
RelayOptionsOutcome ReadRelayOptions(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace usher
