#include "server/service/answer.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "catalog/absl_bridge.h"
#include "server/base/near_miss.h"
#include "server/engine/refusal.h"
#include "server/engine/revision.h"
#include "server/service/unanswered.h"

namespace usher {
namespace {

using std::chrono::milliseconds;

absl::Status CheckToken(const Revision& revision, std::string_view epoch, std::span<const std::string_view> tenants) {
  absl::Status first;
  for (const std::string_view tenant : tenants) {
    absl::Status status = CheckRevision(revision, epoch, TenantId(tenant));
    if (status.ok()) return status;
    if (first.ok()) first = std::move(status);
  }
  return first;
}

// What `revision` says of `tenants`. Waiting for its other tenants would tell the caller how far they are, and they
// need not be the caller's to ask about: anybody can write a token.
Revision Concerning(std::span<const std::string_view> tenants, const Revision& revision) {
  Revision concerning{.epoch = revision.epoch, .versions = {}, .generation = revision.generation};
  for (const std::string_view tenant : tenants) {
    if (const auto found = revision.versions.find(TenantId(tenant)); found != revision.versions.end()) {
      concerning.versions.insert(*found);
    }
  }
  return concerning;
}

absl::Status FeatureUnknown(const std::string& feature, const std::optional<std::string>& near) {
  const std::string message = "the catalog declares no feature \"" + feature + "\"";
  if (!near) return MakeError(v1::ERROR_REASON_FEATURE_UNKNOWN, message, {{"feature", feature}});
  return MakeError(v1::ERROR_REASON_FEATURE_UNKNOWN, message + "; did you mean \"" + *near + "\"?",
                   {{"feature", feature}, {"did_you_mean", *near}});
}

milliseconds TimeLeft(const CallContext& context) {
  const auto left = context.deadline - std::chrono::steady_clock::now();
  return std::max(std::chrono::duration_cast<milliseconds>(left), milliseconds(0));
}

}  // namespace

absl::StatusOr<Projection::View> ViewFor(const Projection& projection, std::string_view epoch,
                                         const Freshness& freshness, std::span<const std::string_view> tenants,
                                         const CallContext& context) {
  if (!freshness.min_revision.empty()) {
    const absl::StatusOr<Revision> revision = DecodeRevision(freshness.min_revision);
    if (!revision.ok()) return revision.status();
    if (const absl::Status fits = CheckToken(*revision, epoch, tenants); !fits.ok()) return fits;
    const milliseconds wait = context.may_wait ? std::min(freshness.max_wait, TimeLeft(context)) : milliseconds(0);
    const absl::Status reached = projection.Await(Concerning(tenants, *revision), wait);
    if (!reached.ok()) return context.may_wait ? reached : MustWait();
  }
  std::optional<Projection::View> view = projection.Current();
  if (!view) {
    return MakeRetryableError(v1::ERROR_REASON_NOT_READY, "the server has no catalog yet: it is starting",
                              milliseconds(1000));
  }
  return *std::move(view);
}

absl::StatusOr<Projection::View> ViewFor(const Projection& projection, std::string_view epoch,
                                         const Freshness& freshness, std::span<const TenantId> tenants,
                                         const CallContext& context) {
  std::vector<std::string_view> names;
  for (const TenantId& tenant : tenants) names.push_back(tenant.str());
  return ViewFor(projection, epoch, freshness, names, context);
}

absl::StatusOr<std::size_t> RequireFeature(const Catalog& catalog, std::string_view name) {
  if (const std::optional<std::size_t> index = FindFeature(catalog, name)) return *index;
  return FeatureUnknown(std::string(name), std::nullopt);
}

absl::StatusOr<std::size_t> FindFeatureOrSuggest(const Catalog& catalog, std::string_view name) {
  if (const std::optional<std::size_t> index = FindFeature(catalog, name)) return *index;
  std::vector<std::string> known;
  known.reserve(catalog.features.size());
  for (const Feature& candidate : catalog.features) known.push_back(candidate.id.str());
  return FeatureUnknown(std::string(name), NearMiss(name, known));
}

absl::Status TooLate(const CallContext& context) {
  if (std::chrono::steady_clock::now() < context.deadline) return absl::OkStatus();
  return NotBegunInTime();
}

absl::StatusOr<StoredTimeline> TimelineFor(Store& store, const TenantId& tenant, const Catalog& catalog,
                                           const CallContext& context) {
  if (!context.may_wait) return MustWait();
  if (absl::Status late = TooLate(context); !late.ok()) return late;
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store.Read();
  if (!reader.ok()) return reader.status();
  return ReadTimeline(**reader, tenant, catalog);
}

absl::Status TenantUnknown(const TenantId& tenant) { return WithReason(RefuseUnknownTenant(tenant)); }

}  // namespace usher
