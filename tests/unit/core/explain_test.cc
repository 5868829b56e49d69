#include "server/core/explain.h"

#include <string>

#include <gtest/gtest.h>

#include "server/core/fact_codec.h"
#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

std::string Told(const std::vector<Fact>& facts, std::size_t feature, Instant at) {
  const CatalogPtr catalog = CoreCatalog();
  std::string text;
  for (const ExplainStep& step : Explain(*catalog, TimelineOf(facts), TenantId("acme"), facts,
                                         {.feature = feature, .current_usage = std::nullopt}, at)) {
    text += (step.rule.empty() ? "" : step.rule + ": ") + step.sentence + "\n";
  }
  return text;
}

TEST(Explain, APaidInvoice) {
  EXPECT_EQ(Told({Paid("in_1", kJan, {Monthly("growth", kJan)}),
                  Linked(ObjectKind::kCustomer, "cus_1", "acme", kJan - Days(1))},
                 kProjects, kJan + Days(2)),
            "Customer cus_1 belongs to tenant acme, says its metadata.\n"
            "Invoice in_1 is paid, total 1000, paid 1000 minor units: growth from 2026-01-01T00:00:00Z to "
            "2026-02-01T00:00:00Z.\n"
            "R1: Invoice in_1 is paid, and the period it pays for holds this moment.\n"
            "Price growth sells growth@2.\n"
            "Plan growth@2 gives projects: 25.\n"
            "R1: At 2026-01-03T00:00:00Z projects is granted: paid.\n"
            "R12: The value of projects is 25.\n"
            "Allowed, at least until 2026-02-01T00:00:00Z.\n");
}

TEST(Explain, ARefundedUpgrade) {
  const Instant mid = kJan + Days(10);
  const std::vector<Fact> facts = {AcmePays(),
                                   Paid("in_1", kJan, {Monthly("starter", kJan)}),
                                   Paid("in_2", mid, {Line("growth", mid, kFeb)}),
                                   Charge("ch_2", ChargeStatus::kSucceeded, mid, "in_2"),
                                   Refund("re_1", RefundStatus::kSucceeded, mid + Days(1), "ch_2", 1000),
                                   Refund("re_2", RefundStatus::kSucceeded, mid + Days(9), "ch_2", 1)};
  EXPECT_EQ(Told(facts, kSso, mid + Days(2)),
            "Customer cus_1 belongs to tenant acme, says its metadata.\n"
            "Invoice in_2 is paid, total 1000, paid 1000 minor units: growth from 2026-01-11T00:00:00Z to "
            "2026-02-01T00:00:00Z.\n"
            "Charge ch_2 is succeeded, amount 1000 minor units.\n"
            "Refund re_1 of 1000 minor units is succeeded.\n"
            "R5: Invoice in_2 was paid and the money went back.\n"
            "Price growth sells growth@2.\n"
            "Plan growth@2 gives sso: yes.\n"
            "R5: At 2026-01-13T00:00:00Z sso is suspended: refunded.\n"
            "Denied, at least until 2026-02-01T00:00:00Z.\n");
}

TEST(Explain, AFailedRenewal) {
  const std::vector<Fact> facts = {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)}),
                                   Open("in_2", kFeb, {Monthly("growth", kFeb)}), Failed("in_2", kFeb + Hours(1))};
  EXPECT_EQ(
      Told(facts, kSso, kFeb + Hours(2)),
      "Customer cus_1 belongs to tenant acme, says its metadata.\n"
      "Invoice in_1 is paid, total 1000, paid 1000 minor units: growth from 2026-01-01T00:00:00Z to "
      "2026-02-01T00:00:00Z.\n"
      "Invoice in_2 is open, total 1000, paid 0 minor units: growth from 2026-02-01T00:00:00Z to "
      "2026-03-01T00:00:00Z.\n"
      "Invoice in_2 could not be collected: an attempt failed.\n"
      "R7: Invoice in_1 paid for a period that is over, and collecting its renewal failed: it is given time to be "
      "retried.\n"
      "Price growth sells growth@2.\n"
      "Plan growth@2 gives sso: yes.\n"
      "R7: At 2026-02-01T02:00:00Z sso is grace: renewal failed.\n"
      "R12: The value of sso is yes.\n"
      "Allowed, until 2026-02-08T00:00:00Z unless something happens before.\n");
}

