#include "server/app/config.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <CLI/CLI.hpp>

#include "catalog/absl_bridge.h"
#include "server/base/secret_file.h"

namespace usher {
namespace {

constexpr char kSecretName[] = "USHER_STRIPE_WEBHOOK_SECRET";
constexpr char kSecretFileName[] = "USHER_STRIPE_WEBHOOK_SECRET_FILE";
constexpr Millis kLeastRetention = std::chrono::hours(1);

using Problems = std::vector<std::string>;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::optional<bool> ReadBool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

// Several secrets, separated by commas or line ends. One line end after the last one is not another, blank secret.
std::vector<Secret> SplitSecrets(std::string_view text, const std::string& name, Problems& problems) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::vector<Secret> secrets;
  while (true) {
    const std::size_t end = std::min(text.find_first_of(",\n"), text.size());
    const std::string_view secret = Trim(text.substr(0, end));
    if (secret.empty()) {
      problems.push_back(name + ": a webhook secret is empty, and an empty secret verifies any forgery; expected " +
                         "secrets such as whsec_..., separated by commas or line ends");
      return {};
    }
    secrets.emplace_back(std::string(secret));
    if (end == text.size()) return secrets;
    text.remove_prefix(end + 1);
  }
}

std::vector<Secret> ReadSecrets(const Environment& environment, Problems& problems) {
  const std::optional<std::string> direct = environment(kSecretName);
  const std::optional<std::string> path = environment(kSecretFileName);
  if (direct && path) {
    problems.push_back(std::string(kSecretName) + " and " + kSecretFileName + ": set one of them, not both");
    return {};
  }
  if (direct) return SplitSecrets(*direct, kSecretName, problems);
  if (!path) return {};
  const absl::StatusOr<std::string> text = ReadSecretFile(*path);
  if (!text.ok()) {
    problems.push_back(std::string(kSecretFileName) + ": " + StatusMessage(text.status()));
    return {};
  }
  return SplitSecrets(*text, kSecretFileName, problems);
}

// What may reach the server from beyond this machine.
struct Exposure {
  bool insecure_dev = false;  // nobody: anybody may do anything
  bool in_the_clear = false;  // nobody: keys would travel in plaintext, and nobody said that they may
};

Address ReadAddress(const std::string& text, const char* flag, const Exposure& exposure, Problems& problems) {
  const absl::StatusOr<Address> address = ParseAddress(text);
  if (!address.ok()) {
    problems.push_back(std::string(flag) + ": " + StatusMessage(address.status()));
    return {};
  }
  if (IsLoopback(*address)) return *address;
  if (exposure.insecure_dev) {
    problems.push_back(std::string(flag) + ": " + text +
                       " can be reached from other machines, and with --insecure-dev anybody may do anything: "
                       "expected a loopback address, such as 127.0.0.1:" +
                       std::to_string(address->port));
  } else if (exposure.in_the_clear) {
    problems.push_back(std::string(flag) + ": " + text +
                       " can be reached from other machines, and keys would travel in plaintext: give --tls-cert and "
                       "--tls-key, or --plaintext when a proxy before the server speaks TLS");
  }
  return *address;
}

bool ReadLivemode(const Environment& environment, Problems& problems) {
  const std::optional<std::string> text = environment("USHER_STRIPE_LIVEMODE");
  if (!text) return false;
  const std::optional<bool> livemode = ReadBool(*text);
  if (!livemode) problems.push_back("USHER_STRIPE_LIVEMODE: expected true or false, found \"" + *text + "\"");
  return livemode.value_or(false);
}

// What the flags say, before the environment and the defaults fill the gaps.
struct Flags {
  std::string catalog;
  std::string store;
  std::string grpc;
  std::string http;
  std::string tls_cert;
  std::string tls_key;
  std::string tls_client_ca;
  std::string payload_key;
  std::string event_retention;
  std::string clerk_secret_key_file;
  std::string clerk_url;
  bool insecure_dev = false;
  bool plaintext = false;
  bool reflection = false;
  bool test_clock = false;
};

void Declare(CLI::App& app, Flags& flags) {
  app.name("usherd");
  app.description(
      "Usher's server: takes payment outcomes, answers what each tenant may do.\n"
      "`usherd init` makes the first API key of a store; see usherd init --help.");
  app.footer(
      "Callers show API keys; without --insecure-dev nobody is let in without one.\n"
      "Every flag has an environment variable of the same name: --catalog is USHER_CATALOG, --insecure-dev is\n"
      "USHER_INSECURE_DEV=true. Only from the environment:\n"
      "  USHER_STRIPE_WEBHOOK_SECRET       secrets of the webhook endpoint, separated by commas\n"
      "  USHER_STRIPE_WEBHOOK_SECRET_FILE  a file with them, one a line\n"
      "  USHER_STRIPE_LIVEMODE             true: real money; false (default): test mode");
  app.add_option("--catalog", flags.catalog, "The catalog, plans.yaml. Required")->type_name("FILE");
  app.add_option("--store", flags.store, "Where facts are kept. Default sqlite:usher.db")->type_name("sqlite:PATH");
  app.add_option("--grpc", flags.grpc, "Where gRPC listens. Default 127.0.0.1:7480; port 0 takes a free one")
      ->type_name("ADDR");
  app.add_option("--http", flags.http, "Where HTTP listens. Default 127.0.0.1:7481; port 0 takes a free one")
      ->type_name("ADDR");
  app.add_option("--payload-key", flags.payload_key,
                 "The key that seals stored payloads of events: 64 hexadecimal digits; more lines: older keys.\n"
                 "Default: the store's path with .key, made when it is missing")
      ->type_name("FILE");
  app.add_option("--event-retention", flags.event_retention,
                 "How long the payload of an event is kept after its receipt, such as 90d or 12h. Default 90d.\n"
                 "Parked events keep theirs until they are settled; facts and audit stay")
      ->type_name("DURATION");
  app.add_option("--clerk-secret-key-file", flags.clerk_secret_key_file,
                 "Keep users' roles at Clerk, with the secret key in this file. Default: roles are kept nowhere else")
      ->type_name("FILE");
  app.add_option("--clerk-url", flags.clerk_url, "Clerk's Backend API. Default https://api.clerk.com")
      ->type_name("URL");
  app.add_flag("--test-clock", flags.test_clock,
               "Let callers move the server's time forward (usher clock set); for tests only");
  app.add_flag("--insecure-dev", flags.insecure_dev, "Let every local caller do everything; loopback only");
  app.add_option("--tls-cert", flags.tls_cert,
                 "TLS on both ports: the certificate and its chain, PEM. Read again when "
                 "it changes")
      ->type_name("FILE");
  app.add_option("--tls-key", flags.tls_key, "The certificate's private key, PEM")->type_name("FILE");
  app.add_option("--tls-client-ca", flags.tls_client_ca,
                 "Callers also need a certificate of one of these authorities, "
                 "PEM")
      ->type_name("FILE");
  app.add_flag("--plaintext", flags.plaintext, "No TLS beyond loopback addresses: a proxy before the server speaks it");
  app.add_flag("--reflection", flags.reflection, "Serve gRPC reflection, for tools such as grpcurl, to everybody");
}

bool ReadSwitch(bool flag, const Environment& environment, const char* name, Problems& problems) {
  const std::optional<std::string> text = environment(name);
  if (flag || !text) return flag;
  const std::optional<bool> value = ReadBool(*text);
  if (!value) problems.push_back(std::string(name) + ": expected true or false, found \"" + *text + "\"");
  return value.value_or(false);
}

void ReadTls(const Flags& flags, const Environment& environment, Config& config, Problems& problems) {
  config.tls_cert = Setting(flags.tls_cert, environment, "USHER_TLS_CERT", "");
  config.tls_key = Setting(flags.tls_key, environment, "USHER_TLS_KEY", "");
  config.tls_client_ca = Setting(flags.tls_client_ca, environment, "USHER_TLS_CLIENT_CA", "");
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    problems.emplace_back("--tls-cert and --tls-key: one is of no use without the other; give both");
  }
  if (!config.tls_client_ca.empty() && config.tls_cert.empty()) {
    problems.emplace_back("--tls-client-ca: asks callers for certificates, which needs --tls-cert and --tls-key");
  }
}

