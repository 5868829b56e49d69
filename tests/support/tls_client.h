// A blocking TLS client that says what it saw. Test code only.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/certificates.h"

namespace usher {

struct TlsReply {
  bool connected = false;   // the handshake succeeded, and the server's certificate is of the authority
  std::string server_name;  // the common name in the server's certificate
  std::string bytes;        // what came after `sent`, until the server closed
};

// Connects to 127.0.0.1 trusting `authority_pem`, shows `own` unless its certificate is empty, sends `sent` and, unless
// that is empty, reads to the end. Every wait ends after ten seconds.
TlsReply TlsCall(std::uint16_t port, const std::string& authority_pem, const std::string& sent = "",
                 const Identity& own = {});

}  // namespace usher
