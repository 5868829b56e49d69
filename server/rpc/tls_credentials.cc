#include "server/rpc/tls_credentials.h"

#include <atomic>
#include <cstdint>
#include <string>

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

namespace usher {
namespace {

// The C++ interface of gRPC 1.51 has no hook for this; the C interface asks before every handshake.
class Reloading final : public grpc::ServerCredentials {
 public:
  explicit Reloading(const TlsWatch* tls) : tls_(*tls) {}

  // Nobody sets one: credentials are looked at by the services' own gate.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    const bool asks_client = !tls_.Current()->client_ca_pem.empty();
    grpc_ssl_server_credentials_options* options = grpc_ssl_server_credentials_create_options_using_config_fetcher(
        asks_client ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                    : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
        &Reloading::Fetch, this);
    grpc_server_credentials* credentials = grpc_ssl_server_credentials_create_with_options(options);
    const int port = grpc_server_add_http2_port(server, address.c_str(), credentials);
    grpc_server_credentials_release(credentials);
    return port;
  }

  // Called before every handshake, one at a time.
  static grpc_ssl_certificate_config_reload_status Fetch(void* self, grpc_ssl_server_certificate_config** config) {
    Reloading& credentials = *static_cast<Reloading*>(self);
    const std::shared_ptr<const TlsMaterial> material = credentials.tls_.Current();
    if (credentials.used_.exchange(material->version) == material->version) {
      return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    }
    const grpc_ssl_pem_key_cert_pair pair{.private_key = material->key_pem.Reveal().c_str(),
                                          .cert_chain = material->certificate_pem.c_str()};
    // gRPC insists on authorities, also where it asks no client for a certificate and never looks at them.
    const std::string& roots = material->client_ca_pem.empty() ? material->certificate_pem : material->client_ca_pem;
    *config = grpc_ssl_server_certificate_config_create(roots.c_str(), &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const TlsWatch& tls_;
  std::atomic<std::int64_t> used_ = 0;  // the version that gRPC has
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> ReloadingCredentials(const TlsWatch* tls) {
  return std::make_shared<Reloading>(tls);
}

}  // namespace usher
