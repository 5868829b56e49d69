#include <algorithm>
#include <utility>

#include "server/integrations/stripe/objects.h"

namespace usher::stripe {
namespace {

// Invoices before 2018-11 have no status, only flags.
InvoiceStatus StatusFromFlags(const Field& object) {
  if (!object["paid"].present()) object["status"].AddDefect(ParseReason::kFieldMissing, "missing");
  if (object["paid"].OptionalBool()) return InvoiceStatus::kPaid;
  return object["forgiven"].OptionalBool() ? InvoiceStatus::kUncollectible : InvoiceStatus::kOpen;
}

InvoiceStatus ReadStatus(const Field& object) {
  const Field field = object["status"];
  if (!field.present()) return StatusFromFlags(object);
  const std::string text = field.OptionalText();
  const Field paid = object["paid"];
  if (paid.present() && paid.OptionalBool() != (text == "paid")) {
    field.AddDefect(ParseReason::kContradiction,
                    "is `" + text + "` while `paid` is " + (text == "paid" ? "false" : "true"));
  }
  if (text == "paid") return InvoiceStatus::kPaid;
  if (text == "open") return InvoiceStatus::kOpen;
  if (text == "void") return InvoiceStatus::kVoid;
  if (text == "uncollectible") return InvoiceStatus::kUncollectible;
  if (text != "draft") {
    field.AddDefect(ParseReason::kUnknownValue,
                    "`" + text + "` is no known status (draft, open, paid, uncollectible, void)");
  }
  return InvoiceStatus::kDraft;
}

// The sum of all discounts. Before 2020 it is not listed and follows from the totals.
std::int64_t ReadDiscount(const Field& object, const InvoiceFact& invoice) {
  const Field amounts = object["total_discount_amounts"];
  std::int64_t discount = 0;
  for (const Field& entry : amounts.OptionalElements()) discount += entry["amount"].RequiredInteger();
  if (!amounts.present() && object["discount"].present()) {
    discount = invoice.subtotal + object["tax"].OptionalInteger().value_or(0) - invoice.total;
  }
  return std::max<std::int64_t>(discount, 0);
}

// The details of what a line comes from, since 2025: a subscription item or an invoice item.
Field LineDetails(const Field& line) {
  return line["parent"].FirstOf({"subscription_item_details", "invoice_item_details"});
}

InvoiceLine ReadLine(Reading& reading, const Field& line, const std::string& invoice_subscription) {
  InvoiceLine result;
  const Field details = LineDetails(line);
  const auto either = [&](std::string_view name) { return line[name].present() ? line[name] : details[name]; };
  result.subscription = reading.Reference(either("subscription"));
  result.subscription_item = either("subscription_item").OptionalReference();
  result.proration = either("proration").OptionalBool();

  // Before 2018 a line of a subscription carries the subscription's id as its own, and no item.
  const bool of_subscription = !result.subscription_item.empty() || line["type"].OptionalText() == "subscription";
  if (of_subscription && result.subscription.empty()) {
    const std::string own_id = line["id"].OptionalId();
    result.subscription = own_id.starts_with("sub_") ? own_id : invoice_subscription;
  }
  // A change within a period belongs to the item it changes; without a name for that, to the subscription's only one.
  if (result.subscription_item.empty() && (of_subscription || result.proration)) {
    result.subscription_item = result.subscription;
  }

  result.price = result.subscription_item.empty() ? ReadPrice(line) : ReadRequiredPrice(line);
  result.quantity_milli = ReadQuantityMilli(line);
  result.amount = line["amount"].RequiredInteger();
  result.start = line["period"]["start"].RequiredTime();
  result.end = line["period"]["end"].RequiredTime();
  return result;
}

// An invoice carries the metadata of its subscription as it was then, in a place that moved twice.
void AddSubscriptionLinks(Reading& reading, const Field& object, const std::string& invoice_subscription,
                          const Field& line_field, const InvoiceLine& line) {
  if (line.subscription == invoice_subscription) {
    for (const Field& snapshot : {object["parent"]["subscription_details"], object["subscription_details"]}) {
      if (reading.AddMetadataLink(snapshot["metadata"], ObjectKind::kSubscription, line.subscription)) return;
    }
  }
  if (!line.subscription_item.empty()) {
    reading.AddMetadataLink(line_field["metadata"], ObjectKind::kSubscription, line.subscription);
  }
}

void ReadLines(Reading& reading, const Field& object, InvoiceFact& invoice) {
  const Field more = object["lines"]["has_more"];
  if (more.OptionalBool()) {
    more.AddDefect(ParseReason::kLinesIncomplete, "only the first page of the lines is here; all of them decide");
  }
  for (const Field& field : object["lines"]["data"].RequiredElements()) {
    InvoiceLine line = ReadLine(reading, field, invoice.subscription);
    AddSubscriptionLinks(reading, object, invoice.subscription, field, line);
    invoice.lines.push_back(std::move(line));
  }
  std::sort(invoice.lines.begin(), invoice.lines.end());
}

void AddAttempt(Reading& reading, const std::string& invoice, std::string_view event_type) {
  if (event_type == "invoice.payment_failed") {
    reading.Add(ObjectKind::kInvoice, invoice, reading.created(), AttemptFact{AttemptResult::kFailed});
  } else if (event_type == "invoice.payment_action_required") {
    reading.Add(ObjectKind::kInvoice, invoice, reading.created(), AttemptFact{AttemptResult::kRequiresAction});
  }
}

}  // namespace

void ReadInvoice(Reading& reading, const Field& object, std::string_view event_type) {
  const std::string id = object["id"].RequiredId();
  InvoiceFact invoice;
  invoice.status = ReadStatus(object);
  invoice.customer = reading.Customer(object);
  const Field subscription = object["subscription"];
  invoice.subscription = reading.Reference(
      subscription.present() ? subscription : object["parent"]["subscription_details"]["subscription"]);
  invoice.payment_intent = reading.Reference(object["payment_intent"]);
  invoice.charge = reading.Reference(object["charge"]);
  invoice.collection = ReadCollection(object);
  invoice.due_date = object["due_date"].OptionalTime();
  invoice.subtotal = object["subtotal"].RequiredInteger();
  invoice.total = object["total"].RequiredInteger();
  invoice.amount_due = object["amount_due"].RequiredInteger();
  // Before 2018 a paid invoice was paid by what was due.
  const bool paid = invoice.status == InvoiceStatus::kPaid;
  invoice.amount_paid = object["amount_paid"].OptionalInteger().value_or(paid ? invoice.amount_due : 0);
  invoice.discount = ReadDiscount(object, invoice);
  invoice.pre_payment_credit =
      std::max<std::int64_t>(0, object["pre_payment_credit_notes_amount"].OptionalInteger().value_or(0));
  ReadLines(reading, object, invoice);

  // Payloads too old to say when they were paid are taken at the time of their event.
  const std::optional<Instant> paid_at = object["status_transitions"]["paid_at"].OptionalTime();
  reading.Add(ObjectKind::kInvoice, id, paid ? paid_at.value_or(reading.created()) : reading.created(),
              std::move(invoice));
  AddAttempt(reading, id, event_type);
  reading.AddMetadataLink(object["metadata"], ObjectKind::kInvoice, id);
  for (const Field& payment : object["payments"]["data"].OptionalElements()) ReadInvoicePayment(reading, payment, {});
}

void ReadInvoicePayment(Reading& reading, const Field& object, std::string_view) {
  const std::string id = object["id"].RequiredId();
  InvoicePaymentFact payment;
  payment.invoice = reading.Reference(object["invoice"]);
  payment.payment_intent = reading.Reference(object["payment"]["payment_intent"]);
  payment.charge = reading.Reference(object["payment"]["charge"]);
  payment.paid = object["status"].RequiredText() == "paid";
  if (payment.invoice.empty()) object["invoice"].RequiredId();
  reading.Add(ObjectKind::kInvoicePayment, id, reading.created(), std::move(payment));
}

}  // namespace usher::stripe
