#include "server/engine/tenants.h"

#include <map>
#include <optional>
#include <utility>

#include "server/core/fact_codec.h"
#include "server/engine/links.h"
#include "server/engine/overrides.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

bool MayBeListed(ObjectKind kind) { return kind == ObjectKind::kCustomer || kind == ObjectKind::kSubscription; }

// Every fact of the ledger by its object; a tenant's ledger holds facts of whoever shares an object with it.
std::map<ObjectRef, std::vector<TenantFactRow>> ByObject(std::vector<TenantFactRow> ledger) {
  std::map<ObjectRef, std::vector<TenantFactRow>> objects;
  for (TenantFactRow& row : ledger) {
    std::vector<TenantFactRow>& rows = objects[row.fact.object];
    rows.push_back(std::move(row));
  }
  return objects;
}

void DescribeItself(const std::vector<TenantFactRow>& rows, TenantDetails& details) {
  if (const TenantFactRow* named = Latest<TenantFact>(rows)) {
    details.display_name = std::get<TenantFact>(named->fact.content).display_name;
  }
  if (const TenantFactRow* latest = Latest<SuspensionFact>(rows)) {
    const auto& suspension = std::get<SuspensionFact>(latest->fact.content);
    details.suspended = suspension.suspended;
    if (suspension.suspended) details.suspension_reason = suspension.reason;
  }
}

void DescribeOverride(const std::vector<TenantFactRow>& rows, Instant now, TenantDetails& details) {
  const TenantFactRow* latest = Latest<OverrideFact>(rows);
  if (latest == nullptr) return;
  const auto& content = std::get<OverrideFact>(latest->fact.content);
  if (content.removed || content.tenant != details.tenant) return;
  if (content.expires_at && *content.expires_at <= now) return;
  details.overrides.push_back({.override_id = OverrideIdOf(latest->fact.object),
                               .content = content,
                               .put_at = latest->fact.at,
                               .etag = EtagOf(latest->digest)});
}

}  // namespace

absl::Status RequireTenant(StoreReader& reader, const TenantId& tenant) {
  absl::StatusOr<std::optional<TenantState>> state = reader.FindTenantState(tenant);
  if (!state.ok()) return state.status();
  return state->has_value() ? absl::OkStatus() : RefuseUnknownTenant(tenant);
}

absl::StatusOr<TenantDetails> DescribeTenant(StoreReader& reader, const TenantId& tenant, Instant now) {
  absl::StatusOr<std::optional<TenantState>> state = reader.FindTenantState(tenant);
  if (!state.ok()) return state.status();
  if (!state->has_value()) return RefuseUnknownTenant(tenant);
  absl::StatusOr<std::vector<TenantFactRow>> ledger = reader.TenantFacts(tenant, std::nullopt);
  if (!ledger.ok()) return ledger.status();

  TenantDetails details;
  details.tenant = tenant;
  details.version = (*state)->version;
  details.created_at = (*state)->created_at;
  for (const auto& [object, rows] : ByObject(*std::move(ledger))) {
    if (object == TenantObject(tenant)) DescribeItself(rows, details);
    if (object.kind == ObjectKind::kOverride) DescribeOverride(rows, now, details);
    if (!MayBeListed(object.kind)) continue;
    std::vector<const Fact*> facts;
    for (const TenantFactRow& row : rows) facts.push_back(&row.fact);
    const LinkFact* own = OwnLink(facts);
    if (own != nullptr && own->tenant == tenant) details.links.push_back(object);
  }
  return details;
}

}  // namespace usher
