// The corners of docs/rules.md that two readers first read differently.
#include <string>
#include <utility>
#include <variant>
#include <vector>

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

TEST(OracleCorners, ALaterRenderingDoesNotTakeAReferenceBack) {
  const Instant refunded = kJan + kDay;
  const Instant later = kJan + 2 * kDay;
  const Fact paid = Paid("in_1", kJan, kJanuary);
  InvoiceFact thin = InvoiceOver(InvoiceStatus::kPaid, "in_1", kJanuary);
  thin.charge.clear();
  ChargeFact naming;
  naming.status = ChargeStatus::kSucceeded;
  naming.invoice = "in_1";
  naming.amount = 4900;
  ChargeFact thin_charge = naming;
  thin_charge.invoice.clear();
  CreditNoteFact note;
  note.invoice = "in_1";
  note.post_payment = true;
  note.amount = 4900;
  CreditNoteFact thin_note = note;
  thin_note.invoice.clear();
  const Fact refund = RefundAt("re_1", refunded, RefundStatus::kSucceeded, "ch_in_1", 4900);
  const Fact dispute = DisputeAt("dp_1", refunded, DisputeStatus::kOpen, "ch_in_1", 4900);
  Judge({
      {"OfTheInvoice",
       {Linked(), paid, refund, InvoiceAt("in_1", later, thin)},
       later,
       "sso",
       kSuspended,
       Reason::kRefunded},
      {"OfTheCharge",
       {Linked(), InvoiceAt("in_1", kJan, thin), Seen(ObjectKind::kCharge, "ch_9", kJan, naming),
        RefundAt("re_1", refunded, RefundStatus::kSucceeded, "ch_9", 4900),
        Seen(ObjectKind::kCharge, "ch_9", later, thin_charge)},
       later,
       "sso",
       kSuspended,
       Reason::kRefunded},
      {"OfTheRefund",
       {Linked(), paid, refund, RefundAt("re_1", later, RefundStatus::kSucceeded, "", 4900)},
       later,
       "sso",
       kSuspended,
       Reason::kRefunded},
      {"OfTheRefundTowardsAnother",
       {Linked(), paid, refund, RefundAt("re_1", later, RefundStatus::kSucceeded, "ch_elsewhere", 4900)},
       later,
       "sso",
       kSuspended,
       Reason::kRefunded},
      {"OfTheDispute",
       {Linked(), paid, dispute, DisputeAt("dp_1", later, DisputeStatus::kOpen, "", 4900)},
       later,
       "sso",
       kSuspended,
       Reason::kDisputed},
      {"OfTheCreditNote",
       {Linked(), paid, Seen(ObjectKind::kCreditNote, "cn_1", refunded, note),
        Seen(ObjectKind::kCreditNote, "cn_1", later, thin_note)},
       later,
       "sso",
       kSuspended,
       Reason::kRefunded},
      {"TheAmountIsTheStates",
       {Linked(), paid, refund, RefundAt("re_1", later, RefundStatus::kFailed, "", 4900)},
       later,
       "sso",
       kGranted,
       Reason::kPaid,
       true},
  });
}

TEST(OracleCorners, ARefundOfTwoChargesCountsOnce) {
  InvoiceFact twice = InvoiceOver(InvoiceStatus::kPaid, "in_1", kJanuary);
  InvoiceFact other = twice;
  other.charge = "ch_second";
  const std::vector<Fact> facts = {Linked(), InvoiceAt("in_1", kJan, twice), InvoiceAt("in_1", kJan, other),
                                   RefundAt("re_1", kJan, RefundStatus::kPending, "ch_second", 2450),
                                   RefundAt("re_1", kJan + kDay, RefundStatus::kSucceeded, "ch_in_1", 2450)};
  Judge({{"HalfIsHalf", facts, kJan + kDay, "sso", kGranted, Reason::kPaid, true}});
}

TEST(OracleCorners, AOneOffSessionIsOfTheSubscriptionThatItNames) {
  const Fact session = OneOffSessionAt("cs_1", kJan, CheckoutPayment::kPaid, "pass", 900);
  CheckoutSessionFact naming = std::get<CheckoutSessionFact>(session.content);
  naming.subscription = "sub_1";
  const Fact owned = LinkOf(ObjectKind::kCheckoutSession, "cs_1", "acme");
  const Fact named = Seen(ObjectKind::kCheckoutSession, "cs_1", kJan, naming);
  const Fact starter = Paid("in_1", kJan, {ItemLine("starter", 900, kJan, kFeb, 4)});
  Judge({
      {"ThereTheLargerCounts", {Linked(), starter, owned, named}, kJan, "seats", kGranted, Reason::kPaid, Amount(5)},
      {"ElsewhereTheyMerge", {Linked(), starter, owned, session}, kJan, "seats", kGranted, Reason::kPaid, Amount(8)},
  });
}

