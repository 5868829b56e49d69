// usher.v1.TenantService: tenants, their accounts elsewhere, and what operators decide about them.
#pragma once

#include <absl/status/statusor.h>

#include "server/engine/projection.h"
#include "server/engine/record.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"
#include "server/service/call_context.h"
#include "usher/v1/tenant.pb.h"

namespace usher {

// Any thread may call; every RPC reads or writes the store.
class TenantService {
 public:
  // All outlive the service.
  TenantService(Store* store, Recorder* recorder, const Projection* projection, const Clock* clock);

  absl::StatusOr<v1::CreateTenantResponse> CreateTenant(const CallContext& context,
                                                        const v1::CreateTenantRequest& request);
  absl::StatusOr<v1::GetTenantResponse> GetTenant(const CallContext& context, const v1::GetTenantRequest& request);
  absl::StatusOr<v1::ListTenantsResponse> ListTenants(const CallContext& context,
                                                      const v1::ListTenantsRequest& request);
  absl::StatusOr<v1::LinkTenantResponse> LinkTenant(const CallContext& context, const v1::LinkTenantRequest& request);
  absl::StatusOr<v1::PutOverrideResponse> PutOverride(const CallContext& context,
                                                      const v1::PutOverrideRequest& request);
  absl::StatusOr<v1::RemoveOverrideResponse> RemoveOverride(const CallContext& context,
                                                            const v1::RemoveOverrideRequest& request);
  absl::StatusOr<v1::SuspendTenantResponse> SuspendTenant(const CallContext& context,
                                                          const v1::SuspendTenantRequest& request);
  absl::StatusOr<v1::ReinstateTenantResponse> ReinstateTenant(const CallContext& context,
                                                              const v1::ReinstateTenantRequest& request);

 private:
  absl::StatusOr<v1::Tenant> Describe(const TenantId& tenant);

  Store& store_;
  Recorder& recorder_;
  const Projection& projection_;
  const Clock& clock_;
};

}  // namespace usher
