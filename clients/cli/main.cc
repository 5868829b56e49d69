// usher: asks a server what tenants may do and why, and judges catalogs.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "clients/channel/channel.h"
#include "clients/cli/command.h"

namespace {

bool ShowsColors() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

bool DrawsAgain() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

}  // namespace

int main(int argc, char** argv) {
  usher::KeepGrpcQuiet();
  usher::CommandContext context;
  context.colors = ShowsColors();
  context.terminal = DrawsAgain();
  context.out = &std::cout;
  context.err = &std::cerr;
  context.environment = usher::ProcessEnvironment();
  return usher::RunCli({argv + 1, argv + argc}, context);
}
