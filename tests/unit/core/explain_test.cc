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
  for (const ExplainStep& step :
       Explain(*catalog, TimelineOf(facts), facts, {.feature = feature, .current_usage = std::nullopt}, at)) {
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

TEST(Explain, StepsNameTheirFacts) {
  const std::vector<Fact> facts = {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)})};
  const CatalogPtr catalog = CoreCatalog();
  const auto steps =
      Explain(*catalog, TimelineOf(facts), facts, {.feature = kSso, .current_usage = std::nullopt}, kJan);
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
