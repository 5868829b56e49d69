// R5, R6: money that goes back, and money that is contested.
#include <gtest/gtest.h>

#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using enum AccessState;

const Answer kPaidAnswer{kGranted, Reason::kPaid};
const Answer kRefundedAnswer{kSuspended, Reason::kRefunded};
const Answer kDisputedAnswer{kSuspended, Reason::kDisputed};
const Instant kMid = kJan + Days(10);

// Tenant acme paid 1000 for January by charge ch_1.
std::vector<Fact> PaidByCharge(std::vector<Fact> more) {
  std::vector<Fact> facts = {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)}),
                             Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1")};
  facts.insert(facts.end(), more.begin(), more.end());
  return facts;
}

Fact RefundOf(std::int64_t amount, RefundStatus status = RefundStatus::kSucceeded, const char* id = "re_1",
              Instant at = kMid) {
  return Refund(id, status, at, "ch_1", amount);
}

Fact ChargeSays(std::int64_t refunded, Instant at = kMid) {
  return Charge("ch_1", ChargeStatus::kSucceeded, at, "in_1").With([refunded](ChargeFact& charge) {
    charge.amount_refunded = refunded;
  });
}

TEST(R5Reversal, AFullReversalSuspendsFromTheFactThatReachedTheAmount) {
  ExpectAll({
      {"FullRefund", PaidByCharge({RefundOf(1000)}), kMid, kRefundedAnswer},
      {"NotBefore", PaidByCharge({RefundOf(1000)}), kMid - kMs, kPaidAnswer},
      {"UntilThePeriodEnds", PaidByCharge({RefundOf(1000)}), kFeb - kMs, kRefundedAnswer},
      {"ThenNothingIsLeftAndNoGrace", PaidByCharge({RefundOf(1000)}), kFeb, {kNotInPlan, Reason::kNotIncluded}},
      {"PartialKeepsByDefault", PaidByCharge({RefundOf(999)}), kMid, kPaidAnswer},
      {"TwoPartsReachIt",
       PaidByCharge({RefundOf(400), RefundOf(600, RefundStatus::kSucceeded, "re_2", kMid + Hours(1))}), kMid + Hours(1),
       kRefundedAnswer},
      {"NotTheFirstAlone",
       PaidByCharge({RefundOf(400), RefundOf(600, RefundStatus::kSucceeded, "re_2", kMid + Hours(1))}),
       kMid + Hours(1) - kMs, kPaidAnswer},
      {"APendingRefundIsNone", PaidByCharge({RefundOf(1000, RefundStatus::kPending)}), kMid, kPaidAnswer},
      {"NorOneThatWaitsForAction", PaidByCharge({RefundOf(1000, RefundStatus::kRequiresAction)}), kMid, kPaidAnswer},
      {"AFailedRefundRestores",
       PaidByCharge({RefundOf(1000), RefundOf(1000, RefundStatus::kFailed, "re_1", kMid + Days(2))}), kMid + Days(2),
       kPaidAnswer},
      {"ACanceledOneToo",
       PaidByCharge({RefundOf(1000), RefundOf(1000, RefundStatus::kCanceled, "re_1", kMid + Days(2))}), kMid + Days(2),
       kPaidAnswer},
      {"UntilItFailedItCounted",
       PaidByCharge({RefundOf(1000), RefundOf(1000, RefundStatus::kFailed, "re_1", kMid + Days(2))}),
       kMid + Days(2) - kMs, kRefundedAnswer},
  });
}

TEST(R5Reversal, TheChargeIsAFloor) {
  ExpectAll({
      {"WithoutARefundEvent", PaidByCharge({ChargeSays(1000)}), kMid, kRefundedAnswer},
      {"NotAddedToTheRefund", PaidByCharge({ChargeSays(600), RefundOf(600)}), kMid, kPaidAnswer},
      {"ARefundThatFailedLaterIsTakenOff",
       PaidByCharge({RefundOf(1000), ChargeSays(1000), RefundOf(1000, RefundStatus::kFailed, "re_1", kMid + Days(2))}),
       kMid + Days(2), kPaidAnswer},
      {"OneThatFailedBeforeIsNot",
       PaidByCharge({RefundOf(1000, RefundStatus::kFailed, "re_1", kMid - kMs), ChargeSays(1000)}), kMid,
       kRefundedAnswer},
  });
}

