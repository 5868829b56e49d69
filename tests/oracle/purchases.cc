#include "tests/oracle/purchases.h"

#include <algorithm>

namespace usher::oracle {
namespace {

// In the order in which they win at equal times.
enum class Sign { kProcessing, kRequiresAction, kFailed };

struct Evidence {
  Instant at{};
  Sign sign = Sign::kProcessing;
};

// ---- "A purchase is"

bool IsOpen(const InvoiceFact& invoice) { return invoice.status == InvoiceStatus::kOpen; }

bool IsPendingSession(const Known& known, const Fact& state) {
  const CheckoutSessionFact& session = As<CheckoutSessionFact>(state);
  const bool not_paid = session.payment == CheckoutPayment::kUnpaid || session.payment == CheckoutPayment::kFailed;
  if (session.status != CheckoutStatus::kComplete || !not_paid || session.price.empty()) return false;
  const ObjectRef invoice = Object(state.object.scope, ObjectKind::kInvoice, session.invoice);
  return session.invoice.empty() || known.State<InvoiceFact>(invoice) == nullptr;
}

bool IsPendingIntent(const Known& known, const Fact& state) {
  const PaymentIntentFact& intent = As<PaymentIntentFact>(state);
  if (intent.price.empty() || !intent.invoice.empty()) return false;
  for (const Fact* session : known.States<CheckoutSessionFact>()) {
    const bool names = As<CheckoutSessionFact>(*session).payment_intent == state.object.id;
    if (names && session->object.scope == state.object.scope) return false;
  }
  return true;
}

// ---- "Evidence at t, each with its own time"

// "All facts of the intent count as evidence; when its state is canceled the intent gives none."
void AddIntentEvidence(const Known& known, const ObjectRef& intent, std::vector<Evidence>& evidence) {
  const Fact* state = known.State<PaymentIntentFact>(intent);
  if (state == nullptr || As<PaymentIntentFact>(*state).status == PaymentIntentStatus::kCanceled) return;
  for (const Fact* fact : known.All<PaymentIntentFact>(intent)) {
    switch (As<PaymentIntentFact>(*fact).status) {
      case PaymentIntentStatus::kProcessing:
      case PaymentIntentStatus::kSucceeded: evidence.push_back({fact->at, Sign::kProcessing}); break;
      case PaymentIntentStatus::kRequiresAction: evidence.push_back({fact->at, Sign::kRequiresAction}); break;
      case PaymentIntentStatus::kFailed: evidence.push_back({fact->at, Sign::kFailed}); break;
      case PaymentIntentStatus::kCanceled:
      case PaymentIntentStatus::kOther: break;
    }
  }
}

std::vector<Evidence> EvidenceOfInvoice(const Known& known, const ObjectRef& invoice) {
  std::vector<Evidence> evidence;
  for (const Fact* attempt : known.All<AttemptFact>(invoice)) {
    const bool failed = As<AttemptFact>(*attempt).result == AttemptResult::kFailed;
    evidence.push_back({attempt->at, failed ? Sign::kFailed : Sign::kRequiresAction});
  }
  for (const std::string& intent : PaymentsOfInvoice(known, invoice).intents) {
    AddIntentEvidence(known, Object(invoice.scope, ObjectKind::kPaymentIntent, intent), evidence);
  }
  return evidence;
}

std::vector<Evidence> EvidenceOfSession(const Known& known, const Fact& state) {
  const CheckoutSessionFact& session = As<CheckoutSessionFact>(state);
  std::vector<Evidence> evidence;
  evidence.push_back({state.at, session.payment == CheckoutPayment::kFailed ? Sign::kFailed : Sign::kProcessing});
  for (const std::string& intent : PaymentsOfSession(known, state.object).intents) {
    AddIntentEvidence(known, Object(state.object.scope, ObjectKind::kPaymentIntent, intent), evidence);
  }
  return evidence;
}

// ---- "The latest decides"

// "A = the earliest requires_action evidence later than the last failed evidence (equal times: not later)."
Instant AskedForAuthentication(const std::vector<Evidence>& evidence) {
  std::optional<Instant> last_failed;
  for (const Evidence& seen : evidence) {
    if (seen.sign == Sign::kFailed && (!last_failed || seen.at > *last_failed)) last_failed = seen.at;
  }
  Instant asked = kForever;
  for (const Evidence& seen : evidence) {
    const bool later = !last_failed || seen.at > *last_failed;
    if (seen.sign == Sign::kRequiresAction && later) asked = std::min(asked, seen.at);
  }
  return asked;
}

// Sets state and reason from the evidence, of which there is some.
void Decide(const Question& q, const std::vector<Evidence>& evidence, Candidate& candidate) {
  const Evidence latest = *std::max_element(evidence.begin(), evidence.end(), [](const auto& a, const auto& b) {
    return a.at != b.at ? a.at < b.at : a.sign < b.sign;
  });
  switch (latest.sign) {
    case Sign::kProcessing:
      candidate.state = AccessState::kHeld;
      candidate.reason = Reason::kPaymentProcessing;
      return;
    case Sign::kFailed:
      candidate.state = AccessState::kPaymentRequired;
      candidate.reason = Reason::kPaymentFailed;
      return;
    case Sign::kRequiresAction: {
      const Instant asked = AskedForAuthentication(evidence);
      const bool waits = q.t() < AddCalendar(asked, candidate.policy->pending_timeout);
      candidate.state = waits ? AccessState::kHeld : AccessState::kPaymentRequired;
      candidate.reason = waits ? Reason::kAuthenticationRequired : Reason::kAuthenticationTimedOut;
      return;
    }
  }
}

// A wanted line: a candidate when its price maps to a plan or an add-on.
std::optional<Candidate> Wanted(const Question& q, const ObjectRef& source, const PriceId& price_id,
                                std::int64_t quantity_milli, const std::string& subscription) {
  const Price* price = PriceOf(q, source.scope, price_id);
  Candidate candidate;
  candidate.plan = PlanOf(price);
  candidate.add_on = AddOnOf(price);
  if (!candidate.plan && !candidate.add_on) return std::nullopt;
  if (quantity_milli == 0 && !price->arrears) return std::nullopt;
  candidate.quantity_milli = quantity_milli;
  candidate.policy = &PolicyOf(q, price);
  candidate.scope = source.scope;
  candidate.subscription = subscription;
  candidate.source = "purchase " + source.id;
  return candidate;
}

void AddInvoices(const Question& q, std::vector<Candidate>& candidates) {
  for (const Fact* state : q.known.States<InvoiceFact>()) {
    if (!IsOpen(As<InvoiceFact>(*state))) continue;
    const std::vector<Evidence> evidence = EvidenceOfInvoice(q.known, state->object);
    for (const InvoiceLine& line : LinesOfInvoice(q.known, state->object)) {
      const bool wanted = line.amount >= 0 && !TrialEndOf(q.known, state->object.scope, line);
      if (!wanted || TenantOfLine(q.known, state->object, line) != q.tenant) continue;
      std::optional<Candidate> candidate = Wanted(q, state->object, line.price, line.quantity_milli, line.subscription);
      if (!candidate) continue;
      candidate->state = AccessState::kPaymentRequired;
      candidate->reason = Reason::kInvoiceOpen;
      if (!evidence.empty()) Decide(q, evidence, *candidate);
      candidates.push_back(*candidate);
    }
  }
}

void AddSessions(const Question& q, std::vector<Candidate>& candidates) {
  for (const Fact* state : q.known.States<CheckoutSessionFact>()) {
    const CheckoutSessionFact& session = As<CheckoutSessionFact>(*state);
    if (!IsPendingSession(q.known, *state) || TenantOfSession(q.known, state->object) != q.tenant) continue;
    std::optional<Candidate> candidate =
        Wanted(q, state->object, session.price, session.quantity_milli, session.subscription);
    if (!candidate) continue;
    Decide(q, EvidenceOfSession(q.known, *state), *candidate);
    candidates.push_back(*candidate);
  }
}

void AddIntents(const Question& q, std::vector<Candidate>& candidates) {
  for (const Fact* state : q.known.States<PaymentIntentFact>()) {
    const PaymentIntentFact& intent = As<PaymentIntentFact>(*state);
    if (!IsPendingIntent(q.known, *state) || TenantOfIntent(q.known, state->object) != q.tenant) continue;
    std::vector<Evidence> evidence;
    AddIntentEvidence(q.known, state->object, evidence);
    std::optional<Candidate> candidate = Wanted(q, state->object, intent.price, intent.quantity_milli, "");
    if (!candidate || evidence.empty()) continue;
    Decide(q, evidence, *candidate);
    candidates.push_back(*candidate);
  }
}

// "A pending outcome is HELD, PAYMENT_PROCESSING; a failed one PAYMENT_REQUIRED, PAYMENT_FAILED."
void AddOutcomes(const Question& q, std::vector<Candidate>& candidates) {
  for (const Fact* state : q.known.States<OutcomeFact>()) {
    const OutcomeFact& outcome = As<OutcomeFact>(*state);
    const bool pending = outcome.status == OutcomeStatus::kPending;
    if (outcome.tenant != q.tenant || (!pending && outcome.status != OutcomeStatus::kFailed)) continue;
    std::optional<Candidate> candidate =
        Wanted(q, state->object, outcome.price, outcome.quantity_milli, outcome.subscription);
    if (!candidate) continue;
    candidate->state = pending ? AccessState::kHeld : AccessState::kPaymentRequired;
    candidate->reason = pending ? Reason::kPaymentProcessing : Reason::kPaymentFailed;
    candidates.push_back(*candidate);
  }
}

}  // namespace

std::vector<Candidate> CandidatesOfPurchases(const Question& q) {
  std::vector<Candidate> candidates;
  AddInvoices(q, candidates);
  AddSessions(q, candidates);
  AddIntents(q, candidates);
  AddOutcomes(q, candidates);
  return candidates;
}

bool HasPendingPurchase(const Question& q, const ObjectRef& subscription) {
  for (const Fact* state : q.known.States<InvoiceFact>()) {
    if (state->object.scope != subscription.scope || !IsOpen(As<InvoiceFact>(*state))) continue;
    if (As<InvoiceFact>(*state).subscription == subscription.id) return true;
    for (const InvoiceLine& line : LinesOfInvoice(q.known, state->object)) {
      if (line.subscription == subscription.id) return true;
    }
  }
  for (const Fact* state : q.known.States<CheckoutSessionFact>()) {
    if (state->object.scope != subscription.scope || !IsPendingSession(q.known, *state)) continue;
    if (As<CheckoutSessionFact>(*state).subscription == subscription.id) return true;
  }
  return false;
}

}  // namespace usher::oracle
