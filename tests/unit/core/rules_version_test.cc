// Stored traces are trusted as long as kRulesVersion is theirs, so it has to change whenever derivation does.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "catalog/digest.h"
#include "server/core/canonical_codec.h"
#include "server/core/fact_codec.h"
#include "server/core/trace.h"
#include "server/core/trace_fields.h"
#include "tests/support/facts.h"

namespace usher::testing {
namespace {

struct History {
  std::string name;
  std::vector<Fact> facts;
};

Fact Status(SubscriptionStatus status, Instant at, std::string price = "growth") {
  return Subscribed("sub_1", status, at, std::move(price));
}

Fact PaidOneOff(const char* session, Instant at) {
  return Session(session, CheckoutPayment::kPaid, at, "pass").With([](CheckoutSessionFact& fact) {
    fact.payment_intent = "pi_1";
  });
}

std::vector<History> Renewals() {
  const InvoiceLine jan = Monthly("growth", kJan);
  const InvoiceLine feb = Monthly("growth", kFeb);
  return {
      {"PaidAndRenewed",
       {AcmePays(), Status(SubscriptionStatus::kActive, kJan), Paid("in_1", kJan, {jan}),
        Paid("in_2", kFeb + Hours(1), {feb})}},
      {"RenewalFailsThenIsPaid",
       {AcmePays(), Status(SubscriptionStatus::kActive, kJan), Paid("in_1", kJan, {jan}), Open("in_2", kFeb, {feb}),
        Failed("in_2", kFeb + Hours(1)), Status(SubscriptionStatus::kPastDue, kFeb + Hours(1)),
        Failed("in_2", kFeb + Days(3)), Paid("in_2", kFeb + Days(4), {feb})}},
      {"HeldAtAuthentication",
       {AcmePays(), Status(SubscriptionStatus::kIncomplete, kJan), Open("in_1", kJan, {jan}), AskedFor("in_1", kJan),
        Intent("pi_1", PaymentIntentStatus::kRequiresAction, kJan).With([](PaymentIntentFact& fact) {
          fact.invoice = "in_1";
        }),
        Paid("in_1", kJan + Hours(2), {jan})}},
      {"BilledWithADueDate",
       {AcmePays(), Paid("in_1", kJan, {jan}), Open("in_2", kFeb, {feb}).With([](InvoiceFact& fact) {
          fact.collection = CollectionMethod::kSendInvoice;
          fact.due_date = kFeb + Days(30);
        })}},
      {"VoidedAndUncollectible",
       {AcmePays(), Paid("in_1", kJan, {jan}), Open("in_2", kFeb, {feb}),
        Invoice("in_2", InvoiceStatus::kUncollectible, kFeb + Days(20), {feb}), Open("in_3", kFeb, {feb}),
        Invoice("in_3", InvoiceStatus::kVoid, kFeb + Days(1), {feb})}},
      {"CanceledAtTheEnd",
       {AcmePays(), Status(SubscriptionStatus::kActive, kJan), Paid("in_1", kJan, {jan}),
        Subscribed("sub_1", SubscriptionStatus::kActive, kJan + Days(5), "growth").With([](SubscriptionFact& fact) {
          fact.cancel_at = kFeb;
        }),
        Status(SubscriptionStatus::kCanceled, kFeb)}},
      {"CustomerDeleted",
       {AcmePays(), Status(SubscriptionStatus::kActive, kJan), Paid("in_1", kJan, {jan}),
        CustomerDeleted("cus_1", kJan + Days(9))}},
      {"FrozenByATestClock",
       {AcmePays(), TestClock("clock_1", kJan + Days(3)),
        Customer("cus_1", kJan).With([](CustomerFact& fact) { fact.test_clock = "clock_1"; }),
        Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth").With([](SubscriptionFact& fact) {
          fact.test_clock = "clock_1";
        }),
        Paid("in_1", kJan, {jan}), TestClock("clock_1", kFeb)}},
  };
}

