// The composition root: builds the server from its configuration, starts it, stops it.
#pragma once

#include <chrono>
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

  // Says that it is not ready and goes on for `delay`, so that whoever sends traffic hears of it; then takes no new
  // calls and lets running ones end within `drain`. A call that does not end even when it is cut keeps this waiting.
  void Stop(std::chrono::milliseconds delay, std::chrono::milliseconds drain);

 private:
  class Parts;
  explicit App(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace usher
