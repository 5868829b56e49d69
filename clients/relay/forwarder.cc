#include "clients/relay/forwarder.h"

#include <utility>
#include <vector>

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

namespace usher {

std::shared_ptr<grpc::Channel> ConnectToServer(const std::string& server) {
  grpc::ChannelArguments arguments;
  // A restarted server is found within a second; gRPC's own patience grows to two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // The server is a neighbour: a proxy meant for the outside world does not know it.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

struct Forwarder::Call {
  grpc::ClientContext context;
  v1::RelayWebhookRequest request;
  v1::RelayWebhookResponse response;
  Done done;
};

Forwarder::Forwarder(std::shared_ptr<grpc::Channel> channel, const ForwarderLimits& limits)
    : limits_(limits), stub_(v1::IngestService::NewStub(channel)) {}

Forwarder::~Forwarder() {
  CancelAll();
  const MutexLock lock(mutex_);
  idle_.Wait(mutex_, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return calls_.empty(); });
}

bool Forwarder::TryForward(v1::RelayWebhookRequest request, Done done) {
  const auto call = std::make_shared<Call>();
  call->request = std::move(request);
  call->done = std::move(done);
  call->context.set_deadline(std::chrono::system_clock::now() + limits_.call_timeout);
  {
    const MutexLock lock(mutex_);
    if (calls_.size() >= limits_.in_flight) return false;
    calls_.insert(call);
  }
  stub_->async()->RelayWebhook(&call->context, &call->request, &call->response, [this, call](grpc::Status status) {
    call->done(status, call->response);
    End(call);
  });
  return true;
}

void Forwarder::End(const std::shared_ptr<Call>& call) {
  const MutexLock lock(mutex_);
  calls_.erase(call);
  // Under the lock: once it is free the destructor may go on.
  if (calls_.empty()) idle_.NotifyAll();
}

void Forwarder::CancelAll() {
  std::vector<std::shared_ptr<Call>> calls;
  {
    const MutexLock lock(mutex_);
    calls.assign(calls_.begin(), calls_.end());
  }
  // Outside the lock: cancelling may run the call's end on this thread.
  for (const std::shared_ptr<Call>& call : calls) call->context.TryCancel();
}

}  // namespace usher
