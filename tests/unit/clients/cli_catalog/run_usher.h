// `usher` as far as its commands about catalogs go. Test code only.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "clients/cli/catalog_commands.h"

namespace usher {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

// Runs `usher ARGUMENTS...`.
inline Outcome Usher(std::vector<std::string> arguments) {
  std::ostringstream out;
  std::ostringstream err;
  CommandContext context;
  context.out = &out;
  context.err = &err;
  context.format = "table";
  CLI::App app("usher", "usher");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--format", context.format);
  AddCatalogCommands(app, context);
  Outcome outcome;
  try {
    std::reverse(arguments.begin(), arguments.end());
    app.parse(arguments);
    outcome.code = context.run();
  } catch (const CLI::ParseError& error) {
    outcome.code = kExitCouldNotAsk;
    err << error.what();
  }
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

}  // namespace usher