Millis ReadRetention(const std::string& text, Problems& problems) {
  const absl::StatusOr<CalendarDuration> duration = ParseDuration(text);
  if (!duration.ok() || duration->months != 0 || duration->exact < kLeastRetention) {
    problems.push_back(
        "--event-retention: expected a time of at least 1h in days, hours or minutes, such as 90d, found \"" + text +
        "\"");
    return kLeastRetention;
  }
  return duration->exact;
}

Config Complete(const Flags& flags, const Environment& environment, Problems& problems) {
  Config config;
  config.insecure_dev = ReadSwitch(flags.insecure_dev, environment, "USHER_INSECURE_DEV", problems);
  config.test_clock = ReadSwitch(flags.test_clock, environment, "USHER_TEST_CLOCK", problems);
  config.reflection = ReadSwitch(flags.reflection, environment, "USHER_REFLECTION", problems);
  const bool plaintext = ReadSwitch(flags.plaintext, environment, "USHER_PLAINTEXT", problems);
  ReadTls(flags, environment, config, problems);
  if (plaintext && !config.tls_cert.empty()) {
    problems.emplace_back("--plaintext: the server has a certificate and speaks TLS; give one or the other");
  }
  const Exposure exposure{.insecure_dev = config.insecure_dev, .in_the_clear = config.tls_cert.empty() && !plaintext};
  config.catalog = Setting(flags.catalog, environment, "USHER_CATALOG", "");
  if (config.catalog.empty()) problems.emplace_back("--catalog: expected the path of the catalog, plans.yaml");
  config.store = Setting(flags.store, environment, "USHER_STORE", "sqlite:usher.db");
  CheckStoreName(config.store, problems);
  config.payload_key = Setting(flags.payload_key, environment, "USHER_PAYLOAD_KEY", "");
  config.make_payload_key = config.payload_key.empty();
  if (config.make_payload_key) config.payload_key = config.store.substr(config.store.find(':') + 1) + ".key";
  config.event_retention =
      ReadRetention(Setting(flags.event_retention, environment, "USHER_EVENT_RETENTION", "90d"), problems);
  config.grpc =
      ReadAddress(Setting(flags.grpc, environment, "USHER_GRPC", "127.0.0.1:7480"), "--grpc", exposure, problems);
  config.http =
      ReadAddress(Setting(flags.http, environment, "USHER_HTTP", "127.0.0.1:7481"), "--http", exposure, problems);
  if (config.grpc.port != 0 && config.grpc.port == config.http.port && config.grpc.host == config.http.host) {
    problems.push_back("--grpc and --http: both name " + config.grpc.ToString() + "; each needs a port of its own");
  }
  config.stripe_webhook_secrets = ReadSecrets(environment, problems);
  config.stripe_livemode = ReadLivemode(environment, problems);
  config.clerk =
      ReadClerkSettings(Setting(flags.clerk_secret_key_file, environment, "USHER_CLERK_SECRET_KEY_FILE", ""),
                        Setting(flags.clerk_url, environment, "USHER_CLERK_URL", ""), config.stripe_livemode, problems);
  return config;
}

}  // namespace

std::string Setting(const std::string& flag, const Environment& environment, const char* name, const char* fallback) {
  if (!flag.empty()) return flag;
  return environment(name).value_or(fallback);
}

void CheckStoreName(const std::string& store, Problems& problems) {
  if (!store.starts_with("sqlite:") || store.size() == std::string_view("sqlite:").size()) {
    problems.push_back("--store: expected sqlite:PATH, found \"" + store + "\"");
  }
}

ConfigOutcome ReadConfig(const std::vector<std::string>& arguments, const Environment& environment) {
  CLI::App app;
  Flags flags;
  Declare(app, flags);
  Problems problems;
  try {  // CLI11 reports by throwing
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return {.config = std::nullopt, .text = app.help(), .exit_code = 0};
  } catch (const CLI::ParseError& error) {
    problems.emplace_back(error.what());
  }
  Config config = Complete(flags, environment, problems);
  if (problems.empty()) return {.config = std::move(config), .text = "", .exit_code = 0};
  std::string text = "usherd cannot start:\n";
  for (const std::string& problem : problems) text += "  " + problem + "\n";
  text += "See usherd --help.\n";
  return {.config = std::nullopt, .text = std::move(text), .exit_code = 2};
}

Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

}  // namespace usher
