#include "tests/unit/integrations/stripe/deciding_cases.h"

namespace usher::stripe_test {
namespace {

DecidingCase InvoiceCase(const char* type, const char* status, std::vector<std::string> more = {}) {
  const bool paid = std::string(status) == "paid";
  const auto line = [&](bool classic) {
    std::string text = "invoice in_1 at ";
    text += paid ? "2025-12-31T23:59:00Z" : "2026-01-01T00:00:00Z";
    text += std::string(": status=") + status + " customer=cus_1 subscription=sub_1";
    if (classic) text += " payment_intent=pi_1";
    if (classic && paid) text += " charge=ch_1";
    text += " subtotal=5000 total=5000 amount_due=5000";
    if (paid) text += " amount_paid=5000";
    return text +
           " lines=[subscription=sub_1 subscription_item=si_1 price=price_growth amount=5000 "
           "start=2026-01-01T00:00:00Z end=2026-02-01T00:00:00Z]";
  };
  DecidingCase row{
      type,
      [=](const StripeEvents& events) {
        return events.Render(
            Invoice{.status = status, .paid_at = paid ? std::optional(kBefore) : std::nullopt, .lines = {Month()}});
      },
      {line(true)},
      {line(false)}};
  row.classic.insert(row.classic.end(), more.begin(), more.end());
  row.basil.insert(row.basil.end(), more.begin(), more.end());
  return row;
}

DecidingCase SubscriptionCase(const char* type, const char* status, const char* word) {
  return {type,
          [=](const StripeEvents& events) { return events.Render(Subscription{.status = status}); },
          {std::string("subscription sub_1 at 2026-01-01T00:00:00Z: status=") + word +
           " customer=cus_1 has_payment_method=yes items=[id=si_1 price=price_growth]"},
          {}};
}

DecidingCase SessionCase(const char* type, const char* status, const char* payment, const char* words) {
  return {type,
          [=](const StripeEvents& events) {
            return events.Render(Session{.mode = "payment",
                                         .status = status,
                                         .payment_status = payment,
                                         .payment_intent = "pi_1",
                                         .price = "price_pack"});
          },
          {std::string("checkout session cs_1 at 2026-01-01T00:00:00Z: mode=payment ") + words +
           " customer=cus_1 payment_intent=pi_1 amount_total=5000 price=price_pack"},
          {}};
}

DecidingCase IntentCase(const char* type, const char* status, const char* word) {
  return {type,
          [=](const StripeEvents& events) { return events.Render(PaymentIntent{.status = status, .invoice = "in_1"}); },
          {std::string("payment intent pi_1 at 2026-01-01T00:00:00Z: status=") + word + " customer=cus_1 invoice=in_1"},
          {std::string("payment intent pi_1 at 2026-01-01T00:00:00Z: status=") + word + " customer=cus_1"}};
}

DecidingCase ChargeCase(const char* type, const char* status, std::int64_t refunded) {
  const std::string start =
      std::string("charge ch_1 at 2026-01-01T00:00:00Z: status=") + status + " customer=cus_1 payment_intent=pi_1";
  const std::string end = std::string(" amount=5000") + (refunded > 0 ? " amount_refunded=2000" : "");
  DecidingCase row{type,
                   [=](const StripeEvents& events) {
                     Charge charge{.status = status, .invoice = "in_1", .amount_refunded = refunded};
                     if (refunded > 0) charge.refunds = {Refund{.amount = 2000, .created = kBefore}};
                     return events.Render(charge);
                   },
                   {start + " invoice=in_1" + end},
                   {start + end}};
  if (refunded > 0) {
    row.classic.emplace_back(
        "refund re_1 at 2026-01-01T00:00:00Z: status=succeeded charge=ch_1 payment_intent=pi_1 amount=2000");
  }
  return row;
}

DecidingCase RefundCase(const char* type, const char* status, const char* at) {
  return {type,
          [=](const StripeEvents& events) { return events.Render(Refund{.status = status, .created = kBefore}); },
          {std::string("refund re_1 at ") + at + ": status=" + status + " charge=ch_1 payment_intent=pi_1 amount=5000"},
          {}};
}

DecidingCase DisputeCase(const char* type, const char* status, const char* at, const char* word) {
  return {type,
          [=](const StripeEvents& events) { return events.Render(Dispute{.status = status, .created = kBefore}); },
          {std::string("dispute dp_1 at ") + at + ": status=" + word + " charge=ch_1 payment_intent=pi_1 amount=5000"},
          {}};
}

DecidingCase NoteCase(const char* type, const char* status, const char* at) {
  return {type,
          [=](const StripeEvents& events) {
            return events.Render(CreditNote{.status = status, .refund = "re_1", .created = kBefore});
          },
          {std::string("credit note cn_1 at ") + at + ": status=" + status +
           " invoice=in_1 post_payment=yes amount=5000 refunded_amount=5000"},
          {}};
}

DecidingCase ClockCase(const char* type) {
  return {type,
          [](const StripeEvents& events) { return events.TestClock("clock_1", kEnd); },
          {"test clock clock_1 at 2026-02-01T00:00:00Z: frozen_time=2026-02-01T00:00:00Z"},
          {}};
}

DecidingCase CustomerCase(const char* type, const char* tail) {
  return {type,
          [](const StripeEvents& events) { return events.Render(Customer{.test_clock = "clock_1"}); },
          {std::string("customer cus_1 at 2026-01-01T00:00:00Z: ") + tail + "test_clock=clock_1"},
          {}};
}

constexpr const char* kCreated = "2025-12-31T23:59:00Z";
constexpr const char* kEvent = "2026-01-01T00:00:00Z";

}  // namespace

Line Month() { return {.start = kAt, .end = kEnd}; }

std::vector<DecidingCase> DecidingCases() {
  const std::string attempt = "invoice in_1 attempt at 2026-01-01T00:00:00Z: result=";
  return {
      InvoiceCase("invoice.paid", "paid"),
      InvoiceCase("invoice.payment_succeeded", "paid"),
      InvoiceCase("invoice.payment_failed", "open", {attempt + "failed"}),
      InvoiceCase("invoice.payment_action_required", "open", {attempt + "requires action"}),
      InvoiceCase("invoice.finalized", "open"),
      InvoiceCase("invoice.finalization_failed", "draft"),
      InvoiceCase("invoice.voided", "void"),
      InvoiceCase("invoice.marked_uncollectible", "uncollectible"),
      InvoiceCase("invoice.updated", "open"),
      {"invoice_payment.paid",
       [](const StripeEvents& events) { return events.Render(InvoicePayment{}); },
       {},
       {"invoice payment inpay_1 at 2026-01-01T00:00:00Z: invoice=in_1 payment_intent=pi_1 paid=yes"}},
      SubscriptionCase("customer.subscription.created", "incomplete", "incomplete"),
      SubscriptionCase("customer.subscription.updated", "past_due", "past due"),
      SubscriptionCase("customer.subscription.deleted", "canceled", "canceled"),
      SubscriptionCase("customer.subscription.paused", "paused", "paused"),
      SubscriptionCase("customer.subscription.resumed", "active", "active"),
      SubscriptionCase("customer.subscription.pending_update_applied", "active", "active"),
      SubscriptionCase("customer.subscription.pending_update_expired", "active", "active"),
      SessionCase("checkout.session.completed", "complete", "paid", "status=complete payment=paid"),
      SessionCase("checkout.session.async_payment_succeeded", "complete", "paid", "status=complete payment=paid"),
      SessionCase("checkout.session.async_payment_failed", "complete", "unpaid", "status=complete payment=failed"),
      SessionCase("checkout.session.expired", "expired", "unpaid", "status=expired"),
      IntentCase("payment_intent.requires_action", "requires_action", "waiting for authentication"),
      IntentCase("payment_intent.processing", "processing", "processing"),
      IntentCase("payment_intent.payment_failed", "requires_payment_method", "failed"),
      IntentCase("payment_intent.succeeded", "succeeded", "succeeded"),
      IntentCase("payment_intent.canceled", "canceled", "canceled"),
      ChargeCase("charge.succeeded", "succeeded", 0),
      ChargeCase("charge.failed", "failed", 0),
      ChargeCase("charge.refunded", "succeeded", 2000),
      RefundCase("refund.created", "succeeded", kCreated),
      RefundCase("refund.updated", "succeeded", kEvent),
      RefundCase("refund.failed", "failed", kEvent),
      RefundCase("charge.refund.updated", "pending", kCreated),
      NoteCase("credit_note.created", "issued", kCreated),
      NoteCase("credit_note.updated", "issued", kCreated),
      NoteCase("credit_note.voided", "void", kEvent),
      DisputeCase("charge.dispute.created", "needs_response", kCreated, "open"),
      DisputeCase("charge.dispute.updated", "warning_under_review", kCreated, "an open inquiry"),
      DisputeCase("charge.dispute.closed", "lost", kEvent, "lost"),
      DisputeCase("charge.dispute.funds_withdrawn", "under_review", kCreated, "open"),
      DisputeCase("charge.dispute.funds_reinstated", "won", kEvent, "won"),
      CustomerCase("customer.created", ""),
      CustomerCase("customer.updated", ""),
      CustomerCase("customer.deleted", "deleted=yes "),
      ClockCase("test_helpers.test_clock.created"),
      ClockCase("test_helpers.test_clock.advancing"),
      ClockCase("test_helpers.test_clock.ready"),
      {"radar.early_fraud_warning.created",
       [](const StripeEvents& events) { return events.FraudWarning("issfr_1", "ch_1"); },
       {"fraud warning issfr_1 at 2026-01-01T00:00:00Z: charge=ch_1 payment_intent=pi_1"},
       {}},
  };
}

}  // namespace usher::stripe_test
