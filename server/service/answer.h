// What the RPCs that read entitlements have in common: well-formed questions, the view to answer from, the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <absl/status/statusor.h>
#include <google/protobuf/duration.pb.h>

#include "server/core/check.h"
#include "server/engine/projection.h"
#include "server/service/call_context.h"
#include "server/service/convert.h"
#include "server/service/validate.h"

namespace usher {

// A well-formed question about one feature.
struct Question {
  TenantId tenant;
  std::string feature;
  CheckRequest check;  // without the feature's index, which depends on the catalog
};

// Reads the fields that Check, Explain and the items of a batch share. `prefix` is the path of `request`: `items[2].`.
template <class Request>
Question ReadQuestion(const Request& request, const std::string& prefix, Violations& violations) {
  Question question;
  question.tenant = ReadTenantId(request.tenant_id(), prefix + "tenant_id", violations);
  question.feature = ReadFeature(request.feature(), prefix + "feature", violations);
  if (request.has_quantity()) question.check.quantity = request.quantity();
  if (request.has_current_usage()) question.check.current_usage = request.current_usage();
  if (question.check.quantity < 0) violations.Add(prefix + "quantity", "expected 0 or more");
  if (question.check.current_usage.value_or(0) < 0) violations.Add(prefix + "current_usage", "expected 0 or more");
  const std::optional<Access> access = FromProto(request.access());
  if (!access) violations.Add(prefix + "access", "expected GRANTED_ACCESS_READ or GRANTED_ACCESS_USE");
  question.check.access = access.value_or(Access::kUse);
  return question;
}

// From which state of knowledge to answer.
struct Freshness {
  std::string min_revision;  // empty: whatever is there
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
absl::StatusOr<Projection::View> ViewFor(const Projection& projection, std::string_view epoch,
                                         const Freshness& freshness, std::span<const TenantId> tenants,
                                         const CallContext& context);

// The index of `feature`, or FEATURE_UNKNOWN with "did you mean".
absl::StatusOr<std::size_t> FindFeatureOrSuggest(const Catalog& catalog, const std::string& feature);

absl::Status TenantUnknown(const TenantId& tenant);

}  // namespace usher
