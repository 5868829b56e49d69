// Why a question got no answer, as a sentence that says what to do.
#pragma once

#include <string>

#include <grpcpp/support/status.h>

#include "clients/channel/server_options.h"

namespace usher {

// What the server that `options` reach said, or what is wrong on the way to it, as far as gRPC tells: nobody listens,
// one side speaks TLS and the other does not, a certificate is not trusted or is one of another host.
std::string SentenceFor(const grpc::Status& status, const ServerOptions& options);

}  // namespace usher
