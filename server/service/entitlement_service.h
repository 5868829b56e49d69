// usher.v1.EntitlementService: what a tenant may do, and why.
#pragma once

#include <functional>
#include <string>

#include <absl/status/statusor.h>

#include "catalog/model.h"
#include "server/engine/projection.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"
#include "server/service/call_context.h"
#include "server/service/decision_stats.h"
#include "usher/v1/entitlement.pb.h"

namespace usher {

// Reads a catalog that was live before from the text it was loaded from.
using CatalogLoader = std::function<absl::StatusOr<CatalogPtr>(const std::string& source)>;

// Check, Batch and List answer from memory: what is and will be. For the past, for sources, and for a revision that is
// not reached yet they wait, or answer MustWait() where they must not (call_context.h). Explain and GetTimeline read
// the store. Any thread may call. See the proto for what each RPC promises.
class EntitlementService {
 public:
  // All outlive the service.
  EntitlementService(Store* store, const Projection* projection, const Clock* clock, CatalogLoader load_catalog);

  absl::StatusOr<v1::CheckEntitlementResponse> CheckEntitlement(const CallContext& context,
                                                                const v1::CheckEntitlementRequest& request);
  absl::StatusOr<v1::BatchCheckEntitlementsResponse> BatchCheckEntitlements(
      const CallContext& context, const v1::BatchCheckEntitlementsRequest& request);
  absl::StatusOr<v1::ListEntitlementsResponse> ListEntitlements(const CallContext& context,
                                                                const v1::ListEntitlementsRequest& request);
  absl::StatusOr<v1::ExplainEntitlementResponse> ExplainEntitlement(const CallContext& context,
                                                                    const v1::ExplainEntitlementRequest& request);
  absl::StatusOr<v1::GetTimelineResponse> GetTimeline(const CallContext& context,
                                                      const v1::GetTimelineRequest& request);

  // The same, into a response that is empty and may be used again: nothing is allocated for an answer of the usual size
  // beyond its revision. After an error the response is not to be looked at.
  absl::Status AnswerCheck(const CallContext& context, const v1::CheckEntitlementRequest& request,
                           v1::CheckEntitlementResponse& response);
  absl::Status AnswerBatch(const CallContext& context, const v1::BatchCheckEntitlementsRequest& request,
                           v1::BatchCheckEntitlementsResponse& response);
  absl::Status AnswerList(const CallContext& context, const v1::ListEntitlementsRequest& request,
                          v1::ListEntitlementsResponse& response);

  // What CheckEntitlement and the items of BatchCheckEntitlements were answered.
  const DecisionStats& decisions() const { return decisions_; }

 private:
  Store& store_;
  const Projection& projection_;
  const Clock& clock_;
  const CatalogLoader load_catalog_;
  DecisionStats decisions_;  // self-synchronised
};

}  // namespace usher
