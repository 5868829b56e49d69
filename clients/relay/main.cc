// usher-relay: the HTTP port through which webhooks reach an Usher server.
#include <signal.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "catalog/absl_bridge.h"
#include "clients/relay/options.h"
#include "clients/relay/site.h"
#include "server/listener/listener.h"

namespace {

// How long webhooks under way may take once the relay is told to stop; what a call to the server may take at most.
constexpr std::chrono::milliseconds kDrain{10'000};

}  // namespace

int main(int argc, char** argv) {
  const usher::RelayOptionsOutcome outcome =
      usher::ReadRelayOptions({argv + 1, argv + argc}, usher::ProcessVariables());
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
  usher::RelaySite site(&forwarder, &log);
  const auto listener = usher::HttpListener::Start(outcome.options->listen, usher::kRelayLimits, &site);
  if (!listener.ok()) {
    std::cerr << "usher-relay: " << usher::StatusMessage(listener.status())
              << "; choose another address with --listen\n";
    return 1;
  }
  const usher::Address bound{.host = outcome.options->listen.host, .port = (*listener)->port()};
  const std::string listen = bound.ToString();
  log.Info("ready",
           {{"listen", listen}, {"http_port", std::int64_t{bound.port}}, {"server", outcome.options->server.address}});

  int signal = 0;
  sigwait(&stop_signals, &signal);
  log.Info("stopping");
  (*listener)->Stop(kDrain);
  return 0;
}
