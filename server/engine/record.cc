#include "server/engine/record.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "catalog/absl_bridge.h"
#include "server/core/fact_codec.h"
#include "server/engine/ledger.h"
#include "server/engine/links.h"
#include "server/engine/overrides.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

absl::Status TenantUnknown(const TenantId& tenant) {
  return Refuse(Refusal::kTenantUnknown,
                "no fact names tenant `" + tenant.str() + "` and nobody created it; create it first, or check the id");
}

absl::Status RequireTenant(StoreTransaction& transaction, const TenantId& tenant) {
  absl::StatusOr<std::optional<TenantState>> state = transaction.FindTenantState(tenant);
  if (!state.ok()) return state.status();
  return state->has_value() ? absl::OkStatus() : TenantUnknown(tenant);
}

// The latest fact with such a content among `facts`, null without any.
template <class Content>
const LedgerFact* Latest(const std::vector<LedgerFact>& facts) {
  const LedgerFact* latest = nullptr;
  for (const LedgerFact& fact : facts) {
    if (!std::holds_alternative<Content>(fact.fact.content)) continue;
    if (latest == nullptr || fact.fact.at > latest->fact.at) latest = &fact;
  }
  return latest;
}

// An act happens after everything that is known of its object, even when two fall into one millisecond or the clock
// stepped back: whoever acts last has the last word.
Instant After(const std::vector<LedgerFact>& facts, Instant now) {
  for (const LedgerFact& fact : facts) now = std::max(now, fact.fact.at + Millis(1));
  return now;
}

}  // namespace

// What somebody does. `decide` reads what is there and answers the fact that makes the difference, nullopt when there
// is none to make.
struct Recorder::Act {
  TenantId tenant;
  std::string action;  // for the audit
  std::string detail;
  std::function<absl::StatusOr<std::optional<Fact>>(StoreTransaction&, const Catalog&, Instant now)> decide;
};

Recorder::Recorder(Store& store, Writer& writer, const Projection& projection, const Clock& clock,
                   const BillingSources& sources)
    : store_(store), writer_(writer), projection_(projection), clock_(clock), sources_(sources) {}

absl::StatusOr<Recorded> Recorder::Perform(const Act& act, std::string_view actor) {
  Recorded recorded;
  absl::Status committed =
      writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>& published) -> absl::Status {
        absl::StatusOr<Recorded> done = Run(act, transaction, actor, published);
        if (!done.ok()) return done.status();
        recorded = *std::move(done);
        return absl::OkStatus();
      });
  if (!committed.ok()) return committed;
  return recorded;
}

absl::StatusOr<Recorded> Recorder::Run(const Act& act, StoreTransaction& transaction, std::string_view actor,
                                       std::vector<TenantChange>& published) {
  absl::StatusOr<Projection::View> view = CurrentView(projection_);
  if (!view.ok()) return view.status();
  const Instant now = clock_.Now();
  absl::StatusOr<std::optional<Fact>> fact = act.decide(transaction, *view->catalog(), now);
  if (!fact.ok()) return fact.status();
  Recorded recorded{.disposition = fact->has_value() ? Disposition::kApplied : Disposition::kDuplicate, .revision = ""};
  if (fact->has_value()) {
    const Learning learning{.now = now, .actor = std::string(actor), .cause = act.detail, .view = *view};
    absl::StatusOr<std::vector<TenantChange>> changes = AddToLedger(transaction, std::span(&**fact, 1), learning);
    if (!changes.ok()) return changes.status();
    std::move(changes->begin(), changes->end(), std::back_inserter(published));
    absl::Status audited = transaction.AppendAudit(
        {.at = now, .actor = learning.actor, .action = act.action, .tenant = act.tenant.str(), .detail = act.detail});
    if (!audited.ok()) return audited;
  }
  absl::StatusOr<std::optional<TenantState>> state = transaction.FindTenantState(act.tenant);
  if (!state.ok()) return state.status();
  if (state->has_value()) {
    recorded.revision = RevisionToken(store_, view->generation(), {{act.tenant, (*state)->version}});
  }
  return recorded;
}