TEST(OracleCorners, AnOutcomeThatNeverSucceededIsNothing) {
  OutcomeFact order = OutcomeOf(OutcomeStatus::kReversed, "growth");
  order.start = kJan;
  order.end = kFeb;
  OutcomeFact succeeded = order;
  succeeded.status = OutcomeStatus::kSucceeded;
  const std::vector<Fact> never = {OutcomeAt("po_1", kJan, order)};
  const std::vector<Fact> told_late = {OutcomeAt("po_1", kJan, order), OutcomeAt("po_1", kJan + kDay, succeeded)};
  const std::vector<Case> cases = {
      {"NeverSucceeded", never, kJan + kDay, "sso", kNotInPlan, Reason::kNotIncluded},
      {"NotYet", told_late, kJan, "sso", kNotInPlan, Reason::kNotIncluded},
  };
  Judge(cases);
  Judge({{"OnceItSucceeded", told_late, kJan + kDay, "sso", kSuspended, Reason::kRefunded}});
  const Catalog keeps = WithPolicy([](PaymentPolicy& policy) { policy.refund_full = RefundFull::kKeep; });
  Judge(cases, keeps);
  Judge({{"KeptFromItsSuccessOn", told_late, kJan + kDay, "sso", kGranted, Reason::kOutcomeRecorded, true}}, keeps);
}

TEST(OracleCorners, AnUnmappedTrialKeepsThePlanAsATrial) {
  SubscriptionFact trialing = Wants(SubscriptionStatus::kTrialing, "nobody_knows");
  trialing.trial_start = kFeb;
  trialing.trial_end = kFeb + 14 * kDay;
  const Fact trial = Paid("in_2", kFeb, {ItemLine("nobody_knows", 0, kFeb, kFeb + 14 * kDay)});
  Judge({
      {"AfterAMappedProof",
       {Linked(), Paid("in_1", kJan, kJanuary), SubscriptionAt(kFeb, trialing), trial},
       kFeb + kDay,
       "sso",
       kTrial,
       Reason::kUnmappedPrice,
       true},
      {"SuspendedWhileItIsDisputed",
       {Linked(), Paid("in_1", kJan, kJanuary), SubscriptionAt(kFeb, trialing), trial,
        DisputeAt("dp_1", kFeb, DisputeStatus::kOpen, "ch_in_2", 0)},
       kFeb + kDay,
       "sso",
       kSuspended,
       Reason::kDisputed},
      {"AfterNothing",
       {Linked(), SubscriptionAt(kFeb, trialing), trial},
       kFeb + kDay,
       "sso",
       kNotInPlan,
       Reason::kUnmappedPrice},
  });
}

TEST(OracleCorners, TheQuantityOfArrearsIsOne) {
  SubscriptionFact changed = Wants(SubscriptionStatus::kActive, "payg_core");
  changed.items.front().quantity_milli = 7000;
  InvoiceLine unused = ItemLine("payg_core", 0, kJan, kFeb, 0);
  Judge({{"OfTheLastMappedProofAtQuantityNought",
          {Linked(), Paid("in_1", kJan, {unused}), Paid("in_2", kFeb, {ItemLine("nobody_knows", 10, kFeb, kMar)})},
          kFeb + kDay,
          "seats",
          kGranted,
          Reason::kUnmappedPrice,
          Amount(4)}});
  Judge({{"OfAWantedChange",
          {Linked(), Paid("in_1", kJan, {ItemLine("growth_old", 4900, kJan, kFeb)}),
           SubscriptionAt(kJan + kDay, changed)},
          kJan + kDay,
          "storage",
          kGranted,
          Reason::kPaid,
          Metered{.included = {.amount = 10}, .cap = {.amount = 10}}},
         {"OfAWantedChangeThatIsGranted",
          {Linked(), Paid("in_1", kJan, {ItemLine("insight", 4900, kJan, kFeb)}), SubscriptionAt(kJan + kDay, changed)},
          kJan + kDay,
          "seats",
          kGranted,
          Reason::kChangeNotYetBilled,
          Amount(4)}},
        WithPolicy([](PaymentPolicy& policy) { policy.deferred_proration = DeferredProration::kGrant; }));
}

