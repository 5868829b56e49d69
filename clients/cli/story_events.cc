#include "clients/cli/story_events.h"

#include <utility>
#include <vector>

namespace usher {
namespace {

// The forms of the objects. A word in angle brackets is replaced; none of the replacements needs escaping in JSON.

constexpr std::string_view kEvent = R"({
  "id": "evt_<tag>_<event>",
  "object": "event",
  "api_version": "2025-03-31.basil",
  "created": <at>,
  "livemode": false,
  "pending_webhooks": 1,
  "request": {"id": null, "idempotency_key": null},
  "type": "<type>",
  "data": {"object": <object>}
})";

constexpr std::string_view kSubscription = R"({
    "id": "sub_<tag>",
    "object": "subscription",
    "customer": "cus_<tag>",
    "status": "<status>",
    "collection_method": "charge_automatically",
    "currency": "usd",
    "created": <start>,
    "cancel_at": null,
    "cancel_at_period_end": false,
    "trial_start": null,
    "trial_end": null,
    "pause_collection": null,
    "default_payment_method": "pm_<tag>",
    "metadata": {"usher_tenant": "<tenant>"},
    "items": {"object": "list", "has_more": false, "data": [{
      "id": "si_<tag>",
      "object": "subscription_item",
      "quantity": 1,
      "current_period_start": <start>,
      "current_period_end": <end>,
      "price": {"id": "<price>", "object": "price", "type": "recurring"}
    }]}
  })";

constexpr std::string_view kInvoice = R"({
    "id": "in_<tag>_<number>",
    "object": "invoice",
    "customer": "cus_<tag>",
    "status": "<status>",
    "collection_method": "charge_automatically",
    "currency": "usd",
    "created": <start>,
    "due_date": null,
    "subtotal": <amount>,
    "total": <amount>,
    "amount_due": <amount>,
    "amount_paid": <paid>,
    "pre_payment_credit_notes_amount": 0,
    "total_discount_amounts": [],
    "metadata": {},
    "status_transitions": {"finalized_at": <start>, "paid_at": <paid_at>},
    "parent": {
      "type": "subscription_details",
      "subscription_details": {"subscription": "sub_<tag>", "metadata": {"usher_tenant": "<tenant>"}}
    },
    "lines": {"object": "list", "has_more": false, "data": [{
      "id": "il_<tag>_<number>",
      "object": "line_item",
      "amount": <amount>,
      "quantity": 1,
      "metadata": {},
      "period": {"start": <start>, "end": <end>},
      "parent": {
        "type": "subscription_item_details",
        "subscription_item_details": {
          "subscription": "sub_<tag>", "subscription_item": "si_<tag>", "proration": false
        }
      },
      "pricing": {"type": "price_details", "price_details": {"price": "<price>", "product": "prod_<tag>"}}
    }]}
  })";

constexpr std::string_view kInvoicePayment = R"({
    "id": "inpay_<tag>_<number>",
    "object": "invoice_payment",
    "invoice": "in_<tag>_<number>",
    "amount_paid": <amount>,
    "currency": "usd",
    "status": "paid",
    "payment": {"type": "payment_intent", "payment_intent": "pi_<tag>_<number>"},
    "status_transitions": {"canceled_at": null, "paid_at": <at>}
  })";

constexpr std::string_view kPaymentIntent = R"({
    "id": "pi_<tag>_<number>",
    "object": "payment_intent",
    "customer": "cus_<tag>",
    "amount": <amount>,
    "currency": "usd",
    "status": "<status>",
    "latest_charge": null,
    "last_payment_error": null,
    "metadata": {}
  })";

constexpr std::string_view kCharge = R"({
    "id": "ch_<tag>_<number>",
    "object": "charge",
    "customer": "cus_<tag>",
    "payment_intent": "pi_<tag>_<number>",
    "amount": <amount>,
    "amount_refunded": <refunded>,
    "currency": "usd",
    "status": "succeeded",
    "paid": true,
    "refunded": <is_refunded>,
    "metadata": {}
  })";

