// Calls of methods that the server does not have.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "server/service/call_stats.h"

namespace usher {

// Refuses them with METHOD_UNKNOWN and counts them in the row `unknown`, whatever they name. Registered methods never
// come here.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  // `calls` outlives it.
  explicit UnknownMethods(CallStats* calls) : calls_(*calls) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

 private:
  CallStats& calls_;
};

}  // namespace usher
