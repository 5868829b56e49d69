#include "server/workbench/scenario/stage.h"

#include <algorithm>
#include <utility>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

const BillingScope& OperatorScope() {
  static const BillingScope scope{.provider = kOperatorProvider, .account = "", .livemode = false};
  return scope;
}

std::string NameOf(const PurchaseRef& of) {
  return of.subscription.empty() ? "payment " + of.payment : "subscription " + of.subscription;
}

bool IsSame(const PurchaseRef& a, const PurchaseRef& b) {
  return a.subscription == b.subscription && a.payment == b.payment;
}

}  // namespace

Stage::Stage(const Catalog& catalog, bool livemode, TenantId tenant)
    : catalog_(catalog),
      scope_{.provider = "stripe", .account = "", .livemode = livemode},
      tenant_(std::move(tenant)) {}

absl::Status Stage::Do(const ScenarioAct& act, Instant at) {
  return std::visit([&](const auto& is) { return DoIt(is, at); }, act);
}

void Stage::Tell(ObjectKind kind, std::string id, Instant at, FactContent content) {
  facts_.push_back({{scope_, kind, std::move(id)}, at, std::move(content)});
}

// One observation an instant: of two at the same instant nobody could say which came first.
void Stage::TellSubscription(const std::string& id, Subscription& subscription, Instant at) {
  if (!subscription.known) {
    Tell(ObjectKind::kSubscription, id, at, LinkFact{.tenant = tenant_, .trust = LinkTrust::kMetadata});
    subscription.known = true;
  }
  SubscriptionFact fact = subscription.fact;
  for (const auto& [item, want] : subscription.wants) {
    fact.items.push_back({.id = item, .price = want.price, .quantity_milli = want.quantity * 1000});
  }
  const auto same = std::ranges::find_if(facts_, [&](const Fact& told) {
    return told.at == at && told.object.scope == scope_ && told.object.id == id &&
           std::holds_alternative<SubscriptionFact>(told.content);
  });
  if (same != facts_.end()) {
    same->content = std::move(fact);
  } else {
    Tell(ObjectKind::kSubscription, id, at, std::move(fact));
  }
}

absl::StatusOr<Stage::Subscription*> Stage::Known(const std::string& id) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) {
    return FailedPrecondition("There is no subscription " + id +
                              " yet: pay for it in a step above, or correct its name.");
  }
  if (found->second.fact.status == SubscriptionStatus::kCanceled) {
    return FailedPrecondition("Subscription " + id + " is canceled: what is bought again is another subscription.");
  }
  return &found->second;
}

absl::StatusOr<Stage::Payment*> Stage::PaidPayment(const PurchaseRef& of) {
  for (auto index = settled_.rbegin(); index != settled_.rend(); ++index) {
    Payment& payment = payments_[*index];
    if (!IsSame(payment.of, of)) continue;
    if (payment.total > 0) return &payment;
    return FailedPrecondition("The last payment of " + NameOf(of) + " was of nothing, so no money can go back.");
  }
  return FailedPrecondition("Nothing has been paid for " + NameOf(of) + " yet: pay for it in a step above.");
}

absl::Status Stage::DoIt(const RefundAct& act, Instant at) {
  const absl::StatusOr<Payment*> found = PaidPayment(act.of);
  if (!found.ok()) return found.status();
  Payment& payment = **found;
  const std::int64_t left = payment.total - payment.refunded;
  const std::int64_t amount = act.amount.value_or(left);
  if (left == 0) return FailedPrecondition("All that was paid for " + NameOf(act.of) + " is refunded already.");
  if (amount > left) {
    return FailedPrecondition("Of the last payment of " + NameOf(act.of) + " at most " + std::to_string(left) +
                              " can be refunded.");
  }
  payment.refunded += amount;
  RefundFact refund;
  refund.status = RefundStatus::kSucceeded;
  refund.charge = "ch_" + payment.id;
  refund.amount = amount;
  Tell(ObjectKind::kRefund, "re_" + payment.id + "_" + std::to_string(++payment.refunds), at, std::move(refund));
  return absl::OkStatus();
}

absl::Status Stage::DoIt(const DisputeAct& act, Instant at) {
  const absl::StatusOr<Payment*> found = PaidPayment(act.of);
  if (!found.ok()) return found.status();
  Payment& payment = **found;
  if (payment.dispute) return FailedPrecondition("The last payment of " + NameOf(act.of) + " is disputed already.");
  ++payment.disputes;
  payment.dispute = DisputeFact{.status = act.inquiry ? DisputeStatus::kInquiryOpen : DisputeStatus::kOpen,
                                .charge = "ch_" + payment.id,
                                .payment_intent = "",
                                .amount = payment.total};
  Tell(ObjectKind::kDispute, "dp_" + payment.id + "_" + std::to_string(payment.disputes), at, *payment.dispute);
  return absl::OkStatus();
}

