// From a configuration to the end of the process.
#pragma once

#include "server/app/app.h"
#include "server/app/config.h"

namespace usher {

// Runs the server until a signal says to stop. Returns the exit code: 0 after a stop, 1 when it could not start. Call
// it before any thread is started.
int RunServer(const Config& config, const StoreOpener& open_store = OpenStore);

}  // namespace usher
