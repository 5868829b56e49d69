#include "server/service/answer.h"

#include <algorithm>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"
#include "server/engine/revision.h"
#include "server/service/near_miss.h"

namespace usher {
namespace {

using std::chrono::milliseconds;

absl::Status CheckToken(const Revision& revision, std::string_view epoch, std::span<const TenantId> tenants) {
  absl::Status first;
  for (const TenantId& tenant : tenants) {
    absl::Status status = CheckRevision(revision, epoch, tenant);
    if (status.ok()) return status;
    if (first.ok()) first = std::move(status);
  }
  return first;
}

// What `revision` says of `tenants`. Waiting for its other tenants would tell the caller how far they are, and they
// need not be the caller's to ask about: anybody can write a token.
Revision Concerning(std::span<const TenantId> tenants, const Revision& revision) {
  Revision concerning{.epoch = revision.epoch, .versions = {}, .generation = revision.generation};
  for (const TenantId& tenant : tenants) {
    if (const auto found = revision.versions.find(tenant); found != revision.versions.end()) {
      concerning.versions.insert(*found);
    }
  }
  return concerning;
}

milliseconds TimeLeft(const CallContext& context) {
  const auto left = context.deadline - std::chrono::steady_clock::now();
  return std::max(std::chrono::duration_cast<milliseconds>(left), milliseconds(0));
}

}  // namespace

absl::StatusOr<Projection::View> ViewFor(const Projection& projection, std::string_view epoch,
                                         const Freshness& freshness, std::span<const TenantId> tenants,
                                         const CallContext& context) {
  if (!freshness.min_revision.empty()) {
    const absl::StatusOr<Revision> revision = DecodeRevision(freshness.min_revision);
    if (!revision.ok()) return revision.status();
    if (const absl::Status fits = CheckToken(*revision, epoch, tenants); !fits.ok()) return fits;
    const absl::Status reached =
        projection.Await(Concerning(tenants, *revision), std::min(freshness.max_wait, TimeLeft(context)));
    if (!reached.ok()) return reached;
  }
  std::optional<Projection::View> view = projection.Current();
  if (!view) {
    return MakeRetryableError(v1::ERROR_REASON_NOT_READY, "the server has no catalog yet: it is starting",
                              milliseconds(1000));
  }
  return *std::move(view);
}

absl::StatusOr<std::size_t> FindFeatureOrSuggest(const Catalog& catalog, const std::string& feature) {
  if (const std::optional<std::size_t> index = FindFeature(catalog, feature)) return *index;
  std::vector<std::string> known;
  known.reserve(catalog.features.size());
  for (const Feature& candidate : catalog.features) known.push_back(candidate.id.str());
  const std::optional<std::string> near = NearMiss(feature, known);
  const std::string message = "the catalog declares no feature \"" + feature + "\"";
  if (!near) return MakeError(v1::ERROR_REASON_FEATURE_UNKNOWN, message, {{"feature", feature}});
  return MakeError(v1::ERROR_REASON_FEATURE_UNKNOWN, message + "; did you mean \"" + *near + "\"?",
                   {{"feature", feature}, {"did_you_mean", *near}});
}

absl::Status TenantUnknown(const TenantId& tenant) { return WithReason(RefuseUnknownTenant(tenant)); }

}  // namespace usher