absl::StatusOr<Recorded> Recorder::RecordOutcome(const OutcomeRecord& record, std::string_view actor) {
  const ObjectRef object{{record.provider, "", record.livemode}, ObjectKind::kOutcome, record.reference};
  const auto decide = [&](StoreTransaction& transaction, const Catalog& catalog,
                          Instant now) -> absl::StatusOr<std::optional<Fact>> {
    if (FindPrice(catalog, record.livemode, record.outcome.price.str()) == nullptr) {
      return Refuse(Refusal::kPriceUnknown, "the catalog maps no " + std::string(record.livemode ? "live" : "test") +
                                                " price `" + record.outcome.price.str() +
                                                "`; add it to `prices`, or check the id and `livemode`");
    }
    absl::StatusOr<std::vector<LedgerFact>> facts = transaction.FactsOf(object);
    if (!facts.ok()) return facts.status();
    for (const LedgerFact& known : *facts) {
      const bool same_time = !record.occurred_at || *record.occurred_at == known.fact.at;
      if (same_time && known.fact.content == FactContent(record.outcome)) return std::nullopt;
    }
    return Fact{object, record.occurred_at ? *record.occurred_at : After(*facts, now), record.outcome};
  };
  return Perform({.tenant = record.outcome.tenant,
                  .action = "OUTCOME_RECORDED",
                  .detail = "outcome " + record.reference + " of " + record.provider,
                  .decide = decide},
                 actor);
}

absl::StatusOr<Recorded> Recorder::CreateTenant(const TenantId& tenant, std::string_view display_name,
                                                std::string_view actor) {
  const auto decide = [&](StoreTransaction& transaction, const Catalog&,
                          Instant now) -> absl::StatusOr<std::optional<Fact>> {
    absl::StatusOr<std::optional<TenantState>> state = transaction.FindTenantState(tenant);
    if (!state.ok()) return state.status();
    if (state->has_value()) {
      return Refuse(Refusal::kTenantExists, "tenant `" + tenant.str() + "` is known already");
    }
    return Fact{TenantObject(tenant), now, TenantFact{std::string(display_name)}};
  };
  return Perform({.tenant = tenant, .action = "TENANT_CREATED", .detail = "tenant created", .decide = decide}, actor);
}

absl::StatusOr<Recorded> Recorder::LinkTenant(const TenantId& tenant, std::string_view provider,
                                              std::string_view external_id, std::string_view actor) {
  absl::StatusOr<const BillingSource*> source = FindSource(sources_, provider);
  if (!source.ok()) return source.status();
  absl::StatusOr<ObjectRef> object = (*source)->LinkableObject(external_id);
  if (!object.ok()) return object.status();
  const auto decide = [&](StoreTransaction& transaction, const Catalog&,
                          Instant now) -> absl::StatusOr<std::optional<Fact>> {
    absl::StatusOr<std::vector<LedgerFact>> facts = transaction.FactsOf(*object);
    if (!facts.ok()) return facts.status();
    std::vector<const Fact*> links;
    for (const LedgerFact& fact : *facts) links.push_back(&fact.fact);
    const LinkFact link{.tenant = tenant, .trust = LinkTrust::kOperator};
    const LinkFact* own = OwnLink(links);
    if (own != nullptr && *own == link) return std::nullopt;
    return Fact{*object, After(*facts, now), link};
  };
  return Perform({.tenant = tenant,
                  .action = "TENANT_LINKED",
                  .detail = std::string(ObjectKindName(object->kind)) + " " + object->id + " of " +
                            std::string(provider) + " linked",
                  .decide = decide},
                 actor);
}