std::vector<History> Lines() {
  const Instant change = kJan + Days(10);
  const InvoiceLine jan = Monthly("growth", kJan);
  const InvoiceLine starter = Monthly("starter", kJan);
  const InvoiceLine unused = Line("starter", change, kFeb).Amount(-500);
  const InvoiceLine rest = Line("growth", change, kFeb).Amount(2000);
  return {
      {"UpgradeIsPaid",
       {AcmePays(), Paid("in_1", kJan, {starter}), Status(SubscriptionStatus::kActive, kJan, "starter"),
        Open("in_2", change, {unused, rest}), Status(SubscriptionStatus::kActive, change),
        Paid("in_2", change + Hours(1), {unused, rest})}},
      {"CreditOfAnUnpaidDebit",
       {AcmePays(), Open("in_1", kJan, {starter}), Paid("in_2", change, {unused, rest}),
        Paid("in_1", change + Days(1), {starter})}},
      {"DebitAndCreditCancel", {AcmePays(), Paid("in_1", kJan, {jan, Monthly("growth", kJan).Amount(-1000), starter})}},
      {"DebitsOfOnePriceAdd",
       {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan).Quantity(2), Monthly("growth", kJan).Quantity(3)})}},
      {"FreeByDiscount", {AcmePays(), Paid("in_1", kJan, {jan}).With([](InvoiceFact& fact) {
                            fact.discount = fact.subtotal;
                            fact.total = fact.amount_due = fact.amount_paid = 0;
                          })}},
      {"PaidByBalance",
       {AcmePays(), Paid("in_1", kJan, {jan}).With([](InvoiceFact& fact) { fact.amount_due = fact.amount_paid = 0; })}},
      {"CreditedBeforePayment",
       {AcmePays(), Paid("in_1", kJan, {jan}).With([](InvoiceFact& fact) { fact.pre_payment_credit = fact.total; })}},
      {"TrialThenPaid",
       {AcmePays(), Subscribed("sub_1", SubscriptionStatus::kTrialing, kJan, "growth").With([](SubscriptionFact& fact) {
          fact.trial_start = kJan;
          fact.trial_end = kJan + Days(14);
        }),
        Paid("in_1", kJan, {Line("growth", kJan, kJan + Days(14)).Amount(0)}),
        Paid("in_2", kJan + Days(14), {Line("growth", kJan + Days(14), kMar)})}},
      {"RenderingsThatDiffer",
       {AcmePays(), Open("in_1", kJan, {jan}),
        Paid("in_1", kJan, {jan}).With([](InvoiceFact& fact) { fact.lines_complete = false; }),
        Paid("in_1", kJan, {jan, starter}), Paid("in_1", kJan + Hours(1), {starter})}},
      {"OneOffLine", {AcmePays(), Paid("in_1", kJan, {OneOff("pass", kJan)})}},
  };
}

std::vector<History> Reversals() {
  const InvoiceLine jan = Monthly("growth", kJan);
  const Fact paid = Paid("in_1", kJan, {jan});
  const Fact charge = Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1");
  return {
      {"RefundedInPartsThenOneFails",
       {AcmePays(), paid, charge, Refund("re_1", RefundStatus::kSucceeded, kJan + Days(2), "ch_1", 400),
        Refund("re_2", RefundStatus::kSucceeded, kJan + Days(3), "ch_1", 600),
        Refund("re_2", RefundStatus::kFailed, kJan + Days(5), "ch_1", 600)}},
      {"RefundedAsTheChargeSays",
       {AcmePays(), paid, charge,
        Charge("ch_1", ChargeStatus::kSucceeded, kJan + Days(2), "in_1").With([](ChargeFact& fact) {
          fact.amount_refunded = 1000;
        })}},
      {"ChargeFailsAfterSuccess",
       {AcmePays(), paid, charge, Charge("ch_1", ChargeStatus::kFailed, kJan + Days(4), "in_1")}},
      {"DisputeWonAnotherLost",
       {AcmePays(), paid, charge, Dispute("dp_1", DisputeStatus::kInquiryOpen, kJan + Days(1), "ch_1"),
        Dispute("dp_1", DisputeStatus::kOpen, kJan + Days(2), "ch_1"),
        Dispute("dp_1", DisputeStatus::kWon, kJan + Days(9), "ch_1"),
        Dispute("dp_2", DisputeStatus::kOpen, kJan + Days(10), "ch_1"),
        Dispute("dp_2", DisputeStatus::kLost, kJan + Days(20), "ch_1")}},
      {"CreditNoteAfterPayment",
       {AcmePays(), paid, CreditNote("cn_1", kJan + Days(3), "in_1", 1000),
        CreditNote("cn_1", kJan + Days(6), "in_1", 1000).With([](CreditNoteFact& fact) {
          fact.status = CreditNoteStatus::kVoid;
        })}},
      {"ReversedThroughItsPayment",
       {AcmePays(), paid, InvoicePayment("inpay_1", kJan + Days(2), "in_1", "pi_1"),
        Refund("re_1", RefundStatus::kSucceeded, kJan + Days(1), "", 1000).With([](RefundFact& fact) {
          fact.payment_intent = "pi_1";
        })}},
      {"OneOffSessionRefunded",
       {AcmePays(), PaidOneOff("cs_1", kJan),
        Charge("ch_1", ChargeStatus::kSucceeded, kJan, "").With([](ChargeFact& fact) { fact.payment_intent = "pi_1"; }),
        Refund("re_1", RefundStatus::kSucceeded, kJan + Days(1), "ch_1", 1000)}},
      {"FraudWarningChangesNothing", {AcmePays(), paid, charge, FraudWarning("iwarn_1", kJan + Days(1), "ch_1")}},
  };
}

