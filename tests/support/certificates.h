// Certificates made on the spot. Test code only.
#pragma once

#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace usher {

struct Identity {
  std::string certificate_pem;
  std::string key_pem;
};

struct CertificateTerms {
  const char* hosts = "IP:127.0.0.1,DNS:localhost";
  long ends_in_s = 24L * 3600;  // negative: it has expired
};

// An authority of its own, valid for a day.
class Authority {
 public:
  explicit Authority(const std::string& name);

  // What those trust who trust it.
  const std::string& pem() const { return pem_; }

  // A certificate with a key of its own; `name` is its common name.
  Identity Issue(const std::string& name, const CertificateTerms& terms = {}) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
  std::string pem_;
};

}  // namespace usher
