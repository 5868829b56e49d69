// usher-relay: the HTTP port through which webhooks reach an Usher server.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "catalog/absl_bridge.h"
#include "clients/channel/channel.h"
#include "clients/relay/options.h"
#include "clients/relay/site.h"
#include "server/base/stop_signals.h"
#include "server/listener/listener.h"

namespace {

// How long webhooks under way may take once the relay is told to stop; what a call to the server may take at most.
constexpr std::chrono::milliseconds kDrain{10'000};
constexpr std::chrono::milliseconds kAfterDrain{5'000};

}  // namespace

int main(int argc, char** argv) {
  usher::KeepGrpcQuiet();
  const usher::RelayOptionsOutcome outcome =
      usher::ReadRelayOptions({argv + 1, argv + argc}, usher::ProcessEnvironment());
  if (!outcome.options) {
    (outcome.exit_code == 0 ? std::cout : std::cerr) << outcome.text;
    return outcome.exit_code;
  }

  usher::HoldSignals();
  const usher::Log log;
  usher::StopSignals signals(&log);
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

  site.Probe();
  signals.Wait();
  log.Info("stopping");
  signals.GiveUpAfter(kDrain + kAfterDrain);
  (*listener)->Stop(kDrain);
  return 0;
}
