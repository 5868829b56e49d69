#include <algorithm>

#include "tests/property/stage.h"

namespace usher::property {
namespace {

template <class Enum>
Enum AnyOf(Dice& dice, Enum last) {
  return static_cast<Enum>(dice.Below(static_cast<int>(last) + 1));
}

// The same observation in another condition.
struct Contradict {
  Dice& dice;

  void operator()(InvoiceFact& fact) const {
    fact.status = AnyOf(dice, InvoiceStatus::kPaid);
    if (fact.status == InvoiceStatus::kPaid && dice.Chance(70)) fact.amount_paid = fact.amount_due;
    if (!fact.lines.empty() && dice.Chance(20)) fact.lines.erase(fact.lines.begin());
    if (dice.Chance(10)) fact.lines_complete = !fact.lines_complete;
  }
  void operator()(AttemptFact& fact) const { fact.result = AnyOf(dice, AttemptResult::kRequiresAction); }
  void operator()(SubscriptionFact& fact) const {
    fact.status = AnyOf(dice, SubscriptionStatus::kCanceled);
    if (dice.Chance(20)) fact.has_payment_method = !fact.has_payment_method;
    if (dice.Chance(10)) fact.trial_end.reset();
    if (dice.Chance(10)) fact.collection_paused = !fact.collection_paused;
  }
  void operator()(PaymentIntentFact& fact) const { fact.status = AnyOf(dice, PaymentIntentStatus::kSucceeded); }
  void operator()(ChargeFact& fact) const {
    fact.status = AnyOf(dice, ChargeStatus::kFailed);
    fact.amount_refunded = dice.Pick<std::int64_t>({0, fact.amount / 2, fact.amount});
  }
  void operator()(RefundFact& fact) const { fact.status = AnyOf(dice, RefundStatus::kCanceled); }
  void operator()(DisputeFact& fact) const { fact.status = AnyOf(dice, DisputeStatus::kLost); }
  void operator()(CreditNoteFact& fact) const {
    fact.status = AnyOf(dice, CreditNoteStatus::kVoid);
    if (dice.Chance(30)) fact.post_payment = !fact.post_payment;
  }
  void operator()(CheckoutSessionFact& fact) const {
    fact.status = AnyOf(dice, CheckoutStatus::kComplete);
    fact.payment = AnyOf(dice, CheckoutPayment::kPaid);
    if (dice.Chance(20)) fact.mode = AnyOf(dice, CheckoutMode::kSetup);
  }
  void operator()(InvoicePaymentFact& fact) const { fact.paid = dice.Chance(50); }
  void operator()(CustomerFact& fact) const { fact.deleted = dice.Chance(30); }
  void operator()(TestClockFact&) const {}
  void operator()(FraudWarningFact&) const {}
  void operator()(OutcomeFact& fact) const { fact.status = AnyOf(dice, OutcomeStatus::kReversed); }
  void operator()(LinkFact& fact) const {
    fact.trust = AnyOf(dice, LinkTrust::kOperator);
    fact.tenant = TenantId(dice.Pick<const char*>({"acme", "beta"}));
  }
  void operator()(TenantFact&) const {}
  void operator()(SuspensionFact& fact) const { fact.suspended = dice.Chance(50); }
  void operator()(OverrideFact& fact) const {
    fact.removed = dice.Chance(30);
    fact.mode = AnyOf(dice, OverrideMode::kDeny);
    if (fact.mode == OverrideMode::kDeny) fact.value = false;
  }
};

// The same observation with a reference to some other object of that kind.
struct Redirect {
  Dice& dice;
  const std::vector<Fact>& facts;

  std::string Any(ObjectKind kind, const std::string& otherwise) const {
    std::vector<std::string> ids;
    for (const Fact& fact : facts) {
      if (fact.object.kind == kind) ids.push_back(fact.object.id);
    }
    return ids.empty() ? otherwise : dice.Pick(ids);
  }
  void Payment(std::string& charge, std::string& intent) const {
    std::string& one = dice.Chance(50) ? charge : intent;
    one = Any(&one == &charge ? ObjectKind::kCharge : ObjectKind::kPaymentIntent, one);
  }

