#include "server/app/run.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "catalog/absl_bridge.h"
#include "server/base/stop_signals.h"
#include "server/integrations/clerk/provider.h"

namespace usher {
namespace {

// What may still run when the drain is over, such as a commit, gets so much longer.
constexpr std::chrono::seconds kAfterDrain{5};

// How long a stop may take. A call to the identity provider that runs when calls are refused is waited for.
std::chrono::milliseconds StopPatience(const Config& config) {
  const Millis provider = config.clerk ? clerk::kTimeout : Millis(0);
  return config.stop_delay + std::max(config.stop_drain, provider) + kAfterDrain;
}

}  // namespace

int RunServer(const Config& config, const StoreOpener& open_store) {
  HoldSignals();
  Log log;
  log.ReportCrashes();
  StopSignals signals(&log);
  absl::StatusOr<std::unique_ptr<App>> app = App::Start(config, &log, open_store);
  if (!app.ok()) {
    log.Error("usherd cannot start", {{"error", StatusMessage(app.status())}});
    return 1;
  }
  signals.Wait();
  signals.GiveUpAfter(StopPatience(config));
  (*app)->Stop(config.stop_delay, config.stop_drain);
  app->reset();  // closes the store, which moves its log into the database
  log.Info("stopped");
  return 0;
}

}  // namespace usher
