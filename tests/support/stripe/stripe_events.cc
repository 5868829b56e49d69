#include "tests/support/stripe/stripe_events.h"

#include <utility>

#include "tests/support/canaries.h"

namespace usher::stripe_test {
namespace {

Json TimeOrNull(const std::optional<std::int64_t>& seconds) { return seconds ? Json(*seconds) : Json(nullptr); }

Json List(std::vector<Json> data, bool has_more = false) {
  return JsonObject{{"object", "list"}, {"data", std::move(data)}, {"has_more", has_more}};
}

Json TenantMetadata(const std::string& tenant) {
  return tenant.empty() ? Json(JsonObject{}) : Json(JsonObject{{"usher_tenant", tenant}});
}

Json SoldMetadata(const std::string& tenant, const std::string& price, const std::string& quantity) {
  JsonObject metadata;
  if (!tenant.empty()) metadata.Set("usher_tenant", tenant);
  if (!price.empty()) metadata.Set("usher_price", price);
  if (!quantity.empty()) metadata.Set("usher_quantity", quantity);
  return metadata;
}

Json PriceObject(const std::string& id) {
  return JsonObject{{"id", id}, {"object", "price"}, {"active", true}, {"product", "prod_1"}, {"type", "recurring"}};
}

}  // namespace

const char* FamilyName(Family family) { return family == Family::kClassic ? "Classic" : "Basil"; }

std::string StripeEvents::Event(std::string_view type, std::int64_t created, const Json& object) {
  const std::string id = std::string("evt_") + FamilyName(family_) + std::to_string(next_id_++);
  const Json event = JsonObject{
      {"id", id},
      {"object", "event"},
      {"api_version", family_ == Family::kClassic ? "2022-11-15" : "2025-03-31.basil"},
      {"created", created},
      {"data", JsonObject{{"object", object}}},
      {"livemode", false},
      {"pending_webhooks", 1},
      {"request", JsonObject{{"id", nullptr}, {"idempotency_key", nullptr}}},
      {"type", std::string(type)},
  };
  return event.text();
}

Json StripeEvents::RenderLine(const Line& line) const {
  JsonObject object{{"id", "il_" + line.item + line.price},
                    {"object", "line_item"},
                    {"amount", line.amount},
                    {"currency", "usd"},
                    {"metadata", TenantMetadata(line.tenant)},
                    {"period", JsonObject{{"start", line.start}, {"end", line.end}}},
                    {"quantity", line.quantity}};
  if (!line.quantity_decimal.empty()) object.Set("quantity_decimal", line.quantity_decimal);
  if (family_ == Family::kClassic) {
    object.Set("price", PriceObject(line.price))
        .Set("proration", line.proration)
        .Set("subscription", IdOrNull(line.subscription))
        .Set("type", line.item.empty() || line.proration ? "invoiceitem" : "subscription");
    if (!line.item.empty()) object.Set("subscription_item", line.item);
    return object;
  }
  object.Set("pricing", JsonObject{{"price_details", JsonObject{{"price", line.price}, {"product", "prod_1"}}},
                                   {"type", "price_details"}});
  JsonObject details{{"invoice_item", line.proration ? Json("ii_1") : Json(nullptr)},
                     {"proration", line.proration},
                     {"subscription", IdOrNull(line.subscription)}};
  if (!line.item.empty()) details.Set("subscription_item", line.item);
  const char* kind = line.item.empty() ? "invoice_item_details" : "subscription_item_details";
  object.Set("parent", JsonObject{{kind, details}, {"type", kind}});
  return object;
}

Json StripeEvents::Render(const Invoice& invoice) const {
  std::int64_t subtotal = 0;
  std::vector<Json> lines;
  for (const Line& line : invoice.lines) {
    subtotal += line.amount;
    lines.push_back(RenderLine(line));
  }
  const bool paid = invoice.status == "paid";
  const std::int64_t total = subtotal - invoice.discount;
  const std::int64_t due = std::max<std::int64_t>(0, total - invoice.from_balance - invoice.pre_payment_credit);
  JsonObject object{
      {"id", invoice.id},
      {"object", "invoice"},
      {"amount_due", due},
      {"amount_paid", paid ? due : 0},
      {"collection_method", invoice.collection_method},
      {"currency", "usd"},
      {"customer", invoice.customer},
      {"customer_email", kCanaryEmail},
      {"customer_name", kCanaryPersonName},
      {"due_date", TimeOrNull(invoice.due_date)},
      {"lines", List(std::move(lines), invoice.has_more)},
      {"metadata", TenantMetadata(invoice.tenant)},
      {"post_payment_credit_notes_amount", 0},
      {"pre_payment_credit_notes_amount", invoice.pre_payment_credit},
      {"status", invoice.status},
      {"status_transitions", JsonObject{{"finalized_at", nullptr}, {"paid_at", TimeOrNull(invoice.paid_at)}}},
      {"subtotal", subtotal},
      {"total", total},
      {"total_discount_amounts", std::vector<Json>{JsonObject{{"amount", invoice.discount}, {"discount", "di_1"}}}}};
  if (family_ == Family::kClassic) {
    object.Set("charge", IdOrNull(paid ? invoice.charge : ""))
        .Set("paid", paid)
        .Set("payment_intent", IdOrNull(invoice.payment_intent))
        .Set("subscription", IdOrNull(invoice.subscription))
        .Set("subscription_details", JsonObject{{"metadata", TenantMetadata(invoice.subscription_tenant)}});
    return object;
  }
  const Json details =
      JsonObject{{"metadata", TenantMetadata(invoice.subscription_tenant)}, {"subscription", invoice.subscription}};
  object.Set("parent", invoice.subscription.empty() ? Json(nullptr)
                                                    : Json(JsonObject{{"quote_details", nullptr},
                                                                      {"subscription_details", details},
                                                                      {"type", "subscription_details"}}));
  return object;
}

Json StripeEvents::Render(const Subscription& subscription) const {
  std::vector<Json> items;
  for (const Item& item : subscription.items) {
    JsonObject object{{"id", item.id},
                      {"object", "subscription_item"},
                      {"price", PriceObject(item.price)},
                      {"quantity", item.quantity},
                      {"subscription", subscription.id}};
    if (family_ == Family::kBasil) {
      object.Set("current_period_end", subscription.period_end).Set("current_period_start", subscription.period_start);
    }
    items.push_back(object);
  }
  JsonObject object{{"id", subscription.id},
                    {"object", "subscription"},
                    {"cancel_at", TimeOrNull(subscription.cancel_at)},
                    {"cancel_at_period_end", subscription.cancel_at_period_end},
                    {"collection_method", subscription.collection_method},
                    {"customer", subscription.customer},
                    {"default_payment_method", IdOrNull(subscription.payment_method)},
                    {"items", List(std::move(items))},
                    {"metadata", TenantMetadata(subscription.tenant)},
                    {"pause_collection", subscription.collection_paused
                                             ? Json(JsonObject{{"behavior", "void"}, {"resumes_at", nullptr}})
                                             : Json(nullptr)},
                    {"status", subscription.status},
                    {"test_clock", IdOrNull(subscription.test_clock)},
                    {"trial_end", TimeOrNull(subscription.trial_end)},
                    {"trial_start", TimeOrNull(subscription.trial_start)}};
  if (family_ == Family::kClassic) {
    object.Set("current_period_end", subscription.period_end).Set("current_period_start", subscription.period_start);
  }
  return object;
}

Json StripeEvents::Render(const Session& session) const {
  return JsonObject{{"id", session.id},
                    {"object", "checkout.session"},
                    {"amount_total", session.amount_total},
                    {"client_reference_id", IdOrNull(session.client_reference_id)},
                    {"customer", IdOrNull(session.customer)},
                    {"invoice", IdOrNull(session.invoice)},
                    {"invoice_creation", JsonObject{{"enabled", false}}},
                    {"metadata", SoldMetadata(session.tenant, session.price, session.quantity)},
                    {"mode", session.mode},
                    {"payment_intent", IdOrNull(session.payment_intent)},
                    {"payment_status", session.payment_status},
                    {"status", session.status},
                    {"subscription", IdOrNull(session.subscription)}};
}

Json StripeEvents::Render(const PaymentIntent& intent) const {
  JsonObject object{{"id", intent.id},
                    {"object", "payment_intent"},
                    {"amount", intent.amount},
                    {"customer", IdOrNull(intent.customer)},
                    {"last_payment_error", nullptr},
                    {"latest_charge", "ch_1"},
                    {"metadata", SoldMetadata(intent.tenant, intent.price, intent.quantity)},
                    {"status", intent.status}};
  if (family_ == Family::kClassic) object.Set("invoice", IdOrNull(intent.invoice));
  return object;
}

Json StripeEvents::Render(const Refund& refund) const {
  return JsonObject{{"id", refund.id},           {"object", "refund"},
                    {"amount", refund.amount},   {"charge", IdOrNull(refund.charge)},
                    {"created", refund.created}, {"payment_intent", IdOrNull(refund.payment_intent)},
                    {"status", refund.status}};
}

Json StripeEvents::Render(const Charge& charge) const {
  JsonObject object{{"id", charge.id},
                    {"object", "charge"},
                    {"amount", charge.amount},
                    {"amount_refunded", charge.amount_refunded},
                    {"billing_details", JsonObject{{"email", kCanaryEmail}, {"name", kCanaryPersonName}}},
                    {"payment_method_details", JsonObject{{"card", JsonObject{{"number", kCanaryCard}}}}},
                    {"customer", IdOrNull(charge.customer)},
                    {"paid", charge.status != "failed"},
                    {"payment_intent", IdOrNull(charge.payment_intent)},
                    {"refunded", charge.amount_refunded >= charge.amount},
                    {"status", charge.status}};
  if (family_ == Family::kClassic) {
    std::vector<Json> refunds;
    for (const Refund& refund : charge.refunds) refunds.push_back(Render(refund));
    object.Set("invoice", IdOrNull(charge.invoice)).Set("refunds", List(std::move(refunds)));
  }
  return object;
}

Json StripeEvents::Render(const Dispute& dispute) const {
  return JsonObject{{"id", dispute.id},           {"object", "dispute"},
                    {"amount", dispute.amount},   {"charge", dispute.charge},
                    {"created", dispute.created}, {"payment_intent", IdOrNull(dispute.payment_intent)},
                    {"reason", "general"},        {"status", dispute.status}};
}

Json StripeEvents::Render(const CreditNote& note) const {
  JsonObject object{{"id", note.id},           {"object", "credit_note"}, {"amount", note.amount},
                    {"created", note.created}, {"customer", "cus_1"},     {"invoice", note.invoice},
                    {"out_of_band_amount", 0}, {"status", note.status},   {"type", note.type}};
  if (family_ == Family::kClassic) {
    object.Set("refund", IdOrNull(note.refund));
    return object;
  }
  std::vector<Json> refunds;
  if (!note.refund.empty()) {
    refunds.push_back(JsonObject{{"amount_refunded", note.amount}, {"refund", note.refund}, {"type", "refund"}});
  }
  object.Set("post_payment_amount", note.type == "post_payment" ? note.amount : 0)
      .Set("pre_payment_amount", note.type == "pre_payment" ? note.amount : 0)
      .Set("refunds", std::move(refunds));
  return object;
}

Json StripeEvents::Render(const InvoicePayment& payment) const {
  return JsonObject{{"id", payment.id},
                    {"object", "invoice_payment"},
                    {"amount_paid", 5000},
                    {"invoice", payment.invoice},
                    {"payment", JsonObject{{"charge", IdOrNull(payment.charge)},
                                           {"payment_intent", IdOrNull(payment.payment_intent)},
                                           {"type", payment.charge.empty() ? "payment_intent" : "charge"}}},
                    {"status", payment.status}};
}

Json StripeEvents::Render(const Customer& customer) const {
  return JsonObject{{"id", customer.id},
                    {"object", "customer"},
                    {"email", kCanaryEmail},
                    {"name", kCanaryPersonName},
                    {"metadata", TenantMetadata(customer.tenant)},
                    {"test_clock", IdOrNull(customer.test_clock)}};
}

Json StripeEvents::TestClock(const std::string& id, std::int64_t frozen_time) const {
  return JsonObject{
      {"id", id}, {"object", "test_helpers.test_clock"}, {"frozen_time", frozen_time}, {"status", "ready"}};
}

Json StripeEvents::FraudWarning(const std::string& id, const std::string& charge) const {
  return JsonObject{{"id", id},
                    {"object", "radar.early_fraud_warning"},
                    {"charge", charge},
                    {"fraud_type", "misc"},
                    {"payment_intent", "pi_1"}};
}

}  // namespace usher::stripe_test
