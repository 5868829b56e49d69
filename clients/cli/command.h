// How a command of `usher` is made.
//
// An Add...Commands function declares its subcommands on the parser. The callback of the chosen one sets
// `context.run`, which main calls once every argument has been read: the global flags may stand behind the command.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "clients/channel/server_options.h"
#include "server/base/environment.h"

namespace usher {

// What programs may rely on.
inline constexpr int kExitYes = 0;          // allowed; it worked; it passes
inline constexpr int kExitNo = 1;           // denied; it found what it was asked to fail on
inline constexpr int kExitCouldNotAsk = 2;  // the question could not be put: bad arguments, no server, unknown feature

// What one run of `usher` has. The global flags are final when `run` is called.
struct CommandContext {
  ServerOptions server;         // how to reach it, and with which key
  std::string format;           // `table` or `json`
  bool colors = false;          // `out` is a terminal that shows them
  bool terminal = false;        // `err` is a terminal, where a line can be drawn again
  std::ostream* out = nullptr;  // answers; outlives the run
  std::ostream* err = nullptr;  // errors; outlives the run
  std::function<int()> run;     // the chosen command; answers an exit code
  Environment environment;      // where secrets may stand; empty unless main says so
};

// check, explain, timeline.
void AddAccessCommands(CLI::App& app, CommandContext& context);
// tenant ...
void AddTenantCommands(CLI::App& app, CommandContext& context);
// keys ...
void AddKeyCommands(CLI::App& app, CommandContext& context);
// events ...
void AddEventCommands(CLI::App& app, CommandContext& context);
// quickstart and story.
void AddGuideCommands(CLI::App& app, CommandContext& context);

// Makes `command`, when it is the chosen one, run with what was read into `arguments`.
template <typename Arguments>
void Runs(CLI::App& command, CommandContext& context, const std::shared_ptr<Arguments>& arguments,
          int (*run)(const CommandContext&, const Arguments&)) {
  command.callback(
      [&context, arguments, run] { context.run = [&context, arguments, run] { return run(context, *arguments); }; });
}

// Prints `usher: message` where errors go, on one line, and answers kExitCouldNotAsk. A message says what to do.
int CouldNotAsk(const CommandContext& context, std::string_view message);

// Reads `arguments` (without the program's name), runs the command and answers its exit code.
int RunCli(const std::vector<std::string>& arguments, CommandContext& context);

}  // namespace usher
