// Calls of methods that the server does not have.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include "server/service/call_stats.h"

namespace usher {

// Refuses them with METHOD_UNKNOWN and counts them in the row `unknown`, whatever they name. Registered methods never
// come here. On a completion queue, for the reason that health is (server/rpc/health_rpc.h).
class UnknownMethods {
 public:
  // `calls` outlives it.
  explicit UnknownMethods(CallStats* calls) : calls_(*calls) {}

  // Before the server is built.
  void Register(grpc::ServerBuilder& builder) { builder.RegisterAsyncGenericService(&service_); }
  // Once the server runs. `queue` outlives every call; whatever it gives back is an AsyncTag.
  void Start(grpc::ServerCompletionQueue& queue);

 private:
  class Refusal;

  CallStats& calls_;
  grpc::AsyncGenericService service_;
  grpc::ServerCompletionQueue* queue_ = nullptr;  // fixed by Start
};

}  // namespace usher
