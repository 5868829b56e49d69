// Carries webhooks to the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>

#include <absl/base/thread_annotations.h>
#include <grpcpp/channel.h>

#include "clients/channel/server_options.h"
#include "server/base/mutex.h"
#include "usher/v1/ingest.grpc.pb.h"

namespace usher {

struct ForwarderLimits {
  std::size_t in_flight = 64;                      // at most so many webhooks are with the server at a time
  std::chrono::milliseconds call_timeout{10'000};  // what the server may take
};

// A channel to the server that finds it again soon after it was away.
std::shared_ptr<grpc::Channel> ConnectToServer(const ServerOptions& server);

// Any thread may call; nothing here blocks but the destructor.
class Forwarder {
 public:
  // Called once, on a thread of gRPC or within TryForward; must not block.
  using Done = std::function<void(const grpc::Status& status, const v1::RelayWebhookResponse& response)>;

  Forwarder(std::shared_ptr<grpc::Channel> channel, const ForwarderLimits& limits);
  // Cancels what is under way and waits until the last `done` has returned and was destroyed.
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  // Sends `request`. False when as many as allowed are under way: `done` will not be called.
  bool TryForward(v1::RelayWebhookRequest request, Done done);

  // Cancels what is under way: each `done` is told CANCELLED, or what the server had already said.
  void CancelAll();

 private:
  struct Call;

  void End(const Call* call, const grpc::Status& status);

  const ForwarderLimits limits_;
  const std::unique_ptr<v1::IngestService::Stub> stub_;  // self-synchronised

  Condition idle_;  // self-synchronised

  Mutex mutex_;
  std::size_t in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<const Call*, std::shared_ptr<Call>> calls_ ABSL_GUARDED_BY(mutex_);  // those that gRPC has not ended
};

}  // namespace usher
