#include "clients/channel/channel.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <grpc/support/log.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>

namespace usher {
namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;

// gRPC's own call credentials refuse to travel in plaintext, also to a server on the same machine.
class ShowKey final : public Interceptor {
 public:
  explicit ShowKey(std::string authorization) : authorization_(std::move(authorization)) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace("authorization", authorization_);
    }
    methods->Proceed();
  }

 private:
  const std::string authorization_;
};

class ShowKeyFactory final : public ClientInterceptorFactoryInterface {
 public:
  explicit ShowKeyFactory(Secret key) : key_(std::move(key)) {}
  Interceptor* CreateClientInterceptor(ClientRpcInfo*) override { return new ShowKey("Bearer " + key_.Reveal()); }

 private:
  const Secret key_;
};

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const ServerOptions& options) {
  if (!options.tls) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({.pem_root_certs = options.ca_pem,
                               .pem_private_key = options.key_pem.Reveal(),
                               .pem_cert_chain = options.cert_pem});
}

}  // namespace

void KeepGrpcQuiet() {
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
}

std::shared_ptr<grpc::Channel> OpenChannel(const ServerOptions& options, grpc::ChannelArguments arguments) {
  // The server is a neighbour: a proxy meant for the outside world does not know it.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  std::vector<std::unique_ptr<ClientInterceptorFactoryInterface>> interceptors;
  if (options.api_key) interceptors.push_back(std::make_unique<ShowKeyFactory>(*options.api_key));
  return grpc::experimental::CreateCustomChannelWithInterceptors(options.address, CredentialsOf(options), arguments,
                                                                 std::move(interceptors));
}

}  // namespace usher
