#include "server/app/config.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "catalog/absl_bridge.h"
#include "server/app/config_files.h"
#include "server/base/secret_file.h"
#include "server/integrations/clerk/provider.h"
#include "server/integrations/stripe/signature.h"

namespace usher {
namespace {

constexpr char kSecretName[] = "USHER_STRIPE_WEBHOOK_SECRET";
constexpr Millis kLeastRetention = std::chrono::hours(1);
constexpr Millis kLongestStop = std::chrono::hours(1);
constexpr std::string_view kNoDelay = "0s";

constexpr SettingSpec kSettings[] = {
    {"catalog", "FILE", "", "The catalog, plans.yaml. Required"},
    {"store", "sqlite:PATH", "sqlite:usher.db", "Where facts are kept"},
    {"grpc", "ADDR", "127.0.0.1:7480", "Where gRPC listens; port 0 takes a free one"},
    {"http", "ADDR", "127.0.0.1:7481", "Where HTTP listens; port 0 takes a free one"},
    {"stripe-webhook-secret-file", "FILE", "",
     "A file with the secrets of Stripe's webhook endpoint, one a line; or USHER_STRIPE_WEBHOOK_SECRET has them, "
     "separated by commas. Without any, webhooks are refused"},
    {"stripe-livemode", "BOOL", "false", "true: real money; false: test mode"},
    {"payload-key", "FILE", "the store's path with .key, made when it is missing",
     "The key that seals stored payloads of events: 64 hexadecimal digits; more lines: older keys"},
    {"event-retention", "DURATION", "90d",
     "How long the payload of an event is kept after its receipt, such as 90d or 12h. Parked events keep theirs until "
     "they are settled; facts and audit stay"},
    {"clerk-secret-key-file", "FILE", "",
     "Keep users' roles at Clerk, with the secret key in this file. Without it they are kept nowhere else"},
    {"clerk-url", "URL", clerk::kDefaultUrl, "Clerk's Backend API"},
    {"tls-cert", "FILE", "", "TLS on both ports: the certificate and its chain, PEM. Read again when it changes"},
    {"tls-key", "FILE", "", "The certificate's private key, PEM"},
    {"tls-client-ca", "FILE", "", "Callers also need a certificate of one of these authorities, PEM"},
    {"plaintext", "", "", "No TLS beyond loopback addresses: a proxy before the server speaks it"},
    {"reflection", "", "", "Serve gRPC reflection, for tools such as grpcurl, to everybody"},
    {"stop-delay", "DURATION", "5s, and 0s with --insecure-dev",
     "How long a server that was told to stop still takes calls, while it says that it is not ready, so that load "
     "balancers see it"},
    {"stop-drain", "DURATION", "10s", "How long after that the calls that run may go on"},
    {"test-clock", "", "", "Let callers move the server's time forward (usher clock set); for tests only"},
    {"insecure-dev", "", "", "Let every local caller do everything; loopback only"},
};

constexpr char kIntroduction[] =
    "usherd: Usher's server. Takes payment outcomes, answers what each tenant may do.\n"
    "`usherd init` makes the first API key of a store; see usherd init --help.\n\n"
    "usage: usherd --catalog FILE [FLAG ...]\n\n"
    "A flag outranks its environment variable, which stands in brackets, and the variable outranks the file that\n"
    "--config names, where `--event-retention 12h` is `event-retention = 12h`. Switches are true or false there.\n\n";

// Several secrets, separated by commas or line ends. One line end after the last one is not another, blank secret.
std::vector<Secret> SplitSecrets(std::string_view text, const std::string& name, Problems& problems) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::vector<Secret> secrets;
  while (true) {
    const std::size_t end = std::min(text.find_first_of(",\n"), text.size());
    const std::string_view secret = Trimmed(text.substr(0, end));
    if (secret.empty()) {
      problems.push_back(name + ": a webhook secret is empty, and an empty secret verifies any forgery; expected " +
                         "secrets such as whsec_..., separated by commas or line ends");
      return {};
    }
    secrets.emplace_back(std::string(secret));
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  const absl::Status usable = stripe::SignatureVerifier::Create(secrets).status();
  if (!usable.ok()) problems.push_back(name + ": " + StatusMessage(usable));
  return secrets;
}

std::vector<Secret> ReadSecrets(const SettingValue& file, const Environment& environment, Problems& problems) {
  const auto direct = environment.find(kSecretName);
  const bool is_direct = direct != environment.end();
  if (is_direct && file.given) {
    problems.push_back(std::string(kSecretName) + " and " + file.source + ": set one of them, not both");
    return {};
  }
  if (is_direct) return SplitSecrets(direct->second, kSecretName, problems);
  if (!file.given) return {};
  const absl::StatusOr<std::string> text = ReadSecretFile(file.text);
  if (!text.ok()) {
    problems.push_back(file.source + ": " + StatusMessage(text.status()));
    return {};
  }
  return SplitSecrets(*text, file.source, problems);
}

// What may reach the server from beyond this machine.
struct Exposure {
  bool insecure_dev = false;  // nobody: anybody may do anything
  bool in_the_clear = false;  // nobody: keys would travel in plaintext, and nobody said that they may
};

Address ReadAddress(const SettingValue& value, const Exposure& exposure, Problems& problems) {
  const absl::StatusOr<Address> address = ParseAddress(value.text);
  if (!address.ok()) {
    problems.push_back(value.source + ": " + StatusMessage(address.status()));
    return {};
  }
  if (IsLoopback(*address)) return *address;
  if (exposure.insecure_dev) {
    problems.push_back(value.source + ": " + value.text +
                       " can be reached from other machines, and with --insecure-dev anybody may do anything: "
                       "expected a loopback address, such as 127.0.0.1:" +
                       std::to_string(address->port));
  } else if (exposure.in_the_clear) {
    problems.push_back(value.source + ": " + value.text +
                       " can be reached from other machines, and keys would travel in plaintext: give --tls-cert and "
                       "--tls-key, or --plaintext when a proxy before the server speaks TLS");
  }
  return *address;
}

void ReadTls(const Settings& settings, Config& config, Problems& problems) {
  config.tls_cert = settings.at("tls-cert").text;
  config.tls_key = settings.at("tls-key").text;
  config.tls_client_ca = settings.at("tls-client-ca").text;
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    problems.emplace_back("--tls-cert and --tls-key: one is of no use without the other; give both");
  }
  if (!config.tls_client_ca.empty() && config.tls_cert.empty()) {
    problems.emplace_back("--tls-client-ca: asks callers for certificates, which needs --tls-cert and --tls-key");
  }
}

Millis ReadRetention(const SettingValue& value, Problems& problems) {
  const absl::StatusOr<CalendarDuration> duration = ParseDuration(value.text);
  if (!duration.ok() || duration->months != 0 || duration->exact < kLeastRetention) {
    problems.push_back(value.source +
                       ": expected a time of at least 1h in days, hours or minutes, such as 90d, found \"" +
                       value.text + "\"");
    return kLeastRetention;
  }
  return duration->exact;
}

// `10s`, `500ms`, `2m`, `0`; nullopt for anything else.
std::optional<Millis> ParseShortTime(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > kLongestStop.count()) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.empty() && text == "0") return Millis(0);  // of whatever unit
  if (unit == "ms") return Millis(number);
  if (unit == "s") return std::chrono::seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  return std::nullopt;
}

