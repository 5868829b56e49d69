// What the server is told at start: flags, then the environment, then defaults.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "catalog/time.h"
#include "server/app/clerk_settings.h"
#include "server/base/address.h"
#include "server/base/secret.h"

namespace usher {

// Complete and checked; see `usherd --help` for what each setting means.
struct Config {
  std::string catalog;
  std::string store;
  Address grpc;
  Address http;
  bool insecure_dev = false;
  std::string tls_cert;  // with tls_key: both listeners speak TLS; empty: plaintext
  std::string tls_key;
  std::string tls_client_ca;  // empty: clients need no certificate
  bool reflection = false;
  std::vector<Secret> stripe_webhook_secrets;  // empty: webhooks are refused
  bool stripe_livemode = false;
  std::optional<ClerkSettings> clerk;  // nullopt: nothing is sent to Clerk
  std::string payload_key;             // the file that seals payloads of events
  bool make_payload_key = false;       // it need not exist yet: nobody named it
  Millis event_retention{};            // how long payloads of settled events are kept
  bool test_clock = false;             // callers may move the server's time
};

// What came of reading it: a config, or a text to print and the exit code to end with (0 after --help, 2 when anything
// is wrong; then the text names every problem).
struct ConfigOutcome {
  std::optional<Config> config;
  std::string text;
  int exit_code = 0;
};

// The value of an environment variable, nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Reads the arguments (without the program's name) and `environment`; opens only the files of secrets.
ConfigOutcome ReadConfig(const std::vector<std::string>& arguments, const Environment& environment);

// `name` when the flag was not given; `fallback` when that is not set either.
std::string Setting(const std::string& flag, const Environment& environment, const char* name, const char* fallback);

// Adds what is wrong with the store's name to `problems`.
void CheckStoreName(const std::string& store, std::vector<std::string>& problems);

// The environment of this process.
Environment ProcessEnvironment();

}  // namespace usher
