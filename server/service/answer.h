// What the RPCs that read entitlements have in common: well-formed questions, the view to answer from, the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>
#include <google/protobuf/duration.pb.h>

#include "server/core/check.h"
#include "server/engine/projection.h"
#include "server/engine/stored_trace.h"
#include "server/ports/store.h"
#include "server/service/call_context.h"
#include "server/service/convert.h"
#include "server/service/validate.h"

namespace usher {

// A well-formed question about one feature. Points into the request.
struct Question {
  std::string_view tenant;
  std::string_view feature;
  CheckRequest check;  // without the feature's index, which depends on the catalog
};

// Reads the fields that Check, Explain and the items of a batch share. `item` is the index of `request` within `items`,
// nullopt when it is the whole request.
template <class Request>
Question ReadQuestion(const Request& request, std::optional<int> item, Violations& violations) {
  const auto path = [item](const char* field) {
    return item ? "items[" + std::to_string(*item) + "]." + field : std::string(field);
  };
  Question question{.tenant = request.tenant_id(), .feature = request.feature(), .check = {}};
  if (!IsName(question.tenant, kMaxTenantBytes)) ReadTenantId(question.tenant, path("tenant_id"), violations);
  if (!IsName(question.feature, kMaxFeatureBytes)) ReadFeature(question.feature, path("feature"), violations);
  if (request.has_quantity()) question.check.quantity = request.quantity();
  if (request.has_current_usage()) question.check.current_usage = request.current_usage();
  if (question.check.quantity < 0) violations.Add(path("quantity"), "expected 0 or more");
  if (question.check.current_usage.value_or(0) < 0) violations.Add(path("current_usage"), "expected 0 or more");
  const std::optional<Access> access = FromProto(request.access());
  if (!access) violations.Add(path("access"), "expected GRANTED_ACCESS_READ or GRANTED_ACCESS_USE");
  question.check.access = access.value_or(Access::kUse);
  return question;
}

// From which state of knowledge to answer.
struct Freshness {
  std::string_view min_revision;  // empty: whatever is there
  std::chrono::milliseconds max_wait{200};
};

template <class Request>
Freshness ReadFreshness(const Request& request, Violations& violations) {
  Freshness freshness{.min_revision = request.min_revision()};
  if (!request.has_max_wait()) return freshness;
  const google::protobuf::Duration& wait = request.max_wait();
  if (wait.seconds() < 0 || wait.seconds() > 10 || wait.nanos() < 0 || wait.nanos() > 999'999'999) {
    violations.Add("max_wait", "expected 0 s to 10 s");
    return freshness;
  }
  freshness.max_wait = std::chrono::milliseconds(wait.seconds() * 1000 + wait.nanos() / 1'000'000);
  return freshness;
}

// The present view, once it knows at least what `freshness` asks for; the token has to speak of one of `tenants`.
// MustWait() when that takes time and `context` has none.
absl::StatusOr<Projection::View> ViewFor(const Projection& projection, std::string_view epoch,
                                         const Freshness& freshness, std::span<const std::string_view> tenants,
                                         const CallContext& context);
absl::StatusOr<Projection::View> ViewFor(const Projection& projection, std::string_view epoch,
                                         const Freshness& freshness, std::span<const TenantId> tenants,
                                         const CallContext& context);

// The index of `feature`, or FEATURE_UNKNOWN.
absl::StatusOr<std::size_t> RequireFeature(const Catalog& catalog, std::string_view feature);
// The same with "did you mean", which looks at every feature of the catalog.
absl::StatusOr<std::size_t> FindFeatureOrSuggest(const Catalog& catalog, std::string_view feature);

absl::Status TenantUnknown(const TenantId& tenant);

// The deadline of `context` has passed: nobody waits for the answer.
absl::Status TooLate(const CallContext& context);

// The tenant's whole timeline under `catalog`, for what the projection does not have. MustWait() when `context` must
// not wait; DEADLINE_EXCEEDED when nobody waits for it any more.
absl::StatusOr<StoredTimeline> TimelineFor(Store& store, const TenantId& tenant, const Catalog& catalog,
                                           const CallContext& context);

}  // namespace usher
