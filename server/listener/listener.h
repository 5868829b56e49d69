// An HTTP/1.1 server for small messages: bounded in memory, connections and time.
//
// One I/O thread reads and writes; a site answers. A client that sends or reads slowly is cut. When all connections are
// taken and somebody else comes, the client that has kept the listener waiting longest - for a request, the rest of
// one, or for taking an answer - makes room; where every request is with the site, the newcomer waits in the kernel's
// backlog.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <absl/status/statusor.h>

#include "server/base/address.h"
#include "server/listener/site.h"
#include "server/tls/tls_watch.h"

namespace usher {

class HttpListener {
 public:
  // Binds `address`, whose port 0 takes a free one, and serves. `site` outlives the listener.
  // Speaks TLS with what `tls`, which outlives the listener too, holds when a client connects; null: plaintext.
  // UNAVAILABLE when the address cannot be bound, with the system's reason.
  static absl::StatusOr<std::unique_ptr<HttpListener>> Start(const Address& address, const HttpLimits& limits,
                                                             HttpSite* site, const TlsWatch* tls = nullptr);
  // Stops without draining.
  ~HttpListener();

  // The bound port.
  std::uint16_t port() const;

  // Accepts nothing more, closes idle connections, lets running requests end within `drain`, cuts the rest and has the
  // site give up. Returns when the site has answered every request that it was given, so that it may go. The second
  // call does nothing.
  void Stop(std::chrono::milliseconds drain);

 private:
  class Impl;
  explicit HttpListener(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace usher