TEST(Explain, NothingAtAll) {
  EXPECT_EQ(Told({}, kSso, kJan),
            "The tenant is unknown, and no default plan includes sso.\n"
            "Denied.\n");
  EXPECT_EQ(Told({Tenant("acme", kJan)}, kSso, kJan),
            "Nothing that the tenant has or pays for includes sso.\n"
            "Denied.\n");
}

TEST(Explain, AnOperatorsOverrideAndSuspension) {
  const std::vector<Fact> facts = {
      Overridden("ov_1", OverrideMode::kSet, kJan, "sso", true).With([](OverrideFact& fact) {
        fact.reason = "promised by sales";
      }),
      Suspension("acme", true, kFeb).With([](SuspensionFact& fact) {
        fact.actor = "jo";
        fact.reason = "abuse";
      })};
  EXPECT_EQ(Told(facts, kSso, kJan),
            "Override ov_1 of sso was put: set yes, because: promised by sales.\n"
            "R13: Override ov_1 of an operator grants it.\n"
            "R13: At 2026-01-01T00:00:00Z sso is granted: override.\n"
            "R12: The value of sso is yes.\n"
            "Allowed, at least until 2026-02-01T00:00:00Z.\n");
  EXPECT_EQ(Told(facts, kSso, kFeb),
            "Tenant acme was suspended by jo: abuse.\n"
            "R13: Operator suspension withdraws everything.\n"
            "R13: At 2026-02-01T00:00:00Z sso is suspended: operator suspended.\n"
            "Denied.\n");
}

TEST(Explain, AnUnmappedPriceNamesThePaidInvoice) {
  const std::string told = Told({AcmePays(), Paid("in_1", kJan, {Monthly("unknown", kJan)})}, kSso, kJan);
  EXPECT_NE(told.find("Invoice in_1 is paid, total 1000, paid 1000 minor units: unknown from"), std::string::npos)
      << told;
  EXPECT_NE(told.find("R14: At 2026-01-01T00:00:00Z sso is not in plan: unmapped price.\n"), std::string::npos) << told;
}

// ---- one customer may pay for several tenants, whose facts are one connected ledger then

// What the facts of tenant `umbrella` are recognised by.
const char* const kForeign[] = {"umbrella", "their"};

struct SharedCase {
  const char* name;
  std::vector<Fact> facts;
  const char* told;  // a part of what acme reads of sso on the tenth day of January
};

void ExpectNothingForeign(const SharedCase& row) {
  SCOPED_TRACE(row.name);
  const std::string told = Told(row.facts, kSso, kJan + Days(10));
  EXPECT_NE(told.find(row.told), std::string::npos) << told;
  for (const char* word : kForeign) EXPECT_EQ(told.find(word), std::string::npos) << told;
}

Fact MineIs(std::string subscription) {
  return Linked(ObjectKind::kSubscription, std::move(subscription), "acme", kJan - Days(1));
}
Fact TheirsIs(std::string subscription) {
  return Linked(ObjectKind::kSubscription, std::move(subscription), "umbrella", kJan - Days(1));
}
InvoiceLine Theirs(const std::string& price, Instant start) { return Monthly(price, start).Of("sub_their", "si_9"); }