// The time that a part of stopping may take.
Millis ReadStop(const SettingValue& value, std::string_view fallback, Problems& problems) {
  const std::optional<Millis> time = ParseShortTime(value.given ? std::string_view(value.text) : fallback);
  if (time && *time <= kLongestStop) return *time;
  problems.push_back(value.source + ": expected a time of at most 60m, such as 10s or 500ms, found \"" + value.text +
                     "\"");
  return Millis(0);
}

std::string ReadStore(const SettingValue& value, Problems& problems) {
  if (!value.text.starts_with("sqlite:") || value.text.size() == std::string_view("sqlite:").size()) {
    problems.push_back(value.source + ": expected sqlite:PATH, found \"" + value.text + "\"");
  }
  return value.text;
}

void ReadAddresses(const Settings& settings, bool plaintext, Config& config, Problems& problems) {
  const Exposure exposure{.insecure_dev = config.insecure_dev, .in_the_clear = config.tls_cert.empty() && !plaintext};
  config.grpc = ReadAddress(settings.at("grpc"), exposure, problems);
  config.http = ReadAddress(settings.at("http"), exposure, problems);
  if (config.grpc.port != 0 && config.grpc.port == config.http.port && config.grpc.host == config.http.host) {
    problems.push_back("--grpc and --http: both name " + config.grpc.ToString() + "; each needs a port of its own");
  }
}

