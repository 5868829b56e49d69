// How a client reaches its server: the flags and the environment that `usher` and `usher-relay` share.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <absl/status/statusor.h>

#include "server/base/secret.h"

namespace usher {

// What the flags say, as they were typed.
struct ServerFlags {
  std::string server = "127.0.0.1:7480";
  std::string tls_ca = {};
  std::string tls_cert = {};
  std::string tls_key = {};
};

// Declares --server, --tls-ca, --tls-cert and --tls-key. `flags` outlives the parsing.
void AddServerFlags(CLI::App& app, ServerFlags& flags);

// The value of an environment variable, nullopt when it is not set.
using ReadVariable = std::function<std::optional<std::string>(const std::string& name)>;

// Complete and checked.
struct ServerOptions {
  std::string address;  // HOST:PORT
  bool tls = false;
  std::string ca_pem = {};    // empty: the authorities that this system trusts
  std::string cert_pem = {};  // with key_pem: what the client shows
  Secret key_pem{""};
  std::optional<Secret> api_key = {};
};

// `--server` is HOST:PORT, https://HOST:PORT or http://HOST:PORT; without a scheme it is TLS beyond this machine, or
// when a file of the TLS flags is given. The key is that of USHER_API_KEY, or of the file that USHER_API_KEY_FILE
// names: never of an argument, which other users of the machine can read. INVALID_ARGUMENT is a sentence that names the
// flag or variable, and no secret.
absl::StatusOr<ServerOptions> ReadServerOptions(const ServerFlags& flags, const ReadVariable& environment);

// The environment of this process.
ReadVariable ProcessVariables();

}  // namespace usher
