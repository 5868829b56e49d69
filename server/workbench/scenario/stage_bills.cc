// pay, pend and fail: what is billed, for which time, and what became of it.
#include <algorithm>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/workbench/scenario/stage.h"

namespace usher {
namespace {

constexpr const char* kPlanItem = "plan";

// `at` less `by`, the day clamped to the end of the month reached.
Instant Before(Instant at, CalendarDuration by) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::year_month month =
      std::chrono::year_month(date.year(), date.month()) - std::chrono::months(by.months);
  const std::chrono::year_month_day_last last(month.year(), std::chrono::month_day_last(month.month()));
  const std::chrono::year_month_day clamped(month.year(), month.month(), std::min(date.day(), last.day()));
  return Instant(std::chrono::sys_days(clamped)) + (at - day) - by.exact;
}

std::optional<CalendarDuration> IntervalOf(const Price* price) {
  using std::chrono::hours;
  if (price == nullptr) return std::nullopt;
  if (price->interval == "day") return CalendarDuration{.months = 0, .exact = hours(24)};
  if (price->interval == "week") return CalendarDuration{.months = 0, .exact = hours(7 * 24)};
  if (price->interval == "month") return CalendarDuration{.months = 1, .exact = {}};
  if (price->interval == "quarter") return CalendarDuration{.months = 3, .exact = {}};
  if (price->interval == "year") return CalendarDuration{.months = 12, .exact = {}};
  return std::nullopt;
}

bool IsOnce(const Price* price) { return price != nullptr && price->once.has_value(); }

}  // namespace

absl::Status Stage::DoIt(const BillAct& act, Instant at) {
  return act.of.subscription.empty() ? BillOnce(act, at) : BillSubscription(act, at);
}

// The last one that is still to be paid and whose time is not over.
Stage::Payment* Stage::OpenPayment(const BillAct& act) {
  const auto fits = [&](const Payment& payment) {
    if (payment.paid || payment.of.subscription != act.of.subscription || payment.of.payment != act.of.payment) {
      return false;
    }
    if (act.kind && payment.kind != *act.kind) return false;
    if (act.price.empty()) return !act.quantity && (act.item.empty() || payment.bills.contains(act.item));
    return std::ranges::any_of(payment.bills, [&](const auto& bill) {
      return bill.second.price == act.price && (!act.quantity || bill.second.quantity == *act.quantity) &&
             (act.item.empty() || bill.first == act.item);
    });
  };
  for (auto payment = payments_.rbegin(); payment != payments_.rend(); ++payment) {
    if (fits(*payment)) return &*payment;
  }
  return nullptr;
}

absl::StatusOr<std::string> Stage::ItemOf(const std::string& stated, const PriceId& price,
                                          const Subscription& subscription) const {
  if (!stated.empty()) return stated;
  if (price.empty()) return subscription.wants.size() == 1 ? subscription.wants.begin()->first : kPlanItem;
  const Price* known = FindPrice(catalog_, scope_.livemode, price.str());
  if (IsOnce(known)) {
    return FailedPrecondition("The price " + price.str() +
                              " is paid once: write `payment` with a name for it instead of `subscription`.");
  }
  const auto* add_on = known == nullptr ? nullptr : std::get_if<Price::SellsAddOn>(&known->sells);
  return add_on == nullptr ? kPlanItem : catalog_.add_ons[add_on->add_on].name;
}

absl::StatusOr<CalendarDuration> Stage::PeriodOf(const BillAct& act, const Subscription& subscription,
                                                 const PriceId& price) const {
  if (act.period) return *act.period;
  if (const auto interval = IntervalOf(FindPrice(catalog_, scope_.livemode, price.str()))) return *interval;
  if (subscription.period) return *subscription.period;
  return FailedPrecondition("The price " + price.str() + " states no interval: say for which `period` it is.");
}