  template <class Content>
  void operator()(Content&) const {}
  void operator()(InvoiceFact& fact) const {
    Payment(fact.charge, fact.payment_intent);
    if (dice.Chance(30)) fact.subscription = Any(ObjectKind::kSubscription, fact.subscription);
  }
  void operator()(InvoicePaymentFact& fact) const {
    Payment(fact.charge, fact.payment_intent);
    if (dice.Chance(50)) fact.invoice = Any(ObjectKind::kInvoice, fact.invoice);
  }
  void operator()(PaymentIntentFact& fact) const { fact.invoice = Any(ObjectKind::kInvoice, fact.invoice); }
  void operator()(ChargeFact& fact) const {
    fact.invoice = Any(ObjectKind::kInvoice, fact.invoice);
    fact.payment_intent = Any(ObjectKind::kPaymentIntent, fact.payment_intent);
  }
  void operator()(RefundFact& fact) const { Payment(fact.charge, fact.payment_intent); }
  void operator()(DisputeFact& fact) const { Payment(fact.charge, fact.payment_intent); }
  void operator()(CreditNoteFact& fact) const { fact.invoice = Any(ObjectKind::kInvoice, fact.invoice); }
  void operator()(CheckoutSessionFact& fact) const {
    if (dice.Chance(60)) fact.invoice = Any(ObjectKind::kInvoice, fact.invoice);
    if (dice.Chance(30)) fact.payment_intent = Any(ObjectKind::kPaymentIntent, fact.payment_intent);
    if (dice.Chance(30)) fact.subscription = Any(ObjectKind::kSubscription, fact.subscription);
  }
};

// The same observation without references, as thinner renderings of a change leave them out.
struct LeaveOut {
  Dice& dice;

  void Some(std::string& one, std::string& other) const {
    if (dice.Chance(70)) one.clear();
    if (dice.Chance(50)) other.clear();
  }

  template <class Content>
  void operator()(Content&) const {}
  void operator()(InvoiceFact& fact) const {
    Some(fact.charge, fact.payment_intent);
    if (dice.Chance(20)) Some(fact.customer, fact.subscription);
  }
  void operator()(InvoicePaymentFact& fact) const {
    Some(fact.charge, fact.payment_intent);
    if (dice.Chance(30)) fact.invoice.clear();
  }
  void operator()(PaymentIntentFact& fact) const { Some(fact.invoice, fact.customer); }
  void operator()(ChargeFact& fact) const { Some(fact.invoice, fact.payment_intent); }
  void operator()(RefundFact& fact) const { Some(fact.charge, fact.payment_intent); }
  void operator()(DisputeFact& fact) const { Some(fact.charge, fact.payment_intent); }
  void operator()(CreditNoteFact& fact) const { fact.invoice.clear(); }
  void operator()(CheckoutSessionFact& fact) const {
    Some(fact.payment_intent, fact.invoice);
    if (dice.Chance(20)) Some(fact.customer, fact.subscription);
  }
};

bool MayBeLinked(ObjectKind kind) {
  return kind == ObjectKind::kCustomer || kind == ObjectKind::kSubscription || kind == ObjectKind::kInvoice ||
         kind == ObjectKind::kCheckoutSession || kind == ObjectKind::kPaymentIntent;
}

// Says some facts again, later and with less, in the same condition or another.
void SayThinner(Stage& stage) {
  Dice& dice = stage.dice;
  for (int more = dice.Pick({0, 1, 2, 4}); more > 0; --more) {
    Fact copy = dice.Pick(stage.facts);
    const FactContent whole = copy.content;
    std::visit(LeaveOut{dice}, copy.content);
    if (copy.content == whole) continue;
    if (dice.Chance(30)) std::visit(Contradict{dice}, copy.content);
    copy.at += dice.Pick<Millis>({Millis(0), Millis(1), kHour, kDay, 10 * kDay});
    stage.facts.push_back(copy);
  }
}

}  // namespace

void Spoil(Stage& stage) {
  Dice& dice = stage.dice;
  if (dice.Chance(60)) {
    std::erase_if(stage.facts, [&](const Fact&) { return dice.Chance(4); });
  }
  if (stage.facts.empty()) return;
  for (int more = dice.Pick({0, 0, 1, 2, 5}); more > 0; --more) {
    Fact copy = dice.Pick(stage.facts);
    const int how = dice.Below(5);
    if (how == 0) {
      copy.at = dice.Pick(stage.facts).at;
    } else if (how == 1) {
      copy.at = dice.Near(copy.at);
    } else if (how == 2) {
      std::visit(Redirect{dice, stage.facts}, copy.content);
      if (dice.Chance(60)) copy.at = dice.Near(copy.at);
    } else {
      std::visit(Contradict{dice}, copy.content);
      if (dice.Chance(60)) copy.at = dice.Near(copy.at);
    }
    stage.facts.push_back(copy);
  }
  if (dice.Chance(40)) SayThinner(stage);
  for (int more = dice.Pick({0, 0, 0, 1, 2}); more > 0; --more) {
    const Fact& of = dice.Pick(stage.facts);
    if (!MayBeLinked(of.object.kind)) continue;
    LinkFact link;
    link.tenant = TenantId(dice.Pick<const char*>({"acme", "beta"}));
    link.trust = AnyOf(dice, LinkTrust::kOperator);
    stage.facts.push_back({of.object, dice.Near(of.at), link});
  }
}

}  // namespace usher::property
