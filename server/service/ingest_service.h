// usher.v1.IngestService: the door through which payment outcomes enter.
#pragma once

#include <absl/status/statusor.h>

#include "server/engine/ingest.h"
#include "server/engine/record.h"
#include "server/ports/clock.h"
#include "server/service/call_context.h"
#include "usher/v1/ingest.pb.h"

namespace usher {

// Any thread may call. An OK answer means durable.
class IngestService {
 public:
  // All outlive the service.
  IngestService(Ingest* ingest, Recorder* recorder, const BillingSources* sources, const Clock* clock);

  absl::StatusOr<v1::RelayWebhookResponse> RelayWebhook(const CallContext& context,
                                                        const v1::RelayWebhookRequest& request);
  absl::StatusOr<v1::RecordPaymentOutcomeResponse> RecordPaymentOutcome(const CallContext& context,
                                                                        const v1::RecordPaymentOutcomeRequest& request);

 private:
  Ingest& ingest_;
  Recorder& recorder_;
  const BillingSources& sources_;
  const Clock& clock_;
};

}  // namespace usher
