#include "clients/channel/server_options.h"

#include <cstdlib>
#include <string_view>

#include "catalog/absl_bridge.h"
#include "server/base/address.h"
#include "server/base/api_key.h"
#include "server/base/secret_file.h"

namespace usher {
namespace {

constexpr char kKeyName[] = "USHER_API_KEY";
constexpr char kKeyFileName[] = "USHER_API_KEY_FILE";
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";

absl::Status Problem(const std::string& where, const std::string& what) { return InvalidArgument(where + ": " + what); }

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

absl::StatusOr<std::optional<Secret>> ReadKey(const ReadVariable& environment) {
  const std::optional<std::string> direct = environment(kKeyName);
  const std::optional<std::string> path = environment(kKeyFileName);
  if (direct && path) return Problem(kKeyName, std::string("set it or ") + kKeyFileName + ", not both");
  if (!direct && !path) return std::nullopt;
  std::string text = direct.value_or("");
  if (path) {
    absl::StatusOr<std::string> read = ReadSecretFile(*path);
    if (!read.ok()) return Problem(kKeyFileName, StatusMessage(read.status()));
    text = *std::move(read);
  }
  const std::string_view key = Trim(text);
  if (!IsWellFormedApiKey(key)) {
    return Problem(path ? kKeyFileName : kKeyName,
                   "this is no API key, or it is mistyped: expected usk_ and 39 more characters");
  }
  return Secret(std::string(key));
}

// 127.0.0.1, [::1], localhost.
bool IsThisMachine(const std::string& address) {
  const absl::StatusOr<Address> numeric = ParseAddress(address);
  return numeric.ok() && IsLoopback(*numeric);
}

absl::Status ReadFile(const char* flag, const std::string& path, std::string& text) {
  if (path.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> read = ReadSecretFile(path);
  if (!read.ok()) return Problem(flag, StatusMessage(read.status()));
  if (read->find("-----BEGIN ") == std::string::npos) return Problem(flag, path + " is no PEM file");
  text = *std::move(read);
  return absl::OkStatus();
}

absl::Status ReadTls(const ServerFlags& flags, ServerOptions& options) {
  if (flags.tls_cert.empty() != flags.tls_key.empty()) {
    return Problem("--tls-cert and --tls-key", "one is of no use without the other; give both");
  }
  std::string key;
  absl::Status status = ReadFile("--tls-ca", flags.tls_ca, options.ca_pem);
  status.Update(ReadFile("--tls-cert", flags.tls_cert, options.cert_pem));
  status.Update(ReadFile("--tls-key", flags.tls_key, key));
  options.key_pem = Secret(std::move(key));
  return status;
}

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

absl::StatusOr<ServerOptions> ReadServerOptions(const ServerFlags& flags, const ReadVariable& environment) {
  ServerOptions options;
  std::string_view server = flags.server;
  const bool https = server.starts_with(kHttps);
  const bool http = server.starts_with(kHttp);
  if (https) server.remove_prefix(kHttps.size());
  if (http) server.remove_prefix(kHttp.size());
  absl::StatusOr<std::string> address = ParseServerAddress(server);
  if (!address.ok()) return Problem("--server", StatusMessage(address.status()));
  options.address = *std::move(address);
  const bool tls_files = !flags.tls_ca.empty() || !flags.tls_cert.empty();
  if (http && tls_files) return Problem("--server", "http:// is plaintext, and the --tls flags are for https://");
  options.tls = https || tls_files || (!http && !IsThisMachine(options.address));
  if (const absl::Status read = ReadTls(flags, options); !read.ok()) return read;
  absl::StatusOr<std::optional<Secret>> key = ReadKey(environment);
  if (!key.ok()) return key.status();
  options.api_key = *std::move(key);
  return options;
}

ReadVariable ProcessVariables() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

}  // namespace usher
