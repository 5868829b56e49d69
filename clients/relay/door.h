// The HTTP door of the relay: POST /webhooks/stripe and GET /healthz, and nothing else.
//
// It verifies nothing and keeps nothing. One I/O thread; bounded in connections, in webhooks under way, in bytes and in
// time: a client that sends or reads slowly is cut.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <absl/status/statusor.h>

#include "clients/relay/forwarder.h"
#include "server/base/address.h"
#include "server/base/log.h"

namespace usher {

struct DoorLimits {
  std::size_t header_bytes = 32 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  std::size_t connections = 256;                     // more wait in the kernel's backlog
  std::chrono::milliseconds header_timeout{10'000};  // from the end of the last response, so it bounds idling too
  std::chrono::milliseconds body_timeout{10'000};
  std::chrono::milliseconds write_timeout{10'000};
};

class Door {
 public:
  // Binds `address`, whose port 0 takes a free one, and serves. `forwarder` and `log` outlive the door.
  // UNAVAILABLE when the address cannot be bound, with the system's reason.
  static absl::StatusOr<std::unique_ptr<Door>> Open(const Address& address, const DoorLimits& limits,
                                                    Forwarder* forwarder, const Log* log);
  // Closes without waiting for webhooks under way.
  ~Door();

  // The bound port.
  std::uint16_t port() const;

  // Accepts nothing more, closes idle connections, lets webhooks under way end within `drain`, then cuts the rest. The
  // senders of those deliver again. The second call does nothing.
  void Close(std::chrono::milliseconds drain);

 private:
  class Impl;
  explicit Door(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace usher