absl::Status Stage::DoIt(const CloseDisputeAct& act, Instant at) {
  const auto open = std::find_if(payments_.rbegin(), payments_.rend(), [&](const Payment& payment) {
    return IsSame(payment.of, act.of) && payment.dispute.has_value();
  });
  if (open == payments_.rend()) {
    return FailedPrecondition("No dispute of " + NameOf(act.of) + " is open: it begins with dispute in a step above.");
  }
  DisputeFact closed = *std::exchange(open->dispute, std::nullopt);
  if (!act.won) {
    closed.status = DisputeStatus::kLost;
  } else {
    closed.status = closed.status == DisputeStatus::kOpen ? DisputeStatus::kWon : DisputeStatus::kInquiryClosed;
  }
  Tell(ObjectKind::kDispute, "dp_" + open->id + "_" + std::to_string(open->disputes), at, std::move(closed));
  return absl::OkStatus();
}

absl::Status Stage::DoIt(const CancelAct& act, Instant at) {
  const absl::StatusOr<Subscription*> found = Known(act.subscription);
  if (!found.ok()) return found.status();
  Subscription& subscription = **found;
  if (!act.at_period_end) {
    subscription.fact.status = SubscriptionStatus::kCanceled;
  } else if (subscription.IsRunning(at)) {
    subscription.fact.cancel_at = subscription.until;
  } else {
    return FailedPrecondition("No paid period of subscription " + act.subscription +
                              " runs at this time, at whose end it could be canceled.");
  }
  TellSubscription(act.subscription, subscription, at);
  return absl::OkStatus();
}

absl::Status Stage::DoIt(const TrialAct& act, Instant at) {
  if (subscriptions_.contains(act.subscription)) {
    return FailedPrecondition("A trial begins a subscription, and " + act.subscription + " is there already.");
  }
  const Price* price = FindPrice(catalog_, scope_.livemode, act.price.str());
  std::optional<CalendarDuration> length = act.length;
  if (const auto* sells = price == nullptr ? nullptr : std::get_if<Price::SellsPlan>(&price->sells);
      sells != nullptr && !length && catalog_.plans[sells->plan].trial) {
    length = catalog_.plans[sells->plan].trial->length;
  }
  if (!length) {
    return FailedPrecondition("The plan of " + act.price.str() + " has no trial: state the length of this one.");
  }
  Subscription subscription;
  const absl::StatusOr<std::string> item = ItemOf(act.item, act.price, subscription);
  if (!item.ok()) return item.status();
  subscription.wants[*item] = {.price = act.price, .quantity = act.quantity.value_or(1)};
  subscription.paid = subscription.wants;
  subscription.from = at;
  subscription.until = AddCalendar(at, *length);
  subscription.fact.status = SubscriptionStatus::kTrialing;
  subscription.fact.trial_start = at;
  subscription.fact.trial_end = subscription.until;
  subscription.fact.has_payment_method = act.payment_method;
  ++subscription.invoices;
  InvoiceFact invoice;
  invoice.status = InvoiceStatus::kPaid;
  invoice.subscription = act.subscription;
  invoice.lines.push_back({.subscription = act.subscription,
                           .subscription_item = *item,
                           .price = act.price,
                           .quantity_milli = act.quantity.value_or(1) * 1000,
                           .amount = 0,
                           .start = subscription.from,
                           .end = subscription.until,
                           .proration = false});
  TellSubscription(act.subscription, subscription, at);
  Tell(ObjectKind::kInvoice, "in_" + act.subscription + "_1", at, std::move(invoice));
  subscriptions_.emplace(act.subscription, std::move(subscription));
  return absl::OkStatus();
}

absl::Status Stage::DoIt(const ChangeAct& act, Instant at) {
  const absl::StatusOr<Subscription*> found = Known(act.subscription);
  if (!found.ok()) return found.status();
  Subscription& subscription = **found;
  if (!act.price.empty() || act.quantity) {
    const absl::StatusOr<std::string> item = ItemOf(act.item, act.price, subscription);
    if (!item.ok()) return item.status();
    if (act.price.empty() && !subscription.wants.contains(*item)) {
      return FailedPrecondition("Subscription " + act.subscription + " has no item " + *item + ": name its price.");
    }
    Want& want = subscription.wants[*item];
    if (!act.price.empty()) want.price = act.price;
    if (act.quantity) want.quantity = *act.quantity;
  }
  if (act.collection_paused) subscription.fact.collection_paused = *act.collection_paused;
  TellSubscription(act.subscription, subscription, at);
  return absl::OkStatus();
}

absl::Status Stage::DoIt(const OverrideAct& act, Instant at) {
  OverrideFact fact = act.fact;
  fact.tenant = tenant_;
  if (fact.removed) {
    const auto put = overrides_.find(act.id);
    if (put == overrides_.end()) {
      return FailedPrecondition("There is no override " + act.id + " to remove: put it in a step above.");
    }
    fact = std::move(put->second);
    fact.removed = true;
    overrides_.erase(put);
  } else {
    overrides_[act.id] = fact;
  }
  facts_.push_back({{OperatorScope(), ObjectKind::kOverride, act.id}, at, std::move(fact)});
  return absl::OkStatus();
}

absl::Status Stage::DoIt(const EventAct& act, Instant) {
  facts_.insert(facts_.end(), act.facts.begin(), act.facts.end());
  return absl::OkStatus();
}

}  // namespace usher
