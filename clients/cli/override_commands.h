// usher tenant override ...
#pragma once

#include "clients/cli/command.h"

namespace usher {

// `override set | add | deny | remove`, below `tenant`.
void AddOverrideCommands(CLI::App& tenant, CommandContext& context);

}  // namespace usher