TEST(Explain, NobodyReadsOfAnotherTenantOfTheSameCustomer) {
  const Fact mine = Paid("in_1", kJan, {Monthly("growth", kJan)});
  const auto suspended = [](const char* tenant, const char* reason) {
    return Suspension(tenant, true, kJan + Days(1)).With([reason](SuspensionFact& fact) { fact.reason = reason; });
  };
  const std::vector<SharedCase> rows = {
      {"both are suspended",
       {MineIs("sub_1"), mine, TheirsIs("sub_their"), Paid("in_their", kJan, {Theirs("growth", kJan)}),
        suspended("acme", "abuse"), suspended("umbrella", "their secret")},
       "Tenant acme was suspended by an operator: abuse.\n"},
      {"both paid for unknown prices",
       {MineIs("sub_1"), Paid("in_1", kJan, {Monthly("unknown", kJan)}), TheirsIs("sub_their"),
        Paid("in_their", kJan, {Theirs("unknown", kJan)})},
       "Invoice in_1 is paid, total 1000, paid 1000 minor units: unknown from"},
      {"an unknown price on one invoice with another's",
       {MineIs("sub_1"), TheirsIs("sub_their"),
        Paid("in_1", kJan, {Monthly("unknown", kJan), Theirs("their_price", kJan)})},
       "Invoice in_1 is paid, total 2000, paid 2000 minor units: unknown from 2026-01-01T00:00:00Z to "
       "2026-02-01T00:00:00Z.\n"},
      {"a line beside another's, whose subscription is known",
       {MineIs("sub_1"), TheirsIs("sub_their"),
        Paid("in_1", kJan, {Monthly("growth", kJan), Theirs("their_price", kJan)}),
        Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth"),
        Subscribed("sub_their", SubscriptionStatus::kActive, kJan, "their_price"),
        Open("in_their", kJan + Days(1), {Theirs("their_price", kJan)})},
       "Subscription sub_1 is active and wants growth.\n"},
      {"a later invoice of the same subscription, which an operator gave to another",
       {AcmePays(), mine, Open("in_their", kJan + Days(1), {Monthly("their_price", kJan)}),
        Linked(ObjectKind::kInvoice, "in_their", "umbrella", kJan + Days(1), LinkTrust::kOperator)},
       "Invoice in_1 is paid, total 1000"},
      {"a customer that was theirs before",
       {Linked(ObjectKind::kCustomer, "cus_1", "umbrella", kBeginning),
        Linked(ObjectKind::kCustomer, "cus_1", "acme", kJan, LinkTrust::kOperator), mine},
       "Customer cus_1 belongs to another tenant, says its metadata.\n"},
      {"one payment for two invoices",
       {MineIs("sub_1"), mine, TheirsIs("sub_their"), Paid("in_their", kJan, {Theirs("growth", kJan)}),
        Intent("pi_1", PaymentIntentStatus::kSucceeded, kJan), InvoicePayment("inpay_1", kJan, "in_1", "pi_1"),
        InvoicePayment("inpay_2", kJan, "in_their", "pi_1"),
        Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1").With([](ChargeFact& fact) {
          fact.payment_intent = "pi_1";
        }),
        Refund("re_1", RefundStatus::kSucceeded, kJan + Days(1), "ch_1", 10)},
       "Refund re_1 of 10 minor units is succeeded.\n"},
      {"two things of one name",
       {AcmePays(), Session("cs_1", CheckoutPayment::kPaid, kJan, "lifetime"),
        Session("cs_1", CheckoutPayment::kPaid, kJan, "their_price").In({.provider = "stripe", .account = "acct_1"}),
        Linked(ObjectKind::kCheckoutSession, "cs_1", "umbrella", kJan).In({.provider = "stripe", .account = "acct_1"})},
       "Checkout session cs_1 is complete and paid: lifetime.\n"},
  };
  for (const SharedCase& row : rows) ExpectNothingForeign(row);
}

TEST(Explain, StepsNameTheirFacts) {
  const std::vector<Fact> facts = {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)})};
  const CatalogPtr catalog = CoreCatalog();
  const auto steps = Explain(*catalog, TimelineOf(facts), TenantId("acme"), facts,
                             {.feature = kSso, .current_usage = std::nullopt}, kJan);
  ASSERT_GE(steps.size(), 2U);
  EXPECT_EQ(steps[1].kind, StepKind::kFact);
  EXPECT_EQ(steps[1].object, facts[1].object);
  EXPECT_EQ(steps[1].fact, FactDigest(facts[1]));
  EXPECT_EQ(steps[1].at, kJan);
  EXPECT_EQ(steps.back().kind, StepKind::kDecision);
}

TEST(Explain, EveryFactHasASentence) {
  const std::vector<Fact> facts = {
      Session("cs_1", CheckoutPayment::kPaid, kJan, "lifetime").With([](CheckoutSessionFact& fact) {
        fact.payment_intent = "pi_1";
      }),
      Intent("pi_1", PaymentIntentStatus::kSucceeded, kJan), AcmePays(), CustomerDeleted("cus_1", kJan)};
  const std::string told = Told(facts, kSso, kJan);
  EXPECT_NE(told.find("Checkout session cs_1 is complete and paid: lifetime.\n"), std::string::npos) << told;
  EXPECT_NE(told.find("Payment intent pi_1 is succeeded.\n"), std::string::npos) << told;
  EXPECT_NE(told.find("Customer cus_1 was deleted.\n"), std::string::npos) << told;
  EXPECT_NE(told.find("R15: Checkout session cs_1 is paid once, and its term holds this moment.\n"), std::string::npos)
      << told;
}

}  // namespace
}  // namespace usher::testing
