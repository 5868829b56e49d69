// usher catalog diff: what one catalog changes in another.
#pragma once

#include "clients/cli/command.h"

namespace usher {

// Exit codes: kExitYes when nothing is found of what --fail-on names, else kExitNo; kExitCouldNotAsk when one of the
// two cannot be read or has errors.
void AddDiffCommand(CLI::App& catalog, CommandContext& context);

}  // namespace usher
