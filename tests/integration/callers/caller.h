// Callers of a server that asks for keys. Test code only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/ports/key.h"
#include "tests/support/running_server.h"
#include "tests/support/server_client.h"
#include "usher/v1/key.pb.h"

namespace usher {

inline std::string Bearer(const std::string& key) { return "Bearer " + key; }

// Calls `server` over `transport`, showing `key`; empty: none.
std::unique_ptr<ServerClient> CallerWith(const RunningServer& server, const std::string& key,
                                         Transport transport = Transport::kGrpc);

// A new key, made with the admin key of `server`.
v1::CreateKeyResponse MakeKey(const RunningServer& server, const Scopes& scopes, const std::string& tenant = "");

// May this key ask about acme?
Reply CheckAcme(const RunningServer& server, const std::string& key, Transport transport = Transport::kGrpc);

}  // namespace usher
