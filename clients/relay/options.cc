#include "clients/relay/options.h"

#include <utility>

#include "catalog/absl_bridge.h"
#include "server/base/settings.h"

namespace usher {
namespace {

constexpr char kProgram[] = "usher-relay";

constexpr SettingSpec kSettings[] = {
    {"listen", "ADDR", "127.0.0.1:7482", "Where webhooks arrive: POST /webhooks/stripe; port 0 takes a free one"},
    {"server", "ADDR", kDefaultServer,
     "The server's gRPC address; https:// or http:// before it chooses, else TLS beyond this machine"},
    {"api-key-file", "FILE", "",
     "A file with the API key, which needs the scope ingest; or USHER_API_KEY has it. Without one the relay shows "
     "none"},
    {"tls-ca", "FILE", "", "Authorities that the server's certificate comes from, PEM; else the system's"},
    {"tls-cert", "FILE", "", "A certificate to show to the server, PEM"},
    {"tls-key", "FILE", "", "The certificate's private key, PEM"},
};

constexpr char kIntroduction[] =
    "usher-relay: hands webhooks to an Usher server as they arrive, and answers what the server durably said.\n\n"
    "usage: usher-relay [FLAG ...]\n\n"
    "A flag outranks its environment variable, which stands in brackets, and the variable outranks the file that\n"
    "--config names, where `--server usher.internal:7480` is `server = usher.internal:7480`.\n\n";

}  // namespace

RelayOptionsOutcome ReadRelayOptions(const std::vector<std::string>& arguments, const Environment& environment) {
  if (std::optional<std::string> asked = AskedText(kProgram, kIntroduction, kSettings, arguments)) {
    return {.options = std::nullopt, .text = *std::move(asked), .exit_code = 0};
  }
  Problems problems;
  const Settings settings = ReadSettings(kSettings, arguments, environment, problems);
  const absl::StatusOr<Address> listen = ParseAddress(settings.at("listen").text);
  if (!listen.ok()) problems.push_back(settings.at("listen").source + ": " + StatusMessage(listen.status()));
  ServerOptions server = ReadServerOptions({.server = settings.at("server"),
                                            .tls_ca = settings.at("tls-ca"),
                                            .tls_cert = settings.at("tls-cert"),
                                            .tls_key = settings.at("tls-key"),
                                            .api_key_file = settings.at("api-key-file")},
                                           environment, problems);
  if (!problems.empty()) return {.options = std::nullopt, .text = CannotStart(kProgram, problems), .exit_code = 2};
  return {.options = RelayOptions{.listen = *listen, .server = std::move(server)}, .text = "", .exit_code = 0};
}

}  // namespace usher
