#include "tests/support/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <memory>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace usher {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using ContextPtr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using SslPtr = std::unique_ptr<SSL, decltype(&SSL_free)>;

BioPtr Open(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

ContextPtr MakeContext(const std::string& authority_pem, const Identity& own) {
  ContextPtr context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  const std::unique_ptr<X509, decltype(&X509_free)> authority(
      PEM_read_bio_X509(Open(authority_pem).get(), nullptr, nullptr, nullptr), &X509_free);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority.get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (own.certificate_pem.empty()) return context;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(Open(own.certificate_pem).get(), nullptr, nullptr, nullptr), &X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(Open(own.key_pem).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  return context;
}

int Dial(std::uint16_t port) {
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return client;
  close(client);
  return -1;
}

std::string NameOf(SSL* ssl) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl), &X509_free);
  char name[256] = "";
  if (certificate) X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, 256);
  return name;
}

}  // namespace

TlsReply TlsCall(std::uint16_t port, const std::string& authority_pem, const std::string& sent, const Identity& own) {
  TlsReply reply;
  const int client = Dial(port);
  if (client < 0) return reply;
  const ContextPtr context = MakeContext(authority_pem, own);
  const SslPtr ssl(SSL_new(context.get()), &SSL_free);
  const unsigned char http2[] = {2, 'h', '2'};
  if (sent.empty()) SSL_set_alpn_protos(ssl.get(), http2, sizeof(http2));
  SSL_set_fd(ssl.get(), client);
  reply.connected = SSL_connect(ssl.get()) == 1;
  reply.server_name = NameOf(ssl.get());
  if (reply.connected && !sent.empty()) {
    SSL_write(ssl.get(), sent.data(), static_cast<int>(sent.size()));
    char chunk[4096];
    for (int count = 0; (count = SSL_read(ssl.get(), chunk, sizeof(chunk))) > 0;) {
      reply.bytes.append(chunk, static_cast<std::size_t>(count));
    }
  }
  close(client);
  return reply;
}

}  // namespace usher
