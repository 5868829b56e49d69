// How a client reaches its server: what `usher` and `usher-relay` are told of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/environment.h"
#include "server/base/secret.h"
#include "server/base/settings.h"

namespace usher {

inline constexpr std::string_view kDefaultServer = "127.0.0.1:7480";

// What was said, and where. Of files the text is the path; empty: there is none.
struct ServerSettings {
  SettingValue server;
  SettingValue tls_ca;
  SettingValue tls_cert;
  SettingValue tls_key;
  SettingValue api_key_file;
};

// Complete and checked.
struct ServerOptions {
  std::string address;  // HOST:PORT
  bool tls = false;
  std::string ca_pem = {};    // empty: the authorities that this system trusts
  std::string cert_pem = {};  // with key_pem: what the client shows
  Secret key_pem{""};
  std::optional<Secret> api_key = {};
};

// `server` is HOST:PORT, https://HOST:PORT or http://HOST:PORT; without a scheme it is TLS beyond this machine, or
// when a file of TLS is named. The API key is that of USHER_API_KEY, or of the file that was named: never of an
// argument, which other users of the machine can read. Everything that is wrong is added to `problems`, without any
// secret; then the options are of no use.
ServerOptions ReadServerOptions(const ServerSettings& settings, const Environment& environment, Problems& problems);

}  // namespace usher
