// Delivers webhooks to a server over gRPC, as the relay does.
#pragma once

#include <cstdint>

#include "tests/durability/load.h"

namespace usher {

// On a connection of its own.
Sender GrpcSender(std::uint16_t grpc_port);

}  // namespace usher