absl::StatusOr<BillKind> Stage::KindOf(const BillAct& act, const Subscription& subscription, const Want& want,
                                       const std::string& item, Instant at) const {
  const bool running = subscription.IsRunning(at);
  const auto paid = subscription.paid.find(item);
  const bool has_paid = running && paid != subscription.paid.end();
  if (act.kind == BillKind::kUpgrade && (!has_paid || subscription.InTrial(at))) {
    return FailedPrecondition("An upgrade bills something else instead of what is paid, and nothing of subscription " +
                              act.of.subscription + " is paid at this time.");
  }
  if (act.kind == BillKind::kRenewal && !subscription.HasPeriod()) {
    return FailedPrecondition("A renewal follows a period, and subscription " + act.of.subscription + " had none.");
  }
  if (act.kind) return *act.kind;
  if (!subscription.HasPeriod() || (subscription.InTrial(at) && has_paid)) return BillKind::kFirst;
  if (!running) return BillKind::kRenewal;
  if (!has_paid) return BillKind::kFirst;
  return paid->second == want ? BillKind::kRenewal : BillKind::kUpgrade;
}

// Of what an invoice is, and for which time. `subscription` then wants what it bills.
absl::StatusOr<Stage::Payment> Stage::NewInvoice(const BillAct& act, Subscription& subscription, Instant at) const {
  const absl::StatusOr<std::string> item = ItemOf(act.item, act.price, subscription);
  if (!item.ok()) return item.status();
  if (act.price.empty() && !subscription.wants.contains(*item)) {
    return FailedPrecondition("Nothing is known that subscription " + act.of.subscription +
                              " could be billed for: name a price.");
  }
  Want& want = subscription.wants[*item];
  if (!act.price.empty()) want.price = act.price;
  if (act.quantity) want.quantity = *act.quantity;

  const absl::StatusOr<BillKind> kind = KindOf(act, subscription, want, *item, at);
  if (!kind.ok()) return kind.status();
  Payment payment;
  payment.of = act.of;
  payment.id = act.of.subscription + "_" + std::to_string(++subscription.invoices);
  payment.kind = *kind;
  const bool running = subscription.IsRunning(at) && !subscription.InTrial(at);
  const bool is_added = *kind == BillKind::kFirst && subscription.IsRunning(at) && !subscription.paid.contains(*item);
  payment.from = at;
  if (is_added || (*kind == BillKind::kUpgrade && !act.period)) {
    payment.bills[*item] = want;
    payment.until = act.period ? AddCalendar(at, *act.period) : subscription.until;
    if (is_added) return payment;
    const auto interval = [&](const PriceId& id) { return IntervalOf(FindPrice(catalog_, scope_.livemode, id.str())); };
    const auto before = interval(subscription.paid.at(*item).price);
    const auto now = interval(want.price);
    if (!before || !now || *before == *now) return payment;
  }
  const absl::StatusOr<CalendarDuration> period = PeriodOf(act, subscription, want.price);
  if (!period.ok()) return period.status();
  payment.period = *period;
  const bool names_nothing = act.price.empty() && !act.quantity && act.item.empty();
  const bool bills_all = *kind == BillKind::kRenewal || (*kind == BillKind::kFirst && names_nothing);
  payment.bills = bills_all ? subscription.wants : Wants{{*item, want}};
  if (*kind == BillKind::kRenewal) {
    payment.from = subscription.until;
    // Billing goes on in whole periods: who pays late pays for the one that runs.
    while (!running && AddCalendar(payment.from, *period) <= at) payment.from = AddCalendar(payment.from, *period);
  }
  payment.until = AddCalendar(payment.from, *period);
  return payment;
}

