// usher.v1.WorkService: what the server still has to do.
#pragma once

#include <absl/status/statusor.h>

#include "server/engine/writer.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"
#include "server/service/call_context.h"
#include "usher/v1/work.pb.h"

namespace usher {

// Any thread may call; every RPC uses the store.
class WorkService {
 public:
  // All outlive the service. `clock` dates the audit, `machine_clock` says whose lease has ended.
  WorkService(Store* store, Writer* writer, const Clock* clock, const Clock* machine_clock);

  absl::StatusOr<v1::ListWorkResponse> ListWork(const CallContext& context, const v1::ListWorkRequest& request);
  absl::StatusOr<v1::RedriveWorkResponse> RedriveWork(const CallContext& context,
                                                      const v1::RedriveWorkRequest& request);

 private:
  Store& store_;
  Writer& writer_;
  const Clock& clock_;
  const Clock& machine_clock_;
};

}  // namespace usher
