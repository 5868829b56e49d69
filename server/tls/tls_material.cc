#include "server/tls/tls_material.h"

#include <chrono>
#include <cstddef>
#include <ctime>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "catalog/absl_bridge.h"
#include "server/base/secret_file.h"

namespace usher {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

BioPtr Open(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

// The next certificate, null at the end of the text.
X509Ptr NextCertificate(BIO* bio) { return {PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), &X509_free}; }

// A key under a passphrase must not ask for it on the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

Instant ExpiryOf(X509* certificate) {
  std::tm utc{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &utc);
  return Instant(std::chrono::seconds(timegm(&utc)));
}

absl::Status UseCertificate(SSL_CTX* context, const std::string& path, TlsMaterial& material) {
  const BioPtr bio = Open(material.certificate_pem);
  const X509Ptr own = NextCertificate(bio.get());
  if (own == nullptr || SSL_CTX_use_certificate(context, own.get()) != 1) {
    return InvalidArgument(path + " holds no certificate that can be used: expected PEM, the server's own first");
  }
  material.expires = ExpiryOf(own.get());
  while (const X509Ptr next = NextCertificate(bio.get())) SSL_CTX_add1_chain_cert(context, next.get());
  return absl::OkStatus();
}

absl::Status UseKey(SSL_CTX* context, const TlsFiles& files, const TlsMaterial& material) {
  const BioPtr bio = Open(material.key_pem.Reveal());
  const KeyPtr key{PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr), &EVP_PKEY_free};
  if (key == nullptr) return InvalidArgument(files.key + " holds no private key: expected PEM without a passphrase");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return InvalidArgument("the key in " + files.key + " is not the key of the certificate in " + files.certificate);
  }
  return absl::OkStatus();
}

absl::Status UseClientCa(SSL_CTX* context, const std::string& path, const TlsMaterial& material) {
  if (path.empty()) return absl::OkStatus();
  const BioPtr bio = Open(material.client_ca_pem);
  int count = 0;
  for (X509Ptr ca = NextCertificate(bio.get()); ca != nullptr; ca = NextCertificate(bio.get()), ++count) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.get());
    SSL_CTX_add_client_CA(context, ca.get());
  }
  if (count == 0) return InvalidArgument(path + " holds no certificate of an authority: expected PEM");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return absl::OkStatus();
}

absl::Status ReadAll(const TlsFiles& files, TlsMaterial& material) {
  absl::StatusOr<std::string> certificate = ReadSecretFile(files.certificate);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> key = ReadSecretFile(files.key);
  if (!key.ok()) return key.status();
  material.certificate_pem = *std::move(certificate);
  material.key_pem = Secret(*std::move(key));
  if (files.client_ca.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> client_ca = ReadSecretFile(files.client_ca);
  if (!client_ca.ok()) return client_ca.status();
  material.client_ca_pem = *std::move(client_ca);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TlsMaterial> LoadTls(const TlsFiles& files) {
  TlsMaterial material;
  absl::Status status = ReadAll(files, material);
  if (!status.ok()) return status;
  material.context = {SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
  SSL_CTX* const context = material.context.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // Resumed sessions would outlive a change of the client authorities.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context, 0);
  status.Update(UseCertificate(context, files.certificate, material));
  if (status.ok()) status.Update(UseKey(context, files, material));
  if (status.ok()) status.Update(UseClientCa(context, files.client_ca, material));
  ERR_clear_error();  // the thread's queue would blame the next handshake
  if (!status.ok()) return status;
  return material;
}

}  // namespace usher
