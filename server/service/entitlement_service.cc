#include "server/service/entitlement_service.h"

#include <optional>
#include <utility>

#include "server/engine/revision.h"
#include "server/service/answer.h"

namespace usher {
namespace {

// What stays of a view when the store is asked, which may take its time.
struct Live {
  CatalogPtr catalog;
  std::string catalog_hash;
  std::int64_t generation = 0;
};

Live LiveOf(const Projection::View& view) {
  return {.catalog = view.catalog(), .catalog_hash = view.catalog_hash(), .generation = view.generation()};
}

template <class Request>
std::optional<Instant> ReadAt(const Request& request, Violations& violations) {
  return ReadInstant(request.has_at(), request.at(), "at", violations);
}

constexpr CheckRequest KeepOf(std::size_t feature) {
  return {.feature = feature, .quantity = 0, .current_usage = std::nullopt, .access = Access::kUse};
}

void Stamp(const Store& store, std::string_view tenant, std::int64_t version, std::int64_t generation,
           const std::string& catalog_hash, v1::Decision& decision) {
  const TenantVersion versions[] = {{tenant, version}};
  decision.set_tenant_version(version);
  decision.set_generation(generation);
  decision.set_catalog_hash(catalog_hash);
  decision.set_revision(EncodeRevision(store.Epoch(), versions, generation));
}

void Stamp(const Store& store, std::string_view tenant, std::int64_t version, std::int64_t generation,
           const std::string& catalog_hash, Instant evaluated_at, v1::ListEntitlementsResponse& response) {
  const TenantVersion versions[] = {{tenant, version}};
  Fill(evaluated_at, *response.mutable_evaluated_at());
  response.set_tenant_version(version);
  response.set_generation(generation);
  response.set_catalog_hash(catalog_hash);
  response.set_revision(EncodeRevision(store.Epoch(), versions, generation));
}

}  // namespace

EntitlementService::EntitlementService(Store* store, const Projection* projection, const Clock* clock,
                                       CatalogLoader load_catalog)
    : store_(*store), projection_(*projection), clock_(*clock), load_catalog_(std::move(load_catalog)) {}

absl::StatusOr<v1::CheckEntitlementResponse> EntitlementService::CheckEntitlement(
    const CallContext& context, const v1::CheckEntitlementRequest& request) {
  v1::CheckEntitlementResponse response;
  if (absl::Status answered = AnswerCheck(context, request, response); !answered.ok()) return answered;
  return response;
}

absl::Status EntitlementService::AnswerCheck(const CallContext& context, const v1::CheckEntitlementRequest& request,
                                             v1::CheckEntitlementResponse& response) {
  Violations violations;
  Question question = ReadQuestion(request, std::nullopt, violations);
  const Freshness freshness = ReadFreshness(request, violations);
  const std::optional<Instant> at = ReadAt(request, violations);
  if (!violations.empty()) return violations.ToStatus();
  v1::Decision& decision = *response.mutable_decision();
  Live live;
  {
    const absl::StatusOr<Projection::View> view =
        ViewFor(projection_, store_.Epoch(), freshness, {&question.tenant, 1}, context);
    if (!view.ok()) return view.status();
    const Catalog& catalog = *view->catalog();
    const absl::StatusOr<std::size_t> feature = FindFeatureOrSuggest(catalog, question.feature);
    if (!feature.ok()) return feature.status();
    question.check.feature = *feature;
    const ProjectedTenant tenant = view->Find(question.tenant);
    if (request.require_known_tenant() && tenant.version == 0) return TenantUnknown(TenantId(question.tenant));
    const Instant when = at.value_or(EvaluationInstant(tenant.outlook, clock_.Now()));
    if (!request.include_sources() && Covers(catalog, tenant.outlook, question.check, when)) {
      const Verdict verdict = Judge(catalog, tenant.outlook, question.check, when);
      decisions_.Count(verdict.state, verdict.allowed);
      Fill(verdict, RemedyOf(catalog, question.check, verdict), catalog, *feature, decision);
      Stamp(store_, question.tenant, tenant.version, view->generation(), view->catalog_hash(), decision);
      return absl::OkStatus();
    }
    live = LiveOf(*view);
  }
  const absl::StatusOr<StoredTimeline> stored = TimelineFor(store_, TenantId(question.tenant), *live.catalog, context);
  if (!stored.ok()) return stored.status();
  const Instant when = at.value_or(EvaluationInstant(stored->timeline, clock_.Now()));
  const Decision decided = Check(*live.catalog, stored->timeline, question.check, when);
  decisions_.Count(decided.state, decided.allowed);
  decision = ToProto(decided, *live.catalog, question.check.feature, request.include_sources());
  Stamp(store_, question.tenant, stored->version, live.generation, live.catalog_hash, decision);
  return absl::OkStatus();
}

absl::StatusOr<v1::ListEntitlementsResponse> EntitlementService::ListEntitlements(
    const CallContext& context, const v1::ListEntitlementsRequest& request) {
  v1::ListEntitlementsResponse response;
  if (absl::Status answered = AnswerList(context, request, response); !answered.ok()) return answered;
  return response;
}

absl::Status EntitlementService::AnswerList(const CallContext& context, const v1::ListEntitlementsRequest& request,
                                            v1::ListEntitlementsResponse& response) {
  Violations violations;
  const TenantId name = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const Freshness freshness = ReadFreshness(request, violations);
  const std::optional<Instant> at = ReadAt(request, violations);
  if (!violations.empty()) return violations.ToStatus();
  Live live;
  {
    const absl::StatusOr<Projection::View> view = ViewFor(projection_, store_.Epoch(), freshness, {&name, 1}, context);
    if (!view.ok()) return view.status();
    const Catalog& catalog = *view->catalog();
    const ProjectedTenant tenant = view->Find(name);
    if (request.require_known_tenant() && tenant.version == 0) return TenantUnknown(name);
    const Instant when = at.value_or(EvaluationInstant(tenant.outlook, clock_.Now()));
    // Nothing is asked about use, so all features go back equally far.
    const bool covered = catalog.features.empty() || Covers(catalog, tenant.outlook, KeepOf(0), when);
    if (!request.include_sources() && covered) {
      for (std::size_t feature = 0; feature < catalog.features.size(); ++feature) {
        const CheckRequest check = KeepOf(feature);
        const Verdict verdict = Judge(catalog, tenant.outlook, check, when);
        v1::Decision& decision = *response.add_entitlements();
        Fill(verdict, RemedyOf(catalog, check, verdict), catalog, feature, decision);
        decision.clear_evaluated_at();
      }
      Stamp(store_, name.str(), tenant.version, view->generation(), view->catalog_hash(), when, response);
      return absl::OkStatus();
    }
    live = LiveOf(*view);
  }
  const absl::StatusOr<StoredTimeline> stored = TimelineFor(store_, name, *live.catalog, context);
  if (!stored.ok()) return stored.status();
  const Instant when = at.value_or(EvaluationInstant(stored->timeline, clock_.Now()));
  for (std::size_t feature = 0; feature < live.catalog->features.size(); ++feature) {
    v1::Decision& decision = *response.add_entitlements();
    decision = ToProto(Check(*live.catalog, stored->timeline, KeepOf(feature), when), *live.catalog, feature,
                       request.include_sources());
    decision.clear_evaluated_at();
  }
  Stamp(store_, name.str(), stored->version, live.generation, live.catalog_hash, when, response);
  return absl::OkStatus();
}

absl::StatusOr<v1::GetTimelineResponse> EntitlementService::GetTimeline(const CallContext& context,
                                                                        const v1::GetTimelineRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  if (!violations.empty()) return violations.ToStatus();
  Live live;
  {
    const absl::StatusOr<Projection::View> view = ViewFor(projection_, store_.Epoch(), {}, {&tenant, 1}, context);
    if (!view.ok()) return view.status();
    if (view->Find(tenant).version == 0) return TenantUnknown(tenant);
    live = LiveOf(*view);
  }
  const absl::StatusOr<StoredTimeline> stored = TimelineFor(store_, tenant, *live.catalog, context);
  if (!stored.ok()) return stored.status();
  v1::GetTimelineResponse response;
  for (const Segment& segment : stored->timeline.segments) {
    *response.add_segments() = ToProto(segment, *live.catalog);
  }
  const TenantVersion versions[] = {{tenant.str(), stored->version}};
  response.set_tenant_version(stored->version);
  response.set_generation(live.generation);
  response.set_revision(EncodeRevision(store_.Epoch(), versions, live.generation));
  *response.mutable_evaluated_at() = ToProto(EvaluationInstant(stored->timeline, clock_.Now()));
  return response;
}

}  // namespace usher
