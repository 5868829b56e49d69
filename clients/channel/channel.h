// The connection of a client to its server.
#pragma once

#include <memory>

#include <grpcpp/channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "clients/channel/server_options.h"

namespace usher {

// From here on gRPC prints nothing by itself, unless GRPC_VERBOSITY says what it shall print: what it finds is the
// status of a call. Call it before any thread is started.
void KeepGrpcQuiet();

// Connects when it is first used. Every call on the channel shows the API key of `options`, if there is one.
std::shared_ptr<grpc::Channel> OpenChannel(const ServerOptions& options, grpc::ChannelArguments arguments);

}  // namespace usher
