// `usher catalog test`: plays the scenarios of a catalog.
#pragma once

#include "clients/cli/command.h"

namespace usher {

void AddCatalogTestCommand(CLI::App& catalog, CommandContext& context);

}  // namespace usher
