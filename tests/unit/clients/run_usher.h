// The `usher` command, as tests of it run it. Test code only.
#pragma once

#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "clients/cli/command.h"

namespace usher {

// What one run printed, and its exit code.
struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
};

inline std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

// Runs `usher` within the test.
inline Outcome RunUsher(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  std::ostringstream out;
  std::ostringstream err;
  CommandContext context;
  context.out = &out;
  context.err = &err;
  context.environment = environment;
  const int exit_code = RunCli(arguments, context);
  return {exit_code, out.str(), err.str()};
}

}  // namespace usher
