// usher.v1.EventService: the inbox.
#pragma once

#include <absl/status/statusor.h>

#include "server/engine/ingest.h"
#include "server/ports/store.h"
#include "server/service/call_context.h"
#include "usher/v1/event.pb.h"

namespace usher {

// Any thread may call; every RPC reads the store.
class EventService {
 public:
  // Both outlive the service.
  EventService(Store* store, Ingest* ingest);

  absl::StatusOr<v1::ListEventsResponse> ListEvents(const CallContext& context, const v1::ListEventsRequest& request);
  absl::StatusOr<v1::GetEventResponse> GetEvent(const CallContext& context, const v1::GetEventRequest& request);
  absl::StatusOr<v1::RedriveEventResponse> RedriveEvent(const CallContext& context,
                                                        const v1::RedriveEventRequest& request);

 private:
  Store& store_;
  Ingest& ingest_;
};

}  // namespace usher
