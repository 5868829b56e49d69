// usher catalog check-prices: a catalog held against what `stripe prices list` prints.
#pragma once

#include "clients/cli/command.h"

namespace usher {

// Exit codes: kExitYes, kExitNo when there is an error, kExitCouldNotAsk when a file cannot be read or the catalog has
// errors of its own.
void AddCheckPricesCommand(CLI::App& catalog, CommandContext& context);

}  // namespace usher
