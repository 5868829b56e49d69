// What a listener needs to speak TLS: read from files, and known to fit together.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <absl/status/statusor.h>
#include <openssl/ssl.h>

#include "catalog/time.h"
#include "server/base/secret.h"

namespace usher {

// Paths of PEM files.
struct TlsFiles {
  std::string certificate;  // the server's own first, then those that lead to its authority
  std::string key;
  std::string client_ca;  // authorities, of one of which every client needs a certificate; empty: clients need none
};

struct TlsMaterial {
  std::int64_t version = 0;  // 1 for the first, ascending
  std::string certificate_pem;
  Secret key_pem{""};
  std::string client_ca_pem;         // empty: clients need no certificate
  std::shared_ptr<SSL_CTX> context;  // for a server; never changed
  Instant expires{};                 // until when the certificate is valid
};

// Reads the files. INVALID_ARGUMENT names the file and what is wrong: no certificate, no key, a key of another
// certificate.
absl::StatusOr<TlsMaterial> LoadTls(const TlsFiles& files);

}  // namespace usher