TEST(R5Reversal, CreditNotesAfterPayment) {
  const auto note = [](std::int64_t amount, std::int64_t refunded) {
    return CreditNote("cn_1", kMid, "in_1", amount).With([refunded](CreditNoteFact& fact) {
      fact.refunded_amount = refunded;
    });
  };
  ExpectAll({
      {"Full", PaidByCharge({note(1000, 0)}), kMid, kRefundedAnswer},
      {"RefundsOfTheNoteAreNotCountedTwice", PaidByCharge({note(600, 600), RefundOf(600)}), kMid, kPaidAnswer},
      {"BesideARefund", PaidByCharge({note(400, 0), RefundOf(600)}), kMid, kRefundedAnswer},
      {"AVoidedNoteIsNone",
       PaidByCharge({note(1000, 0), CreditNote("cn_1", kMid + Hours(1), "in_1", 1000).With([](CreditNoteFact& fact) {
                       fact.status = CreditNoteStatus::kVoid;
                     })}),
       kMid + Hours(1), kPaidAnswer},
      {"ANoteBeforePaymentIsNone", PaidByCharge({CreditNote("cn_1", kMid, "in_1", 1000).With([](CreditNoteFact& fact) {
         fact.post_payment = false;
       })}),
       kMid, kPaidAnswer},
  });
}

TEST(R5Reversal, ALaterRenderingThatNamesLessHidesNothing) {
  const Instant later = kMid + Hours(1);
  const auto says_charge = [](InvoiceFact& fact) { fact.charge = "ch_1"; };
  const Fact paid = Paid("in_1", kJan, {Monthly("growth", kJan)});
  const Fact silent = Paid("in_1", later, {Monthly("growth", kJan)});
  const Fact charge = Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1");
  const auto of_intent =
      Charge("ch_1", ChargeStatus::kSucceeded, kJan, "").With([](ChargeFact& fact) { fact.payment_intent = "pi_1"; });
  const Fact by_payment = InvoicePayment("inpay_1", kJan, "in_1", "pi_1");
  ExpectAll({
      {"OfTheInvoice",
       {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)}).With(says_charge), silent, RefundOf(1000)},
       later,
       kRefundedAnswer},
      {"OfTheCharge",
       {AcmePays(), paid, charge, Charge("ch_1", ChargeStatus::kSucceeded, later, ""), RefundOf(1000)},
       later,
       kRefundedAnswer},
      {"OfTheChargesIntent",
       {AcmePays(), paid, by_payment, of_intent, Charge("ch_1", ChargeStatus::kSucceeded, later, ""), RefundOf(1000)},
       later,
       kRefundedAnswer},
      {"OfTheIntent",
       {AcmePays(), paid, of_intent, Intent("pi_1", PaymentIntentStatus::kSucceeded, later),
        Intent("pi_1", PaymentIntentStatus::kSucceeded, kJan).With([](PaymentIntentFact& fact) {
          fact.invoice = "in_1";
        }),
        RefundOf(1000)},
       later,
       kRefundedAnswer},
      {"OfTheInvoicePayment",
       {AcmePays(), paid, by_payment, InvoicePayment("inpay_1", later, "in_1", ""), of_intent, RefundOf(1000)},
       later,
       kRefundedAnswer},
      {"OfTheRefund",
       {AcmePays(), paid, charge, RefundOf(1000), Refund("re_1", RefundStatus::kSucceeded, later, "", 1000)},
       later,
       kRefundedAnswer},
      {"OfTheDispute",
       {AcmePays(), paid, charge, Dispute("dp_1", DisputeStatus::kOpen, kMid, "ch_1"),
        Dispute("dp_1", DisputeStatus::kOpen, later, "")},
       later,
       {kSuspended, Reason::kDisputed}},
      {"OfTheCreditNote",
       {AcmePays(), paid, CreditNote("cn_1", kMid, "in_1", 1000), CreditNote("cn_1", later, "", 1000)},
       later,
       kRefundedAnswer},
      {"AndNothingIsSeenBeforeItIsSaid",
       {AcmePays(), paid, Charge("ch_1", ChargeStatus::kSucceeded, later, "in_1"), RefundOf(1000)},
       later - kMs,
       kPaidAnswer},
  });
}

