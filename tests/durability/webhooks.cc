#include "tests/durability/webhooks.h"

#include <chrono>
#include <utility>

#include "server/integrations/stripe/signature.h"

namespace usher {
namespace {

using stripe_test::Charge;
using stripe_test::Customer;
using stripe_test::Dispute;
using stripe_test::Invoice;
using stripe_test::InvoicePayment;
using stripe_test::Item;
using stripe_test::JsonObject;
using stripe_test::Line;
using stripe_test::Refund;
using stripe_test::Session;
using stripe_test::Subscription;

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kPeriod = 30 * kDaySeconds;
constexpr int kStarts = 28;
constexpr int kMonths = 3;

// Every fifth tenant is paid for by the customer of the one before.
int CustomerNumber(int number) { return number % 5 == 4 ? number - 1 : number; }
std::string CustomerId(int number) { return "cus_" + std::to_string(CustomerNumber(number)); }
std::string SubscriptionId(int number) { return "sub_" + std::to_string(number); }
std::string TenantName(int number) { return "tenant-" + std::to_string(number); }
std::string MonthId(const char* prefix, int number, int month) {
  return prefix + std::to_string(number) + "_" + std::to_string(month);
}

Charge ChargeOf(int number, int month) {
  return {.id = MonthId("ch_", number, month),
          .customer = CustomerId(number),
          .payment_intent = MonthId("pi_", number, month),
          .invoice = MonthId("in_", number, month)};
}

std::int64_t NowSeconds() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

}  // namespace

Pace PaceOfPeriodsThatEndNow() { return {.first_start = NowSeconds() - kPeriod, .step = 1}; }

std::string SignatureOf(const Webhook& webhook) {
  return stripe::SignatureHeader(Secret(kWebhookSecretText), NowSeconds(), webhook.body);
}

Webhook WebhookSource::Next() {
  if (!sent_.empty() && random_() % 10 == 0) return sent_[random_() % sent_.size()];
  while (window_.size() < kWindow) AddHistory();
  std::swap(window_[random_() % window_.size()], window_.back());
  sent_.push_back(std::move(window_.back()));
  window_.pop_back();
  if (sent_.size() > kRemembered) sent_.pop_front();
  bodies_[sent_.back().id] = sent_.back().body;
  return sent_.back();
}

void WebhookSource::AddHistory() {
  const int number = histories_++;
  const std::int64_t start = pace_.first_start + (number % kStarts) * pace_.step;
  AddLink(number, start);
  AddSubscription(number, start);
  AddMonths(number, start);
  AddReversals(number, start);
  AddOddities(number, start);
}

void WebhookSource::AddLink(int number, std::int64_t start) {
  if (CustomerNumber(number) != number) return;
  if (number % 3 == 0) {
    Add(number, "checkout.session.completed", start,
        Session{.id = "cs_" + std::to_string(number),
                .customer = CustomerId(number),
                .subscription = SubscriptionId(number),
                .client_reference_id = TenantName(number)});
  } else if (number % 3 == 1) {
    Add(number, "customer.created", start, Customer{.id = CustomerId(number), .tenant = TenantName(number)});
  }
}

void WebhookSource::AddSubscription(int number, std::int64_t start) {
  Subscription subscription{.id = SubscriptionId(number),
                            .customer = CustomerId(number),
                            .items = {Item{.id = "si_" + std::to_string(number)}},
                            .period_start = start,
                            .period_end = start + kPeriod};
  if (number % 3 == 2 || CustomerNumber(number) != number) subscription.tenant = TenantName(number);
  Add(number, "customer.subscription.created", start, subscription);
  if (number % 7 != 0) return;
  subscription.status = "canceled";
  Add(number, "customer.subscription.deleted", start + 70 * kDaySeconds, subscription);
}

void WebhookSource::AddMonths(int number, std::int64_t start) {
  for (int month = 0; month < kMonths; ++month) {
    const std::int64_t at = start + kPeriod * month;
    Invoice invoice{.id = MonthId("in_", number, month),
                    .status = "open",
                    .customer = CustomerId(number),
                    .subscription = SubscriptionId(number),
                    .payment_intent = MonthId("pi_", number, month),
                    .charge = MonthId("ch_", number, month),
                    .lines = {Line{.subscription = SubscriptionId(number),
                                   .item = "si_" + std::to_string(number),
                                   .price = month == 1 ? "price_starter" : "price_growth",
                                   .start = at,
                                   .end = at + kPeriod}}};
    if (month == 1) Add(number, "invoice.payment_failed", at, invoice);
    invoice.status = "paid";
    invoice.paid_at = at + 3600;
    Add(number, "invoice.paid", at + 3600, invoice);
    Add(number, "charge.succeeded", at + 3600, ChargeOf(number, month));
    if (number % 2 == 0) continue;
    Add(number, "invoice_payment.paid", at + 3600,
        InvoicePayment{.id = MonthId("inpay_", number, month),
                       .invoice = invoice.id,
                       .payment_intent = invoice.payment_intent,
                       .charge = invoice.charge});
  }
}

void WebhookSource::AddReversals(int number, std::int64_t start) {
  const std::int64_t at = start + 5 * kDaySeconds;
  if (number % 4 < 2) {
    const Refund refund{.id = "re_" + std::to_string(number),
                        .charge = MonthId("ch_", number, 0),
                        .payment_intent = MonthId("pi_", number, 0),
                        .amount = 2000,
                        .created = at};
    Add(number, "refund.created", at, refund);
  }
  if (number % 5 == 0) {
    Dispute dispute{.id = "dp_" + std::to_string(number),
                    .charge = MonthId("ch_", number, 1),
                    .payment_intent = MonthId("pi_", number, 1),
                    .created = start + 40 * kDaySeconds};
    Add(number, "charge.dispute.created", dispute.created, dispute);
    dispute.status = number % 10 == 0 ? "lost" : "won";
    Add(number, "charge.dispute.closed", dispute.created + 10 * kDaySeconds, dispute);
  }
}

// What is not for us, and what nobody can read.
void WebhookSource::AddOddities(int number, std::int64_t start) {
  if (number % 6 == 0) Add(number, "ping", start, stripe_test::Json(JsonObject()));
  if (number % 9 == 0) Add(number, "invoice.paid", start, stripe_test::Json(JsonObject{{"object", "invoice"}}));
}

void WebhookSource::AddBody(std::string body) {
  const std::size_t at = body.find("evt_");
  window_.push_back({.id = body.substr(at, body.find('"', at) - at), .body = std::move(body)});
}

}  // namespace usher
