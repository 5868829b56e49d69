#include <utility>

#include "server/integrations/stripe/objects.h"

namespace usher::stripe {
namespace {

PaymentIntentStatus ReadIntentStatus(const Field& object, std::string_view event_type) {
  const std::string text = object["status"].RequiredText();
  if (text == "succeeded") return PaymentIntentStatus::kSucceeded;
  if (text == "processing") return PaymentIntentStatus::kProcessing;
  if (text == "canceled") return PaymentIntentStatus::kCanceled;
  if (text == "requires_action" || text == "requires_source_action") return PaymentIntentStatus::kRequiresAction;
  // A new intent and one whose try failed wait for a payment method alike; only the latter has an error.
  const bool waits = text == "requires_payment_method" || text == "requires_source";
  const bool failed = event_type == "payment_intent.payment_failed" || object["last_payment_error"].present();
  return waits && failed ? PaymentIntentStatus::kFailed : PaymentIntentStatus::kOther;
}

ChargeStatus ReadChargeStatus(const Field& field) {
  const std::string text = field.RequiredText();
  if (text == "succeeded") return ChargeStatus::kSucceeded;
  if (text == "failed") return ChargeStatus::kFailed;
  if (text != "pending") {
    field.AddDefect(ParseReason::kUnknownValue, "`" + text + "` is no known status (pending, succeeded, failed)");
  }
  return ChargeStatus::kPending;
}

}  // namespace

void ReadPaymentIntent(Reading& reading, const Field& object, std::string_view event_type) {
  const std::string id = object["id"].RequiredId();
  PaymentIntentFact intent;
  intent.status = ReadIntentStatus(object, event_type);
  intent.customer = reading.Customer(object);
  intent.invoice = reading.Reference(object["invoice"]);
  Sold sold = ReadSold(object["metadata"]);
  intent.price = std::move(sold.price);
  intent.quantity_milli = sold.quantity_milli;
  reading.Add(ObjectKind::kPaymentIntent, id, reading.created(), std::move(intent));
  reading.AddMetadataLink(object["metadata"], ObjectKind::kPaymentIntent, id);
  for (const Field& charge : object["charges"]["data"].OptionalElements()) ReadCharge(reading, charge, {});
  reading.Reference(object["latest_charge"]);
}

// A failed charge counts by the time of its failure (R5), which only its own event tells. Another object that shows it
// later, such as a payment intent whose next charge succeeded, would make it look like money that went back.
void ReadCharge(Reading& reading, const Field& object, std::string_view event_type) {
  const std::string id = object["id"].RequiredId();
  ChargeFact charge;
  charge.status = ReadChargeStatus(object["status"]);
  if (charge.status == ChargeStatus::kFailed && event_type.empty()) return;
  charge.customer = reading.Customer(object);
  charge.payment_intent = reading.Reference(object["payment_intent"]);
  charge.invoice = reading.Reference(object["invoice"]);
  charge.amount = object["amount"].RequiredInteger();
  charge.amount_refunded = object["amount_refunded"].OptionalInteger().value_or(0);
  reading.Add(ObjectKind::kCharge, id, reading.created(), std::move(charge));
  for (const Field& refund : object["refunds"]["data"].OptionalElements()) ReadRefund(reading, refund, {});
}

void ReadFraudWarning(Reading& reading, const Field& object, std::string_view) {
  const std::string id = object["id"].RequiredId();
  reading.Add(ObjectKind::kFraudWarning, id, reading.created(),
              FraudWarningFact{reading.Reference(object["charge"]), reading.Reference(object["payment_intent"])});
}

}  // namespace usher::stripe