// An upgrade bills the new and credits the old, as Stripe does.
void Stage::AddLines(const BillAct& act, const Subscription& subscription, Instant at, Payment& payment) const {
  InvoiceFact& invoice = payment.invoice;
  invoice.subscription = act.of.subscription;
  const auto share = act.amount / static_cast<std::int64_t>(payment.bills.size());
  std::int64_t left = act.amount;
  for (const auto& [item, want] : payment.bills) {
    const std::int64_t amount = item == payment.bills.rbegin()->first ? left : share;
    left -= amount;
    InvoiceLine line{.subscription = act.of.subscription,
                     .subscription_item = item,
                     .price = want.price,
                     .quantity_milli = want.quantity * 1000,
                     .amount = amount,
                     .start = payment.from,
                     .end = payment.until,
                     .proration = !payment.period};
    const Price* price = FindPrice(catalog_, scope_.livemode, want.price.str());
    if (price != nullptr && price->arrears && payment.period) {  // bills the period that is over
      line.start = Before(payment.from, *payment.period);
      line.end = payment.from;
    }
    if (payment.kind == BillKind::kUpgrade && amount > 0) {
      const auto& old = subscription.paid.at(item);
      InvoiceLine credit = line;
      credit.price = old.price;
      credit.quantity_milli = old.quantity * 1000;
      credit.amount = -amount;
      credit.start = at;
      credit.end = subscription.until;
      credit.proration = true;
      invoice.lines.push_back(std::move(credit));
      line.amount = 2 * amount;
    }
    invoice.lines.push_back(std::move(line));
  }
  std::ranges::sort(invoice.lines);
  payment.total = act.amount;
  invoice.subtotal = invoice.total = invoice.amount_due = act.amount;
}

void Stage::TellIntent(const BillAct& act, Payment& payment, Instant at) {
  const bool is_bank = act.result == BillResult::kPending && act.waits_for == WaitsFor::kBank;
  if (payment.total == 0 || (!is_bank && !payment.intent_seen)) return;
  payment.intent_seen = true;
  PaymentIntentFact intent;
  intent.invoice = payment.of.subscription.empty() ? "" : "in_" + payment.id;
  switch (act.result) {
    case BillResult::kPaid: intent.status = PaymentIntentStatus::kSucceeded; break;
    case BillResult::kPending:
      intent.status = is_bank ? PaymentIntentStatus::kProcessing : PaymentIntentStatus::kRequiresAction;
      break;
    case BillResult::kFailed: intent.status = PaymentIntentStatus::kFailed; break;
  }
  Tell(ObjectKind::kPaymentIntent, "pi_" + payment.id, at, std::move(intent));
}

void Stage::TellCharge(const Payment& payment, Instant at) {
  if (payment.total == 0) return;
  ChargeFact charge;
  charge.status = ChargeStatus::kSucceeded;
  if (payment.of.subscription.empty()) {
    charge.payment_intent = "pi_" + payment.id;
  } else {
    charge.invoice = "in_" + payment.id;
  }
  charge.amount = payment.total;
  Tell(ObjectKind::kCharge, "ch_" + payment.id, at, std::move(charge));
}

// What the subscription has once `payment` is paid.
void Stage::TakePaid(Subscription& subscription, const Payment& payment, Instant at) const {
  if (payment.period) {
    if (subscription.InTrial(at)) subscription.fact.trial_end = at;
    subscription.from = payment.from;
    subscription.until = payment.until;
    subscription.period = payment.period;
  }
  for (const auto& [item, want] : payment.bills) subscription.paid[item] = want;
  subscription.fact.status = SubscriptionStatus::kActive;
}

void Stage::SettleInvoice(const BillAct& act, Subscription& subscription, Payment& payment, Instant at) {
  InvoiceFact& invoice = payment.invoice;
  invoice.status = act.result == BillResult::kPaid ? InvoiceStatus::kPaid : InvoiceStatus::kOpen;
  if (act.due) {
    invoice.collection = CollectionMethod::kSendInvoice;
    invoice.due_date = AddCalendar(at, *act.due);
    subscription.fact.collection = CollectionMethod::kSendInvoice;
  }
  if (act.result == BillResult::kPaid) invoice.amount_paid = payment.total;
  const std::string id = "in_" + payment.id;
  Tell(ObjectKind::kInvoice, id, at, invoice);
  TellIntent(act, payment, at);
  switch (act.result) {
    case BillResult::kPaid:
      TellCharge(payment, at);
      TakePaid(subscription, payment, at);
      break;
    case BillResult::kPending:
      if (act.waits_for == WaitsFor::kAuthentication) {
        Tell(ObjectKind::kInvoice, id, at, AttemptFact{.result = AttemptResult::kRequiresAction});
      }
      break;
    case BillResult::kFailed:
      Tell(ObjectKind::kInvoice, id, at, AttemptFact{.result = AttemptResult::kFailed});
      if (subscription.HasPeriod()) subscription.fact.status = SubscriptionStatus::kPastDue;
      break;
  }
}

