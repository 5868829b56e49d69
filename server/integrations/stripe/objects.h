// One reader per kind of Stripe object. Each adds the object's fact, its links, and the facts of what it embeds.
//
// `event_type` is the type of the event when the object is the event's own, empty when it is embedded in another.
#pragma once

#include <string_view>

#include "server/integrations/stripe/field.h"
#include "server/integrations/stripe/reading.h"

namespace usher::stripe {

using ObjectReader = void (*)(Reading& reading, const Field& object, std::string_view event_type);

// The reader for the name that objects carry in `object` (`invoice`), nullptr for kinds that decide nothing.
ObjectReader FindObjectReader(std::string_view object_name);

void ReadCharge(Reading& reading, const Field& object, std::string_view event_type);
void ReadCheckoutSession(Reading& reading, const Field& object, std::string_view event_type);
void ReadCreditNote(Reading& reading, const Field& object, std::string_view event_type);
void ReadCustomer(Reading& reading, const Field& object, std::string_view event_type);
void ReadDispute(Reading& reading, const Field& object, std::string_view event_type);
void ReadFraudWarning(Reading& reading, const Field& object, std::string_view event_type);
void ReadInvoice(Reading& reading, const Field& object, std::string_view event_type);
void ReadInvoicePayment(Reading& reading, const Field& object, std::string_view event_type);
void ReadPaymentIntent(Reading& reading, const Field& object, std::string_view event_type);
void ReadRefund(Reading& reading, const Field& object, std::string_view event_type);
void ReadSubscription(Reading& reading, const Field& object, std::string_view event_type);
void ReadTestClock(Reading& reading, const Field& object, std::string_view event_type);

}  // namespace usher::stripe
