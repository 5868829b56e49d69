// The gRPC port: every service of the server, and grpc.health.v1.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "server/base/log.h"
#include "server/service/services.h"

namespace usher {

class GrpcServer {
 public:
  // Binds and starts, reporting NOT_SERVING. `address` is HOST:PORT, port 0 takes a free one; `services` and
  // `log` outlive the server; `actor` is who every caller is. UNAVAILABLE when the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const std::string& address, const Services& services,
                                                           const std::string& actor, const Log* log);
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
