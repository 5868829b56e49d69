#include "clients/relay/options.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "catalog/absl_bridge.h"

namespace usher {

RelayOptionsOutcome ReadRelayOptions(const std::vector<std::string>& arguments, const ReadVariable& environment) {
  CLI::App app("Hands webhooks to an Usher server as they arrive, and answers what the server durably said.",
               "usher-relay");
  std::string listen = "127.0.0.1:7482";
  ServerFlags server_flags;
  app.add_option("--listen", listen, "where webhooks arrive: POST /webhooks/stripe; port 0 takes a free one")
      ->capture_default_str();
  AddServerFlags(app, server_flags);
  app.footer(
      "The API key, which needs the scope ingest, stands in USHER_API_KEY, or in the file that USHER_API_KEY_FILE\n"
      "names.");
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return {.options = std::nullopt, .text = app.help(), .exit_code = 0};
  } catch (const CLI::ParseError& error) {
    return {.options = std::nullopt,
            .text = std::string("usher-relay: ") + error.what() + "\nSee usher-relay --help.\n",
            .exit_code = 2};
  }
  const absl::StatusOr<Address> listen_address = ParseAddress(listen);
  absl::StatusOr<ServerOptions> server = ReadServerOptions(server_flags, environment);
  std::string problems;
  if (!listen_address.ok()) problems += "usher-relay: --listen: " + StatusMessage(listen_address.status()) + "\n";
  if (!server.ok()) problems += "usher-relay: " + StatusMessage(server.status()) + "\n";
  if (!problems.empty()) return {.options = std::nullopt, .text = problems, .exit_code = 2};
  return {.options = RelayOptions{.listen = *listen_address, .server = *std::move(server)}, .text = "", .exit_code = 0};
}

}  // namespace usher