absl::Status Stage::BillSubscription(const BillAct& act, Instant at) {
  const std::string& id = act.of.subscription;
  Subscription subscription;
  subscription.fact.status = SubscriptionStatus::kIncomplete;
  subscription.fact.has_payment_method = true;
  if (subscriptions_.contains(id)) {
    const absl::StatusOr<Subscription*> known = Known(id);
    if (!known.ok()) return known.status();
    subscription = **known;
  }
  Payment* payment = OpenPayment(act);
  if (payment == nullptr || payment->until <= at) {
    absl::StatusOr<Payment> made = NewInvoice(act, subscription, at);
    if (!made.ok()) return made.status();
    AddLines(act, subscription, at, *made);
    payments_.push_back(*std::move(made));
    payment = &payments_.back();
  }
  SettleInvoice(act, subscription, *payment, at);
  if (act.result == BillResult::kPaid) {
    payment->paid = true;
    settled_.push_back(static_cast<std::size_t>(payment - payments_.data()));
  }
  TellSubscription(id, subscription, at);
  subscriptions_[id] = std::move(subscription);
  return absl::OkStatus();
}

absl::Status Stage::BillOnce(const BillAct& act, Instant at) {
  const std::string& name = act.of.payment;
  auto found = std::ranges::find_if(payments_, [&](const Payment& each) { return each.of.payment == name; });
  if (found != payments_.end() && found->paid) {
    return FailedPrecondition("Payment " + name + " is paid already: give another purchase another name.");
  }
  if (found == payments_.end()) {
    if (act.price.empty()) return FailedPrecondition("Nothing is known of payment " + name + ": name its price.");
    const Price* price = FindPrice(catalog_, scope_.livemode, act.price.str());
    const bool grants = price != nullptr && !std::holds_alternative<Price::Ignored>(price->sells);
    if (grants && !IsOnce(price)) {
      return FailedPrecondition("The price " + act.price.str() +
                                " is not paid once: write `subscription` with a name for it instead of `payment`.");
    }
    Payment payment;
    payment.of = act.of;
    payment.id = name;
    payment.total = act.amount;
    payment.intent_seen = act.amount > 0;
    payment.session.status = CheckoutStatus::kComplete;
    payment.session.amount_total = act.amount;
    payment.session.price = act.price;
    payment.session.quantity_milli = act.quantity.value_or(1) * 1000;
    if (act.amount > 0) payment.session.payment_intent = "pi_" + name;
    payments_.push_back(std::move(payment));
    found = std::prev(payments_.end());
    Tell(ObjectKind::kCheckoutSession, "cs_" + name, at, LinkFact{.tenant = tenant_, .trust = LinkTrust::kMetadata});
  }
  CheckoutSessionFact& session = found->session;
  switch (act.result) {
    case BillResult::kPaid:
      session.payment = found->total > 0 ? CheckoutPayment::kPaid : CheckoutPayment::kNoPaymentRequired;
      break;
    case BillResult::kPending: session.payment = CheckoutPayment::kUnpaid; break;
    case BillResult::kFailed: session.payment = CheckoutPayment::kFailed; break;
  }
  Tell(ObjectKind::kCheckoutSession, "cs_" + name, at, session);
  TellIntent(act, *found, at);
  if (act.result == BillResult::kPaid) {
    TellCharge(*found, at);
    found->paid = true;
    settled_.push_back(static_cast<std::size_t>(found - payments_.begin()));
  }
  return absl::OkStatus();
}

}  // namespace usher
