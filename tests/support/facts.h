// Facts for tests, one builder per type: a short line of a table says what happened and when.
//
// Every builder makes the fact of an ordinary case; setters change one thing each and can be chained:
//   Paid("in_1", kJan, {Monthly("growth", kJan)}).With([](InvoiceFact& f) { f.discount = 500; })
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/fact.h"

namespace usher::testing {

inline const BillingScope kStripe{.provider = "stripe", .account = "", .livemode = true};

// 2026, first days of the months, and instants between.
inline constexpr Instant kJan = FromUnixSeconds(1'767'225'600);
inline constexpr Instant kFeb = FromUnixSeconds(1'769'904'000);
inline constexpr Instant kMar = FromUnixSeconds(1'772'323'200);
inline constexpr Instant kApr = FromUnixSeconds(1'775'001'600);
inline constexpr Instant kMay = FromUnixSeconds(1'777'593'600);
inline constexpr Millis kMs{1};
constexpr Millis Hours(int n) { return std::chrono::hours(n); }
constexpr Millis Days(int n) { return std::chrono::hours(24 * n); }

inline ObjectRef Ref(ObjectKind kind, std::string id, const BillingScope& scope = kStripe) {
  return {.scope = scope, .kind = kind, .id = std::move(id)};
}

// Turns into a Fact wherever one is wanted.
template <class Content>
class FactBuilder {
 public:
  FactBuilder(ObjectRef object, Content content) : fact_{std::move(object), Instant{}, std::move(content)} {}

  FactBuilder At(Instant at) {
    fact_.at = at;
    return *this;
  }
  FactBuilder In(const BillingScope& scope) {
    fact_.object.scope = scope;
    return *this;
  }
  // Changes any field: .With([](InvoiceFact& f) { f.total = 0; })
  template <class Change>
  FactBuilder With(Change&& change) {
    change(std::get<Content>(fact_.content));
    return *this;
  }
  operator Fact() const { return fact_; }  // NOLINT(google-explicit-constructor): that is its use

 private:
  Fact fact_;
};

// A line of subscription sub_1, item si_1, for one month from `start`.
struct LineSpec {
  std::string price;
  Instant start{};
  Instant end{};
  std::int64_t amount = 1000;
  std::int64_t quantity_milli = 1000;
  std::string subscription = "sub_1";
  std::string item = "si_1";

  LineSpec Amount(std::int64_t value) const {
    LineSpec copy = *this;
    copy.amount = value;
    return copy;
  }
  LineSpec Quantity(std::int64_t units) const {
    LineSpec copy = *this;
    copy.quantity_milli = units * 1000;
    return copy;
  }
  LineSpec Of(std::string in_subscription, std::string in_item) const {
    LineSpec copy = *this;
    copy.subscription = std::move(in_subscription);
    copy.item = std::move(in_item);
    return copy;
  }
  operator InvoiceLine() const {  // NOLINT(google-explicit-constructor): that is its use
    return {.subscription = subscription,
            .subscription_item = item,
            .price = PriceId(price),
            .quantity_milli = quantity_milli,
            .amount = amount,
            .start = start,
            .end = end,
            .proration = false};
  }
};

inline LineSpec Line(std::string price, Instant start, Instant end) {
  return {.price = std::move(price), .start = start, .end = end};
}
inline LineSpec Monthly(std::string price, Instant start) {
  return Line(std::move(price), start, AddCalendar(start, {.months = 1, .exact = {}}));
}
// A line without subscription and item (R15).
inline LineSpec OneOff(std::string price, Instant at) { return Line(std::move(price), at, at).Of("", ""); }

// An invoice of customer cus_1 with these lines; its total is their sum.
inline FactBuilder<InvoiceFact> Invoice(std::string id, InvoiceStatus status, Instant at,
                                        std::vector<InvoiceLine> lines) {
  InvoiceFact fact;
  fact.status = status;
  fact.customer = "cus_1";
  for (const InvoiceLine& line : lines) {
    fact.total += line.amount;
    if (fact.subscription.empty()) fact.subscription = line.subscription;
  }
  fact.subtotal = fact.total;
  fact.amount_due = fact.total;
  if (status == InvoiceStatus::kPaid) fact.amount_paid = fact.total;
  fact.lines = std::move(lines);
  return FactBuilder<InvoiceFact>(Ref(ObjectKind::kInvoice, std::move(id)), std::move(fact)).At(at);
}
inline FactBuilder<InvoiceFact> Paid(std::string id, Instant at, std::vector<InvoiceLine> lines) {
  return Invoice(std::move(id), InvoiceStatus::kPaid, at, std::move(lines));
}
inline FactBuilder<InvoiceFact> Open(std::string id, Instant at, std::vector<InvoiceLine> lines) {
  return Invoice(std::move(id), InvoiceStatus::kOpen, at, std::move(lines));
}

inline FactBuilder<AttemptFact> Attempt(std::string invoice, AttemptResult result, Instant at) {
  return FactBuilder<AttemptFact>(Ref(ObjectKind::kInvoice, std::move(invoice)), {.result = result}).At(at);
}
inline FactBuilder<AttemptFact> Failed(std::string invoice, Instant at) {
  return Attempt(std::move(invoice), AttemptResult::kFailed, at);
}
inline FactBuilder<AttemptFact> AskedFor(std::string invoice, Instant at) {
  return Attempt(std::move(invoice), AttemptResult::kRequiresAction, at);
}

// Subscription of customer cus_1 with item si_1 of `price` (none when empty).
inline FactBuilder<SubscriptionFact> Subscribed(std::string id, SubscriptionStatus status, Instant at,
                                                std::string price) {
  SubscriptionFact fact;
  fact.status = status;
  fact.customer = "cus_1";
  fact.has_payment_method = true;
  if (!price.empty()) fact.items = {{.id = "si_1", .price = PriceId(std::move(price))}};
  return FactBuilder<SubscriptionFact>(Ref(ObjectKind::kSubscription, std::move(id)), std::move(fact)).At(at);
}

inline FactBuilder<PaymentIntentFact> Intent(std::string id, PaymentIntentStatus status, Instant at) {
  PaymentIntentFact fact;
  fact.status = status;
  fact.customer = "cus_1";
  return FactBuilder<PaymentIntentFact>(Ref(ObjectKind::kPaymentIntent, std::move(id)), std::move(fact)).At(at);
}

inline FactBuilder<ChargeFact> Charge(std::string id, ChargeStatus status, Instant at, std::string invoice) {
  ChargeFact fact;
  fact.status = status;
  fact.customer = "cus_1";
  fact.invoice = std::move(invoice);
  fact.amount = 1000;
  return FactBuilder<ChargeFact>(Ref(ObjectKind::kCharge, std::move(id)), std::move(fact)).At(at);
}

inline FactBuilder<RefundFact> Refund(std::string id, RefundStatus status, Instant at, std::string charge,
                                      std::int64_t amount) {
  RefundFact fact;
  fact.status = status;
  fact.charge = std::move(charge);
  fact.amount = amount;
  return FactBuilder<RefundFact>(Ref(ObjectKind::kRefund, std::move(id)), std::move(fact)).At(at);
}

inline FactBuilder<DisputeFact> Dispute(std::string id, DisputeStatus status, Instant at, std::string charge) {
  DisputeFact fact;
  fact.status = status;
  fact.charge = std::move(charge);
  fact.amount = 1000;
  return FactBuilder<DisputeFact>(Ref(ObjectKind::kDispute, std::move(id)), std::move(fact)).At(at);
}

inline FactBuilder<CreditNoteFact> CreditNote(std::string id, Instant at, std::string invoice, std::int64_t amount) {
  CreditNoteFact fact;
  fact.invoice = std::move(invoice);
  fact.post_payment = true;
  fact.amount = amount;
  return FactBuilder<CreditNoteFact>(Ref(ObjectKind::kCreditNote, std::move(id)), std::move(fact)).At(at);
}

// A complete session of customer cus_1 in payment mode.
inline FactBuilder<CheckoutSessionFact> Session(std::string id, CheckoutPayment payment, Instant at,
                                                std::string price) {
  CheckoutSessionFact fact;
  fact.status = CheckoutStatus::kComplete;
  fact.payment = payment;
  fact.customer = "cus_1";
  fact.amount_total = 1000;
  fact.price = PriceId(std::move(price));
  return FactBuilder<CheckoutSessionFact>(Ref(ObjectKind::kCheckoutSession, std::move(id)), std::move(fact)).At(at);
}

inline FactBuilder<InvoicePaymentFact> InvoicePayment(std::string id, Instant at, std::string invoice,
                                                      std::string payment_intent) {
  InvoicePaymentFact fact;
  fact.invoice = std::move(invoice);
  fact.payment_intent = std::move(payment_intent);
  fact.paid = true;
  return FactBuilder<InvoicePaymentFact>(Ref(ObjectKind::kInvoicePayment, std::move(id)), std::move(fact)).At(at);
}

inline FactBuilder<CustomerFact> Customer(std::string id, Instant at) {
  return FactBuilder<CustomerFact>(Ref(ObjectKind::kCustomer, std::move(id)), CustomerFact{}).At(at);
}
inline FactBuilder<CustomerFact> CustomerDeleted(std::string id, Instant at) {
  return Customer(std::move(id), at).With([](CustomerFact& fact) { fact.deleted = true; });
}

inline FactBuilder<TestClockFact> TestClock(std::string id, Instant frozen_time) {
  return FactBuilder<TestClockFact>(Ref(ObjectKind::kTestClock, std::move(id)), {.frozen_time = frozen_time})
      .At(frozen_time);
}

inline FactBuilder<FraudWarningFact> FraudWarning(std::string id, Instant at, std::string charge) {
  FraudWarningFact fact;
  fact.charge = std::move(charge);
  return FactBuilder<FraudWarningFact>(Ref(ObjectKind::kFraudWarning, std::move(id)), std::move(fact)).At(at);
}

inline FactBuilder<OutcomeFact> Outcome(std::string id, OutcomeStatus status, Instant at, std::string price) {
  OutcomeFact fact;
  fact.status = status;
  fact.tenant = TenantId("acme");
  fact.price = PriceId(std::move(price));
  return FactBuilder<OutcomeFact>(Ref(ObjectKind::kOutcome, std::move(id)), std::move(fact)).At(at);
}

inline FactBuilder<LinkFact> Linked(ObjectKind kind, std::string id, std::string tenant, Instant at,
                                    LinkTrust trust = LinkTrust::kMetadata) {
  return FactBuilder<LinkFact>(Ref(kind, std::move(id)), {.tenant = TenantId(std::move(tenant)), .trust = trust})
      .At(at);
}
// Customer cus_1 is tenant acme, since ever.
inline Fact AcmePays() { return Linked(ObjectKind::kCustomer, "cus_1", "acme", kBeginning); }

inline FactBuilder<SuspensionFact> Suspension(std::string tenant, bool suspended, Instant at) {
  SuspensionFact fact;
  fact.suspended = suspended;
  return FactBuilder<SuspensionFact>(Ref(ObjectKind::kTenant, std::move(tenant), {}), std::move(fact)).At(at);
}

inline FactBuilder<TenantFact> Tenant(std::string tenant, Instant at) {
  return FactBuilder<TenantFact>(Ref(ObjectKind::kTenant, std::move(tenant), {}), TenantFact{}).At(at);
}

// An override of tenant acme.
inline FactBuilder<OverrideFact> Overridden(std::string id, OverrideMode mode, Instant at, std::string feature,
                                            Value value) {
  OverrideFact fact;
  fact.tenant = TenantId("acme");
  fact.feature = FeatureId(std::move(feature));
  fact.mode = mode;
  fact.value = std::move(value);
  const BillingScope operators{.provider = kOperatorProvider, .account = "", .livemode = false};
  return FactBuilder<OverrideFact>(Ref(ObjectKind::kOverride, std::move(id), operators), std::move(fact)).At(at);
}

}  // namespace usher::testing
