#include "clients/cli/server_flags.h"

namespace usher {
namespace {

constexpr char kKeyFile[] = "USHER_API_KEY_FILE";

}  // namespace

void AddServerFlags(CLI::App& app, ServerFlags& flags) {
  app.add_option("--server", flags.server,
                 "the server's gRPC address; https:// or http:// before it chooses, else TLS beyond this machine")
      ->capture_default_str()
      ->envname("USHER_SERVER");
  app.add_option("--tls-ca", flags.tls_ca,
                 "authorities that the server's certificate comes from, PEM; else the system's")
      ->type_name("FILE")
      ->envname("USHER_TLS_CA");
  app.add_option("--tls-cert", flags.tls_cert, "a certificate to show to the server, PEM")
      ->type_name("FILE")
      ->envname("USHER_TLS_CERT");
  app.add_option("--tls-key", flags.tls_key, "its private key, PEM")->type_name("FILE")->envname("USHER_TLS_KEY");
}

ServerSettings ToSettings(const ServerFlags& flags, const Environment& environment) {
  const auto setting = [](const char* source, const std::string& text) {
    return SettingValue{.text = text, .source = source, .given = !text.empty()};
  };
  const auto key_file = environment.find(kKeyFile);
  return {.server = setting("--server", flags.server),
          .tls_ca = setting("--tls-ca", flags.tls_ca),
          .tls_cert = setting("--tls-cert", flags.tls_cert),
          .tls_key = setting("--tls-key", flags.tls_key),
          .api_key_file = setting(kKeyFile, key_file == environment.end() ? "" : key_file->second)};
}

}  // namespace usher
