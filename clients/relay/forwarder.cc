#include "clients/relay/forwarder.h"

#include <utility>
#include <vector>

#include <grpcpp/client_context.h>
#include <grpcpp/support/channel_arguments.h>

#include "clients/channel/channel.h"

namespace usher {

std::shared_ptr<grpc::Channel> ConnectToServer(const ServerOptions& server) {
  grpc::ChannelArguments arguments;
  // A restarted server is found within a second; gRPC's own patience grows to two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  return OpenChannel(server, arguments);
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
  idle_.Wait(mutex_, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return in_flight_ == 0; });
}

bool Forwarder::TryForward(v1::RelayWebhookRequest request, Done done) {
  const auto call = std::make_shared<Call>();
  call->request = std::move(request);
  call->done = std::move(done);
  call->context.set_deadline(std::chrono::system_clock::now() + limits_.call_timeout);
  {
    const MutexLock lock(mutex_);
    if (in_flight_ >= limits_.in_flight) return false;
    ++in_flight_;
    calls_.emplace(call.get(), call);
  }
  stub_->async()->RelayWebhook(&call->context, &call->request, &call->response,
                               [this, key = call.get()](const grpc::Status& status) { End(key, status); });
  return true;
}

void Forwarder::End(const Call* key, const grpc::Status& status) {
  std::shared_ptr<Call> call;
  {
    const MutexLock lock(mutex_);
    const auto entry = calls_.find(key);
    call = std::move(entry->second);
    calls_.erase(entry);
  }
  call->done(status, call->response);
  // The call's context holds the channel. It goes before anybody learns that the call has ended: gRPC aborts when the
  // last holder of a channel lets go of it on the thread that runs its callbacks, as this one does.
  call.reset();
  const MutexLock lock(mutex_);
  // Under the lock: once it is free the destructor may go on.
  if (--in_flight_ == 0) idle_.NotifyAll();
}

void Forwarder::CancelAll() {
  std::vector<std::shared_ptr<Call>> calls;
  {
    const MutexLock lock(mutex_);
    for (const auto& [key, call] : calls_) calls.push_back(call);
  }
  // Outside the lock: cancelling may run the call's end on this thread.
  for (const std::shared_ptr<Call>& call : calls) call->context.TryCancel();
}

}  // namespace usher
