// The gRPC port: every service of the server, and grpc.health.v1.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "server/base/log.h"
#include "server/rpc/async_queue.h"
#include "server/service/access.h"
#include "server/service/call_stats.h"
#include "server/service/services.h"
#include "server/tls/tls_watch.h"

namespace usher {

// What one connection may cost: gRPC 1.51 has known ways to be flooded.
struct GrpcLimits {
  int metadata_bytes = 16 * 1024;  // of one call
  int streams_per_connection = 256;
  std::chrono::milliseconds handshake{10'000};
  // A client whose connection ends opens another one by itself; the calls on it run to their end first.
  std::chrono::milliseconds idle{10 * 60'000};
  std::chrono::milliseconds age{60 * 60'000};
  std::chrono::milliseconds age_grace{60'000};
  // A peer that is gone without a word is noticed by a ping.
  std::chrono::milliseconds keepalive{60'000};
  std::chrono::milliseconds keepalive_timeout{20'000};
  // A client that pings more often than this, without calling, is cut after so many strikes.
  std::chrono::milliseconds ping_interval{10'000};
  int ping_strikes = 2;
  // Of the calls that are answered from memory, whatever their connection.
  AsyncLimits async = {};
};

// Everything that is referred to outlives the server.
struct GrpcOptions {
  const AccessGate& access;
  const Log& log;
  CallStats& calls;
  const TlsWatch* tls = nullptr;  // null: plaintext
  bool reflection = false;        // also serve grpc.reflection.v1alpha, to everybody
  GrpcLimits limits = {};
};

class GrpcServer {
 public:
  // Binds and starts, reporting NOT_SERVING. `address` is HOST:PORT, port 0 takes a free one; `services` outlive the
  // server. UNAVAILABLE when the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const std::string& address, const Services& services,
                                                           const GrpcOptions& options);
  // Stops without draining.
  ~GrpcServer();

  std::uint16_t port() const;

  // What grpc.health.v1 answers for the whole server and for each service.
  void SetServing(bool serving);

  // Takes no new calls, lets running ones end within `drain`, then cancels the rest.
  void Stop(std::chrono::milliseconds drain);

 private:
  class Impl;
  explicit GrpcServer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace usher
