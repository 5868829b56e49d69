#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "server/core/fact_codec.h"
#include "tests/oracle/candidates.h"

namespace usher::oracle {

std::vector<Line> LinesOfKey(const std::vector<Line>& lines, const ItemKey& key) {
  std::vector<Line> of_key;
  for (const Line& line : lines) {
    if (line.key == key) of_key.push_back(line);
  }
  return of_key;
}

std::vector<ItemKey> KeysOf(const std::vector<Line>& lines) {
  std::set<ItemKey> keys;
  for (const Line& line : lines) {
    if (line.key) keys.insert(*line.key);
  }
  return {keys.begin(), keys.end()};
}

std::vector<Line> LinesInForce(const Question& q, const std::vector<Line>& lines, const ItemKey& key) {
  std::vector<Line> in_force;
  for (const Line& line : LinesOfKey(lines, key)) {
    if (line.InForce(q.t())) in_force.push_back(line);
  }
  return in_force;
}

std::vector<Line> Winners(const std::vector<Line>& lines) {
  const auto order = [](const Line& line) { return std::tuple(line.start, line.paid_at, line.source.id, line.source); };
  std::vector<Line> winners;
  for (const Line& line : lines) {
    const bool beaten =
        std::any_of(lines.begin(), lines.end(), [&](const Line& other) { return order(line) < order(other); });
    if (!beaten) winners.push_back(line);
  }
  return winners;
}

std::vector<Granted> GrantedPerPrice(const std::vector<Line>& winners) {
  std::map<PriceId, Granted> per_price;
  for (const Line& line : winners) {
    if (!line.debit() || line.price_id.empty()) continue;
    const bool arrears = line.price != nullptr && line.price->arrears && !line.trial();
    const Instant own_end = arrears ? line.end : line.until;
    const auto [at, first] = per_price.try_emplace(line.price_id, Granted{line, 0, line.until, own_end});
    Granted& granted = at->second;
    if (granted.line.trial() && !line.trial()) granted.line = line;
    const bool by_use = line.price != nullptr && line.price->arrears;  // R16: the quantity is usage
    granted.quantity_milli = by_use ? 1000 : granted.quantity_milli + line.quantity_milli;
    granted.until = std::max(granted.until, line.until);
    granted.own_end = std::max(granted.own_end, own_end);
  }
  std::vector<Granted> all;
  for (const auto& [price, granted] : per_price) {
    if (granted.quantity_milli != 0) all.push_back(granted);
  }
  return all;
}

Candidate CandidateOf(const Line& line, std::int64_t quantity_milli) {
  Candidate candidate;
  candidate.plan = PlanOf(line.price);
  candidate.add_on = AddOnOf(line.price);
  candidate.quantity_milli = quantity_milli;
  candidate.policy = line.policy;
  candidate.scope = line.source.scope;
  candidate.subscription = line.subscription;
  candidate.source = std::string(ObjectKindName(line.source.kind)) + " " + line.source.id;
  return candidate;
}

std::optional<std::size_t> PlanGivenBy(const Question& q, const Line& line) {
  const std::optional<std::size_t> plan = PlanOf(line.price);
  return plan && line.trial() && line.trial_allowed ? q.catalog.plans[*plan].trial->grants : plan;
}

bool IsCanceled(const Known& known, const ObjectRef& subscription) {
  const Fact* state = known.State<SubscriptionFact>(subscription);
  if (state == nullptr) return false;
  const SubscriptionFact& seen = As<SubscriptionFact>(*state);
  if (seen.status == SubscriptionStatus::kCanceled || seen.status == SubscriptionStatus::kIncompleteExpired) {
    return true;
  }
  const Fact* customer = known.State<CustomerFact>(Object(subscription.scope, ObjectKind::kCustomer, seen.customer));
  return customer != nullptr && As<CustomerFact>(*customer).deleted;
}

namespace {

// "R11 end": with `immediate_cancel: revoke` a line of a canceled subscription is no proof from the cancellation on.
bool IsRevoked(const Question& q, const Line& line) {
  return !line.subscription.empty() && line.policy->immediate_cancel == ImmediateCancel::kRevoke &&
         IsCanceled(q.known, Object(line.source.scope, ObjectKind::kSubscription, line.subscription));
}

// "In force: GRANTED with reason PAID, PAID_ONCE, PAID_IN_ARREARS, OUTCOME_RECORDED or ZERO_TOTAL (the more special
// wins: zero total, then outcome, one-off, arrears, paid)."
Reason ReasonOfProof(const Line& line) {
  if (line.zero_total) return Reason::kZeroTotal;
  if (line.source.kind == ObjectKind::kOutcome) return Reason::kOutcomeRecorded;
  if (line.one_off) return Reason::kPaidOnce;
  if (line.price != nullptr && line.price->arrears) return Reason::kPaidInArrears;
  return Reason::kPaid;
}

void Set(Candidate& candidate, AccessState state, Reason reason) {
  candidate.state = state;
  candidate.reason = reason;
}

// Sections 2 and 3: the state of a line in force, and the plan where it is a trial's.
void SetStateInForce(const Question& q, const Line& line, Candidate& candidate) {
  Set(candidate, AccessState::kGranted, ReasonOfProof(line));
  if (line.trial()) {
    Set(candidate, AccessState::kTrial, Reason::kTrial);
    if (!line.trial_allowed) Set(candidate, AccessState::kPaymentRequired, Reason::kTrialNotAllowed);
    candidate.plan = PlanGivenBy(q, line);
  }
  if (line.disputed) Set(candidate, AccessState::kSuspended, Reason::kDisputed);
  if (IsRevoked(q, line)) Set(candidate, AccessState::kExpired, Reason::kCanceled);
}

// A granted price of the lines in force: one candidate, or what R14 keeps.
void AddGranted(const Question& q, const std::vector<Line>& lines, const Granted& granted, InForce& found) {
  if (granted.line.price != nullptr) {
    Candidate candidate = CandidateOf(granted.line, granted.quantity_milli);
    SetStateInForce(q, granted.line, candidate);
    if (candidate.plan || candidate.add_on) found.candidates.push_back(candidate);
    return;
  }
  const std::vector<Candidate> kept = KeptPlans(q, lines, granted);
  for (Candidate candidate : kept) {
    const bool trial = granted.line.trial();  // nothing was paid
    Set(candidate, trial ? AccessState::kTrial : AccessState::kGranted, Reason::kUnmappedPrice);
    if (granted.line.disputed) Set(candidate, AccessState::kSuspended, Reason::kDisputed);
    if (IsRevoked(q, granted.line)) Set(candidate, AccessState::kExpired, Reason::kCanceled);
    found.candidates.push_back(candidate);
  }
  if (kept.empty() && !IsRevoked(q, granted.line)) found.unmapped_proof = true;
}

// "If another line of the same source maps to a plan of group G, nothing of group G is kept."
bool SourceSellsGroup(const Question& q, const ObjectRef& source, std::size_t group) {
  if (source.kind != ObjectKind::kInvoice) return false;
  for (const InvoiceLine& line : LinesOfInvoice(q.known, source)) {
    const std::optional<std::size_t> plan = PlanOf(PriceOf(q, source.scope, line.price));
    if (line.amount >= 0 && plan && q.catalog.plans[*plan].group == group) return true;
  }
  return false;
}

}  // namespace

std::vector<Candidate> KeptPlans(const Question& q, const std::vector<Line>& lines, const Granted& winner) {
  if (!winner.line.key) return {};
  std::vector<Line> mapped;
  for (const Line& line : LinesOfKey(lines, *winner.line.key)) {
    const bool before = line.start < winner.line.start;
    if (line.BuysSomething() && line.Proved() && !line.trial() && before && PlanOf(line.price)) mapped.push_back(line);
  }
  std::vector<Candidate> kept;
  for (const Granted& last : GrantedPerPrice(Winners(mapped))) {
    const Plan& plan = q.catalog.plans[*PlanOf(last.line.price)];
    if (SourceSellsGroup(q, winner.line.source, plan.group)) continue;
    if (plan.policy.unmapped_price == UnmappedPrice::kNone) continue;
    Candidate candidate = CandidateOf(winner.line, last.quantity_milli);
    candidate.plan = PlanOf(last.line.price);
    kept.push_back(candidate);
  }
  return kept;
}

InForce CandidatesInForce(const Question& q, const std::vector<Line>& lines) {
  InForce found;
  for (const ItemKey& key : KeysOf(lines)) {
    for (const Granted& granted : GrantedPerPrice(Winners(LinesInForce(q, lines, key)))) {
      AddGranted(q, lines, granted, found);
    }
  }
  for (const Line& line : lines) {
    if (line.key || !line.InForce(q.t())) continue;
    for (const Granted& granted : GrantedPerPrice({line})) AddGranted(q, lines, granted, found);
  }
  return found;
}

}  // namespace usher::oracle
