// usherd: flags -> Config -> App -> run until told to stop; `usherd init` makes the first key.

#include <iostream>
#include <string_view>

#include "catalog/absl_bridge.h"
#include "server/app/app.h"
#include "server/app/config.h"
#include "server/app/init.h"
#include "server/base/log.h"

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "init") {
    return usher::RunInit({argv + 2, argv + argc}, usher::ProcessEnvironment(), std::cout, std::cerr);
  }
  const usher::ConfigOutcome outcome = usher::ReadConfig({argv + 1, argv + argc}, usher::ProcessEnvironment());
  if (!outcome.config) {
    (outcome.exit_code == 0 ? std::cout : std::cerr) << outcome.text;
    return outcome.exit_code;
  }
  usher::HoldSignals();
  const usher::Log log;
  const auto app = usher::App::Start(*outcome.config, &log);
  if (!app.ok()) {
    log.Error("usherd cannot start", {{"error", usher::StatusMessage(app.status())}});
    return 1;
  }
  usher::WaitForStopSignal();
  (*app)->Stop();
  return 0;
}