constexpr std::string_view kDispute = R"({
    "id": "dp_<tag>_<number>",
    "object": "dispute",
    "charge": "ch_<tag>_<number>",
    "payment_intent": "pi_<tag>_<number>",
    "amount": <amount>,
    "currency": "usd",
    "created": <opened>,
    "reason": "fraudulent",
    "status": "<status>"
  })";

void Replace(std::string& text, std::string_view word, const std::string& by) {
  const std::string bracketed = "<" + std::string(word) + ">";
  for (std::size_t at = text.find(bracketed); at != std::string::npos; at = text.find(bracketed, at + by.size())) {
    text.replace(at, bracketed.size(), by);
  }
}

}  // namespace

std::string StoryEvents::Fill(std::string_view form, const StorySale& sale, std::int64_t at_s,
                              std::string_view status) const {
  const bool paid = status == "paid";
  std::string text(form);
  Replace(text, "tag", tag_);
  Replace(text, "tenant", tenant_);
  Replace(text, "number", sale.number);
  Replace(text, "price", sale.price);
  Replace(text, "amount", std::to_string(sale.amount));
  Replace(text, "start", std::to_string(sale.start_s));
  Replace(text, "end", std::to_string(sale.end_s));
  Replace(text, "at", std::to_string(at_s));
  Replace(text, "status", std::string(status));
  Replace(text, "paid", paid ? std::to_string(sale.amount) : "0");
  Replace(text, "paid_at", paid ? std::to_string(at_s) : "null");
  return text;
}

StoryEvent StoryEvents::Wrap(std::string_view type, std::int64_t at_s, const std::string& object) {
  ++made_;
  const std::string number = (made_ < 10 ? "0" : "") + std::to_string(made_);
  std::string body(kEvent);
  Replace(body, "tag", tag_);
  Replace(body, "event", number);
  Replace(body, "at", std::to_string(at_s));
  Replace(body, "type", std::string(type));
  Replace(body, "object", object);
  return {.id = "evt_" + tag_ + "_" + number, .type = std::string(type), .body = std::move(body)};
}

StoryEvent StoryEvents::Subscription(std::string_view type, std::int64_t at_s, std::string_view status,
                                     const StorySale& sale) {
  return Wrap(type, at_s, Fill(kSubscription, sale, at_s, status));
}

StoryEvent StoryEvents::Invoice(std::string_view type, std::int64_t at_s, std::string_view status,
                                const StorySale& sale) {
  return Wrap(type, at_s, Fill(kInvoice, sale, at_s, status));
}

StoryEvent StoryEvents::InvoicePaid(std::int64_t at_s, const StorySale& sale) {
  return Wrap("invoice_payment.paid", at_s, Fill(kInvoicePayment, sale, at_s, "paid"));
}

StoryEvent StoryEvents::PaymentIntent(std::string_view type, std::int64_t at_s, std::string_view status,
                                      const StorySale& sale) {
  return Wrap(type, at_s, Fill(kPaymentIntent, sale, at_s, status));
}

StoryEvent StoryEvents::Charge(std::string_view type, std::int64_t at_s, const StorySale& sale, std::int64_t refunded) {
  std::string object = Fill(kCharge, sale, at_s, "succeeded");
  Replace(object, "refunded", std::to_string(refunded));
  Replace(object, "is_refunded", refunded >= sale.amount ? "true" : "false");
  return Wrap(type, at_s, object);
}

StoryEvent StoryEvents::Dispute(std::string_view type, std::int64_t at_s, std::string_view status,
                                const StorySale& sale, std::int64_t opened_s) {
  std::string object = Fill(kDispute, sale, at_s, status);
  Replace(object, "opened", std::to_string(opened_s));
  return Wrap(type, at_s, object);
}

}  // namespace usher
