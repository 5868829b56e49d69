// usher tenant generate
#pragma once

#include "clients/cli/command.h"

namespace usher {

// Declares `generate` below `tenant`.
void AddGenerateCommand(CLI::App& tenant, CommandContext& context);

}  // namespace usher
