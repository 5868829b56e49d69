// An HTTP/1.1 server for small messages: bounded in memory, connections, time and threads.
//
// One I/O thread reads and writes; a bounded pool answers. A client that sends or reads slowly is cut.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <absl/status/statusor.h>

#include "server/http/message.h"

namespace usher {

struct HttpLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 2 * 1024 * 1024;
  std::size_t connections = 256;  // more wait in the kernel's backlog
  std::size_t threads = 16;       // most of them wait for the disk together
  std::size_t queued_requests = 1024;
  std::chrono::milliseconds header_timeout{30'000};  // from the end of the last response, so it bounds idling too
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds write_timeout{30'000};
};

class HttpListener {
 public:
  // Binds and starts. `host` is a numeric address; port 0 takes a free one. `handler` outlives the listener.
  // UNAVAILABLE when the address cannot be bound, with the system's reason.
  static absl::StatusOr<std::unique_ptr<HttpListener>> Start(const std::string& host, std::uint16_t port,
                                                             const HttpLimits& limits, const HttpHandler* handler);
  // Stops without draining.
  ~HttpListener();

  std::uint16_t port() const;

  // Accepts nothing more, closes idle connections, lets running requests end within `drain`, then cuts the rest.
  void Stop(std::chrono::milliseconds drain);

 private:
  class Impl;
  explicit HttpListener(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace usher
