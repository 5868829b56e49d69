// usher-relay: the HTTP door through which webhooks reach an Usher server.
#include <signal.h>

#include <iostream>
#include <string>
#include <vector>

#include "catalog/absl_bridge.h"
#include "clients/relay/door.h"
#include "clients/relay/options.h"
#include "server/base/json_text.h"

namespace {

// How long webhooks under way may take once the relay is told to stop; what a call to the server may take at most.
constexpr std::chrono::milliseconds kDrain{10'000};

// One line on the standard output, for scripts that chose port 0.
void PrintReadyLine(const usher::Address& address, const std::string& server) {
  std::string line = "{\"message\":\"ready\",\"listen\":";
  usher::AppendJsonString(line, address.ToString());
  line += ",\"port\":" + std::to_string(address.port) + ",\"server\":";
  usher::AppendJsonString(line, server);
  std::cout << line << "}" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const usher::RelayOptionsOutcome outcome = usher::ReadRelayOptions({argv + 1, argv + argc});
  if (!outcome.options) {
    (outcome.exit_code == 0 ? std::cout : std::cerr) << outcome.text;
    return outcome.exit_code;
  }

  // Blocked before any thread starts, so that only the wait below sees them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

  const usher::Log log;
  usher::Forwarder forwarder(usher::ConnectToServer(outcome.options->server), usher::ForwarderLimits());
  const auto door = usher::Door::Open(outcome.options->listen, usher::DoorLimits(), &forwarder, &log);
  if (!door.ok()) {
    std::cerr << "usher-relay: " << usher::StatusMessage(door.status()) << "\n";
    return 2;
  }
  PrintReadyLine({.host = outcome.options->listen.host, .port = (*door)->port()}, outcome.options->server);

  int signal = 0;
  sigwait(&stop_signals, &signal);
  log.Info("stopping");
  (*door)->Close(kDrain);
  return 0;
}
