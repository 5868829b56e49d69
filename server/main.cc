// usherd: flags -> Config -> run until told to stop; `usherd init` makes the first key.

#include <iostream>
#include <string_view>

#include "server/app/config.h"
#include "server/app/init.h"
#include "server/app/run.h"

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "init") {
    return usher::RunInit({argv + 2, argv + argc}, usher::ProcessEnvironment(), std::cout, std::cerr);
  }
  const usher::ConfigOutcome outcome = usher::ReadConfig({argv + 1, argv + argc}, usher::ProcessEnvironment());
  if (!outcome.config) {
    (outcome.exit_code == 0 ? std::cout : std::cerr) << outcome.text;
    return outcome.exit_code;
  }
  return usher::RunServer(*outcome.config);
}
