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
#include "usher/v1/entitlement.pb.h"

namespace usher {

// Reads a catalog that was live before from the text it was loaded from.
using CatalogLoader = std::function<absl::StatusOr<CatalogPtr>(const std::string& source)>;

// Check, Batch, List and GetTimeline answer from memory and wait at most for a revision; Explain reads the store. Any
// thread may call. See the proto for what each RPC promises.
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

 private:
  Store& store_;
  const Projection& projection_;
  const Clock& clock_;
  const CatalogLoader load_catalog_;
};

}  // namespace usher
