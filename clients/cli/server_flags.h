// The flags of `usher` that say which server is asked, and how.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "clients/channel/server_options.h"
#include "server/base/environment.h"

namespace usher {

// As they were typed.
struct ServerFlags {
  std::string server = std::string(kDefaultServer);
  std::string tls_ca;
  std::string tls_cert;
  std::string tls_key;
};

// Declares --server, --tls-ca, --tls-cert and --tls-key. `flags` outlives the parsing.
void AddServerFlags(CLI::App& app, ServerFlags& flags);

// What they say, and where the environment says that the key is.
ServerSettings ToSettings(const ServerFlags& flags, const Environment& environment);

}  // namespace usher
