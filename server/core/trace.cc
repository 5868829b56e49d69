#include "server/core/trace.h"

#include <algorithm>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/core/canonical_codec.h"
#include "server/core/documents.h"
#include "server/core/fact_codec.h"
#include "server/core/ledger_view.h"
#include "server/core/subscriptions.h"
#include "server/core/trace_fields.h"

namespace usher {
namespace {

Steps<bool> SuspendedOf(const TenantId& tenant, const LedgerView& view) {
  const LedgerObject* object = view.Find({}, ObjectKind::kTenant, tenant.str());
  return StepsOf([&](Moment& moment) {
    const auto* suspension = StateOf<SuspensionFact>(object, moment);
    return suspension != nullptr && suspension->suspended;
  });
}

OverrideState OverrideAt(const TenantId& tenant, const LedgerObject& object, Moment& moment) {
  OverrideState state;
  const Fact* fact = StateFact<OverrideFact>(&object, moment);
  const auto* override_fact = StateOf<OverrideFact>(&object, moment);
  if (fact == nullptr || override_fact->removed || override_fact->tenant != tenant) return state;
  state.put = true;
  state.at = fact->at;
  state.feature = override_fact->feature;
  state.mode = override_fact->mode;
  state.value = override_fact->value;
  state.starts_at = override_fact->starts_at;
  state.expires_at = override_fact->expires_at;
  state.subscription = override_fact->subscription_id;
  return state;
}

std::vector<Override> OverridesOf(const TenantId& tenant, const LedgerView& view) {
  std::vector<Override> overrides;
  for (const LedgerObject& object : view.objects()) {
    if (object.ref.kind != ObjectKind::kOverride) continue;
    Override found{.object = object.ref,
                   .states = StepsOf([&](Moment& moment) { return OverrideAt(tenant, object, moment); })};
    if (!found.states.empty()) overrides.push_back(std::move(found));
  }
  return overrides;
}

}  // namespace

Trace BuildTrace(const TenantId& tenant, std::span<const Fact> facts) {
  const LedgerView view(facts);
  Trace trace;
  trace.tenant = tenant;
  trace.known = view.Find({}, ObjectKind::kTenant, tenant.str()) != nullptr;
  trace.frozen_at = FrozenAt(tenant, view);
  trace.suspended = SuspendedOf(tenant, view);
  trace.documents = DocumentsOf(tenant, view);
  trace.subscriptions = SubscriptionsOf(tenant, view, trace.documents);
  trace.overrides = OverridesOf(tenant, view);
  return trace;
}

std::string EncodeTrace(const Trace& trace) {
  CanonicalEncoder encoder;
  encoder.Put(kRulesVersion);
  encoder.Put(trace);
  return encoder.Take();
}

absl::StatusOr<Trace> DecodeTrace(std::string_view bytes) {
  CanonicalDecoder decoder(bytes);
  std::int64_t rules = 0;
  if (decoder.Get(rules) && rules != kRulesVersion) {
    return DataLoss("expected a trace by version " + std::to_string(kRulesVersion) +
                    " of the rules, found one by version " + std::to_string(rules));
  }
  Trace trace;
  decoder.Get(trace);
  if (absl::Status status = decoder.Finish(); !status.ok()) return status;
  return trace;
}

Digest TraceDigest(const Trace& trace) { return Sha256(EncodeTrace(trace)); }

std::vector<TenantId> TenantsIn(std::span<const Fact> facts) {
  std::vector<TenantId> tenants;
  const auto add = [&](const ObjectRef& object) {
    if (object.kind == ObjectKind::kTenant) tenants.emplace_back(object.id);
  };
  for (const Fact& fact : facts) {
    add(fact.object);
    for (const ObjectRef& reference : References(fact)) add(reference);
  }
  std::sort(tenants.begin(), tenants.end());
  tenants.erase(std::unique(tenants.begin(), tenants.end()), tenants.end());
  return tenants;
}

}  // namespace usher
