#include "server/service/entitlement_service.h"

#include <map>
#include <utility>
#include <vector>

#include "server/engine/revision.h"
#include "server/service/answer.h"

namespace usher {
namespace {

constexpr int kMaxBatch = 500;

// Everything that decides one answer besides the question.
struct Basis {
  Projection::View view;
  ProjectedTenant tenant;
};

std::string RevisionOf(const Store& store, std::map<TenantId, std::int64_t> versions, std::int64_t generation) {
  return EncodeRevision({.epoch = store.Epoch(), .versions = std::move(versions), .generation = generation});
}

v1::Decision Answer(const Basis& basis, const CheckRequest& check, Instant at, bool include_sources) {
  const Catalog& catalog = *basis.view.catalog();
  v1::Decision decision =
      ToProto(Check(catalog, *basis.tenant.timeline, check, at), catalog, check.feature, include_sources);
  decision.set_tenant_version(basis.tenant.version);
  return decision;
}

// What batches and lists say once for all answers.
void Stamp(const Store& store, const TenantId& tenant, const Basis& basis, v1::Decision& decision) {
  decision.set_generation(basis.view.generation());
  decision.set_catalog_hash(ToHex(basis.view.catalog()->hash));
  decision.set_revision(RevisionOf(store, {{tenant, basis.tenant.version}}, basis.view.generation()));
}

// The tenants that one batch has met, each looked up once so that its items agree.
class BatchTenants {
 public:
  explicit BatchTenants(const Projection::View& view) : view_(view) {}

  const ProjectedTenant& Find(const TenantId& tenant) {
    const auto [entry, is_new] = found_.try_emplace(tenant);
    if (is_new) entry->second = view_.Find(tenant);
    return entry->second;
  }
  std::map<TenantId, std::int64_t> versions() const {
    std::map<TenantId, std::int64_t> versions;
    for (const auto& [tenant, projected] : found_) versions.emplace(tenant, projected.version);
    return versions;
  }

