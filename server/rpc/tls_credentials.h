// TLS of the gRPC port.
#pragma once

#include <memory>

#include <grpcpp/security/server_credentials.h>

#include "server/tls/tls_watch.h"

namespace usher {

// Every handshake uses what `tls`, which outlives the credentials, holds then. They outlive the server that uses them.
std::shared_ptr<grpc::ServerCredentials> ReloadingCredentials(const TlsWatch* tls);

}  // namespace usher