Config Complete(const Settings& settings, const Environment& environment, Problems& problems) {
  Config config;
  config.insecure_dev = ReadSwitch(settings.at("insecure-dev"), problems);
  config.test_clock = ReadSwitch(settings.at("test-clock"), problems);
  config.reflection = ReadSwitch(settings.at("reflection"), problems);
  config.stripe_livemode = ReadSwitch(settings.at("stripe-livemode"), problems);
  const bool plaintext = ReadSwitch(settings.at("plaintext"), problems);
  ReadTls(settings, config, problems);
  if (plaintext && !config.tls_cert.empty()) {
    problems.emplace_back("--plaintext: the server has a certificate and speaks TLS; give one or the other");
  }
  config.catalog = settings.at("catalog").text;
  if (config.catalog.empty()) problems.emplace_back("--catalog: expected the path of the catalog, plans.yaml");
  config.store = ReadStore(settings.at("store"), problems);
  const SettingValue& payload_key = settings.at("payload-key");
  config.make_payload_key = !payload_key.given;
  config.payload_key = payload_key.given ? payload_key.text : config.store.substr(config.store.find(':') + 1) + ".key";
  config.event_retention = ReadRetention(settings.at("event-retention"), problems);
  config.stop_delay = ReadStop(settings.at("stop-delay"), config.insecure_dev ? kNoDelay : "5s", problems);
  config.stop_drain = ReadStop(settings.at("stop-drain"), "10s", problems);
  ReadAddresses(settings, plaintext, config, problems);
  config.stripe_webhook_secrets = ReadSecrets(settings.at("stripe-webhook-secret-file"), environment, problems);
  config.clerk = ReadClerkSettings(settings.at("clerk-secret-key-file"), settings.at("clerk-url"),
                                   config.stripe_livemode, problems);
  return config;
}

}  // namespace

std::string ReadStoreName(const std::vector<std::string>& arguments, const Environment& environment,
                          Problems& problems) {
  const Settings settings = ReadSettings(kSettings, arguments, environment, problems);
  CheckStoreFile(settings.at("store"), problems);
  return ReadStore(settings.at("store"), problems);
}

ConfigOutcome ReadConfig(const std::vector<std::string>& arguments, const Environment& environment) {
  if (std::optional<std::string> asked = AskedText("usherd", kIntroduction, kSettings, arguments)) {
    return {.config = std::nullopt, .text = *std::move(asked), .exit_code = 0};
  }
  Problems problems;
  const Settings settings = ReadSettings(kSettings, arguments, environment, problems);
  Config config = Complete(settings, environment, problems);
  CheckFiles(settings, config, problems);
  if (!problems.empty()) {
    return {.config = std::nullopt, .text = CannotStart("usherd", problems), .exit_code = 2};
  }
  return {.config = std::move(config), .text = "", .exit_code = 0};
}

}  // namespace usher
