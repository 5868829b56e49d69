#include <utility>

#include "server/integrations/stripe/objects.h"

namespace usher::stripe {
namespace {

CheckoutMode ReadMode(const Field& field) {
  const std::string text = field.RequiredText();
  if (text == "subscription") return CheckoutMode::kSubscription;
  if (text == "setup") return CheckoutMode::kSetup;
  if (text != "payment") {
    field.AddDefect(ParseReason::kUnknownValue, "`" + text + "` is no known mode (payment, subscription, setup)");
  }
  return CheckoutMode::kPayment;
}

CheckoutStatus ReadStatus(const Field& field, std::string_view event_type) {
  const std::string text = field.OptionalText();
  if (text == "complete") return CheckoutStatus::kComplete;
  if (text == "expired") return CheckoutStatus::kExpired;
  if (text == "open") return CheckoutStatus::kOpen;
  if (field.present()) {
    field.AddDefect(ParseReason::kUnknownValue, "`" + text + "` is no known status (open, complete, expired)");
  }
  // Sessions before 2021 have no status; what happened to them says it.
  return event_type == "checkout.session.expired" ? CheckoutStatus::kExpired : CheckoutStatus::kComplete;
}

// An unknown value is unpaid: it never grants.
CheckoutPayment ReadPayment(const Field& field, std::string_view event_type) {
  const std::string text = field.RequiredText();
  if (text == "paid") return CheckoutPayment::kPaid;
  if (text == "no_payment_required") return CheckoutPayment::kNoPaymentRequired;
  return event_type == "checkout.session.async_payment_failed" ? CheckoutPayment::kFailed : CheckoutPayment::kUnpaid;
}

// A one-off session is itself what was bought (R15), so it must say what that is. One whose invoice is still to come
// would be bought twice over.
void RequireSold(const Field& object, const CheckoutSessionFact& session) {
  const bool one_off = session.mode == CheckoutMode::kPayment && session.status == CheckoutStatus::kComplete &&
                       session.payment != CheckoutPayment::kFailed && session.invoice.empty();
  if (!one_off) return;
  if (object["invoice_creation"]["enabled"].OptionalBool()) {
    object["invoice"].AddDefect(ParseReason::kFieldMissing, "missing, while `invoice_creation.enabled` is true");
  } else if (session.price.empty()) {
    object["metadata"]["usher_price"].AddDefect(ParseReason::kFieldMissing,
                                                "missing; a one-off checkout says in it which price was sold");
  }
}

}  // namespace

void ReadCheckoutSession(Reading& reading, const Field& object, std::string_view event_type) {
  const std::string id = object["id"].RequiredId();
  CheckoutSessionFact session;
  session.mode = ReadMode(object["mode"]);
  session.status = ReadStatus(object["status"], event_type);
  session.payment = ReadPayment(object["payment_status"], event_type);
  session.customer = reading.Customer(object);
  session.subscription = reading.Reference(object["subscription"]);
  session.payment_intent = reading.Reference(object["payment_intent"]);
  session.invoice = reading.Reference(object["invoice"]);
  session.amount_total = object["amount_total"].OptionalInteger().value_or(0);
  Sold sold = ReadSold(object["metadata"]);
  session.price = std::move(sold.price);
  session.quantity_milli = sold.quantity_milli;
  RequireSold(object, session);
  reading.Add(ObjectKind::kCheckoutSession, id, reading.created(), std::move(session));

  reading.AddMetadataLink(object["metadata"], ObjectKind::kCheckoutSession, id);
  // A buyer can write this one, so it must not be able to park the event.
  const std::string reference = object["client_reference_id"].OptionalText();
  if (IsTenantId(reference)) {
    reading.AddLink(ObjectKind::kCheckoutSession, id, TenantId(reference), LinkTrust::kClientReference);
  }
}

}  // namespace usher::stripe
