// The corners of docs/rules.md that two readers first read differently.
#include <gtest/gtest.h>

#include "tests/oracle/judge.h"

namespace usher::oracle {
namespace {

using enum AccessState;

const std::vector<InvoiceLine> kJanuary = {ItemLine("growth", 4900, kJan, kFeb)};

OverrideFact WhileSubscription(OverrideFact put, const std::string& subscription) {
  put.subscription_id = subscription;
  return put;
}

TEST(OracleCorners, Payments) {
  const Fact paid = Paid("in_1", kJan, kJanuary);
  InvoicePaymentFact settled;
  settled.invoice = "in_1";
  settled.payment_intent = "pi_1";
  const Fact edge = Seen(ObjectKind::kInvoicePayment, "inpay_1", kJan, settled);
  RefundFact both;
  both.status = RefundStatus::kSucceeded;
  both.charge = "ch_never_seen";
  both.payment_intent = "pi_1";
  both.amount = 4900;
  const Fact refund = Seen(ObjectKind::kRefund, "re_1", kJan + kDay, both);
  Judge({
      {"A1AnInvoicePaymentTiesEvenUnpaid",
       {Linked(), paid, edge, refund},
       kJan + kDay,
       "sso",
       kSuspended,
       Reason::kRefunded},
      {"A22ARefundThatNamesItsIntentAndAnUnseenChargeCounts",
       {Linked(), paid, edge, refund},
       kJan + kDay,
       "sso",
       kSuspended,
       Reason::kRefunded},
      {"WithoutTheEdgeItIsSomebodyElses", {Linked(), paid, refund}, kJan + kDay, "sso", kGranted, Reason::kPaid, true},
  });
}

TEST(OracleCorners, Outcomes) {
  OutcomeFact order = OutcomeOf(OutcomeStatus::kSucceeded, "growth");
  order.subscription = "order_1";
  order.start = kJan;
  order.end = kFeb;
  OutcomeFact reversed = order;
  reversed.status = OutcomeStatus::kReversed;
  OutcomeFact failed = order;
  failed.status = OutcomeStatus::kFailed;
  failed.start = kFeb;
  failed.end = kMar;
  const std::vector<Fact> taken_back = {OutcomeAt("po_1", kJan, order), OutcomeAt("po_1", kJan + kDay, reversed)};
  Judge({
      {"A3AReversedOutcomeIsSuspendedInItsPeriod", taken_back, kJan + kDay, "sso", kSuspended, Reason::kRefunded},
      {"OutcomesOfOneSubscriptionHaveGrace",
       {OutcomeAt("po_1", kJan, order)},
       kFeb,
       "sso",
       kGrace,
       Reason::kRenewalPending,
       true},
      {"UntilTheNextFails",
       {OutcomeAt("po_1", kJan, order), OutcomeAt("po_2", kFeb, failed)},
       kFeb,
       "sso",
       kPaymentRequired,
       Reason::kPaymentFailed},
  });
  Judge({{"A3AndKeptWhereThePolicyKeeps", taken_back, kJan + kDay, "sso", kGranted, Reason::kOutcomeRecorded, true}},
        WithPolicy([](PaymentPolicy& policy) { policy.refund_full = RefundFull::kKeep; }));
}

TEST(OracleCorners, WhatNeverProvedIsNeverSuspended) {
  InvoiceFact credited = InvoiceOver(InvoiceStatus::kPaid, "in_1", kJanuary);
  credited.pre_payment_credit = credited.total;
  const Fact refund = RefundAt("re_1", kJan + kDay, RefundStatus::kSucceeded, "ch_in_1", 4900);
  const Fact dispute = DisputeAt("dp_1", kJan + kDay, DisputeStatus::kOpen, "ch_in_1", 4900);
  Judge({
      {"A24Refunded",
       {Linked(), InvoiceAt("in_1", kJan, credited), refund},
       kJan + kDay,
       "audit",
       kPaymentRequired,
       Reason::kZeroTotalNoProof},
      {"A24Disputed",
       {Linked(), InvoiceAt("in_1", kJan, credited), dispute},
       kJan + kDay,
       "audit",
       kPaymentRequired,
       Reason::kZeroTotalNoProof},
  });
}

TEST(OracleCorners, GraceAndArrears) {
  const std::vector<InvoiceLine> usage = {ItemLine("payg_core", 700, kJan, kFeb)};
  const Fact dispute = DisputeAt("dp_1", kFeb, DisputeStatus::kOpen, "ch_in_1", 4900);
  const Instant extended = kFeb + 31 * kDay;
  Judge({
      {"A9TheRenewalOfArrearsStartsAtTheLinesOwnEnd",
       {Linked(), Paid("in_1", kFeb, usage), Open("in_2", kMar, {ItemLine("payg_core", 900, kFeb, kMar)}),
        Attempt("in_2", kMar)},
       extended + 6 * kDay,
       "storage",
       kGrace,
       Reason::kRenewalFailed,
       Metered{.included = {.amount = 10}, .cap = {.amount = 10}}},
      {"A13NoGraceForWhatIsDisputed",
       {Linked(), Paid("in_1", kJan, kJanuary), dispute},
       kFeb,
       "sso",
       kSuspended,
       Reason::kDisputed},
      {"A11GraceKeepsThePlanOfAnUnmappedPrice",
       {Linked(), Paid("in_1", kJan, kJanuary), Paid("in_2", kFeb, {ItemLine("nobody_knows", 4900, kFeb, kMar)})},
       kMar,
       "sso",
       kGrace,
       Reason::kRenewalPending,
       true},
  });
}

TEST(OracleCorners, UnmappedPrices) {
  const Instant at = kJan + 9 * kDay;
  const Fact change = Paid("in_2", at, {ItemLine("growth", -500, at, kFeb), ItemLine("nobody_knows", 2000, at, kFeb)});
  InvoiceLine analytics = ItemLine("insight", 2000, at, kFeb);
  analytics.subscription_item = "si_2";
  InvoiceLine core = ItemLine("starter", 2000, at, kFeb);
  core.subscription_item = "si_2";
  const InvoiceLine unknown = ItemLine("nobody_knows", 2000, at, kFeb);
  Judge({
      {"A10ACreditDoesNotKeepAnythingFromBeingKept",
       {Linked(), Paid("in_1", kJan, kJanuary), change},
       at,
       "sso",
       kGranted,
       Reason::kUnmappedPrice,
       true},
      {"ADebitOfTheGroupDoes",
       {Linked(), Paid("in_1", kJan, kJanuary), Paid("in_2", at, {unknown, core})},
       at,
       "sso",
       kNotInPlan,
       Reason::kUnmappedPrice},
      {"OneOfAnotherGroupDoesNot",
       {Linked(), Paid("in_1", kJan, kJanuary), Paid("in_2", at, {unknown, analytics})},
       at,
       "sso",
       kGranted,
       Reason::kUnmappedPrice,
       true},
  });
}

TEST(OracleCorners, OverridesAndSuspension) {
  const Fact add_on = Paid("in_1", kJan, {ItemLine("comfort", 100, kJan, kFeb)});
  const OverrideFact set = OverrideOf(OverrideMode::kSet, "projects", Limit{.amount = 9});
  Judge({
      {"D6AWithheldAddOnDoesNotCarryAnOverride",
       {Linked(), add_on, OverrideAt("ov_1", kJan, WhileSubscription(set, "sub_1"))},
       kJan,
       "projects",
       kGranted,
       Reason::kDefaultPlan,
       Amount(1)},
      {"AProofDoes",
       {Linked(), Paid("in_1", kJan, kJanuary), OverrideAt("ov_1", kJan, WhileSubscription(set, "sub_1"))},
       kJan,
       "projects",
       kGranted,
       Reason::kOverride,
       Amount(9)},
      {"AValueOfAnotherTypeDoesNotFit",
       {OverrideAt("ov_1", kJan, OverrideOf(OverrideMode::kSet, "projects", true))},
       kJan,
       "projects",
       kGranted,
       Reason::kDefaultPlan,
       Amount(1)},
      {"D1SuspendedKeepsTheDefaultPlansValueWhereAllowed",
       {SuspensionAt(kJan, true)},
       kJan,
       "support",
       kSuspended,
       Reason::kOperatorSuspended,
       Level{"community"}},
  });
  EXPECT_TRUE(Answer(kAcme, std::vector<Fact>{SuspensionAt(kJan, true)}, PlainCatalog(), kJan).plans.empty());
}

}  // namespace
}  // namespace usher::oracle
