// Each deciding event type, in each family in which it exists, and the shapes that moved between them.
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/integrations/stripe/event.h"
#include "server/workbench/fact_line.h"
#include "tests/support/stripe/stripe_events.h"
#include "tests/unit/integrations/stripe/deciding_cases.h"

namespace usher::stripe_test {
namespace {

using stripe::Parse;
using stripe::ParsedEvent;
using stripe::Verdict;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

std::vector<std::string> FactLines(const std::string& body) {
  const ParsedEvent event = Parse(body, {});
  EXPECT_EQ(VerdictName(event.verdict), VerdictName(Verdict::kFacts)) << event.message << "\n" << body;
  std::vector<std::string> lines;
  for (const Fact& fact : event.facts) lines.push_back(FactLine(fact));
  return lines;
}

TEST(Shapes, EveryDecidingTypeGivesItsFactsInBothFamilies) {
  std::set<std::string_view> tried;
  for (const DecidingCase& row : DecidingCases()) {
    tried.insert(row.type);
    for (const Family family : kFamilies) {
      const bool classic = family == Family::kClassic;
      if (classic && row.classic.empty()) continue;
      SCOPED_TRACE(std::string(row.type) + " " + FamilyName(family));
      StripeEvents events(family);
      const std::vector<std::string>& expected = classic || row.basil.empty() ? row.classic : row.basil;
      EXPECT_THAT(FactLines(events.Event(row.type, kAt, row.object(events))), ElementsAreArray(expected));
    }
  }
  EXPECT_THAT(tried, ElementsAreArray(stripe::DecidingEventTypes()));
}

TEST(Shapes, TheDocumentedEventTypesAreTheDecidingOnes) {
  std::ostringstream page;
  page << std::ifstream("docs/stripe.md").rdbuf();
  std::string listed;
  for (const std::string_view type : stripe::DecidingEventTypes()) listed.append(type).append("\n");
  EXPECT_THAT(page.str(), ::testing::HasSubstr("```\n" + listed + "```\n"));
}

// A raw object of any version.
std::string Event(const char* type, const std::string& object) {
  return StripeEvents(Family::kClassic).Event(type, kAt, Json::Raw(object));
}

// An invoice's text with `head` as its own fields and `line` as its only line.
std::string RawInvoice(const std::string& head, const std::string& line) {
  return R"({"id":"in_1","object":"invoice","subtotal":5,"total":5,"amount_due":5,)" + head +
         R"("lines":{"data":[{"amount":5,"period":{"start":1,"end":2},)" + line + "}]}}";
}

const Fact& OnlyFact(const ParsedEvent& event) {
  EXPECT_EQ(event.facts.size(), 1u) << event.message;
  return event.facts.at(0);
}

InvoiceFact ReadInvoice(const std::string& head, const std::string& line) {
  return std::get<InvoiceFact>(OnlyFact(Parse(Event("invoice.updated", RawInvoice(head, line)), {})).content);
}

constexpr const char* kOpen = R"("status":"open",)";
constexpr const char* kItemLine = R"("price":{"id":"p"},"subscription":"sub_1","subscription_item":"si_1")";

struct LineCase {
  const char* name;
  const char* head;
  const char* line;
  InvoiceLine expect;
};

class LineShapes : public ::testing::TestWithParam<LineCase> {};

TEST_P(LineShapes, AreReadAlike) {
  const InvoiceFact invoice = ReadInvoice(std::string(kOpen) + GetParam().head, GetParam().line);
  InvoiceLine expected = GetParam().expect;
  expected.amount = 5;
  expected.start = FromUnixSeconds(1);
  expected.end = FromUnixSeconds(2);
  ASSERT_EQ(invoice.lines.size(), 1u);
  EXPECT_EQ(invoice.lines[0], expected);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, LineShapes,
    ::testing::ValuesIn(std::vector<LineCase>{
        {"Price", "", kItemLine, {"sub_1", "si_1", PriceId("p")}},
        {"PriceAsId",
         "",
         R"("price":"p","subscription":"sub_1","subscription_item":"si_1")",
         {"sub_1", "si_1", PriceId("p")}},
        {"PlanBefore2020",
         "",
         R"("plan":{"id":"gold"},"subscription":"sub_1","subscription_item":"si_1")",
         {"sub_1", "si_1", PriceId("gold")}},
        {"Pricing2025",
         "",
         R"("pricing":{"type":"price_details","price_details":{"price":"p"}},"parent":{"type":"subscription_item_details",)"
         R"("subscription_item_details":{"subscription":"sub_1","subscription_item":"si_1","proration":true}})",
         {"sub_1", "si_1", PriceId("p"), 1000, 0, {}, {}, true}},
        {"PricingExpanded",
         "",
         R"("pricing":{"price_details":{"price":{"id":"p"}}},"parent":{"subscription_item_details":)"
         R"({"subscription":"sub_1","subscription_item":"si_1"}})",
         {"sub_1", "si_1", PriceId("p")}},
        {"InvoiceItem2025",
         "",
         R"("pricing":{"price_details":{"price":"p"}},"parent":{"invoice_item_details":{"subscription":null}})",
         {"", "", PriceId("p")}},
        {"ProrationWithoutItem2025",
         "",
         R"("pricing":{"price_details":{"price":"p"}},"parent":{"invoice_item_details":{"subscription":"sub_1",)"
         R"("proration":true}})",
         {"sub_1", "sub_1", PriceId("p"), 1000, 0, {}, {}, true}},
        {"OneOff", "", R"("price":{"id":"p"},"type":"invoiceitem")", {"", "", PriceId("p")}},
        {"OneOffOfASubscription",
         "",
         R"("price":{"id":"p"},"type":"invoiceitem","subscription":"sub_1")",
         {"sub_1", "", PriceId("p")}},
        {"OneOffWithoutPrice", "", R"("price":null,"type":"invoiceitem")", {"", "", PriceId("")}},
        {"LineIdIsTheSubscriptionBefore2018",
         "",
         R"("id":"sub_9","type":"subscription","plan":{"id":"gold"})",
         {"sub_9", "sub_9", PriceId("gold")}},
        {"ItemWithoutSubscription",
         R"("subscription":"sub_1",)",
         R"("id":"il_1","type":"subscription","plan":{"id":"gold"},"subscription_item":"si_1")",
         {"sub_1", "si_1", PriceId("gold")}},
        {"TypeSubscriptionWithoutItem",
         R"("subscription":{"id":"sub_1"},)",
         R"("id":"il_1","type":"subscription","plan":{"id":"gold"})",
         {"sub_1", "sub_1", PriceId("gold")}},
        {"Quantity", "", R"("price":"p","quantity":12)", {"", "", PriceId("p"), 12'000}},
        {"QuantityNull", "", R"("price":"p","quantity":null)", {"", "", PriceId("p"), 1000}},
        {"QuantityZero", "", R"("price":"p","quantity":0)", {"", "", PriceId("p"), 0}},
        {"QuantityDecimalWins2026",
         "",
         R"("price":"p","quantity":2,"quantity_decimal":"2.5")",
         {"", "", PriceId("p"), 2500}},
        {"QuantityIsCutOff", "", R"("price":"p","quantity_decimal":"0.333999999999")", {"", "", PriceId("p"), 333}},
    }),
    [](const auto& row) { return row.param.name; });

struct StatusCase {
  const char* head;
  InvoiceStatus status;
};

TEST(Shapes, InvoiceStatusIsReadFromFlagsWhereThereIsNone) {
  for (const StatusCase& row : std::vector<StatusCase>{
           {R"("paid":true,)", InvoiceStatus::kPaid},
           {R"("paid":false,"closed":false,)", InvoiceStatus::kOpen},
           {R"("status":null,"paid":false,"forgiven":true,)", InvoiceStatus::kUncollectible},
       }) {
    EXPECT_EQ(ReadInvoice(row.head, kItemLine).status, row.status) << row.head;
  }
}

TEST(Shapes, APaidInvoiceWithoutPaymentTimeOrAmountIsTakenAtItsEvent) {
  const ParsedEvent event = Parse(Event("invoice.payment_succeeded", RawInvoice(R"("paid":true,)", kItemLine)), {});
  EXPECT_EQ(OnlyFact(event).at, FromUnixSeconds(kAt));
  EXPECT_EQ(std::get<InvoiceFact>(OnlyFact(event).content).amount_paid, 5);
}

TEST(Shapes, DiscountIsTheSumOfAllAndFollowsFromTotalsBefore2020) {
  const std::string open = kOpen;
  EXPECT_EQ(ReadInvoice(open + R"("total_discount_amounts":[{"amount":3},{"amount":4}],)", kItemLine).discount, 7);
  EXPECT_EQ(ReadInvoice(open + R"("total_discount_amounts":null,)", kItemLine).discount, 0);
  EXPECT_EQ(ReadInvoice(open + R"("discount":{"coupon":{}},"tax":3,)", kItemLine).discount, 3);
  EXPECT_EQ(ReadInvoice(open + R"("discount":null,"tax":3,)", kItemLine).discount, 0);
}

TEST(Shapes, CollectionUnderItsOldNameAndOfUnknownKind) {
  const std::string open = kOpen;
  EXPECT_EQ(ReadInvoice(open + R"("billing":"send_invoice",)", kItemLine).collection, CollectionMethod::kSendInvoice);
  EXPECT_EQ(ReadInvoice(open + R"("collection_method":"by_pigeon",)", kItemLine).collection,
            CollectionMethod::kChargeAutomatically);
}

TEST(Shapes, ACustomerAccountStandsInForTheCustomer) {
  const std::string open = kOpen;
  EXPECT_EQ(ReadInvoice(open + R"("customer":null,"customer_account":"acct_9",)", kItemLine).customer, "acct_9");
  EXPECT_EQ(ReadInvoice(open + R"("customer":"cus_1","customer_account":"acct_9",)", kItemLine).customer, "cus_1");
}

TEST(Shapes, LinesAreSortedWhateverTheirOrderInThePayload) {
  StripeEvents events(Family::kBasil);
  Invoice invoice{.status = "open", .lines = {Month(), Month()}};
  invoice.lines[0].price = "price_z";
  const std::string forward = events.Event("invoice.updated", kAt, invoice);
  std::swap(invoice.lines[0], invoice.lines[1]);
  EXPECT_EQ(FactLines(forward), FactLines(events.Event("invoice.updated", kAt, invoice)));
}

TEST(Shapes, PaymentsOnAnInvoiceAreEdgesOfTheirOwn) {
  const std::string payments =
      R"("payments":{"data":[{"id":"inpay_1","object":"invoice_payment","invoice":"in_1","status":"open",)"
      R"("payment":{"type":"charge","charge":"ch_9"}}]},)";
  const std::vector<std::string> lines = FactLines(Event("invoice.updated", RawInvoice(kOpen + payments, kItemLine)));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1], "invoice payment inpay_1 at 2026-01-01T00:00:00Z: invoice=in_1 charge=ch_9");
}

SubscriptionFact ReadSubscription(const std::string& fields) {
  const std::string text = R"({"id":"sub_1","object":"subscription","status":"active",)" + fields + "}";
  const ParsedEvent event = Parse(Event("customer.subscription.updated", text), {});
  return std::get<SubscriptionFact>(OnlyFact(event).content);
}

TEST(Shapes, CancelAtPeriodEndIsTheEndOfThePeriodWhereverThatStands) {
  const std::string items = R"("items":{"data":[{"id":"si_1","price":"p"}]},)";
  EXPECT_EQ(ReadSubscription(items + R"("cancel_at_period_end":true,"current_period_end":50)").cancel_at,
            FromUnixSeconds(50));
  EXPECT_EQ(ReadSubscription(R"("cancel_at_period_end":true,"items":{"data":[{"id":"si_1","price":"p",)"
                             R"("current_period_end":50},{"id":"si_2","price":"p","current_period_end":70}]})")
                .cancel_at,
            FromUnixSeconds(70));
  EXPECT_EQ(ReadSubscription(items + R"("cancel_at_period_end":true,"cancel_at":40,"current_period_end":50)").cancel_at,
            FromUnixSeconds(40));
  EXPECT_EQ(ReadSubscription(items + R"("cancel_at_period_end":false,"current_period_end":50)").cancel_at,
            std::nullopt);
}

TEST(Shapes, ASubscriptionWithoutItemsIsItsOwnItem) {
  EXPECT_THAT(ReadSubscription(R"("plan":{"id":"gold"},"quantity":3)").items,
              ElementsAre(SubscriptionItem{"sub_1", PriceId("gold"), 3000}));
}

TEST(Shapes, AnUnknownSubscriptionStatusIsOther) {
  const std::string text =
      R"({"id":"sub_1","object":"subscription","status":"dreaming","items":{"data":[{"id":"si_1","price":"p"}]}})";
  const ParsedEvent event = Parse(Event("customer.subscription.updated", text), {});
  EXPECT_EQ(std::get<SubscriptionFact>(OnlyFact(event).content).status, SubscriptionStatus::kOther);
}

TEST(Shapes, PauseTrialAndPaymentMethodOfASubscription) {
  const SubscriptionFact fact =
      ReadSubscription(R"("items":{"data":[]},"pause_collection":{"behavior":"void"},"trial_start":3,"trial_end":9,)"
                       R"("default_source":{"id":"card_1"},"test_clock":"clock_1","collection_method":"send_invoice")");
  EXPECT_TRUE(fact.collection_paused);
  EXPECT_EQ(fact.trial_start, FromUnixSeconds(3));
  EXPECT_EQ(fact.trial_end, FromUnixSeconds(9));
  EXPECT_TRUE(fact.has_payment_method);
  EXPECT_EQ(fact.test_clock, "clock_1");
  EXPECT_EQ(fact.collection, CollectionMethod::kSendInvoice);
}

TEST(Shapes, APaymentIntentFailsOnlyAfterATry) {
  const auto status = [](const char* type, const std::string& fields) {
    const ParsedEvent event =
        Parse(Event(type, R"({"id":"pi_1","object":"payment_intent","amount":5,)" + fields + "}"), {});
    return std::get<PaymentIntentFact>(OnlyFact(event).content).status;
  };
  using enum PaymentIntentStatus;
  EXPECT_EQ(status("payment_intent.processing", R"("status":"requires_payment_method")"), kOther);
  EXPECT_EQ(status("payment_intent.processing", R"("status":"requires_payment_method","last_payment_error":{})"),
            kFailed);
  EXPECT_EQ(status("payment_intent.payment_failed", R"("status":"requires_source")"), kFailed);
  EXPECT_EQ(status("payment_intent.requires_action", R"("status":"requires_source_action")"), kRequiresAction);
  EXPECT_EQ(status("payment_intent.processing", R"("status":"requires_capture")"), kOther);
  EXPECT_EQ(status("payment_intent.processing", R"("status":"dreaming","last_payment_error":{})"), kOther);
}

TEST(Shapes, WhatWasSoldIsReadFromOurMetadata) {
  for (const Family family : kFamilies) {
    StripeEvents events(family);
    const std::string session = events.Event(
        "checkout.session.completed", kAt,
        Session{.mode = "payment", .payment_intent = "pi_1", .tenant = "acme", .price = "price_pack", .quantity = "3"});
    EXPECT_THAT(FactLines(session),
                ElementsAre("checkout session cs_1 at 2026-01-01T00:00:00Z: mode=payment status=complete "
                            "payment=paid customer=cus_1 payment_intent=pi_1 amount_total=5000 price=price_pack "
                            "quantity_milli=3000",
                            "checkout session cs_1 link at 2026-01-01T00:00:00Z: tenant=acme"));
    const std::string intent =
        events.Event("payment_intent.processing", kAt,
                     PaymentIntent{.status = "processing", .price = "price_pack", .quantity = "2.5"});
    EXPECT_THAT(FactLines(intent), ElementsAre("payment intent pi_1 at 2026-01-01T00:00:00Z: status=processing "
                                               "customer=cus_1 price=price_pack quantity_milli=2500"));
  }
}

}  // namespace
}  // namespace usher::stripe_test
