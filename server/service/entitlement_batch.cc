#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/engine/revision.h"
#include "server/service/answer.h"
#include "server/service/entitlement_service.h"

namespace usher {
namespace {

constexpr int kMaxBatch = 500;
// Unknown features that are answered with "did you mean": people read the first few, and looking costs.
constexpr int kMostSuggestions = 10;

// A tenant that a batch asks about, met once so that all items agree.
struct BatchTenant {
  std::string_view name;
  ProjectedTenant projected;
  std::unique_ptr<const StoredTimeline> stored;  // null: everything is answered from the projection, or not yet read
  bool needs_store = false;

  std::int64_t version() const { return stored == nullptr ? projected.version : stored->version; }
};

// One item, read and ready to be answered.
struct BatchQuestion {
  CheckRequest check;
  std::size_t tenant = 0;  // index into the tenants
  Instant when{};
  absl::Status error;
};

// One batch on its way to an answer.
class Batch {
 public:
  Batch(const v1::BatchCheckEntitlementsRequest& request, Projection::View view, std::optional<Instant> at, Instant now)
      : request_(request),
        kept_catalog_(view.catalog()),
        catalog_(*kept_catalog_),
        view_(std::move(view)),
        at_(at),
        now_(at.value_or(now)) {
    questions_.reserve(static_cast<std::size_t>(request.items_size()));
    tenants_.reserve(questions_.capacity());
    index_.reserve(questions_.capacity());
    for (int i = 0; i < request.items_size(); ++i) questions_.push_back(Read(i));
  }

  Instant now() const { return now_; }

  // Counts every decision.
  absl::Status Answer(Store& store, const CallContext& context, v1::BatchCheckEntitlementsResponse& response,
                      DecisionStats& stats) {
    const bool asks_store = std::ranges::any_of(tenants_, &BatchTenant::needs_store);
    if (asks_store && !context.may_wait) return MustWait();
    for (int i = 0; i < request_.items_size(); ++i) {
      v1::BatchCheckResult& result = *response.add_results();
      result.set_correlation_id(request_.items(i).correlation_id());
      const BatchQuestion& question = questions_[static_cast<std::size_t>(i)];
      if (!question.error.ok()) {
        *result.mutable_error() = ToRpcStatus(question.error);
      } else if (!tenants_[question.tenant].needs_store) {
        AnswerFromMemory(question, *result.mutable_decision(), stats);
      }
    }
    view_.reset();  // the store may take its time
    if (!asks_store) return absl::OkStatus();
    if (absl::Status read = ReadPast(store, context); !read.ok()) return read;
    for (int i = 0; i < request_.items_size(); ++i) {
      const BatchQuestion& question = questions_[static_cast<std::size_t>(i)];
      if (!question.error.ok() || !tenants_[question.tenant].needs_store) continue;
      AnswerFromStore(question, *response.mutable_results(i)->mutable_decision(), stats);
    }
    return absl::OkStatus();
  }

  std::vector<TenantVersion> Versions() const {
    std::vector<TenantVersion> versions;
    versions.reserve(tenants_.size());
    for (const BatchTenant& tenant : tenants_) versions.push_back({tenant.name, tenant.version()});
    std::ranges::sort(versions, {}, &TenantVersion::tenant);
    return versions;
  }

 private:
  std::size_t TenantNamed(std::string_view name) {
    // Neighbours are often of one tenant.
    if (!tenants_.empty() && tenants_.back().name == name) return tenants_.size() - 1;
    const auto [entry, is_new] = index_.try_emplace(name, tenants_.size());
    if (is_new) tenants_.push_back({.name = name, .projected = view_->Find(name), .stored = nullptr});
    return entry->second;
  }

  BatchQuestion Read(int index) {
    const v1::BatchCheckItem& item = request_.items(index);
    BatchQuestion out;
    Violations violations;
    if (!item.correlation_id().empty()) {
      ReadCorrelationId(item.correlation_id(), index, violations);
    }
    Question question = ReadQuestion(item, index, violations);
    if (!violations.empty()) {
      out.error = violations.ToStatus();
      return out;
    }
    const bool suggests = unknown_features_ < kMostSuggestions;
    const absl::StatusOr<std::size_t> feature =
        suggests ? FindFeatureOrSuggest(catalog_, question.feature) : RequireFeature(catalog_, question.feature);
    if (!feature.ok()) {
      ++unknown_features_;
      out.error = feature.status();
      return out;
    }
    out.check = question.check;
    out.check.feature = *feature;
    out.tenant = TenantNamed(question.tenant);
    BatchTenant& tenant = tenants_[out.tenant];
    if (request_.require_known_tenant() && tenant.projected.version == 0) {
      out.error = TenantUnknown(TenantId(question.tenant));
      return out;
    }
    out.when = at_.value_or(EvaluationInstant(tenant.projected.outlook, now_));
    tenant.needs_store = tenant.needs_store || request_.include_sources() ||
                         !Covers(catalog_, tenant.projected.outlook, out.check, out.when);
    return out;
  }