 private:
  const Projection::View& view_;
  std::map<TenantId, ProjectedTenant> found_;
};

template <class Request>
std::optional<Instant> ReadAt(const Request& request, Violations& violations) {
  return ReadInstant(request.has_at(), request.at(), "at", violations);
}

}  // namespace

EntitlementService::EntitlementService(Store* store, const Projection* projection, const Clock* clock,
                                       CatalogLoader load_catalog)
    : store_(*store), projection_(*projection), clock_(*clock), load_catalog_(std::move(load_catalog)) {}

absl::StatusOr<v1::CheckEntitlementResponse> EntitlementService::CheckEntitlement(
    const CallContext& context, const v1::CheckEntitlementRequest& request) {
  Violations violations;
  Question question = ReadQuestion(request, "", violations);
  const Freshness freshness = ReadFreshness(request, violations);
  const std::optional<Instant> at = ReadAt(request, violations);
  if (!violations.empty()) return violations.ToStatus();

  const absl::StatusOr<Projection::View> view =
      ViewFor(projection_, store_.Epoch(), freshness, {&question.tenant, 1}, context);
  if (!view.ok()) return view.status();
  const absl::StatusOr<std::size_t> feature = FindFeatureOrSuggest(*view->catalog(), question.feature);
  if (!feature.ok()) return feature.status();
  question.check.feature = *feature;
  const Basis basis{.view = *view, .tenant = view->Find(question.tenant)};
  if (request.require_known_tenant() && basis.tenant.version == 0) return TenantUnknown(question.tenant);

  const Instant when = at.value_or(EvaluationInstant(*basis.tenant.timeline, clock_.Now()));
  v1::CheckEntitlementResponse response;
  *response.mutable_decision() = Answer(basis, question.check, when, request.include_sources());
  Stamp(store_, question.tenant, basis, *response.mutable_decision());
  return response;
}

absl::StatusOr<v1::BatchCheckEntitlementsResponse> EntitlementService::BatchCheckEntitlements(
    const CallContext& context, const v1::BatchCheckEntitlementsRequest& request) {
  Violations violations;
  if (request.items().empty() || request.items_size() > kMaxBatch) {
    violations.Add("items", "expected 1 to 500 items, found " + std::to_string(request.items_size()));
  }
  const Freshness freshness = ReadFreshness(request, violations);
  const std::optional<Instant> at = ReadAt(request, violations);
  if (!violations.empty()) return violations.ToStatus();

  std::vector<TenantId> tenants;
  for (const v1::BatchCheckItem& item : request.items()) tenants.emplace_back(item.tenant_id());
  const absl::StatusOr<Projection::View> view = ViewFor(projection_, store_.Epoch(), freshness, tenants, context);
  if (!view.ok()) return view.status();

  const Instant now = at.value_or(clock_.Now());
  BatchTenants found(*view);
  const auto answer = [&](int index) -> absl::StatusOr<v1::Decision> {
    const v1::BatchCheckItem& item = request.items(index);
    const std::string prefix = "items[" + std::to_string(index) + "].";
    Violations of_item;
    ReadLine(item.correlation_id(), 128, prefix + "correlation_id", of_item);
    Question question = ReadQuestion(item, prefix, of_item);
    if (!of_item.empty()) return of_item.ToStatus();
    const absl::StatusOr<std::size_t> feature = FindFeatureOrSuggest(*view->catalog(), question.feature);
    if (!feature.ok()) return feature.status();
    question.check.feature = *feature;
    const Basis basis{.view = *view, .tenant = found.Find(question.tenant)};
    if (request.require_known_tenant() && basis.tenant.version == 0) return TenantUnknown(question.tenant);
    const Instant when = at.value_or(EvaluationInstant(*basis.tenant.timeline, now));
    v1::Decision decision = Answer(basis, question.check, when, request.include_sources());
    if (when == now) decision.clear_evaluated_at();
    return decision;
  };
  v1::BatchCheckEntitlementsResponse response;
  for (int i = 0; i < request.items_size(); ++i) {
    v1::BatchCheckResult& result = *response.add_results();
    result.set_correlation_id(request.items(i).correlation_id());
    absl::StatusOr<v1::Decision> decision = answer(i);
    if (decision.ok()) {
      *result.mutable_decision() = *std::move(decision);
    } else {
      *result.mutable_error() = ToRpcStatus(decision.status());
    }
  }
  *response.mutable_evaluated_at() = ToProto(now);
  response.set_generation(view->generation());
  response.set_catalog_hash(ToHex(view->catalog()->hash));
  response.set_revision(RevisionOf(store_, found.versions(), view->generation()));
  return response;
}

absl::StatusOr<v1::ListEntitlementsResponse> EntitlementService::ListEntitlements(
    const CallContext& context, const v1::ListEntitlementsRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const Freshness freshness = ReadFreshness(request, violations);
  const std::optional<Instant> at = ReadAt(request, violations);
  if (!violations.empty()) return violations.ToStatus();

  const absl::StatusOr<Projection::View> view = ViewFor(projection_, store_.Epoch(), freshness, {&tenant, 1}, context);
  if (!view.ok()) return view.status();
  const Basis basis{.view = *view, .tenant = view->Find(tenant)};
  if (request.require_known_tenant() && basis.tenant.version == 0) return TenantUnknown(tenant);

  const Instant when = at.value_or(EvaluationInstant(*basis.tenant.timeline, clock_.Now()));
  v1::ListEntitlementsResponse response;
  for (std::size_t feature = 0; feature < view->catalog()->features.size(); ++feature) {
    const CheckRequest check{.feature = feature, .quantity = 0, .current_usage = std::nullopt, .access = Access::kUse};
    v1::Decision& decision = *response.add_entitlements();
    decision = Answer(basis, check, when, request.include_sources());
    decision.clear_evaluated_at();
    decision.clear_tenant_version();
  }
  *response.mutable_evaluated_at() = ToProto(when);
  response.set_tenant_version(basis.tenant.version);
  response.set_generation(view->generation());
  response.set_catalog_hash(ToHex(view->catalog()->hash));
  response.set_revision(RevisionOf(store_, {{tenant, basis.tenant.version}}, view->generation()));
  return response;
}

absl::StatusOr<v1::GetTimelineResponse> EntitlementService::GetTimeline(const CallContext& context,
                                                                        const v1::GetTimelineRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  if (!violations.empty()) return violations.ToStatus();

  const absl::StatusOr<Projection::View> view = ViewFor(projection_, store_.Epoch(), {}, {&tenant, 1}, context);
  if (!view.ok()) return view.status();
  const ProjectedTenant projected = view->Find(tenant);
  if (projected.version == 0) return TenantUnknown(tenant);
  v1::GetTimelineResponse response;
  for (const Segment& segment : projected.timeline->segments) {
    *response.add_segments() = ToProto(segment, *view->catalog());
  }
  response.set_tenant_version(projected.version);
  response.set_generation(view->generation());
  response.set_revision(RevisionOf(store_, {{tenant, projected.version}}, view->generation()));
  *response.mutable_evaluated_at() = ToProto(EvaluationInstant(*projected.timeline, clock_.Now()));
  return response;
}

}  // namespace usher
