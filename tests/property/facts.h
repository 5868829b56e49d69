// Facts in few words, for histories written by hand: one maker per kind, what matters as arguments.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/fact.h"
#include "server/core/fact_codec.h"
#include "tests/property/catalogs.h"

namespace usher::property {

inline const BillingScope kLive{.provider = "stripe", .account = "", .livemode = true};
inline const BillingScope kBank{.provider = "bank", .account = "", .livemode = true};
inline const BillingScope kOperator{.provider = kOperatorProvider, .account = "", .livemode = false};

inline constexpr Instant kJan = FromUnixSeconds(1767225600);  // 2026-01-01T00:00:00Z
inline constexpr Instant kFeb = FromUnixSeconds(1769904000);
inline constexpr Instant kMar = FromUnixSeconds(1772323200);
inline constexpr Millis kHour = std::chrono::hours(1);
inline constexpr Millis kDay = std::chrono::hours(24);

inline const TenantId kAcme{"acme"};

inline PriceId Live(const std::string& name) { return PriceNamed(true, name); }

inline Fact LinkOf(ObjectKind kind, const std::string& id, const std::string& tenant, Instant at = kJan - kDay,
                   LinkTrust trust = LinkTrust::kMetadata) {
  return {{kLive, kind, id}, at, LinkFact{.tenant = TenantId(tenant), .trust = trust}};
}
// sub_1 belongs to acme.
inline Fact Linked() { return LinkOf(ObjectKind::kSubscription, "sub_1", "acme"); }

// A line of item si_1 of sub_1.
inline InvoiceLine ItemLine(const std::string& price, std::int64_t amount, Instant start, Instant end,
                            int quantity = 1) {
  return {.subscription = "sub_1",
          .subscription_item = "si_1",
          .price = Live(price),
          .quantity_milli = quantity * 1000,
          .amount = amount,
          .start = start,
          .end = end,
          .proration = amount < 0};
}

// An invoice over `lines`, with amounts that add up and a charge `ch_<id>` of its own.
inline InvoiceFact InvoiceOver(InvoiceStatus status, const std::string& id, std::vector<InvoiceLine> lines) {
  InvoiceFact invoice;
  invoice.status = status;
  invoice.customer = "cus_1";
  invoice.subscription = "sub_1";
  invoice.charge = "ch_" + id;
  for (const InvoiceLine& line : lines) invoice.subtotal += line.amount;
  invoice.total = invoice.amount_due = invoice.subtotal;
  if (status == InvoiceStatus::kPaid) invoice.amount_paid = invoice.total;
  invoice.lines = std::move(lines);
  return invoice;
}
inline Fact InvoiceAt(const std::string& id, Instant at, InvoiceFact invoice) {
  return {{kLive, ObjectKind::kInvoice, id}, at, std::move(invoice)};
}
inline Fact Paid(const std::string& id, Instant at, std::vector<InvoiceLine> lines) {
  return InvoiceAt(id, at, InvoiceOver(InvoiceStatus::kPaid, id, std::move(lines)));
}
inline Fact Open(const std::string& id, Instant at, std::vector<InvoiceLine> lines) {
  return InvoiceAt(id, at, InvoiceOver(InvoiceStatus::kOpen, id, std::move(lines)));
}
inline Fact Attempt(const std::string& invoice, Instant at, AttemptResult result = AttemptResult::kFailed) {
  return {{kLive, ObjectKind::kInvoice, invoice}, at, AttemptFact{.result = result}};
}

// sub_1 with si_1 at `price`.
inline SubscriptionFact Wants(SubscriptionStatus status, const std::string& price) {
  SubscriptionFact subscription;
  subscription.status = status;
  subscription.customer = "cus_1";
  subscription.has_payment_method = true;
  subscription.items.push_back({.id = "si_1", .price = Live(price), .quantity_milli = 1000});
  return subscription;
}
inline Fact SubscriptionAt(Instant at, SubscriptionFact subscription) {
  return {{kLive, ObjectKind::kSubscription, "sub_1"}, at, std::move(subscription)};
}

// Any content of any object of the live scope.
inline Fact Seen(ObjectKind kind, const std::string& id, Instant at, FactContent content) {
  return {{kLive, kind, id}, at, std::move(content)};
}

inline Fact RefundAt(const std::string& id, Instant at, RefundStatus status, const std::string& charge,
                     std::int64_t amount) {
  RefundFact refund;
  refund.status = status;
  refund.charge = charge;
  refund.amount = amount;
  return Seen(ObjectKind::kRefund, id, at, refund);
}
inline Fact DisputeAt(const std::string& id, Instant at, DisputeStatus status, const std::string& charge,
                      std::int64_t amount) {
  DisputeFact dispute;
  dispute.status = status;
  dispute.charge = charge;
  dispute.amount = amount;
  return Seen(ObjectKind::kDispute, id, at, dispute);
}
inline Fact ChargeAt(const std::string& id, Instant at, ChargeStatus status, std::int64_t amount,
                     std::int64_t amount_refunded = 0) {
  ChargeFact charge;
  charge.status = status;
  charge.amount = amount;
  charge.amount_refunded = amount_refunded;
  return Seen(ObjectKind::kCharge, id, at, charge);
}
inline Fact IntentAt(const std::string& id, Instant at, PaymentIntentStatus status, const std::string& price = "") {
  PaymentIntentFact intent;
  intent.status = status;
  intent.customer = "cus_1";
  if (!price.empty()) intent.price = Live(price);
  return Seen(ObjectKind::kPaymentIntent, id, at, intent);
}
inline Fact OneOffSessionAt(const std::string& id, Instant at, CheckoutPayment payment, const std::string& price,
                            std::int64_t amount) {
  CheckoutSessionFact session;
  session.status = CheckoutStatus::kComplete;
  session.payment = payment;
  session.customer = "cus_1";
  session.amount_total = amount;
  session.price = Live(price);
  return Seen(ObjectKind::kCheckoutSession, id, at, session);
}

inline OutcomeFact OutcomeOf(OutcomeStatus status, const std::string& price) {
  OutcomeFact outcome;
  outcome.status = status;
  outcome.tenant = kAcme;
  outcome.price = Live(price);
  return outcome;
}
inline Fact OutcomeAt(const std::string& id, Instant at, OutcomeFact outcome) {
  return {{kBank, ObjectKind::kOutcome, id}, at, std::move(outcome)};
}
inline OverrideFact OverrideOf(OverrideMode mode, const std::string& feature, Value value) {
  OverrideFact put;
  put.tenant = kAcme;
  put.feature = FeatureId(feature);
  put.mode = mode;
  put.value = std::move(value);
  return put;
}
inline Fact OverrideAt(const std::string& id, Instant at, OverrideFact override_fact) {
  return {{kOperator, ObjectKind::kOverride, id}, at, std::move(override_fact)};
}
inline Fact SuspensionAt(Instant at, bool suspended) {
  return {TenantObject(kAcme), at, SuspensionFact{.suspended = suspended, .reason = "abuse", .actor = "op"}};
}

}  // namespace usher::property
