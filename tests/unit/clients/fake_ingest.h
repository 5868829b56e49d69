// A server that only knows RelayWebhook, and does with it what a test says.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <grpcpp/grpcpp.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/mutex.h"
#include "usher/v1/ingest.grpc.pb.h"

namespace usher {

class FakeIngest final : public v1::IngestService::Service {
 public:
  // Port 0 takes a free one.
  explicit FakeIngest(int port = 0) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeIngest() override {
    Release();
    server_->Shutdown(std::chrono::system_clock::now());
  }

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // What every later call is answered.
  void Answer(grpc::Status status, v1::RelayWebhookResponse response = {}) {
    const MutexLock lock(mutex_);
    status_ = std::move(status);
    response_ = std::move(response);
  }

  // Later calls wait for Release, or until their caller gives up.
  void Hold() {
    const MutexLock lock(mutex_);
    held_ = true;
  }
  void Release() {
    const MutexLock lock(mutex_);
    held_ = false;
    changed_.NotifyAll();
  }

  // Waits until so many calls have arrived since the start; false when they do not within ten seconds.
  bool WaitForCalls(std::size_t count) {
    const MutexLock lock(mutex_);
    const auto arrived = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return requests_.size() >= count; };
    return changed_.WaitFor(mutex_, std::chrono::milliseconds(10'000), arrived);
  }

  std::vector<v1::RelayWebhookRequest> requests() {
    const MutexLock lock(mutex_);
    return requests_;
  }

 private:
  grpc::Status RelayWebhook(grpc::ServerContext* context, const v1::RelayWebhookRequest* request,
                            v1::RelayWebhookResponse* response) override {
    const MutexLock lock(mutex_);
    requests_.push_back(*request);
    changed_.NotifyAll();
    const auto may_end = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !held_; };
    while (!changed_.WaitFor(mutex_, std::chrono::milliseconds(20), may_end)) {
      if (context->IsCancelled()) return grpc::Status::CANCELLED;
    }
    *response = response_;
    return status_;
  }

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;

  Condition changed_;  // self-synchronised

  Mutex mutex_;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::Status status_ ABSL_GUARDED_BY(mutex_);
  v1::RelayWebhookResponse response_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::RelayWebhookRequest> requests_ ABSL_GUARDED_BY(mutex_);
};

// An error as the server makes it; no ErrorInfo when `reason` is empty, no RetryInfo when `retry_ms` is 0.
inline grpc::Status ServerError(grpc::StatusCode code, const std::string& reason, int retry_ms = 0,
                                const std::string& message = "what the server says") {
  google::rpc::Status details;
  if (!reason.empty()) {
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    info.set_domain("usher");
    details.add_details()->PackFrom(info);
  }
  if (retry_ms > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(retry_ms / 1000);
    retry.mutable_retry_delay()->set_nanos(retry_ms % 1000 * 1'000'000);
    details.add_details()->PackFrom(retry);
  }
  return {code, message, details.SerializeAsString()};
}

}  // namespace usher
