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
#include "server/engine/tenants.h"

namespace usher {
namespace {

// An act happens after everything that is known of its object, even when two fall into one millisecond or the clock
// stepped back: whoever acts last has the last word.
Instant After(const std::vector<LedgerFact>& facts, Instant now) {
  for (const LedgerFact& fact : facts) now = std::max(now, fact.fact.at + Millis(1));
  return now;
}

// What `known` and `said` say differently of one payment, in words for its caller; empty when they agree.
std::string Difference(const OutcomeFact& known, const OutcomeFact& said) {
  if (said.price != known.price) return "another price";
  if (said.quantity_milli != known.quantity_milli) return "another quantity";
  if (said.subscription != known.subscription) return "another subscription";
  const auto leaves_period_open = [](const OutcomeFact& outcome) {
    return !outcome.start && (outcome.status == OutcomeStatus::kPending || outcome.status == OutcomeStatus::kFailed);
  };
  const bool same_period = said.start == known.start && said.end == known.end;
  const bool may_differ = said.status != known.status && (leaves_period_open(known) || leaves_period_open(said));
  return same_period || may_differ ? "" : "another period";
}

// A reference names one payment, which one tenant made: whoever says something else of it means another payment.
absl::Status CheckSamePayment(const OutcomeRecord& record, const std::vector<LedgerFact>& facts) {
  const std::string name = "reference `" + record.reference + "` of " + record.provider;
  for (const LedgerFact& fact : facts) {
    const auto* known = std::get_if<OutcomeFact>(&fact.fact.content);
    if (known == nullptr) continue;
    if (known->tenant != record.outcome.tenant) {
      return Refuse(Refusal::kOutcomeConflict,
                    name +
                        " names a payment of another tenant; nothing was recorded: give every payment a reference "
                        "of its own",
                    record.reference);
    }
    const std::string difference = Difference(*known, record.outcome);
    if (difference.empty()) continue;
    return Refuse(Refusal::kOutcomeConflict,
                  name + " names a payment with " + difference +
                      "; nothing was recorded: to correct it, record its reversal as it was recorded, then the right "
                      "payment under a reference of its own",
                  record.reference);
  }
  return absl::OkStatus();
}

// docs/rules.md, section 2: a success without a period and without a term would prove nothing.
absl::Status CheckTerm(const OutcomeFact& outcome, const Price& price) {
  if (outcome.status != OutcomeStatus::kSucceeded || outcome.start || price.once) return absl::OkStatus();
  return InvalidArgument(
      "expected the period that was paid for: price `" + price.id.str() +
      "` is not sold once and has no term of its own, so without a period the payment grants nothing");
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
    const Price* price = FindPrice(catalog, record.livemode, record.outcome.price.str());
    if (price == nullptr) {
      return Refuse(Refusal::kPriceUnknown, "the catalog maps no " + std::string(record.livemode ? "live" : "test") +
                                                " price `" + record.outcome.price.str() +
                                                "`; add it to `prices`, or check the id and `livemode`");
    }
    absl::StatusOr<std::vector<LedgerFact>> facts = transaction.FactsOf(object);
    if (!facts.ok()) return facts.status();
    absl::Status same = CheckSamePayment(record, *facts);
    if (!same.ok()) return same;
    for (const LedgerFact& known : *facts) {
      const bool same_time = !record.occurred_at || *record.occurred_at == known.fact.at;
      if (same_time && known.fact.content == FactContent(record.outcome)) return std::nullopt;
    }
    absl::Status term = CheckTerm(record.outcome, *price);
    if (!term.ok()) return term;
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