TEST(R5Reversal, ThroughEveryPathOfReferences) {
  const auto intent_of_invoice = [](const char* invoice) {
    return Intent("pi_1", PaymentIntentStatus::kSucceeded, kJan).With([invoice](PaymentIntentFact& fact) {
      fact.invoice = invoice;
    });
  };
  const auto charge_of_intent =
      Charge("ch_1", ChargeStatus::kSucceeded, kJan, "").With([](ChargeFact& fact) { fact.payment_intent = "pi_1"; });
  const auto by_intent = [](const char* charge) {
    return Refund("re_1", RefundStatus::kSucceeded, kMid, charge, 1000).With([](RefundFact& fact) {
      fact.payment_intent = "pi_1";
    });
  };
  const Fact paid = Paid("in_1", kJan, {Monthly("growth", kJan)});
  ExpectAll({
      {"IntentNamesInvoice", {AcmePays(), paid, intent_of_invoice("in_1"), by_intent("")}, kMid, kRefundedAnswer},
      {"ChargeNamesIntent",
       {AcmePays(), paid, intent_of_invoice("in_1"), charge_of_intent, RefundOf(1000)},
       kMid,
       kRefundedAnswer},
      {"InvoicePaymentNamesBoth",
       {AcmePays(), paid, InvoicePayment("inpay_1", kJan, "in_1", "pi_1"), charge_of_intent, RefundOf(1000)},
       kMid,
       kRefundedAnswer},
      {"InvoiceNamesCharge",
       {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)}).With([](InvoiceFact& fact) { fact.charge = "ch_1"; }),
        RefundOf(1000)},
       kMid,
       kRefundedAnswer},
      {"InvoiceNamesIntent",
       {AcmePays(),
        Paid("in_1", kJan, {Monthly("growth", kJan)}).With([](InvoiceFact& fact) { fact.payment_intent = "pi_1"; }),
        by_intent("")},
       kMid,
       kRefundedAnswer},
      {"ARefundOfAnUnseenChargeCountsThroughItsIntent",
       {AcmePays(), paid, InvoicePayment("inpay_1", kJan, "in_1", "pi_1"), by_intent("ch_1")},
       kMid,
       kRefundedAnswer},
      {"ARefundOfAnUnseenChargeCountsForTheKnownOne",
       {AcmePays(), paid, intent_of_invoice("in_1"), charge_of_intent,
        Charge("ch_1", ChargeStatus::kSucceeded, kMid, "").With([](ChargeFact& fact) {
          fact.payment_intent = "pi_1";
          fact.amount_refunded = 600;
        }),
        Refund("re_1", RefundStatus::kSucceeded, kMid, "ch_0", 600).With([](RefundFact& fact) {
          fact.payment_intent = "pi_1";
        })},
       kMid,
       kPaidAnswer},
      {"ALateLinkIsKnownFromItsOwnTime",
       {AcmePays(), paid, InvoicePayment("inpay_1", kMid + Hours(1), "in_1", "pi_1"), by_intent("")},
       kMid + Hours(1) - kMs,
       kPaidAnswer},
      {"AnotherInvoicesChargeDoesNotMatter",
       {AcmePays(), paid, Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_2"), RefundOf(1000)},
       kMid,
       kPaidAnswer},
      {"AnIntentRefundCountsOnceBesideItsChargesFloor",
       {AcmePays(), paid, intent_of_invoice("in_1"), charge_of_intent,
        Charge("ch_1", ChargeStatus::kSucceeded, kMid, "").With([](ChargeFact& fact) {
          fact.payment_intent = "pi_1";
          fact.amount_refunded = 600;
        }),
        Refund("re_1", RefundStatus::kSucceeded, kMid, "", 600).With([](RefundFact& fact) {
          fact.payment_intent = "pi_1";
        })},
       kMid,
       kPaidAnswer},
      {"OneOffSessionThroughItsIntent",
       {AcmePays(), Session("cs_1", CheckoutPayment::kPaid, kJan, "lifetime").With([](CheckoutSessionFact& fact) {
          fact.payment_intent = "pi_1";
        }),
        by_intent("")},
       kMid,
       kRefundedAnswer},
  });
}

TEST(R5Reversal, ABankDebitThatFailsAfterSuccessReverses) {
  const auto failed = [](Instant at) { return Charge("ch_1", ChargeStatus::kFailed, at, "in_1"); };
  const Fact paid = Paid("in_1", kJan, {Monthly("growth", kJan)});
  ExpectAll({
      {"AfterItSucceeded", PaidByCharge({failed(kMid)}), kMid, kRefundedAnswer},
      {"AfterTheInvoiceWasPaid", {AcmePays(), paid, failed(kMid)}, kMid, kRefundedAnswer},
      {"AFirstTryThatFailedBeforeIsNothing", {AcmePays(), paid, failed(kJan)}, kMid, kPaidAnswer},
  });
}

TEST(R5Reversal, PoliciesBothWays) {
  ExpectAll({{"PartialSuspends", PaidByCharge({RefundOf(1)}), kMid, kRefundedAnswer},
             {"NothingRefundedIsNotPartial", PaidByCharge({}), kMid, kPaidAnswer}},
            WithPolicy([](PaymentPolicy& policy) { policy.refund_partial = RefundPartial::kSuspend; }));
  ExpectAll({{"FullKeeps", PaidByCharge({RefundOf(1000)}), kMid, kPaidAnswer}},
            WithPolicy([](PaymentPolicy& policy) { policy.refund_full = RefundFull::kKeep; }));
}

