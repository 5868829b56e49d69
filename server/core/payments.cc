#include "server/core/payments.h"

#include <algorithm>
#include <limits>
#include <string>

namespace usher {
namespace {

using Objects = std::vector<const LedgerObject*>;

// Sums of amounts are held at the largest number: input may say anything.
std::int64_t SaturatingSum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::numeric_limits<std::int64_t>::max();
  return sum;
}

bool Contains(const Objects& objects, std::string_view id) {
  return std::any_of(objects.begin(), objects.end(), [&](const LedgerObject* object) { return object->ref.id == id; });
}

// Follows references between charges and payment intents, starting at those that a document is connected to.
class PaymentWalk {
 public:
  PaymentWalk(const LedgerView& view, const BillingScope& scope, Moment& moment)
      : view_(view), scope_(scope), moment_(moment) {}

  void AddCharge(const std::string& id) { Add(payments_.charges, ObjectKind::kCharge, id); }
  void AddIntent(const std::string& id) { Add(payments_.intents, ObjectKind::kPaymentIntent, id); }

  Payments Take() {
    // Both lists grow while they are walked.
    std::size_t charge = 0;
    std::size_t intent = 0;
    while (charge < payments_.charges.size() || intent < payments_.intents.size()) {
      if (charge < payments_.charges.size()) {
        FromCharge(payments_.charges[charge++]);
      } else {
        FromIntent(payments_.intents[intent++]);
      }
    }
    const auto by_id = [](const LedgerObject* a, const LedgerObject* b) { return a->ref.id < b->ref.id; };
    std::sort(payments_.charges.begin(), payments_.charges.end(), by_id);
    std::sort(payments_.intents.begin(), payments_.intents.end(), by_id);
    return std::move(payments_);
  }

 private:
  void Add(Objects& objects, ObjectKind kind, const std::string& id) {
    if (id.empty() || Contains(objects, id)) return;
    objects.push_back(view_.Find(scope_, kind, id));  // what a fact names is in the view
  }
  void FromCharge(const LedgerObject* charge) {
    if (const auto* state = StateOf<ChargeFact>(charge, moment_)) AddIntent(state->payment_intent);
  }
  void FromIntent(const LedgerObject* intent) {
    for (const LedgerObject* charge : view_.Referrers(intent, ObjectKind::kCharge)) {
      const auto* state = StateOf<ChargeFact>(charge, moment_);
      if (state != nullptr && state->payment_intent == intent->ref.id) AddCharge(charge->ref.id);
    }
  }

  const LedgerView& view_;
  const BillingScope& scope_;
  Moment& moment_;
  Payments payments_;
};

// The states at the moment of the objects of `kind` around `payments`, each once.
template <class Content>
std::vector<const Fact*> StatesAround(const LedgerView& view, const Payments& payments, ObjectKind kind,
                                      Moment& moment) {
  std::vector<const Fact*> states;
  const auto add = [&](const LedgerObject* payment) {
    for (const LedgerObject* object : view.Referrers(payment, kind)) {
      const Fact* fact = StateFact<Content>(object, moment);
      if (fact == nullptr) continue;
      const Content& content = std::get<Content>(fact->content);
      if (Contains(payments.charges, content.charge) || Contains(payments.intents, content.payment_intent)) {
        states.push_back(fact);
      }
    }
  };
  for (const LedgerObject* charge : payments.charges) add(charge);
  for (const LedgerObject* intent : payments.intents) add(intent);
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  return states;
}

// The charge that a refund of these payments takes from: the one it names, when that is known to be one of them; else
// the least known charge of its intent, else none.
std::string ChargeOfRefund(const LedgerView& view, const Payments& payments, const Fact& fact, Moment& moment) {
  const auto& refund = std::get<RefundFact>(fact.content);
  if (Contains(payments.charges, refund.charge)) return refund.charge;
  const BillingScope& scope = fact.object.scope;
  const LedgerObject* intent = view.Find(scope, ObjectKind::kPaymentIntent, refund.payment_intent);
  for (const LedgerObject* charge : view.Referrers(intent, ObjectKind::kCharge)) {
    const auto* state = StateOf<ChargeFact>(charge, moment);
    if (state != nullptr && state->payment_intent == refund.payment_intent) return charge->ref.id;
  }
  return "";
}

struct RefundOfCharge {
  std::string charge;  // empty: of no known charge
  const Fact* fact = nullptr;
};

// Succeeded refunds of `charge`, or what the charge itself says was refunded, when that is more: a refund event may be
// missing. What failed after the charge was seen is not part of what it says. An empty charge id has no floor.
std::int64_t RefundedOf(const std::string& charge, const Fact* state, const std::vector<RefundOfCharge>& refunds) {
  std::int64_t succeeded = 0;
  std::int64_t failed_later = 0;
  for (const RefundOfCharge& known : refunds) {
    if (known.charge != charge) continue;
    const auto& refund = std::get<RefundFact>(known.fact->content);
    const bool failed = refund.status == RefundStatus::kFailed || refund.status == RefundStatus::kCanceled;
    const bool later = state != nullptr && known.fact->at > state->at;
    if (refund.status == RefundStatus::kSucceeded) succeeded = SaturatingSum(succeeded, refund.amount);
    if (failed && later) failed_later = SaturatingSum(failed_later, refund.amount);
  }
  if (state == nullptr) return succeeded;
  const std::int64_t said = std::max<std::int64_t>(std::get<ChargeFact>(state->content).amount_refunded, 0);
  return std::max(succeeded, said - std::min(said, failed_later));
}

// A bank debit that came back: the charge failed after it had succeeded, or after the source was paid (R6).
std::int64_t FailedAfterSuccess(const LedgerObject* charge, Instant paid_at, Moment& moment) {
  const Fact* state = StateFact<ChargeFact>(charge, moment);
  if (state == nullptr) return 0;
  const auto& now = std::get<ChargeFact>(state->content);
  if (now.status != ChargeStatus::kFailed) return 0;
  bool reversed = state->at > paid_at;
  ForEachKnown<ChargeFact>(charge, moment, [&](const Fact& fact, const ChargeFact& content) {
    reversed = reversed || (content.status == ChargeStatus::kSucceeded && fact.at < state->at);
  });
  return reversed ? now.amount : 0;
}

std::int64_t CreditedAfterPayment(const LedgerView& view, const LedgerObject& invoice, Moment& moment) {
  std::int64_t sum = 0;
  for (const LedgerObject* object : view.Referrers(&invoice, ObjectKind::kCreditNote)) {
    const auto* note = StateOf<CreditNoteFact>(object, moment);
    if (note == nullptr || note->invoice != invoice.ref.id) continue;
    if (note->status != CreditNoteStatus::kIssued || !note->post_payment) continue;
    sum =
        SaturatingSum(sum, std::max<std::int64_t>(note->amount - std::max<std::int64_t>(note->refunded_amount, 0), 0));
  }
  return sum;
}

void AddDisputes(const std::vector<const Fact*>& disputes, ReversedAmount& reversed) {
  for (const Fact* fact : disputes) {
    const auto& dispute = std::get<DisputeFact>(fact->content);
    switch (dispute.status) {
      case DisputeStatus::kInquiryOpen: reversed.inquiry_open = true; break;
      case DisputeStatus::kOpen: reversed.dispute_open = true; break;
      case DisputeStatus::kLost: reversed.lost = SaturatingSum(reversed.lost, dispute.amount); break;
      case DisputeStatus::kWon:
      case DisputeStatus::kInquiryClosed:
      case DisputeStatus::kPrevented: break;
    }
  }
}

}  // namespace

