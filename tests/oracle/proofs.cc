#include "tests/oracle/proofs.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <tuple>

namespace usher::oracle {

const Price* PriceOf(const Question& q, const BillingScope& scope, const PriceId& price) {
  return price.empty() ? nullptr : FindPrice(q.catalog, scope.livemode, price.str());
}

std::optional<std::size_t> PlanOf(const Price* price) {
  if (price == nullptr) return std::nullopt;
  const auto* sells = std::get_if<PriceSellsPlan>(&price->sells);
  return sells ? std::optional(sells->plan) : std::nullopt;
}

std::optional<std::size_t> AddOnOf(const Price* price) {
  if (price == nullptr) return std::nullopt;
  const auto* sells = std::get_if<PriceSellsAddOn>(&price->sells);
  return sells ? std::optional(sells->add_on) : std::nullopt;
}

const PaymentPolicy& PolicyOf(const Question& q, const Price* price) {
  const std::optional<std::size_t> plan = PlanOf(price);
  return plan ? q.catalog.plans[*plan].policy : q.catalog.policy;
}

std::optional<ItemKey> KeyOf(const BillingScope& scope, const InvoiceLine& line) {
  if (line.subscription_item.empty()) return std::nullopt;
  return ItemKey{scope, line.subscription, line.subscription_item};
}

namespace {

// ---- "A source at t" and "Lines"

// The own time of the earliest fact of `object` that satisfies `condition`.
template <class Content, class Condition>
Instant EarliestWith(const Known& known, const ObjectRef& object, Condition condition) {
  Instant earliest = kForever;
  for (const Fact* fact : known.All<Content>(object)) {
    if (condition(As<Content>(*fact))) earliest = std::min(earliest, fact->at);
  }
  return earliest;
}

bool IsPaid(const InvoiceFact& invoice) { return invoice.status == InvoiceStatus::kPaid; }

bool IsPaidOneOff(const CheckoutSessionFact& session) {
  return session.mode == CheckoutMode::kPayment && session.status == CheckoutStatus::kComplete &&
         (session.payment == CheckoutPayment::kPaid || session.payment == CheckoutPayment::kNoPaymentRequired) &&
         session.invoice.empty();
}

bool HasSucceeded(const OutcomeFact& outcome) { return outcome.status == OutcomeStatus::kSucceeded; }

void AddInvoiceLines(const Question& q, std::vector<Line>& lines) {
  for (const Fact* state : q.known.States<InvoiceFact>()) {
    if (!IsPaid(As<InvoiceFact>(*state))) continue;
    for (const InvoiceLine& line : LinesOfInvoice(q.known, state->object)) {
      if (TenantOfLine(q.known, state->object, line) != q.tenant) continue;
      Line of_source;
      of_source.source = state->object;
      of_source.paid_at = EarliestWith<InvoiceFact>(q.known, state->object, IsPaid);
      of_source.subscription = line.subscription;
      of_source.key = KeyOf(state->object.scope, line);
      of_source.one_off = !of_source.key;
      of_source.price_id = line.price;
      of_source.quantity_milli = line.quantity_milli;
      of_source.amount = line.amount;
      of_source.start = line.start;
      of_source.end = line.end;
      of_source.trial_end = TrialEndOf(q.known, state->object.scope, line);
      lines.push_back(of_source);
    }
  }
}

void AddSessionLines(const Question& q, std::vector<Line>& lines) {
  for (const Fact* state : q.known.States<CheckoutSessionFact>()) {
    const CheckoutSessionFact& session = As<CheckoutSessionFact>(*state);
    if (!IsPaidOneOff(session) || TenantOfSession(q.known, state->object) != q.tenant) continue;
    Line line;
    line.source = state->object;
    line.paid_at = EarliestWith<CheckoutSessionFact>(q.known, state->object, IsPaidOneOff);
    line.subscription = session.subscription;
    line.one_off = true;
    line.price_id = session.price;
    line.quantity_milli = session.quantity_milli;
    line.amount = session.amount_total;
    line.start = line.end = line.paid_at;
    lines.push_back(line);
  }
}

void AddOutcomeLines(const Question& q, std::vector<Line>& lines) {
  for (const Fact* state : q.known.States<OutcomeFact>()) {
    const OutcomeFact& outcome = As<OutcomeFact>(*state);
    // "Of which a succeeded fact is known at t": reversed without ever having succeeded is nothing.
    const Instant succeeded_at = EarliestWith<OutcomeFact>(q.known, state->object, HasSucceeded);
    if (succeeded_at == kForever || outcome.tenant != q.tenant) continue;
    Line line;
    line.source = state->object;
    line.paid_at = succeeded_at;
    line.subscription = outcome.subscription;
    if (!outcome.subscription.empty()) {
      line.key = ItemKey{state->object.scope, outcome.subscription, outcome.subscription};
    }
    const bool has_period = outcome.start && outcome.end;
    line.one_off = !has_period;
    line.price_id = outcome.price;
    line.quantity_milli = outcome.quantity_milli;
    line.amount = 1;
    line.start = has_period ? *outcome.start : line.paid_at;
    line.end = has_period ? *outcome.end : line.paid_at;
    lines.push_back(line);
  }
}

// ---- R4

bool HoldsDebitFor(const Known& known, const ObjectRef& invoice, const InvoiceLine& credit) {
  for (const InvoiceLine& line : LinesOfInvoice(known, invoice)) {
    const bool same = KeyOf(invoice.scope, line) == KeyOf(invoice.scope, credit) && line.price == credit.price;
    if (line.amount >= 0 && same && line.start <= credit.start && credit.end <= line.end) return true;
  }
  return false;
}

// "R4 unbacked credit".
bool IsUnbacked(const Known& known, const ObjectRef& invoice) {
  for (const InvoiceLine& credit : LinesOfInvoice(known, invoice)) {
    if (credit.amount >= 0 || !KeyOf(invoice.scope, credit)) continue;
    bool in_unpaid = false;
    bool in_paid = false;
    for (const Fact* other : known.States<InvoiceFact>()) {
      if (other->object.scope != invoice.scope || !HoldsDebitFor(known, other->object, credit)) continue;
      (IsPaid(As<InvoiceFact>(*other)) ? in_paid : in_unpaid) = true;
    }
    if (in_unpaid && !in_paid) return true;
  }
  return false;
}

// ---- R3

// "Total = 0 and either (subtotal > 0 and discount >= subtotal) or all lines are 0." All lines, whoever's they are.
bool IsZeroTotal(const Known& known, const ObjectRef& source) {
  if (const Fact* session = known.State<CheckoutSessionFact>(source)) {
    const CheckoutSessionFact& seen = As<CheckoutSessionFact>(*session);
    return seen.amount_total == 0 || seen.payment == CheckoutPayment::kNoPaymentRequired;
  }
  const Fact* state = known.State<InvoiceFact>(source);
  if (state == nullptr) return false;
  const InvoiceFact& invoice = As<InvoiceFact>(*state);
  if (invoice.total != 0) return false;
  if (invoice.subtotal > 0 && invoice.discount >= invoice.subtotal) return true;
  for (const InvoiceLine& line : LinesOfInvoice(known, source)) {
    if (line.amount != 0) return false;
  }
  return true;
}

bool IsCreditedBeforePayment(const Known& known, const ObjectRef& source) {
  const Fact* state = known.State<InvoiceFact>(source);
  if (state == nullptr) return false;
  const InvoiceFact& invoice = As<InvoiceFact>(*state);
  return invoice.pre_payment_credit >= invoice.total && invoice.pre_payment_credit > 0;
}

// "R3 zero", except what concerns trials, and R4, which takes all lines.
void JudgeProof(const Question& q, Line& line) {
  if (IsUnbacked(q.known, line.source)) {
    line.no_proof = Reason::kUnbackedCredit;
  } else if (IsCreditedBeforePayment(q.known, line.source)) {
    line.no_proof = Reason::kZeroTotalNoProof;
  } else if (!line.trial() && IsZeroTotal(q.known, line.source)) {
    if (line.policy->zero_total == ZeroTotal::kPaid) line.zero_total = true;
    if (line.policy->zero_total == ZeroTotal::kNone) line.no_proof = Reason::kZeroTotalNoProof;
  }
}

bool ShowsPaymentMethod(const Question& q, const Line& line) {
  const ObjectRef subscription = Object(line.source.scope, ObjectKind::kSubscription, line.subscription);
  const Fact* state = q.known.State<SubscriptionFact>(subscription);
  return state != nullptr && As<SubscriptionFact>(*state).has_payment_method;
}

// "And only if the plan has a trial policy, a payment method is seen where the policy requires one, and with `once_per:
// tenant` no other subscription of the tenant had an earlier trial line (by paid at, then subscription id)."
bool IsTrialAllowed(const Question& q, const Line& line, const std::vector<Line>& all) {
  if (AddOnOf(line.price)) return true;
  const std::optional<std::size_t> plan = PlanOf(line.price);
  if (!plan || !q.catalog.plans[*plan].trial) return false;
  const TrialPolicy& policy = *q.catalog.plans[*plan].trial;
  if (policy.requires_payment_method && !ShowsPaymentMethod(q, line)) return false;
  if (policy.once_per == TrialOncePer::kSubscription) return true;
  return std::none_of(all.begin(), all.end(), [&](const Line& other) {
    const bool other_subscription = other.source.scope != line.source.scope || other.subscription != line.subscription;
    return other.trial() && other_subscription &&
           std::tuple(other.paid_at, other.subscription) < std::tuple(line.paid_at, line.subscription);
  });
}

// ---- R5 and R6

Payments PaymentsOf(const Known& known, const ObjectRef& source) {
  return source.kind == ObjectKind::kInvoice ? PaymentsOfInvoice(known, source) : PaymentsOfSession(known, source);
}

std::set<std::string> Common(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::set<std::string> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

// The charge of a source for which a refund counts: of those that it names, the least; else, of the least known charges
// of the source's intents that it names, the least. Empty: it counts for an intent without a known charge. nullopt: it
// is no refund of the source.
std::optional<std::string> ChargeRefundedBy(const Known& known, const ObjectRef& refund, const Payments& payments) {
  const std::set<std::string> charges = Common(known.Named(refund, &RefundFact::charge), payments.charges);
  if (!charges.empty()) return *charges.begin();
  const std::set<std::string> intents = Common(known.Named(refund, &RefundFact::payment_intent), payments.intents);
  if (intents.empty()) return std::nullopt;
  std::set<std::string> least;
  for (const std::string& intent : intents) least.merge(ChargesOfIntent(known, refund.scope, intent));
  return least.empty() ? "" : *least.begin();
}

// The states of the refunds that count for `charge` of the source, or, where it is empty, for its intents alone.
std::vector<const Fact*> RefundsOf(const Known& known, const BillingScope& scope, const Payments& payments,
                                   const std::string& charge) {
  std::vector<const Fact*> refunds;
  for (const Fact* fact : known.States<RefundFact>()) {
    if (fact->object.scope != scope) continue;
    if (ChargeRefundedBy(known, fact->object, payments) == charge) refunds.push_back(fact);
  }
  return refunds;
}

std::int64_t Succeeded(const std::vector<const Fact*>& refunds) {
  std::int64_t sum = 0;
  for (const Fact* fact : refunds) {
    if (As<RefundFact>(*fact).status == RefundStatus::kSucceeded) sum += As<RefundFact>(*fact).amount;
  }
  return sum;
}

// "The greater of the sum of the succeeded refunds that name it and its floor."
std::int64_t RefundedOfCharge(const Known& known, const BillingScope& scope, const Payments& payments,
                              const std::string& charge) {
  const std::vector<const Fact*> refunds = RefundsOf(known, scope, payments, charge);
  std::int64_t floor = 0;
  if (const Fact* state = known.State<ChargeFact>(Object(scope, ObjectKind::kCharge, charge))) {
    floor = As<ChargeFact>(*state).amount_refunded;
    for (const Fact* fact : refunds) {
      const RefundStatus status = As<RefundFact>(*fact).status;
      const bool undone = status == RefundStatus::kFailed || status == RefundStatus::kCanceled;
      if (undone && fact->at > state->at) floor -= As<RefundFact>(*fact).amount;
    }
  }
  return std::max(Succeeded(refunds), std::max(floor, std::int64_t{0}));
}

// The states of the disputes on a payment of the source.
std::vector<const Fact*> DisputesOf(const Known& known, const ObjectRef& source) {
  const Payments payments = PaymentsOf(known, source);
  std::vector<const Fact*> disputes;
  for (const Fact* fact : known.States<DisputeFact>()) {
    const ObjectRef& dispute = fact->object;
    const bool of_it = !Common(known.Named(dispute, &DisputeFact::charge), payments.charges).empty() ||
                       !Common(known.Named(dispute, &DisputeFact::payment_intent), payments.intents).empty();
    if (dispute.scope == source.scope && of_it) disputes.push_back(fact);
  }
  return disputes;
}

std::int64_t LostDisputes(const Known& known, const ObjectRef& source) {
  std::int64_t sum = 0;
  for (const Fact* fact : DisputesOf(known, source)) {
    if (As<DisputeFact>(*fact).status == DisputeStatus::kLost) sum += As<DisputeFact>(*fact).amount;
  }
  return sum;
}

std::int64_t CreditNotes(const Known& known, const ObjectRef& source) {
  std::int64_t sum = 0;
  for (const Fact* fact : known.States<CreditNoteFact>()) {
    const CreditNoteFact& note = As<CreditNoteFact>(*fact);
    const bool of_it = source.kind == ObjectKind::kInvoice && fact->object.scope == source.scope &&
                       known.Named(fact->object, &CreditNoteFact::invoice).contains(source.id);
    if (of_it && note.status == CreditNoteStatus::kIssued && note.post_payment) {
      sum += note.amount - note.refunded_amount;
    }
  }
  return sum;
}

// "A charge whose state is failed after an earlier (own time) succeeded fact, or whose failed fact is later than the
// source's paid at: the charge's amount."
std::int64_t FailedAfterSuccess(const Known& known, const ObjectRef& charge, Instant paid_at) {
  const Fact* state = known.State<ChargeFact>(charge);
  if (state == nullptr || As<ChargeFact>(*state).status != ChargeStatus::kFailed) return 0;
  bool counts = state->at > paid_at;
  for (const Fact* fact : known.All<ChargeFact>(charge)) {
    if (As<ChargeFact>(*fact).status == ChargeStatus::kSucceeded && fact->at < state->at) counts = true;
  }
  return counts ? As<ChargeFact>(*state).amount : 0;
}

// "R5 reversed amount".
std::int64_t ReversedAmount(const Question& q, const Line& line) {
  const Payments payments = PaymentsOf(q.known, line.source);
  const BillingScope& scope = line.source.scope;
  std::int64_t sum = CreditNotes(q.known, line.source);
  sum += Succeeded(RefundsOf(q.known, scope, payments, ""));
  if (line.policy->dispute_lost == DisputeLost::kRevoke) sum += LostDisputes(q.known, line.source);
  for (const std::string& charge : payments.charges) {
    sum += RefundedOfCharge(q.known, scope, payments, charge);
    sum += FailedAfterSuccess(q.known, Object(scope, ObjectKind::kCharge, charge), line.paid_at);
  }
  return sum;
}

// "The amount to reach is amount_paid, or total where amount_paid is 0 (sessions: amount_total)."
std::int64_t AmountToReach(const Known& known, const ObjectRef& source) {
  if (const Fact* session = known.State<CheckoutSessionFact>(source)) {
    return As<CheckoutSessionFact>(*session).amount_total;
  }
  const InvoiceFact& invoice = As<InvoiceFact>(*known.State<InvoiceFact>(source));
  return invoice.amount_paid != 0 ? invoice.amount_paid : invoice.total;
}

// "Fully reversed" and "Partly", with the policies of the line's plan.
bool IsReversed(const Question& q, const Line& line) {
  const bool suspends_full = line.policy->refund_full == RefundFull::kSuspend;
  if (const Fact* outcome = q.known.State<OutcomeFact>(line.source)) {
    return As<OutcomeFact>(*outcome).status == OutcomeStatus::kReversed && suspends_full;
  }
  const std::int64_t sum = ReversedAmount(q, line);
  if (sum <= 0) return false;
  if (sum >= AmountToReach(q.known, line.source)) return suspends_full;
  return line.policy->refund_partial == RefundPartial::kSuspend;
}

// "R6 dispute".
bool IsDisputed(const Question& q, const Line& line) {
  if (line.source.kind == ObjectKind::kOutcome) return false;
  for (const Fact* fact : DisputesOf(q.known, line.source)) {
    const DisputeStatus status = As<DisputeFact>(*fact).status;
    if (status == DisputeStatus::kOpen && line.policy->dispute_opened == DisputeOpened::kSuspend) return true;
    if (status == DisputeStatus::kInquiryOpen && line.policy->dispute_inquiry == DisputeInquiry::kSuspend) return true;
  }
  return false;
}

// ---- Section 3, "The period of a line"

void SetPeriod(Line& line) {
  // "On an invoice that is unbacked, pre-credited or reversed a trial line is that instead."
  if (line.trial() && !line.no_proof && !line.reversed) {
    line.from = line.start;
    line.until = *line.trial_end;
  } else if (line.price != nullptr && line.price->arrears) {  // R16
    line.from = std::max(line.start, line.paid_at);
    line.until = SaturatingAdd(line.end, line.end - line.start);
  } else if (line.one_off && line.price != nullptr && line.price->once) {  // R15
    line.from = line.paid_at;
    line.until = line.price->once->forever ? kForever : AddCalendar(line.paid_at, line.price->once->length);
  } else if (line.OfUnknownTerm()) {
    line.from = line.paid_at;
    line.until = kForever;
  } else {
    line.from = line.start;
    line.until = line.end;
  }
}

}  // namespace

// "A line is a trial line when its amount is 0, it belongs to a subscription whose state at t has a trial_end, and
// trial_start (line start when unknown) <= line start < trial_end."
std::optional<Instant> TrialEndOf(const Known& known, const BillingScope& scope, const InvoiceLine& line) {
  if (line.amount != 0 || line.subscription.empty()) return std::nullopt;
  const Fact* state = known.State<SubscriptionFact>(Object(scope, ObjectKind::kSubscription, line.subscription));
  if (state == nullptr) return std::nullopt;
  const SubscriptionFact& subscription = As<SubscriptionFact>(*state);
  if (!subscription.trial_end) return std::nullopt;
  const Instant trial_start = subscription.trial_start.value_or(line.start);
  return trial_start <= line.start && line.start < *subscription.trial_end ? subscription.trial_end : std::nullopt;
}

std::vector<Line> LinesOfTenant(const Question& q) {
  std::vector<Line> lines;
  AddInvoiceLines(q, lines);
  AddSessionLines(q, lines);
  AddOutcomeLines(q, lines);
  for (Line& line : lines) {
    line.price = PriceOf(q, line.source.scope, line.price_id);
    line.policy = &PolicyOf(q, line.price);
    // "An unmapped proof, and nothing else": it replaces nothing and keeps nothing.
    if (line.OfUnknownTerm()) line.key.reset();
    JudgeProof(q, line);
    line.reversed = IsReversed(q, line);
    line.disputed = IsDisputed(q, line);
  }
  for (Line& line : lines) {
    if (line.trial()) line.trial_allowed = IsTrialAllowed(q, line, lines);
    // "Neither R5 nor R6 suspends what was never proved": it stays what it is, whatever is refunded or disputed. But
    // what an unmapped trial keeps is suspended "while the winner is disputed" (R14).
    const bool refused = line.trial() && !line.trial_allowed;
    if (line.no_proof || refused) line.reversed = false;
    if (line.no_proof || (refused && line.price != nullptr)) line.disputed = false;
    SetPeriod(line);
  }
  return lines;
}

}  // namespace usher::oracle
