// The composition root: builds the server from its configuration, starts it, stops it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <absl/status/statusor.h>

#include "server/app/config.h"
#include "server/app/open_store.h"
#include "server/base/log.h"
#include "server/ports/store.h"

namespace usher {

// Opens the store of that name; see OpenStore.
using StoreOpener = std::function<absl::StatusOr<std::unique_ptr<Store>>(const std::string& name)>;

class App {
 public:
  // Opens the store, activates the catalog, listens, and logs `ready` with the bound ports. `log` outlives the app.
  // Fails with a sentence for the operator; findings of the catalog are logged one by one.
  static absl::StatusOr<std::unique_ptr<App>> Start(const Config& config, const Log* log,
                                                    const StoreOpener& open_store = OpenStore);
  ~App();

  // Says that it is not ready, takes no new calls, lets running ones end for at most ten seconds.
  void Stop();

 private:
  class Parts;
  explicit App(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

// Before any thread is started: SIGTERM and SIGINT wait for WaitForStopSignal, and a closed socket is no signal.
void HoldSignals();

// Blocks until SIGTERM or SIGINT arrives and returns its number.
int WaitForStopSignal();

}  // namespace usher
