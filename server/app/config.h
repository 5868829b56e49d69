// What the server is told at start: flags, then the environment, then the file of --config, then defaults.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/time.h"
#include "server/app/clerk_settings.h"
#include "server/base/address.h"
#include "server/base/environment.h"
#include "server/base/secret.h"
#include "server/base/settings.h"

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
  Millis stop_delay{};                 // how long a server that was told to stop still takes calls
  Millis stop_drain{};                 // how long after that calls may run
};

// What came of reading it: a config, or a text to print and the exit code to end with (0 after --help and --version, 2
// when anything is wrong; then the text names every problem).
struct ConfigOutcome {
  std::optional<Config> config;
  std::string text;
  int exit_code = 0;
};

// Reads the arguments (without the program's name), `environment` and the files that they name, as far as that changes
// nothing: a catalog, a certificate, a key or a place for the store that cannot be used is a problem like any other.
// The store is not opened.
ConfigOutcome ReadConfig(const std::vector<std::string>& arguments, const Environment& environment);

// The store alone, from the same three places and checked as above; `arguments` may say --store and --config.
std::string ReadStoreName(const std::vector<std::string>& arguments, const Environment& environment,
                          Problems& problems);

}  // namespace usher
