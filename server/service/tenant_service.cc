#include "server/service/tenant_service.h"

#include <algorithm>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"
#include "server/engine/revision.h"
#include "server/engine/tenants.h"
#include "server/service/answer.h"
#include "server/service/convert.h"
#include "server/service/page_token.h"
#include "server/service/validate.h"

namespace usher {
namespace {

constexpr char kTenantList[] = "tenants";
constexpr std::size_t kMaxDisplayNameBytes = 256;
constexpr std::size_t kMaxOverrideIdBytes = 64;

v1::Override OverrideMessage(const OverrideDetails& details) {
  const OverrideFact& fact = details.content;
  v1::Override out;
  out.set_override_id(details.override_id);
  out.set_feature(fact.feature.str());
  out.set_mode(ToProto(fact.mode));
  if (fact.mode != OverrideMode::kDeny) *out.mutable_value() = ToProto(fact.value);
  *out.mutable_starts_at() = ToProto(fact.starts_at.value_or(details.put_at));
  if (fact.expires_at) *out.mutable_expires_at() = ToProto(*fact.expires_at);
  out.set_reason(fact.reason);
  out.set_etag(details.etag);
  out.set_subscription_id(fact.subscription_id);
  return out;
}

v1::Tenant TenantMessage(const TenantDetails& details) {
  v1::Tenant out;
  out.set_tenant_id(details.tenant.str());
  out.set_version(details.version);
  for (const ObjectRef& link : details.links) {
    v1::TenantLink& to = *out.add_links();
    to.set_provider(link.scope.provider);
    to.set_external_id(link.id);
  }
  for (const OverrideDetails& override_details : details.overrides)
    *out.add_overrides() = OverrideMessage(override_details);
  out.set_suspended(details.suspended);
  out.set_suspension_reason(details.suspension_reason);
  out.set_display_name(details.display_name);
  *out.mutable_created_at() = ToProto(details.created_at);
  return out;
}

void ReadTimes(const v1::PutOverrideRequest& request, Instant now, OverrideFact& content, Violations& violations) {
  content.starts_at = ReadInstant(request.has_starts_at(), request.starts_at(), "starts_at", violations);
  content.expires_at = ReadInstant(request.has_expires_at(), request.expires_at(), "expires_at", violations);
  if (content.expires_at && *content.expires_at <= std::max(now, content.starts_at.value_or(now))) {
    violations.Add("expires_at", "expected a time after now and after starts_at");
  }
}

// The value as the feature's type has it; needs the catalog, so it comes after everything else is well-formed.
void ReadValue(const v1::PutOverrideRequest& request, const Feature& feature, OverrideFact& content,
               Violations& violations) {
  if (content.mode == OverrideMode::kDeny) {
    if (request.has_value()) violations.Add("value", "expected none with DENY");
    return;
  }
  const bool countable = feature.type == FeatureType::kLimit || feature.type == FeatureType::kMetered;
  if (content.mode == OverrideMode::kAdd && !countable) {
    violations.Add("mode", "ADD fits limit and metered features only; use SET");
    return;
  }
  ValueOrProblem value = FromProto(request.value(), feature);
  if (!value.value) violations.Add("value", value.problem);
  content.value = std::move(value.value).value_or(false);
}

OverrideRecord ReadOverride(const v1::PutOverrideRequest& request, Instant now, Violations& violations) {
  OverrideRecord record;
  OverrideFact& content = record.content;
  content.tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  record.override_id = ReadName(request.override_id(), kMaxOverrideIdBytes, "override_id", violations);
  content.feature = FeatureId(ReadFeature(request.feature(), "feature", violations));
  const std::optional<OverrideMode> mode = FromProto(request.mode());
  if (!mode) violations.Add("mode", "expected SET, ADD or DENY");
  content.mode = mode.value_or(OverrideMode::kSet);
  ReadTimes(request, now, content, violations);
  content.reason = ReadReason(request.reason(), "reason", violations);
  if (!request.subscription_id().empty()) {
    content.subscription_id = ReadExternalId(request.subscription_id(), "subscription_id", violations);
  }
  record.etag = request.etag();
  return record;
}

}  // namespace

TenantService::TenantService(Store* store, Recorder* recorder, const Projection* projection, const Clock* clock)
    : store_(*store), recorder_(*recorder), projection_(*projection), clock_(*clock) {}

absl::StatusOr<v1::Tenant> TenantService::Describe(const TenantId& tenant) {
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  const absl::StatusOr<TenantDetails> details = DescribeTenant(**reader, tenant, clock_.Now());
  if (!details.ok()) return details.status();
  return TenantMessage(*details);
}

absl::StatusOr<v1::CreateTenantResponse> TenantService::CreateTenant(const CallContext& context,
                                                                     const v1::CreateTenantRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const std::string display_name = ReadLine(request.display_name(), kMaxDisplayNameBytes, "display_name", violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<Recorded> recorded = recorder_.CreateTenant(tenant, display_name, context.principal.name);
  if (!recorded.ok()) return recorded.status();
  absl::StatusOr<v1::Tenant> described = Describe(tenant);
  if (!described.ok()) return described.status();
  v1::CreateTenantResponse response;
  *response.mutable_tenant() = *std::move(described);
  response.set_revision(recorded->revision);
  return response;
}

absl::StatusOr<v1::GetTenantResponse> TenantService::GetTenant(const CallContext& context,
                                                               const v1::GetTenantRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  if (!violations.empty()) return violations.ToStatus();
  std::int64_t generation = 0;
  {
    // Held no longer: the store may take its time.
    const absl::StatusOr<Projection::View> view = ViewFor(projection_, store_.Epoch(), {}, {&tenant, 1}, context);
    if (!view.ok()) return view.status();
    generation = view->generation();
  }
  absl::StatusOr<v1::Tenant> described = Describe(tenant);
  if (!described.ok()) return described.status();
  v1::GetTenantResponse response;
  response.set_revision(EncodeRevision(
      {.epoch = store_.Epoch(), .versions = {{tenant, described->version()}}, .generation = generation}));
  *response.mutable_tenant() = *std::move(described);
  return response;
}

absl::StatusOr<v1::ListTenantsResponse> TenantService::ListTenants(const CallContext& /*context*/,
                                                                   const v1::ListTenantsRequest& request) {
  Violations violations;
  const std::size_t page_size = ReadPageSize(request.page_size(), violations);
  if (!violations.empty()) return violations.ToStatus();
  TenantId after;
  if (!request.page_token().empty()) {
    const absl::StatusOr<std::string> position = DecodePageToken(kTenantList, request.page_token());
    if (!position.ok()) return position.status();
    after = TenantId(*position);
  }
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::vector<TenantState>> states = (*reader)->ListTenantStates(after, page_size + 1);
  if (!states.ok()) return states.status();
  v1::ListTenantsResponse response;
  response.set_next_page_token(
      CutPage(*states, page_size, kTenantList, [](const TenantState& row) { return row.tenant.str(); }));
  for (const TenantState& state : *states) {
    v1::TenantSummary& summary = *response.add_tenants();
    summary.set_tenant_id(state.tenant.str());
    summary.set_version(state.version);
    *summary.mutable_created_at() = ToProto(state.created_at);
  }
  return response;
}

absl::StatusOr<v1::LinkTenantResponse> TenantService::LinkTenant(const CallContext& context,
                                                                 const v1::LinkTenantRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const std::string provider = ReadName(request.provider(), 64, "provider", violations);
  const std::string external_id = ReadExternalId(request.external_id(), "external_id", violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<Recorded> recorded = recorder_.LinkTenant(tenant, provider, external_id, context.principal.name);
  if (absl::IsInvalidArgument(recorded.status()) && !RefusalOf(recorded.status())) {
    violations.Add("external_id", StatusMessage(recorded.status()));
    return violations.ToStatus();
  }
  if (!recorded.ok()) return recorded.status();
  absl::StatusOr<v1::Tenant> described = Describe(tenant);
  if (!described.ok()) return described.status();
  v1::LinkTenantResponse response;
  *response.mutable_tenant() = *std::move(described);
  response.set_revision(recorded->revision);
  return response;
}

absl::StatusOr<v1::PutOverrideResponse> TenantService::PutOverride(const CallContext& context,
                                                                   const v1::PutOverrideRequest& request) {
  Violations violations;
  OverrideRecord record = ReadOverride(request, clock_.Now(), violations);
  if (!violations.empty()) return violations.ToStatus();
  const TenantId tenant = record.content.tenant;
  {
    const absl::StatusOr<Projection::View> view = ViewFor(projection_, store_.Epoch(), {}, {&tenant, 1}, context);
    if (!view.ok()) return view.status();
    const Catalog& catalog = *view->catalog();
    const absl::StatusOr<std::size_t> feature = FindFeatureOrSuggest(catalog, record.content.feature.str());
    if (!feature.ok()) return feature.status();
    ReadValue(request, catalog.features[*feature], record.content, violations);
  }
  if (!violations.empty()) return violations.ToStatus();

  const absl::StatusOr<Recorded> recorded = recorder_.PutOverride(record, context.principal.name);
  if (!recorded.ok()) return recorded.status();
  const absl::StatusOr<v1::Tenant> described = Describe(tenant);
  if (!described.ok()) return described.status();
  v1::PutOverrideResponse response;
  response.set_revision(recorded->revision);
  for (const v1::Override& present : described->overrides()) {
    if (present.override_id() == record.override_id) *response.mutable_override() = present;
  }
  return response;
}

absl::StatusOr<v1::RemoveOverrideResponse> TenantService::RemoveOverride(const CallContext& context,
                                                                         const v1::RemoveOverrideRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const std::string id = ReadName(request.override_id(), kMaxOverrideIdBytes, "override_id", violations);
  const std::string reason = ReadReason(request.reason(), "reason", violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<Recorded> recorded =
      recorder_.RemoveOverride(tenant, id, reason, request.etag(), context.principal.name);
  if (!recorded.ok()) return recorded.status();
  v1::RemoveOverrideResponse response;
  response.set_revision(recorded->revision);
  return response;
}

absl::StatusOr<v1::SuspendTenantResponse> TenantService::SuspendTenant(const CallContext& context,
                                                                       const v1::SuspendTenantRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const std::string reason = ReadReason(request.reason(), "reason", violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<Recorded> recorded = recorder_.SetSuspended(tenant, true, reason, context.principal.name);
  if (!recorded.ok()) return recorded.status();
  absl::StatusOr<v1::Tenant> described = Describe(tenant);
  if (!described.ok()) return described.status();
  v1::SuspendTenantResponse response;
  *response.mutable_tenant() = *std::move(described);
  response.set_revision(recorded->revision);
  return response;
}

absl::StatusOr<v1::ReinstateTenantResponse> TenantService::ReinstateTenant(const CallContext& context,
                                                                           const v1::ReinstateTenantRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const std::string reason = ReadReason(request.reason(), "reason", violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<Recorded> recorded = recorder_.SetSuspended(tenant, false, reason, context.principal.name);
  if (!recorded.ok()) return recorded.status();
  absl::StatusOr<v1::Tenant> described = Describe(tenant);
  if (!described.ok()) return described.status();
  v1::ReinstateTenantResponse response;
  *response.mutable_tenant() = *std::move(described);
  response.set_revision(recorded->revision);
  return response;
}

}  // namespace usher