  static void ReadCorrelationId(std::string_view text, int index, Violations& violations) {
    if (IsName(text, kMaxCorrelationBytes)) return;
    ReadLine(text, kMaxCorrelationBytes, "items[" + std::to_string(index) + "].correlation_id", violations);
  }

  // What the projection does not have.
  absl::Status ReadPast(Store& store, const CallContext& context) {
    if (absl::Status late = TooLate(context); !late.ok()) return late;
    const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store.Read();
    if (!reader.ok()) return reader.status();
    for (BatchTenant& tenant : tenants_) {
      if (!tenant.needs_store) continue;
      if (absl::Status late = TooLate(context); !late.ok()) return late;
      absl::StatusOr<StoredTimeline> stored = ReadTimeline(**reader, TenantId(tenant.name), catalog_);
      if (!stored.ok()) return stored.status();
      tenant.stored = std::make_unique<const StoredTimeline>(*std::move(stored));
    }
    return absl::OkStatus();
  }

  void AnswerFromMemory(const BatchQuestion& question, v1::Decision& decision, DecisionStats& stats) const {
    const ProjectedTenant& projected = tenants_[question.tenant].projected;
    const Verdict verdict = Judge(catalog_, projected.outlook, question.check, question.when);
    stats.Count(verdict.state, verdict.allowed);
    Fill(verdict, RemedyOf(catalog_, question.check, verdict), catalog_, question.check.feature, decision);
    Stamp(projected.version, question.when, decision);
  }

  void AnswerFromStore(const BatchQuestion& question, v1::Decision& decision, DecisionStats& stats) const {
    const StoredTimeline& stored = *tenants_[question.tenant].stored;
    const Instant when = at_.value_or(EvaluationInstant(stored.timeline, now_));
    const Decision decided = Check(catalog_, stored.timeline, question.check, when);
    stats.Count(decided.state, decided.allowed);
    decision = ToProto(decided, catalog_, question.check.feature, request_.include_sources());
    Stamp(stored.version, when, decision);
  }

  void Stamp(std::int64_t version, Instant when, v1::Decision& decision) const {
    decision.set_tenant_version(version);
    if (when == now_) decision.clear_evaluated_at();
  }

  static constexpr std::size_t kMaxCorrelationBytes = 128;

  const v1::BatchCheckEntitlementsRequest& request_;
  const CatalogPtr kept_catalog_;
  const Catalog& catalog_;
  std::optional<Projection::View> view_;  // until everything is answered that it has
  const std::optional<Instant> at_;
  const Instant now_;
  int unknown_features_ = 0;
  std::vector<BatchQuestion> questions_;
  std::vector<BatchTenant> tenants_;
  absl::flat_hash_map<std::string_view, std::size_t, TransparentStringHash, std::equal_to<>> index_;
};

}  // namespace

absl::StatusOr<v1::BatchCheckEntitlementsResponse> EntitlementService::BatchCheckEntitlements(
    const CallContext& context, const v1::BatchCheckEntitlementsRequest& request) {
  v1::BatchCheckEntitlementsResponse response;
  if (absl::Status answered = AnswerBatch(context, request, response); !answered.ok()) return answered;
  return response;
}

absl::Status EntitlementService::AnswerBatch(const CallContext& context,
                                             const v1::BatchCheckEntitlementsRequest& request,
                                             v1::BatchCheckEntitlementsResponse& response) {
  Violations violations;
  if (request.items().empty() || request.items_size() > kMaxBatch) {
    violations.Add("items", "expected 1 to 500 items, found " + std::to_string(request.items_size()));
  }
  const Freshness freshness = ReadFreshness(request, violations);
  const std::optional<Instant> at = ReadInstant(request.has_at(), request.at(), "at", violations);
  if (!violations.empty()) return violations.ToStatus();

  std::vector<std::string_view> names;
  if (!freshness.min_revision.empty()) {
    for (const v1::BatchCheckItem& item : request.items()) names.emplace_back(item.tenant_id());
  }
  absl::StatusOr<Projection::View> view = ViewFor(projection_, store_.Epoch(), freshness, names, context);
  if (!view.ok()) return view.status();
  response.set_generation(view->generation());
  response.set_catalog_hash(view->catalog_hash());
  Batch batch(request, *std::move(view), at, clock_.Now());
  if (absl::Status answered = batch.Answer(store_, context, response, decisions_); !answered.ok()) return answered;
  Fill(batch.now(), *response.mutable_evaluated_at());
  response.set_revision(EncodeRevision(store_.Epoch(), batch.Versions(), response.generation()));
  return absl::OkStatus();
}

}  // namespace usher
