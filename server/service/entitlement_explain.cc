#include <algorithm>
#include <utility>
#include <vector>

#include "catalog/absl_bridge.h"
#include "server/core/explain.h"
#include "server/core/trace_model.h"
#include "server/engine/revision.h"
#include "server/service/answer.h"
#include "server/service/entitlement_service.h"

namespace usher {
namespace {

// A catalog and the number under which it was live.
struct LiveCatalog {
  CatalogPtr catalog;
  std::int64_t generation = 0;
};

absl::StatusOr<LiveCatalog> CatalogAt(StoreReader& reader, Instant known_at, const CatalogLoader& load) {
  const absl::StatusOr<std::optional<GenerationRow>> generation = reader.GenerationAt(known_at);
  if (!generation.ok()) return generation.status();
  if (!generation->has_value()) {
    return MakeError(v1::ERROR_REASON_CATALOG_UNKNOWN,
                     "no catalog was live at " + FormatInstant(known_at) + ": as_known_at lies before the first one");
  }
  const absl::StatusOr<std::optional<CatalogRow>> row = reader.FindCatalog((*generation)->hash);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return Internal("a generation without its catalog");
  absl::StatusOr<CatalogPtr> catalog = load((*row)->source);
  if (!catalog.ok()) {
    return MakeError(v1::ERROR_REASON_CATALOG_UNKNOWN,
                     "the catalog that was live at " + FormatInstant(known_at) +
                         " can no longer be read: " + StatusMessage(catalog.status()));
  }
  return LiveCatalog{.catalog = *std::move(catalog), .generation = (*generation)->number};
}

absl::Status Fill(const ExplainStep& step, StoreReader& reader, v1::ExplainStep& out) {
  out.set_kind(ToProto(step.kind));
  out.set_rule(step.rule);
  out.set_sentence(step.sentence);
  if (step.kind != StepKind::kFact) return absl::OkStatus();
  *out.mutable_at() = ToProto(step.at);
  out.set_provider(step.object.scope.provider);
  out.set_object_id(step.object.id);
  const absl::StatusOr<std::vector<EventRow>> events = reader.EventsThatTaught(step.fact);
  if (!events.ok()) return events.status();
  if (!events->empty()) out.set_event_id(events->front().id);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ExplainEntitlementResponse> EntitlementService::ExplainEntitlement(
    const CallContext& context, const v1::ExplainEntitlementRequest& request) {
  Violations violations;
  Question question = ReadQuestion(request, std::nullopt, violations);
  const std::optional<Instant> at = ReadInstant(request.has_at(), request.at(), "at", violations);
  const std::optional<Instant> known_at =
      ReadInstant(request.has_as_known_at(), request.as_known_at(), "as_known_at", violations);
  if (!violations.empty()) return violations.ToStatus();

  LiveCatalog live;
  {
    // Held no longer: the store may take its time.
    const absl::StatusOr<Projection::View> view =
        ViewFor(projection_, store_.Epoch(), {}, {&question.tenant, 1}, context);
    if (!view.ok()) return view.status();
    live = {.catalog = view->catalog(), .generation = view->generation()};
  }
  if (absl::Status late = TooLate(context); !late.ok()) return late;
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  if (known_at) {
    absl::StatusOr<LiveCatalog> past = CatalogAt(**reader, *known_at, load_catalog_);
    if (!past.ok()) return past.status();
    live = *std::move(past);
  }
  const absl::StatusOr<std::size_t> feature = FindFeatureOrSuggest(*live.catalog, question.feature);
  if (!feature.ok()) return feature.status();
  question.check.feature = *feature;

  const TenantId tenant(question.tenant);
  const absl::StatusOr<std::vector<TenantFactRow>> rows = (*reader)->TenantFacts(tenant, known_at);
  if (!rows.ok()) return rows.status();
  std::vector<Fact> facts;
  std::int64_t version = 0;
  for (const TenantFactRow& row : *rows) {
    facts.push_back(row.fact);
    version = std::max(version, row.version);
  }
  // From the facts just read and not from the projection, so that the steps and the answer agree.
  const Timeline timeline = Resolve(BuildTrace(tenant, facts), *live.catalog);
  const Instant when = at.value_or(EvaluationInstant(timeline, known_at.value_or(clock_.Now())));

  v1::ExplainEntitlementResponse response;
  v1::Decision& decision = *response.mutable_decision();
  decision = ToProto(Check(*live.catalog, timeline, question.check, when), *live.catalog, *feature, true);
  decision.set_tenant_version(version);
  decision.set_generation(live.generation);
  decision.set_catalog_hash(ToHex(live.catalog->hash));
  decision.set_revision(
      EncodeRevision({.epoch = store_.Epoch(), .versions = {{tenant, version}}, .generation = live.generation}));
  for (const ExplainStep& step : Explain(*live.catalog, timeline, tenant, facts, question.check, when)) {
    if (const absl::Status filled = Fill(step, **reader, *response.add_steps()); !filled.ok()) return filled;
  }
  return response;
}

}  // namespace usher
