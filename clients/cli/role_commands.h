// usher members ..., usher roles ... and usher can
#pragma once

#include "clients/cli/command.h"

namespace usher {

// members list, put, remove; roles sync; can.
void AddRoleCommands(CLI::App& app, CommandContext& context);

}  // namespace usher
