// grpc.health.v1: whether the server, and each of its services, takes calls.
//
// gRPC brings one of its own. It is made with the callback API, whose threads then read what arrives for everybody: a
// check is moved from one thread to another, which costs more than to answer it (docs/decisions/0026). This one lives
// on the completion queue of the calls that are answered from memory.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/service_type.h>

#include "server/base/mutex.h"

namespace usher {

// Needs no key. Any thread may call. At most kMostWatches are open at a time, more are RESOURCE_EXHAUSTED.
class HealthRpc final : public grpc::Service {
 public:
  static constexpr std::size_t kMostWatches = 100;

  // Knows the whole server, whose name is empty, and `services`. NOT_SERVING.
  explicit HealthRpc(std::vector<std::string> services);

  // Once the server runs. `queue` outlives every call; whatever it gives back is an AsyncTag.
  void Start(grpc::ServerCompletionQueue& queue);

  // Whoever watches is told.
  void SetServing(bool serving);

  // Ends what is watched, for the server waits for it when it stops.
  void Close();

 private:
  // The messages by their wire form: HealthCheckRequest is a text in field 1, HealthCheckResponse a number in field 1.
  using Request = google::protobuf::StringValue;
  using Response = google::protobuf::UInt32Value;
  class CheckCall;
  class WatchCall;

  // The number of a ServingStatus.
  Response StatusOf(const std::string& service) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unordered_set<std::string> services_;
  grpc::ServerCompletionQueue* queue_ = nullptr;  // fixed by Start

  Mutex mutex_;
  bool serving_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::unordered_set<WatchCall*> watches_ ABSL_GUARDED_BY(mutex_);  // those that have arrived and are not done
};

}  // namespace usher