TEST(OracleCorners, AnUnmappedOneOffHasNoKnownTerm) {
  InvoiceLine bonus = ItemLine("nobody_knows", 300, kJan, kJan);
  bonus.subscription_item.clear();
  InvoiceLine with_period = bonus;
  with_period.end = kFeb;
  const Instant never_over = kJan + 4000 * kDay;
  const Fact canceled = SubscriptionAt(kFeb, Wants(SubscriptionStatus::kCanceled, "growth"));
  const std::vector<Fact> once = {Linked(), Paid("in_1", kJan, {bonus})};
  OutcomeFact order = OutcomeOf(OutcomeStatus::kSucceeded, "growth");
  order.subscription = "order_1";
  order.start = kJan;
  order.end = kFeb;
  OutcomeFact unmapped = OutcomeOf(OutcomeStatus::kSucceeded, "nobody_knows");
  unmapped.subscription = "order_1";
  const std::vector<Fact> orders = {OutcomeAt("po_1", kJan, order), OutcomeAt("po_2", kJan + kDay, unmapped)};
  Judge({
      {"ItReplacesNothing", orders, kJan + kDay, "sso", kGranted, Reason::kOutcomeRecorded, true},
      {"AndKeepsNothing", orders, kMar, "sso", kPaymentRequired, Reason::kRenewalUnpaid},
      {"WithoutAPeriodForEver", once, never_over, "sso", kNotInPlan, Reason::kUnmappedPrice},
      {"NotBeforeItIsPaid", once, kJan - Millis(1), "sso", kNotInPlan, Reason::kNotIncluded},
      {"WithOneInIt", {Linked(), Paid("in_1", kJan, {with_period})}, kJan, "sso", kNotInPlan, Reason::kUnmappedPrice},
      {"AndNotAfterIt", {Linked(), Paid("in_1", kJan, {with_period})}, kFeb, "sso", kNotInPlan, Reason::kNotIncluded},
      {"RefundedNoMore",
       {Linked(), Paid("in_1", kJan, {bonus}), RefundAt("re_1", kJan, RefundStatus::kSucceeded, "ch_in_1", 300)},
       never_over,
       "sso",
       kNotInPlan,
       Reason::kNotIncluded},
  });
  Judge({{"CanceledNoMore",
          {Linked(), Paid("in_1", kJan, {bonus}), canceled},
          kFeb,
          "sso",
          kNotInPlan,
          Reason::kNotIncluded}},
        WithPolicy([](PaymentPolicy& policy) { policy.immediate_cancel = ImmediateCancel::kRevoke; }));
}

TEST(OracleCorners, ATestClockIsWhereItsInvoicesAre) {
  SubscriptionFact clocked = Wants(SubscriptionStatus::kActive, "growth");
  clocked.customer.clear();
  clocked.test_clock = "clock_1";
  InvoiceFact by_line = InvoiceOver(InvoiceStatus::kOpen, "in_1", kJanuary);
  by_line.subscription.clear();
  by_line.customer.clear();
  InvoiceFact by_nothing = by_line;
  by_nothing.lines.clear();
  InvoiceFact by_customer = by_nothing;
  by_customer.customer = "cus_1";
  CustomerFact on_it;
  on_it.test_clock = "clock_1";
  const std::vector<Fact> alone = {Linked(), SubscriptionAt(kJan, clocked)};
  const std::vector<Fact> customer = {LinkOf(ObjectKind::kCustomer, "cus_1", "acme"),
                                      Seen(ObjectKind::kCustomer, "cus_1", kJan, on_it)};
  const auto with = [](std::vector<Fact> facts, InvoiceFact invoice) {
    facts.push_back(InvoiceAt("in_1", kFeb, std::move(invoice)));
    return facts;
  };
  EXPECT_EQ(FrozenAt(kAcme, alone), kJan);
  EXPECT_EQ(FrozenAt(kAcme, with(alone, by_line)), kFeb);
  EXPECT_EQ(FrozenAt(kAcme, with(alone, by_nothing)), kJan);
  EXPECT_EQ(FrozenAt(kAcme, with(customer, by_customer)), kFeb);
  EXPECT_EQ(FrozenAt(kAcme, with(customer, by_nothing)), kJan);
}

}  // namespace
}  // namespace usher::oracle
