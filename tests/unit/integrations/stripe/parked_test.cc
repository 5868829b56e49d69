// What is for us and cannot be used: parked, with the path of the field.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/integrations/stripe/event.h"
#include "tests/support/stripe/stripe_events.h"

namespace usher::stripe_test {
namespace {

using stripe::Parse;
using stripe::ParsedEvent;
using stripe::ParseReason;
using stripe::Verdict;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct ParkedCase {
  const char* name;
  const char* type;
  std::string object;
  ParseReason reason;
  const char* path;  // below data.object.
};

std::string InvoiceText(const std::string& head, const std::string& line) {
  return R"({"id":"in_1","object":"invoice","subtotal":5,"total":5,"amount_due":5,)" + head +
         R"("lines":{"data":[{"amount":5,"period":{"start":1,"end":2},)" + line + "}]}}";
}

std::string SubscriptionText(const std::string& fields) {
  return R"({"id":"sub_1","object":"subscription","status":"active",)" + fields + "}";
}

std::string SessionText(const std::string& fields) {
  return R"({"id":"cs_1","object":"checkout.session","mode":"payment","status":"complete","payment_status":"paid",)" +
         fields + "}";
}

const std::string kOpen = R"("status":"open",)";
const std::string kLine = R"("price":"p")";
const std::string kItemLine = R"("subscription":"sub_1","subscription_item":"si_1",)";

const std::vector<ParkedCase> kCases = {
    {"LinesIncomplete", "invoice.paid",
     R"({"id":"in_1","status":"paid","subtotal":5,"total":5,"amount_due":5,"lines":{"data":[],"has_more":true}})",
     ParseReason::kLinesIncomplete, "lines.has_more"},
    {"NoLines", "invoice.updated", R"({"id":"in_1","status":"open","subtotal":5,"total":5,"amount_due":5})",
     ParseReason::kFieldMissing, "lines.data"},
    {"PriceObjectWithoutId", "invoice.updated", InvoiceText(kOpen, kItemLine + R"("price":{"product":"x"})"),
     ParseReason::kFieldMissing, "lines.data[0].price.id"},
    {"SubscriptionLineWithoutPrice", "invoice.updated", InvoiceText(kOpen, kItemLine + R"("price":null)"),
     ParseReason::kFieldMissing, "lines.data[0].price"},
    {"SubscriptionLineWithoutPriceDetails", "invoice.updated",
     InvoiceText(kOpen, kItemLine + R"("pricing":{"type":"rate_card_details","price_details":null})"),
     ParseReason::kFieldMissing, "lines.data[0].pricing.price_details.price"},
    {"PeriodMissing", "invoice.updated",
     R"({"id":"in_1","status":"open","subtotal":5,"total":5,"amount_due":5,"lines":{"data":[{"amount":5}]}})",
     ParseReason::kFieldMissing, "lines.data[0].period.start"},
    {"AmountIsAFraction", "invoice.updated",
     R"({"id":"in_1","status":"open","subtotal":5.0,"total":5,"amount_due":5,"lines":{"data":[]}})",
     ParseReason::kFieldValue, "subtotal"},
    {"AmountIsHuge", "invoice.updated",
     R"({"id":"in_1","status":"open","subtotal":1e300,"total":5,"amount_due":5,"lines":{"data":[]}})",
     ParseReason::kFieldValue, "subtotal"},
    {"AmountIsBeyondTheLimit", "invoice.updated",
     R"({"id":"in_1","status":"open","subtotal":10000000000001,"total":5,"amount_due":5,"lines":{"data":[]}})",
     ParseReason::kFieldValue, "subtotal"},
    {"AmountIsBelowTheLimit", "invoice.updated",
     R"({"id":"in_1","status":"open","subtotal":-10000000000001,"total":5,"amount_due":5,"lines":{"data":[]}})",
     ParseReason::kFieldValue, "subtotal"},
    {"TimeIsAfterTheYear9999", "test_helpers.test_clock.ready", R"({"id":"clock_1","frozen_time":253402300800})",
     ParseReason::kFieldValue, "frozen_time"},
    {"AmountIsText", "invoice.updated",
     R"({"id":"in_1","status":"open","subtotal":"5","total":5,"amount_due":5,"lines":{"data":[]}})",
     ParseReason::kFieldType, "subtotal"},
    {"QuantityIsNegative", "invoice.updated", InvoiceText(kOpen, kLine + R"(,"quantity":-1)"), ParseReason::kFieldValue,
     "lines.data[0].quantity"},
    {"QuantityIsAWord", "invoice.updated", InvoiceText(kOpen, kLine + R"(,"quantity_decimal":"many")"),
     ParseReason::kFieldValue, "lines.data[0].quantity_decimal"},
    {"QuantityIsTooLarge", "invoice.updated", InvoiceText(kOpen, kLine + R"(,"quantity":1000000000)"),
     ParseReason::kFieldValue, "lines.data[0].quantity"},
    {"QuantityHasAnExponent", "invoice.updated", InvoiceText(kOpen, kLine + R"(,"quantity":1e2)"),
     ParseReason::kFieldValue, "lines.data[0].quantity"},
    {"QuantityIsABoolean", "invoice.updated", InvoiceText(kOpen, kLine + R"(,"quantity":true)"),
     ParseReason::kFieldType, "lines.data[0].quantity"},
    {"QuantityIsInvalidTextInAnId", "invoice.updated", InvoiceText(kOpen, R"("price":"a\u0000b")"),
     ParseReason::kFieldValue, "lines.data[0].price"},
    {"UnknownInvoiceStatus", "invoice.updated", InvoiceText(R"("status":"frozen",)", kLine), ParseReason::kUnknownValue,
     "status"},
    {"NoInvoiceStatusAndNoFlags", "invoice.updated", InvoiceText("", kLine), ParseReason::kFieldMissing, "status"},
    {"StatusAgainstFlag", "invoice.updated", InvoiceText(R"("status":"draft","paid":true,)", kLine),
     ParseReason::kContradiction, "status"},
    {"PaidAgainstFlag", "invoice.updated", InvoiceText(R"("status":"paid","paid":false,)", kLine),
     ParseReason::kContradiction, "status"},
    {"StatusAgainstEvent", "invoice.paid", InvoiceText(kOpen, kLine), ParseReason::kContradiction, "status"},
    {"DeletedSubscriptionThatIsActive", "customer.subscription.deleted", SubscriptionText(R"("items":{"data":[]})"),
     ParseReason::kContradiction, "status"},
    {"SubscriptionItemWithoutId", "customer.subscription.updated",
     SubscriptionText(R"("items":{"data":[{"price":"p"}]})"), ParseReason::kFieldMissing, "items.data[0].id"},
    {"SubscriptionItemWithoutPrice", "customer.subscription.updated",
     SubscriptionText(R"("items":{"data":[{"id":"si_1"}]})"), ParseReason::kFieldMissing, "items.data[0].price"},
    {"SubscriptionItemsIncomplete", "customer.subscription.updated",
     SubscriptionText(R"("items":{"data":[],"has_more":true})"), ParseReason::kLinesIncomplete, "items.has_more"},
    {"EndOfPeriodUnknown", "customer.subscription.updated",
     SubscriptionText(R"("items":{"data":[]},"cancel_at_period_end":true)"), ParseReason::kFieldMissing,
     "current_period_end"},
    {"PauseIsNoObject", "customer.subscription.updated",
     SubscriptionText(R"("items":{"data":[]},"pause_collection":true)"), ParseReason::kFieldType, "pause_collection"},
    {"TrialEndIsText", "customer.subscription.updated",
     SubscriptionText(R"("items":{"data":[]},"trial_end":"tomorrow")"), ParseReason::kFieldType, "trial_end"},
    {"MetadataIsAList", "customer.subscription.updated", SubscriptionText(R"("items":{"data":[]},"metadata":["acme"])"),
     ParseReason::kFieldType, "metadata"},
    {"TenantIsANumber", "customer.subscription.updated",
     SubscriptionText(R"("items":{"data":[]},"metadata":{"usher_tenant":7})"), ParseReason::kFieldType,
     "metadata.usher_tenant"},
    {"TenantIsEmpty", "customer.subscription.updated",
     SubscriptionText(R"("items":{"data":[]},"metadata":{"usher_tenant":""})"), ParseReason::kFieldValue,
     "metadata.usher_tenant"},
    {"TenantInSnapshot", "invoice.updated",
     InvoiceText(
         kOpen + R"("subscription":"sub_1","parent":{"subscription_details":{"metadata":{"usher_tenant":"a b"}}},)",
         kItemLine + kLine),
     ParseReason::kFieldValue, "parent.subscription_details.metadata.usher_tenant"},
    {"OneOffSessionWithoutPrice", "checkout.session.completed", SessionText(R"("metadata":{})"),
     ParseReason::kFieldMissing, "metadata.usher_price"},
    {"OneOffSessionWithoutMetadata", "checkout.session.completed", SessionText(R"("metadata":null)"),
     ParseReason::kFieldMissing, "metadata.usher_price"},
    {"OneOffSessionWhoseInvoiceIsToCome", "checkout.session.completed",
     SessionText(R"("metadata":{"usher_price":"p"},"invoice":null,"invoice_creation":{"enabled":true})"),
     ParseReason::kFieldMissing, "invoice"},
    {"SoldQuantityIsNoNumber", "checkout.session.completed",
     SessionText(R"("metadata":{"usher_price":"p","usher_quantity":"two"})"), ParseReason::kFieldValue,
     "metadata.usher_quantity"},
    {"UnknownMode", "checkout.session.expired",
     R"({"id":"cs_1","mode":"gift","status":"expired","payment_status":"paid"})", ParseReason::kUnknownValue, "mode"},
    {"UnknownSessionStatus", "checkout.session.async_payment_succeeded",
     R"({"id":"cs_1","mode":"setup","status":"half","payment_status":"paid"})", ParseReason::kUnknownValue, "status"},
    {"UnknownChargeStatus", "charge.refunded", R"({"id":"ch_1","status":"frozen","amount":5})",
     ParseReason::kUnknownValue, "status"},
    {"UnknownRefundStatus", "refund.updated", R"({"id":"re_1","status":"frozen","amount":5,"created":1})",
     ParseReason::kUnknownValue, "status"},
    {"RefundInACharge", "charge.refunded",
     R"({"id":"ch_1","status":"succeeded","amount":5,"refunds":{"data":[{"id":"re_1","status":"succeeded"}]}})",
     ParseReason::kFieldMissing, "refunds.data[0].amount"},
    {"DisputeWithoutId", "charge.dispute.closed", R"({"charge":"ch_1","status":"won","amount":5,"created":1})",
     ParseReason::kFieldMissing, "id"},
    {"UnknownDisputeStatus", "charge.dispute.updated", R"({"id":"dp_1","status":"frozen","amount":5,"created":1})",
     ParseReason::kUnknownValue, "status"},
    {"UnknownNoteType", "credit_note.created",
     R"({"id":"cn_1","status":"issued","invoice":"in_1","type":"gift","amount":5,"created":1})",
     ParseReason::kUnknownValue, "type"},
    {"UnknownNoteStatus", "credit_note.created",
     R"({"id":"cn_1","status":"frozen","invoice":"in_1","type":"post_payment","amount":5,"created":1})",
     ParseReason::kUnknownValue, "status"},
    {"NoteWithoutInvoice", "credit_note.created",
     R"({"id":"cn_1","status":"issued","type":"post_payment","amount":5,"created":1})", ParseReason::kFieldMissing,
     "invoice"},
    {"InvoicePaymentWithoutInvoice", "invoice_payment.paid",
     R"({"id":"inpay_1","status":"paid","payment":{"payment_intent":"pi_1"}})", ParseReason::kFieldMissing, "invoice"},
    {"ClockWithoutTime", "test_helpers.test_clock.ready", R"({"id":"clock_1"})", ParseReason::kFieldMissing,
     "frozen_time"},
    {"ExpandedCustomerWithoutId", "customer.subscription.updated",
     SubscriptionText(R"("items":{"data":[]},"customer":{"object":"customer"})"), ParseReason::kFieldMissing,
     "customer.id"},
};

class Parked : public ::testing::TestWithParam<ParkedCase> {};

TEST_P(Parked, NamesTheField) {
  const std::string body =
      StripeEvents(Family::kClassic).Event(GetParam().type, 1767225600, Json::Raw(GetParam().object));
  const ParsedEvent event = Parse(body, {});
  EXPECT_EQ(VerdictName(event.verdict), VerdictName(Verdict::kParked));
  EXPECT_EQ(ParseReasonName(event.reason), ParseReasonName(GetParam().reason)) << event.message;
  EXPECT_EQ(event.path, "data.object." + std::string(GetParam().path));
  EXPECT_THAT(event.message, StartsWith(event.path + ": "));
  EXPECT_TRUE(event.facts.empty());
}

INSTANTIATE_TEST_SUITE_P(Cases, Parked, ::testing::ValuesIn(kCases), [](const auto& row) { return row.param.name; });

// Enum values of later versions that are harmless where they stand: the event counts, and nothing is granted by them.
TEST(OpenEnums, NeverGrant) {
  const auto content = [](const char* type, const std::string& object) {
    const ParsedEvent event = Parse(StripeEvents(Family::kBasil).Event(type, 1767225600, Json::Raw(object)), {});
    EXPECT_EQ(event.verdict, Verdict::kFacts) << event.message;
    return event.facts.at(0).content;
  };
  EXPECT_EQ(std::get<PaymentIntentFact>(
                content("payment_intent.processing", R"({"id":"pi_1","status":"dreaming","amount":5})"))
                .status,
            PaymentIntentStatus::kOther);
  EXPECT_EQ(std::get<CheckoutSessionFact>(
                content("checkout.session.completed",
                        R"({"id":"cs_1","mode":"setup","status":"complete","payment_status":"promised"})"))
                .payment,
            CheckoutPayment::kUnpaid);
  EXPECT_EQ(
      std::get<InvoiceFact>(content("invoice.updated",
                                    R"({"id":"in_1","status":"open","collection_method":"by_pigeon","subtotal":5,)"
                                    R"("total":5,"amount_due":5,"lines":{"data":[]}})"))
          .collection,
      CollectionMethod::kChargeAutomatically);
}

TEST(Parked, MessagesSayWhatWasExpected) {
  const ParsedEvent event = Parse(
      StripeEvents(Family::kBasil).Event("charge.refunded", 1, Json::Raw(R"({"id":"ch_1","status":7,"amount":5})")),
      {});
  EXPECT_EQ(event.message, "data.object.status: expected a string, got a number");
  EXPECT_THAT(Parse("{", {}).message, HasSubstr("no JSON object"));
}

}  // namespace
}  // namespace usher::stripe_test
