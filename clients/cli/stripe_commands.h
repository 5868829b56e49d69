// usher stripe ...
#pragma once

#include "clients/cli/command.h"

namespace usher {

// `stripe dry-run FILE...` reads events from files and tells what ingest would make of each. It asks no server.
// Exit code: kExitYes, kExitNo when an event would be parked, kExitCouldNotAsk when a file cannot be read.
void AddStripeCommands(CLI::App& app, CommandContext& context);

}  // namespace usher