std::vector<History> Others() {
  const Fact paid = Paid("in_1", kJan, {Monthly("growth", kJan)});
  return {
      {"LinksOfEveryTrust",
       {paid, Linked(ObjectKind::kSubscription, "sub_1", "beta", kJan, LinkTrust::kClientReference),
        Linked(ObjectKind::kSubscription, "sub_1", "acme", kJan + Days(1)),
        Linked(ObjectKind::kSubscription, "sub_1", "beta", kJan + Days(3), LinkTrust::kOperator),
        Linked(ObjectKind::kSubscription, "sub_1", "acme", kJan + Days(4), LinkTrust::kOperator),
        Linked(ObjectKind::kCustomer, "cus_1", "gamma", kJan)}},
      {"OneCustomerTwoTenants",
       {AcmePays(), Linked(ObjectKind::kSubscription, "sub_2", "beta", kJan),
        Paid("in_1", kJan, {Monthly("growth", kJan), Monthly("starter", kJan).Of("sub_2", "si_2")})}},
      {"BankDebitSession",
       {AcmePays(), Session("cs_1", CheckoutPayment::kUnpaid, kJan, "pass"),
        Intent("pi_1", PaymentIntentStatus::kProcessing, kJan), PaidOneOff("cs_1", kJan + Days(4))}},
      {"SessionOfASubscription",
       {paid, Linked(ObjectKind::kCheckoutSession, "cs_1", "acme", kJan, LinkTrust::kClientReference),
        Session("cs_1", CheckoutPayment::kPaid, kJan, "").With([](CheckoutSessionFact& fact) {
          fact.mode = CheckoutMode::kSubscription;
          fact.subscription = "sub_1";
          fact.invoice = "in_1";
        })}},
      {"IntentAloneFailsAndIsCanceled",
       {AcmePays(), Intent("pi_1", PaymentIntentStatus::kRequiresAction, kJan).With([](PaymentIntentFact& fact) {
          fact.price = PriceId("pass");
        }),
        Intent("pi_1", PaymentIntentStatus::kFailed, kJan + Hours(1)).With([](PaymentIntentFact& fact) {
          fact.price = PriceId("pass");
        }),
        Intent("pi_1", PaymentIntentStatus::kCanceled, kJan + Hours(2)).With([](PaymentIntentFact& fact) {
          fact.price = PriceId("pass");
        })}},
      {"OutcomesRenewAndAreReversed",
       {Outcome("po_1", OutcomeStatus::kPending, kJan, "growth"),
        Outcome("po_1", OutcomeStatus::kFailed, kJan, "growth"),
        Outcome("po_2", OutcomeStatus::kSucceeded, kJan, "growth").With([](OutcomeFact& fact) {
          fact.subscription = "order_1";
          fact.start = kJan;
          fact.end = kFeb;
        }),
        Outcome("po_2", OutcomeStatus::kReversed, kJan + Days(9), "growth").With([](OutcomeFact& fact) {
          fact.subscription = "order_1";
          fact.start = kJan;
          fact.end = kFeb;
        })}},
      {"OperatorsAct",
       {Tenant("acme", kJan), Suspension("acme", true, kJan + Days(1)), Suspension("acme", false, kJan + Days(2)),
        Overridden("ov_1", OverrideMode::kSet, kJan, "sso", true),
        Overridden("ov_1", OverrideMode::kSet, kFeb, "sso", true).With([](OverrideFact& fact) { fact.removed = true; }),
        Overridden("ov_2", OverrideMode::kDeny, kJan, "sso", false).With([](OverrideFact& fact) {
          fact.expires_at = kMar;
        })}},
  };
}

