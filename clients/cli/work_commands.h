// usher work ... and usher clock ...
#pragma once

#include "clients/cli/command.h"

namespace usher {

// work list, work redrive.
void AddWorkCommands(CLI::App& app, CommandContext& context);
// clock get, clock set.
void AddClockCommands(CLI::App& app, CommandContext& context);

}  // namespace usher
