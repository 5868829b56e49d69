#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "tests/oracle/candidates.h"
#include "tests/oracle/purchases.h"

namespace usher::oracle {
namespace {

void Add(Candidate candidate, AccessState state, Reason reason, std::vector<Candidate>& candidates) {
  if (!candidate.plan && !candidate.add_on) return;
  candidate.state = state;
  candidate.reason = reason;
  candidates.push_back(candidate);
}

const SubscriptionFact* SubscriptionState(const Known& known, const ObjectRef& subscription) {
  const Fact* state = known.State<SubscriptionFact>(subscription);
  return state == nullptr ? nullptr : &As<SubscriptionFact>(*state);
}

ObjectRef SubscriptionOf(const ItemKey& key) { return Object(key.scope, ObjectKind::kSubscription, key.subscription); }

// ---- "Ended proof"

// "Of the lines at t that are proved and have ended by their own period (credits included), the greatest by (start,
// paid at, source id), taken with its fellows of that source and start."
std::vector<Line> LastProof(const Question& q, const std::vector<Line>& lines, const ItemKey& key) {
  std::vector<Line> ended;
  for (const Line& line : LinesOfKey(lines, key)) {
    const bool never_granted = line.one_off && line.from >= line.until;
    if (line.Proved() && line.until <= q.t() && !never_granted) ended.push_back(line);
  }
  return Winners(ended);
}

// "Intends at t", for outcomes.
bool OutcomeIntends(const Known& known, const Line& proof) {
  for (const Fact& fact : known.facts()) {
    const auto* outcome = std::get_if<OutcomeFact>(&fact.content);
    if (outcome == nullptr || fact.object.scope != proof.source.scope) continue;
    if (outcome->subscription != proof.subscription || fact.at <= proof.paid_at) continue;
    if (outcome->status == OutcomeStatus::kFailed || outcome->status == OutcomeStatus::kReversed) return false;
  }
  return true;
}

// "Intends at t".
bool Intends(const Question& q, const ItemKey& key, const Granted& proof) {
  if (proof.line.source.kind == ObjectKind::kOutcome) return OutcomeIntends(q.known, proof.line);
  const SubscriptionFact* subscription = SubscriptionState(q.known, SubscriptionOf(key));
  if (subscription == nullptr) return true;
  if (IsCanceled(q.known, SubscriptionOf(key))) return false;
  if (subscription->status == SubscriptionStatus::kPaused || subscription->status == SubscriptionStatus::kOther) {
    return false;
  }
  const bool has_item = std::any_of(subscription->items.begin(), subscription->items.end(), [&](const auto& item) {
    return item.id == key.item && item.price == proof.line.price_id;
  });
  if (!has_item) return false;
  if (subscription->cancel_at && *subscription->cancel_at <= proof.until) return false;
  return !subscription->collection_paused || proof.line.policy->paused_collection == PausedCollection::kGrace;
}

// "Renewal invoice: any invoice known at t with a debit line of the item key starting exactly at P's own end." Only
// lines of this tenant count.
std::vector<const Fact*> RenewalInvoices(const Question& q, const ItemKey& key, Instant end) {
  std::vector<const Fact*> renewals;
  for (const Fact* state : q.known.States<InvoiceFact>()) {
    const std::vector<InvoiceLine> lines = LinesOfInvoice(q.known, state->object);
    const bool renews = std::any_of(lines.begin(), lines.end(), [&](const InvoiceLine& line) {
      return KeyOf(state->object.scope, line) == key && line.amount >= 0 && line.start == end &&
             TenantOfLine(q.known, state->object, line) == q.tenant;
    });
    if (renews) renewals.push_back(state);
  }
  return renewals;
}

std::optional<Instant> FirstFailedAttempt(const Question& q, const std::vector<const Fact*>& invoices) {
  std::optional<Instant> first;
  for (const Fact* invoice : invoices) {
    for (const Fact* attempt : q.known.All<AttemptFact>(invoice->object)) {
      if (As<AttemptFact>(*attempt).result != AttemptResult::kFailed) continue;
      if (!first || attempt->at < *first) first = attempt->at;
    }
  }
  return first;
}

// "R8".
bool NetTermsHold(const Question& q, const std::vector<const Fact*>& renewals, const PaymentPolicy& policy) {
  if (policy.net_terms != NetTerms::kUntilDue) return false;
  return std::any_of(renewals.begin(), renewals.end(), [&](const Fact* state) {
    const InvoiceFact& invoice = As<InvoiceFact>(*state);
    return invoice.status == InvoiceStatus::kOpen && invoice.collection == CollectionMethod::kSendInvoice &&
           invoice.due_date && q.t() < AddCalendar(*invoice.due_date, policy.dunning_grace);
  });
}

// "R7 grace": the reason while P is kept, nullopt when it is not. The caller has asked whether it intends.
std::optional<Reason> Grace(const Question& q, const std::vector<Line>& lines, const ItemKey& key,
                            const Granted& proof) {
  const Instant end = proof.until;
  for (const Line& line : LinesOfKey(lines, key)) {
    if (line.start >= end && line.reversed) return std::nullopt;
  }
  if (proof.line.trial()) {
    const SubscriptionFact* subscription = SubscriptionState(q.known, SubscriptionOf(key));
    if (subscription == nullptr || !subscription->has_payment_method) return std::nullopt;
  }
  const PaymentPolicy& policy = *proof.line.policy;
  const std::vector<const Fact*> renewals = RenewalInvoices(q, key, proof.own_end);
  if (NetTermsHold(q, renewals, policy)) return Reason::kNetTerms;
  const std::optional<Instant> failed = FirstFailedAttempt(q, renewals);
  if (failed) {
    const Instant last = std::max(*failed, AddCalendar(end, policy.dunning_grace));
    return q.t() < last ? std::optional(Reason::kRenewalFailed) : std::nullopt;
  }
  return q.t() < AddCalendar(end, policy.renewal_leeway) ? std::optional(Reason::kRenewalPending) : std::nullopt;
}

// The last paragraph of R7: "Otherwise: ...".
void AddAfterGrace(const Question& q, const ItemKey& key, const Granted& proof, bool intends,
                   const Candidate& candidate, std::vector<Candidate>& candidates) {
  const bool trial = proof.line.trial();
  if (intends) {
    const Reason reason = trial ? Reason::kTrialEnded : Reason::kRenewalUnpaid;
    Add(candidate, AccessState::kPaymentRequired, reason, candidates);
    return;
  }
  const SubscriptionFact* subscription = SubscriptionState(q.known, SubscriptionOf(key));
  const bool ends = subscription != nullptr && subscription->cancel_at && *subscription->cancel_at <= proof.until;
  Reason reason = trial ? Reason::kTrialEnded : Reason::kPeriodEnded;
  if (ends || IsCanceled(q.known, SubscriptionOf(key))) reason = Reason::kCanceled;
  Add(candidate, AccessState::kExpired, reason, candidates);
}

void AddEndedProof(const Question& q, const std::vector<Line>& lines, const ItemKey& key,
                   std::vector<Candidate>& candidates) {
  if (!LinesInForce(q, lines, key).empty()) return;
  for (const Granted& proof : GrantedPerPrice(LastProof(q, lines, key))) {
    std::vector<Candidate> kept;
    if (proof.line.price == nullptr) {
      kept = KeptPlans(q, lines, proof);
    } else {
      kept.push_back(CandidateOf(proof.line, proof.quantity_milli));
      kept.back().plan = PlanGivenBy(q, proof.line);
    }
    const bool intends = Intends(q, key, proof);
    const std::optional<Reason> grace = intends ? Grace(q, lines, key, proof) : std::nullopt;
    for (const Candidate& candidate : kept) {
      if (grace && proof.line.disputed) {
        Add(candidate, AccessState::kSuspended, Reason::kDisputed, candidates);
      } else if (grace) {
        Add(candidate, AccessState::kGrace, *grace, candidates);
      } else {
        AddAfterGrace(q, key, proof, intends, candidate, candidates);
      }
    }
  }
}

// "One-off lines: EXPIRED, PERIOD_ENDED for ever after their term, no grace." So do outcomes that stand alone.
void AddEndedOneOffs(const Question& q, const std::vector<Line>& lines, std::vector<Candidate>& candidates) {
  for (const Line& line : lines) {
    const bool ended = line.from < line.until && line.until <= q.t();
    if (line.key || !line.BuysSomething() || !line.Proved() || !ended) continue;
    Add(CandidateOf(line, line.quantity_milli), AccessState::kExpired, Reason::kPeriodEnded, candidates);
  }
}

// ---- Lines that prove nothing

// R3 and R4: "they are PAYMENT_REQUIRED", while t is in their period.
void AddUnproved(const Question& q, const std::vector<Line>& lines, std::vector<Candidate>& candidates) {
  for (const Line& line : lines) {
    if (!line.no_proof || !line.BuysSomething() || !line.PeriodHolds(q.t())) continue;
    Add(CandidateOf(line, line.quantity_milli), AccessState::kPaymentRequired, *line.no_proof, candidates);
  }
}

// "Reversed": SUSPENDED, REFUNDED while t is in the period.
void AddReversed(const Question& q, const std::vector<Line>& lines, std::vector<Candidate>& candidates) {
  for (const Line& line : lines) {
    if (!line.reversed || !line.BuysSomething() || !line.PeriodHolds(q.t())) continue;
    Add(CandidateOf(line, line.quantity_milli), AccessState::kSuspended, Reason::kRefunded, candidates);
  }
}

// ---- R10 and "Nothing seen"

Candidate CandidateOfItem(const Question& q, const ObjectRef& subscription, const SubscriptionItem& item) {
  const Price* price = PriceOf(q, subscription.scope, item.price);
  Candidate candidate;
  candidate.plan = PlanOf(price);
  candidate.add_on = AddOnOf(price);
  candidate.quantity_milli = price != nullptr && price->arrears ? 1000 : item.quantity_milli;
  candidate.policy = &PolicyOf(q, price);
  candidate.scope = subscription.scope;
  candidate.subscription = subscription.id;
  candidate.source = "subscription " + subscription.id + " item " + item.id;
  return candidate;
}

bool IsBilled(const Question& q, const ItemKey& key, const PriceId& price, Instant since) {
  for (const Fact* invoice : q.known.States<InvoiceFact>()) {
    for (const InvoiceLine& line : LinesOfInvoice(q.known, invoice->object)) {
      const bool of_item = KeyOf(invoice->object.scope, line) == key && line.price == price;
      const bool ours = TenantOfLine(q.known, invoice->object, line) == q.tenant;
      if (of_item && ours && line.amount >= 0 && line.start >= since) return true;
    }
  }
  return false;
}

// "R10 deferred", for one item.
void AddDeferred(const Question& q, const std::vector<Line>& lines, const ObjectRef& subscription,
                 const SubscriptionItem& item, std::vector<Candidate>& candidates) {
  const ItemKey key{subscription.scope, subscription.id, item.id};
  const std::vector<Line> winners = Winners(LinesInForce(q, lines, key));
  if (winners.empty()) return;
  for (const Line& line : winners) {
    if (line.price_id == item.price) return;
  }
  if (IsBilled(q, key, item.price, winners.front().start)) return;
  const Candidate candidate = CandidateOfItem(q, subscription, item);
  const bool grants = candidate.policy->deferred_proration == DeferredProration::kGrant;
  Add(candidate, grants ? AccessState::kGranted : AccessState::kHeld, Reason::kChangeNotYetBilled, candidates);
}

// "Nothing seen", for one item.
void AddNothingSeen(const Question& q, const std::vector<Line>& lines, const ObjectRef& subscription,
                    const SubscriptionItem& item, std::vector<Candidate>& candidates) {
  const ItemKey key{subscription.scope, subscription.id, item.id};
  const bool seen =
      !LinesInForce(q, lines, key).empty() || !LastProof(q, lines, key).empty() || HasPendingPurchase(q, subscription);
  if (seen) return;
  Add(CandidateOfItem(q, subscription, item), AccessState::kPaymentRequired, Reason::kPaymentNotSeen, candidates);
}

void AddWishes(const Question& q, const std::vector<Line>& lines, std::vector<Candidate>& candidates) {
  for (const Fact* state : q.known.States<SubscriptionFact>()) {
    const ObjectRef& subscription = state->object;
    const SubscriptionFact& seen = As<SubscriptionFact>(*state);
    const bool ended = IsCanceled(q.known, subscription) || seen.status == SubscriptionStatus::kPaused ||
                       seen.status == SubscriptionStatus::kOther;
    if (ended || TenantOfSubscription(q.known, subscription) != q.tenant) continue;
    for (const SubscriptionItem& item : seen.items) {
      const Price* price = PriceOf(q, subscription.scope, item.price);
      if (item.quantity_milli == 0 && !(price != nullptr && price->arrears)) continue;
      if (seen.status != SubscriptionStatus::kIncomplete) AddDeferred(q, lines, subscription, item, candidates);
      AddNothingSeen(q, lines, subscription, item, candidates);
    }
  }
}

}  // namespace

std::vector<Candidate> CandidatesNotInForce(const Question& q, const std::vector<Line>& lines) {
  std::vector<Candidate> candidates;
  for (const ItemKey& key : KeysOf(lines)) AddEndedProof(q, lines, key, candidates);
  AddEndedOneOffs(q, lines, candidates);
  AddUnproved(q, lines, candidates);
  AddReversed(q, lines, candidates);
  AddWishes(q, lines, candidates);
  for (const Candidate& purchase : CandidatesOfPurchases(q)) candidates.push_back(purchase);
  return candidates;
}

}  // namespace usher::oracle