absl::StatusOr<Recorded> Recorder::PutOverride(const OverrideRecord& record, std::string_view actor) {
  OverrideFact content = record.content;
  content.removed = false;
  content.actor = std::string(actor);
  const ObjectRef object = OverrideObject(content.tenant, record.override_id);
  const auto decide = [&](StoreTransaction& transaction, const Catalog& catalog,
                          Instant now) -> absl::StatusOr<std::optional<Fact>> {
    absl::Status fits = CheckOverride(catalog, content);
    if (!fits.ok()) return fits;
    absl::Status known = RequireTenant(transaction, content.tenant);
    if (!known.ok()) return known;
    absl::StatusOr<std::vector<LedgerFact>> facts = transaction.FactsOf(object);
    if (!facts.ok()) return facts.status();
    const LedgerFact* current = Latest<OverrideFact>(*facts);
    absl::Status expected = CheckEtag(current, record.etag, record.override_id);
    if (!expected.ok()) return expected;
    if (current != nullptr && SameOverride(std::get<OverrideFact>(current->fact.content), content)) {
      return std::nullopt;
    }
    return Fact{object, After(*facts, now), content};
  };
  return Perform(
      {.tenant = content.tenant,
       .action = "OVERRIDE_PUT",
       .detail = "override " + record.override_id + " of " + content.feature.str() + " put: " + content.reason,
       .decide = decide},
      actor);
}

absl::StatusOr<Recorded> Recorder::RemoveOverride(const TenantId& tenant, std::string_view override_id,
                                                  std::string_view reason, std::string_view etag,
                                                  std::string_view actor) {
  const ObjectRef object = OverrideObject(tenant, override_id);
  const auto decide = [&](StoreTransaction& transaction, const Catalog&,
                          Instant now) -> absl::StatusOr<std::optional<Fact>> {
    absl::Status known = RequireTenant(transaction, tenant);
    if (!known.ok()) return known;
    absl::StatusOr<std::vector<LedgerFact>> facts = transaction.FactsOf(object);
    if (!facts.ok()) return facts.status();
    const LedgerFact* current = Latest<OverrideFact>(*facts);
    if (current == nullptr || std::get<OverrideFact>(current->fact.content).removed) {
      return Refuse(Refusal::kOverrideUnknown, "tenant `" + tenant.str() + "` has no override `" +
                                                   std::string(override_id) + "`; read the tenant to see which it has");
    }
    absl::Status expected = CheckEtag(current, etag, override_id);
    if (!expected.ok()) return expected;
    OverrideFact content = std::get<OverrideFact>(current->fact.content);
    content.removed = true;
    content.reason = std::string(reason);
    content.actor = std::string(actor);
    return Fact{object, After(*facts, now), content};
  };
  return Perform({.tenant = tenant,
                  .action = "OVERRIDE_REMOVED",
                  .detail = "override " + std::string(override_id) + " removed: " + std::string(reason),
                  .decide = decide},
                 actor);
}

absl::StatusOr<Recorded> Recorder::SetSuspended(const TenantId& tenant, bool suspended, std::string_view reason,
                                                std::string_view actor) {
  const auto decide = [&](StoreTransaction& transaction, const Catalog&,
                          Instant now) -> absl::StatusOr<std::optional<Fact>> {
    absl::Status known = RequireTenant(transaction, tenant);
    if (!known.ok()) return known;
    absl::StatusOr<std::vector<LedgerFact>> facts = transaction.FactsOf(TenantObject(tenant));
    if (!facts.ok()) return facts.status();
    const LedgerFact* latest = Latest<SuspensionFact>(*facts);
    const SuspensionFact current =
        latest == nullptr ? SuspensionFact{} : std::get<SuspensionFact>(latest->fact.content);
    if (current.suspended == suspended && (!suspended || current.reason == reason)) return std::nullopt;
    return Fact{TenantObject(tenant), After(*facts, now),
                SuspensionFact{.suspended = suspended, .reason = std::string(reason), .actor = std::string(actor)}};
  };
  return Perform({.tenant = tenant,
                  .action = suspended ? "TENANT_SUSPENDED" : "TENANT_REINSTATED",
                  .detail = suspended ? "suspended: " + std::string(reason) : "reinstated",
                  .decide = decide},
                 actor);
}

}  // namespace usher
