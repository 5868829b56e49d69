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

// Calls visit(content) for every fact of the object that is known at the moment: what a later rendering leaves out was
// said all the same.
template <class Content, class Visitor>
void ForEachRendering(const LedgerObject* object, Moment& moment, Visitor&& visit) {
  ForEachKnown<Content>(object, moment, [&](const Fact&, const Content& content) { visit(content); });
}

// True when a rendering that is known at the moment has `id` as its `member`.
template <class Content>
bool Names(const LedgerObject* object, std::string Content::* member, std::string_view id, Moment& moment) {
  bool names = false;
  ForEachRendering<Content>(object, moment, [&](const Content& content) { names = names || content.*member == id; });
  return names;
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
    ForEachRendering<ChargeFact>(charge, moment_, [&](const ChargeFact& said) { AddIntent(said.payment_intent); });
  }
  void FromIntent(const LedgerObject* intent) {
    for (const LedgerObject* charge : view_.Referrers(intent, ObjectKind::kCharge)) {
      if (Names(charge, &ChargeFact::payment_intent, intent->ref.id, moment_)) AddCharge(charge->ref.id);
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
      bool around = false;
      ForEachRendering<Content>(object, moment, [&](const Content& said) {
        around = around || Contains(payments.charges, said.charge) || Contains(payments.intents, said.payment_intent);
      });
      if (around) states.push_back(fact);
    }
  };
  for (const LedgerObject* charge : payments.charges) add(charge);
  for (const LedgerObject* intent : payments.intents) add(intent);
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  return states;
}

// The charge that a refund of these payments takes from: the least of them that it names, else the least of them that
// belongs to an intent it names, else none.
std::string ChargeOfRefund(const LedgerView& view, const Payments& payments, const Fact& fact, Moment& moment) {
  const LedgerObject* refund = view.Find(fact.object.scope, ObjectKind::kRefund, fact.object.id);
  const auto of_intent = [&](const LedgerObject* charge) {
    return std::any_of(payments.intents.begin(), payments.intents.end(), [&](const LedgerObject* intent) {
      return Names(refund, &RefundFact::payment_intent, intent->ref.id, moment) &&
             Names(charge, &ChargeFact::payment_intent, intent->ref.id, moment);
    });
  };
  for (const LedgerObject* charge : payments.charges) {
    if (Names(refund, &RefundFact::charge, charge->ref.id, moment)) return charge->ref.id;
  }
  for (const LedgerObject* charge : payments.charges) {
    if (of_intent(charge)) return charge->ref.id;
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
    if (note == nullptr || !Names(object, &CreditNoteFact::invoice, invoice.ref.id, moment)) continue;
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
  ForEachRendering<InvoiceFact>(&invoice, moment, [&](const InvoiceFact& said) {
    walk.AddCharge(said.charge);
    walk.AddIntent(said.payment_intent);
  });
  for (const LedgerObject* object : view.Referrers(&invoice, ObjectKind::kInvoicePayment)) {
    if (!Names(object, &InvoicePaymentFact::invoice, invoice.ref.id, moment)) continue;
    ForEachRendering<InvoicePaymentFact>(object, moment, [&](const InvoicePaymentFact& said) {
      walk.AddCharge(said.charge);
      walk.AddIntent(said.payment_intent);
    });
  }
  for (const LedgerObject* object : view.Referrers(&invoice, ObjectKind::kCharge)) {
    if (Names(object, &ChargeFact::invoice, invoice.ref.id, moment)) walk.AddCharge(object->ref.id);
  }
  for (const LedgerObject* object : view.Referrers(&invoice, ObjectKind::kPaymentIntent)) {
    if (Names(object, &PaymentIntentFact::invoice, invoice.ref.id, moment)) walk.AddIntent(object->ref.id);
  }
  return walk.Take();
}

Payments PaymentsOfSession(const LedgerView& view, const LedgerObject& session, Moment& moment) {
  PaymentWalk walk(view, session.ref.scope, moment);
  ForEachRendering<CheckoutSessionFact>(&session, moment,
                                        [&](const CheckoutSessionFact& said) { walk.AddIntent(said.payment_intent); });
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
