// What the relay is told at start.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/channel/server_options.h"
#include "server/base/address.h"

namespace usher {

struct RelayOptions {
  Address listen;
  ServerOptions server;
};

// What came of reading them: options, or a text to print and the exit code to end with (0 after --help, 2 when an
// argument is wrong).
struct RelayOptionsOutcome {
  std::optional<RelayOptions> options;
  std::string text;
  int exit_code = 0;
};

// Reads the arguments, without the program's name, and the environment.
RelayOptionsOutcome ReadRelayOptions(const std::vector<std::string>& arguments, const ReadVariable& environment);

}  // namespace usher