Payments PaymentsOfInvoice(const LedgerView& view, const LedgerObject& invoice, Moment& moment) {
  PaymentWalk walk(view, invoice.ref.scope, moment);
  if (const auto* state = StateOf<InvoiceFact>(&invoice, moment)) {
    walk.AddCharge(state->charge);
    walk.AddIntent(state->payment_intent);
  }
  for (const LedgerObject* object : view.Referrers(&invoice, ObjectKind::kInvoicePayment)) {
    const auto* payment = StateOf<InvoicePaymentFact>(object, moment);
    if (payment == nullptr || payment->invoice != invoice.ref.id) continue;
    walk.AddCharge(payment->charge);
    walk.AddIntent(payment->payment_intent);
  }
  for (const LedgerObject* object : view.Referrers(&invoice, ObjectKind::kCharge)) {
    const auto* charge = StateOf<ChargeFact>(object, moment);
    if (charge != nullptr && charge->invoice == invoice.ref.id) walk.AddCharge(object->ref.id);
  }
  for (const LedgerObject* object : view.Referrers(&invoice, ObjectKind::kPaymentIntent)) {
    const auto* intent = StateOf<PaymentIntentFact>(object, moment);
    if (intent != nullptr && intent->invoice == invoice.ref.id) walk.AddIntent(object->ref.id);
  }
  return walk.Take();
}

Payments PaymentsOfSession(const LedgerView& view, const LedgerObject& session, Moment& moment) {
  PaymentWalk walk(view, session.ref.scope, moment);
  if (const auto* state = StateOf<CheckoutSessionFact>(&session, moment)) walk.AddIntent(state->payment_intent);
  return walk.Take();
}

ReversedAmount ReversedOf(const LedgerView& view, const LedgerObject& source, const Payments& payments, Instant paid_at,
                          Moment& moment) {
  ReversedAmount reversed;
  std::vector<RefundOfCharge> refunds;
  for (const Fact* fact : StatesAround<RefundFact>(view, payments, ObjectKind::kRefund, moment)) {
    refunds.push_back({ChargeOfRefund(view, payments, *fact, moment), fact});
  }
  for (const LedgerObject* charge : payments.charges) {
    const Fact* state = StateFact<ChargeFact>(charge, moment);
    reversed.sum = SaturatingSum(reversed.sum, RefundedOf(charge->ref.id, state, refunds));
    reversed.sum = SaturatingSum(reversed.sum, FailedAfterSuccess(charge, paid_at, moment));
  }
  reversed.sum = SaturatingSum(reversed.sum, RefundedOf("", nullptr, refunds));
  if (source.ref.kind == ObjectKind::kInvoice) {
    reversed.sum = SaturatingSum(reversed.sum, CreditedAfterPayment(view, source, moment));
  }
  AddDisputes(StatesAround<DisputeFact>(view, payments, ObjectKind::kDispute, moment), reversed);
  return reversed;
}

ReversalKind ReversalOf(std::int64_t reversed, std::int64_t amount) {
  if (reversed <= 0) return ReversalKind::kNone;
  return reversed >= amount ? ReversalKind::kFully : ReversalKind::kPartly;
}

}  // namespace usher
