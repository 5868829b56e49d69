#include "clients/channel/server_options.h"

#include <string_view>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/base/address.h"
#include "server/base/api_key.h"
#include "server/base/secret_file.h"

namespace usher {
namespace {

constexpr char kKeyName[] = "USHER_API_KEY";
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";

std::optional<Secret> ReadKey(const SettingValue& file, const Environment& environment, Problems& problems) {
  const auto direct = environment.find(kKeyName);
  const bool is_direct = direct != environment.end();
  if (is_direct && !file.text.empty()) {
    problems.push_back(std::string(kKeyName) + " and " + file.source + ": set one of them, not both");
    return std::nullopt;
  }
  if (!is_direct && file.text.empty()) return std::nullopt;
  const absl::StatusOr<std::string> text = is_direct ? direct->second : ReadSecretFile(file.text);
  if (!text.ok()) {
    problems.push_back(file.source + ": " + StatusMessage(text.status()));
    return std::nullopt;
  }
  const std::string_view key = Trimmed(*text);
  if (!IsWellFormedApiKey(key)) {
    problems.push_back((is_direct ? std::string(kKeyName) : file.source) +
                       ": this is no API key, or it is mistyped: expected usk_ and 39 more characters");
    return std::nullopt;
  }
  return Secret(std::string(key));
}

// 127.0.0.1, [::1], localhost.
bool IsThisMachine(const std::string& address) {
  const absl::StatusOr<Address> numeric = ParseAddress(address);
  return numeric.ok() && IsLoopback(*numeric);
}

// The text of a PEM file; empty without one.
std::string ReadPem(const SettingValue& file, Problems& problems) {
  if (file.text.empty()) return "";
  absl::StatusOr<std::string> text = ReadSecretFile(file.text);
  if (!text.ok()) {
    problems.push_back(file.source + ": " + StatusMessage(text.status()));
    return "";
  }
  if (text->find("-----BEGIN ") == std::string::npos)
    problems.push_back(file.source + ": " + file.text + " is no PEM file");
  return *std::move(text);
}

void ReadAddress(const ServerSettings& settings, ServerOptions& options, Problems& problems) {
  std::string_view server = settings.server.text;
  const bool https = server.starts_with(kHttps);
  const bool http = server.starts_with(kHttp);
  if (https) server.remove_prefix(kHttps.size());
  if (http) server.remove_prefix(kHttp.size());
  absl::StatusOr<std::string> address = ParseServerAddress(server);
  if (!address.ok()) {
    problems.push_back(settings.server.source + ": " + StatusMessage(address.status()));
    return;
  }
  options.address = *std::move(address);
  const bool tls_files = !settings.tls_ca.text.empty() || !settings.tls_cert.text.empty();
  if (http && tls_files) {
    problems.push_back(settings.server.source + ": http:// is plaintext, and the files of TLS are for https://");
  }
  options.tls = https || tls_files || (!http && !IsThisMachine(options.address));
}

}  // namespace

ServerOptions ReadServerOptions(const ServerSettings& settings, const Environment& environment, Problems& problems) {
  ServerOptions options;
  ReadAddress(settings, options, problems);
  if (settings.tls_cert.text.empty() != settings.tls_key.text.empty()) {
    problems.emplace_back("--tls-cert and --tls-key: one is of no use without the other; give both");
  }
  options.ca_pem = ReadPem(settings.tls_ca, problems);
  options.cert_pem = ReadPem(settings.tls_cert, problems);
  options.key_pem = Secret(ReadPem(settings.tls_key, problems));
  options.api_key = ReadKey(settings.api_key_file, environment, problems);
  return options;
}

}  // namespace usher