// The first 16 digits are enough to notice a change.
std::string Short(const Digest& digest) { return ToHex(digest).substr(0, 16); }

// One line a history: its name, the digest of its facts, the digest of the trace that they derive.
std::string Present() {
  std::string lines = "rules " + std::to_string(kRulesVersion) + "\n";
  for (const auto& histories : {Renewals(), Lines(), Reversals(), Others()}) {
    for (const History& history : histories) {
      std::string facts;
      for (const Fact& fact : history.facts) facts += EncodeFact(fact);
      const Trace trace = BuildTrace(TenantId("acme"), history.facts);
      lines += history.name + " " + Short(Sha256(facts)) + " " + Short(Sha256(EncodeCanonical(trace))) + "\n";
    }
  }
  return lines;
}

constexpr char kKnown[] = R"(rules 1
PaidAndRenewed b82ffb0516206b67 eadbd1dd0095b18d
RenewalFailsThenIsPaid 397519180358933d 5610187a1d4b5ce3
HeldAtAuthentication 783b4c4c70422ba8 d3c9623a1b9c5d15
BilledWithADueDate 0519c98c5a51b518 c9aff166a10b05d2
VoidedAndUncollectible 0e8da32f5f58a6dc 99cbe4c17daa30fc
CanceledAtTheEnd 40d87f7816c61269 291356f64ca4b529
CustomerDeleted f0bc867d7ec67a2a 1f17f1eda438b714
FrozenByATestClock 666c203621fd4dbd abbbae2e6d46b456
UpgradeIsPaid ae765edbc7631837 6f3acce96142d892
CreditOfAnUnpaidDebit ac0fc844bab50684 a4795cd3ad0a78c6
DebitAndCreditCancel 38d96bd1c89450a2 0f5a0ac0efe6929c
DebitsOfOnePriceAdd 11f5b7aa2811b5be e50aeba42e7b949d
FreeByDiscount f128c83336cfa720 285549794d923240
PaidByBalance 79842f4cd714b687 b1a56e01724355d4
CreditedBeforePayment 4a8d80600f2327eb 0c4d765d65f2a144
TrialThenPaid 4d68631aba2f61c2 834b9a20d862af04
RenderingsThatDiffer 725bf0ed69f2c4fb 5a0018f785c65689
OneOffLine 16cb689f83db0e33 6a277df0a8372a36
RefundedInPartsThenOneFails 70c2d57fac521211 351c85ba935ebfcc
RefundedAsTheChargeSays 70aceb19279b5595 412b2f017657478a
ChargeFailsAfterSuccess 1107157f04cbf1b8 7037b58eaa425014
DisputeWonAnotherLost 1e0f69fef34b44cd 885c3010b205dff1
CreditNoteAfterPayment 7fcc728a4816072a 81767672065d4917
ReversedThroughItsPayment 022a9b62d04b8f32 412b2f017657478a
OneOffSessionRefunded e06d8c377bb93a80 f0ba1dc2c3f6f113
FraudWarningChangesNothing cfb1a6acede52a8c b1a56e01724355d4
LinksOfEveryTrust 141c4eb541065b85 18a146cdee2c1663
OneCustomerTwoTenants 0013095a062bf994 b1a56e01724355d4
BankDebitSession ef4f7c708bbd31f8 4ed5ee90b4586bc6
SessionOfASubscription ee01a6348a738834 b1a56e01724355d4
IntentAloneFailsAndIsCanceled 5a3b39df460d4745 b45a79e699319aa3
OutcomesRenewAndAreReversed 87e22915b1feb9b9 0315580582c4b123
OperatorsAct ec89c52c4e6d6426 483919030d887073
)";

TEST(RulesVersion, IsRaisedWheneverFactsDeriveAnotherTrace) {
  const std::string present = Present();
  EXPECT_EQ(present, kKnown)
      << "Of each history: name, digest of its facts, digest of its trace. Where the last differs and the one before "
         "does not, stored traces are stale: raise kRulesVersion in server/core/trace.h by one. Then let kKnown be\n"
      << present;
}

}  // namespace
}  // namespace usher::testing