TEST(R5Reversal, PoliciesAreThoseOfTheLinesPlan) {
  const auto only_growth =
      CoreCatalog([](Catalog& catalog) { catalog.plans[kGrowthPlan].policy.refund_full = RefundFull::kKeep; });
  const std::vector<Fact> mixed = {
      AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan), Monthly("insight", kJan).Of("sub_1", "si_2")}),
      CreditNote("cn_1", kMid, "in_1", 2000)};
  ExpectAll({{"Kept", mixed, kMid, kPaidAnswer, kSso},
             {"Suspended", mixed, kMid, kPaidAnswer, kRegions, ValueSet{.values = {"eu", "us"}}}},
            only_growth);
}

Fact DisputeOf(DisputeStatus status, Instant at = kMid) { return Dispute("dp_1", status, at, "ch_1"); }

TEST(R6Dispute, OpenSuspendsUntilItCloses) {
  const auto then = [](DisputeStatus status) {
    return PaidByCharge({DisputeOf(DisputeStatus::kOpen), DisputeOf(status, kMid + Days(3))});
  };
  const Instant closed = kMid + Days(3);
  ExpectAll({
      {"Open", PaidByCharge({DisputeOf(DisputeStatus::kOpen)}), kMid, kDisputedAnswer},
      {"NotBefore", PaidByCharge({DisputeOf(DisputeStatus::kOpen)}), kMid - kMs, kPaidAnswer},
      {"WonRestores", then(DisputeStatus::kWon), closed, kPaidAnswer},
      {"UntilThenSuspended", then(DisputeStatus::kWon), closed - kMs, kDisputedAnswer},
      {"PreventedRestores", then(DisputeStatus::kPrevented), closed, kPaidAnswer},
      {"InquiryClosedRestores", then(DisputeStatus::kInquiryClosed), closed, kPaidAnswer},
      {"LostIsReversed", then(DisputeStatus::kLost), closed, kRefundedAnswer},
      {"LostStaysLostWhenWonComesLater",
       PaidByCharge({DisputeOf(DisputeStatus::kLost, kMid), DisputeOf(DisputeStatus::kWon, closed)}), closed,
       kRefundedAnswer},
      {"AnInquiryKeepsByDefault", PaidByCharge({DisputeOf(DisputeStatus::kInquiryOpen)}), kMid, kPaidAnswer},
      {"NeverByCustomer",
       PaidByCharge({Dispute("dp_1", DisputeStatus::kOpen, kMid, "ch_9"),
                     Charge("ch_9", ChargeStatus::kSucceeded, kJan, "in_9")}),
       kMid, kPaidAnswer},
      {"WhatItReplacedDoesNotComeBack",
       {AcmePays(), Paid("in_0", kJan, {Monthly("starter", kJan)}), Paid("in_1", kMid, {Line("growth", kMid, kFeb)}),
        Charge("ch_1", ChargeStatus::kSucceeded, kMid, "in_1"), DisputeOf(DisputeStatus::kOpen)},
       kMid,
       kDisputedAnswer,
       kSeats},
      {"InGraceItIsSuspended", PaidByCharge({DisputeOf(DisputeStatus::kOpen)}), kFeb, kDisputedAnswer},
      {"NoLongerThanGrace",
       PaidByCharge({DisputeOf(DisputeStatus::kOpen)}),
       kFeb + Hours(72),
       {kPaymentRequired, Reason::kRenewalUnpaid}},
      {"RefundedAndDisputedIsRefunded", PaidByCharge({DisputeOf(DisputeStatus::kOpen), RefundOf(1000)}), kMid,
       kRefundedAnswer},
  });
}

TEST(R6Dispute, PoliciesBothWays) {
  ExpectAll({{"OpenedKeep", PaidByCharge({DisputeOf(DisputeStatus::kOpen)}), kMid, kPaidAnswer}},
            WithPolicy([](PaymentPolicy& policy) { policy.dispute_opened = DisputeOpened::kKeep; }));
  ExpectAll({{"InquirySuspend", PaidByCharge({DisputeOf(DisputeStatus::kInquiryOpen)}), kMid, kDisputedAnswer}},
            WithPolicy([](PaymentPolicy& policy) { policy.dispute_inquiry = DisputeInquiry::kSuspend; }));
  ExpectAll({{"LostKeep", PaidByCharge({DisputeOf(DisputeStatus::kLost)}), kMid, kPaidAnswer}},
            WithPolicy([](PaymentPolicy& policy) { policy.dispute_lost = DisputeLost::kKeep; }));
}

TEST(R6Dispute, AFraudWarningChangesNothing) {
  ExpectAll({{"Flag", PaidByCharge({FraudWarning("issfr_1", kMid, "ch_1")}), kMid, kPaidAnswer}});
}

}  // namespace
}  // namespace usher::testing
