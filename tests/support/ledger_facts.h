// Facts for tests of the store and the engine: one maker per kind of fact, with what matters to a ledger as arguments.
#pragma once

#include <string>
#include <utility>

#include "server/core/fact.h"
#include "server/core/fact_codec.h"

namespace usher {

inline const BillingScope kTestScope{.provider = "stripe", .account = "", .livemode = false};
inline constexpr Instant kJanuary = FromUnixSeconds(1767225600);  // 2026-01-01T00:00:00Z
inline constexpr Millis kDay = std::chrono::hours(24);

inline ObjectRef ObjectOf(ObjectKind kind, std::string id) { return {kTestScope, kind, std::move(id)}; }
inline ObjectRef CustomerObject(std::string id) { return ObjectOf(ObjectKind::kCustomer, std::move(id)); }

inline Fact LinkOf(ObjectRef object, const std::string& tenant, Instant at = kJanuary,
                   LinkTrust trust = LinkTrust::kMetadata) {
  return {std::move(object), at, LinkFact{.tenant = TenantId(tenant), .trust = trust}};
}

// One subscription item, paid for 30 days from `start`.
inline Fact PaidInvoice(std::string id, const std::string& customer, const std::string& subscription,
                        const std::string& price, Instant start) {
  InvoiceFact invoice;
  invoice.status = InvoiceStatus::kPaid;
  invoice.customer = customer;
  invoice.subscription = subscription;
  invoice.subtotal = invoice.total = invoice.amount_due = invoice.amount_paid = 4900;
  invoice.lines.push_back({.subscription = subscription,
                           .subscription_item = "si_" + subscription,
                           .price = PriceId(price),
                           .quantity_milli = 1000,
                           .amount = 4900,
                           .start = start,
                           .end = start + 30 * kDay,
                           .proration = false});
  return {ObjectOf(ObjectKind::kInvoice, std::move(id)), start, invoice};
}

inline Fact ActiveSubscription(std::string id, const std::string& customer, const std::string& price, Instant at) {
  SubscriptionFact subscription;
  subscription.status = SubscriptionStatus::kActive;
  subscription.customer = customer;
  subscription.items.push_back({.id = "si_" + id, .price = PriceId(price), .quantity_milli = 1000});
  return {ObjectOf(ObjectKind::kSubscription, std::move(id)), at, subscription};
}

}  // namespace usher
