// usher catalog ... and usher explain-code: what can be said about a catalog without a server.
#pragma once

#include "clients/cli/command.h"

namespace usher {

// `catalog validate | init | show | resolve | check-prices | diff | schema | import-json` and `explain-code`. Each has
// its own --format, whose words stand in its help; the global one counts where its word is known too. Exit codes:
// kExitYes, kExitNo when the catalog has errors or the price is not in it, kExitCouldNotAsk when a file cannot be read
// or an argument means nothing.
void AddCatalogCommands(CLI::App& app, CommandContext& context);

}  // namespace usher
