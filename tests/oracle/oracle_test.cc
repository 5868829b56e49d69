// The oracle against answers written by hand from docs/rules.md: who judges the core must be judged first.
#include <gtest/gtest.h>

#include "tests/oracle/judge.h"

namespace usher::oracle {
namespace {

using enum AccessState;

const std::vector<InvoiceLine> kJanuary = {ItemLine("growth", 4900, kJan, kFeb)};
const std::vector<InvoiceLine> kFebruary = {ItemLine("growth", 4900, kFeb, kMar)};

Fact Active(const std::string& price = "growth") {
  return SubscriptionAt(kJan, Wants(SubscriptionStatus::kActive, price));
}

TEST(Oracle, KnowsNothingButTheDefaultPlanOfAStranger) {
  Judge({
      {"DefaultPlanAnswers", {}, kJan, "projects", kGranted, Reason::kDefaultPlan, Amount(1)},
      {"DefaultPlansOfGroupsMerge", {}, kJan, "seats", kGranted, Reason::kDefaultPlan, Amount(2)},
      {"WhatNoneHasIsNotIncluded", {}, kJan, "sso", kNotInPlan, Reason::kNotIncluded},
  });
}

TEST(Oracle, ProofIsAPaidLineInItsPeriod) {
  const std::vector<Fact> paid = {Linked(), Paid("in_1", kJan + kHour, kJanuary)};
  Judge({
      {"R1PaidGrants", paid, kJan + kDay, "sso", kGranted, Reason::kPaid, true},
      {"CausalityNothingBeforePayment", paid, kJan + kHour - Millis(1), "sso", kNotInPlan, Reason::kNotIncluded},
      {"FromTheInstantOfPayment", paid, kJan + kHour, "sso", kGranted, Reason::kPaid, true},
      {"TheEndIsExclusive", paid, kFeb, "sso", kGrace, Reason::kRenewalPending, true},
      {"PerQuantity", paid, kJan + kDay, "seats", kGranted, Reason::kPaid, Amount(3)},
      {"R1ActiveProvesNothing", {Linked(), Active()}, kJan + kDay, "sso", kPaymentRequired, Reason::kPaymentNotSeen},
      {"UnlinkedHasNoEffect", {Paid("in_1", kJan, kJanuary)}, kJan + kDay, "sso", kNotInPlan, Reason::kNotIncluded},
      {"OpenIsInvoiceOpen",
       {Linked(), Open("in_1", kJan, kJanuary)},
       kJan + kDay,
       "sso",
       kPaymentRequired,
       Reason::kInvoiceOpen},
  });
}

TEST(Oracle, OwnershipIsDecidedPerLineByTheBestLink) {
  const Fact paid = Paid("in_1", kJan, kJanuary);
  const Fact customer = LinkOf(ObjectKind::kCustomer, "cus_1", "acme");
  const Fact stolen = LinkOf(ObjectKind::kSubscription, "sub_1", "beta", kJan - 2 * kDay, LinkTrust::kClientReference);
  Judge({
      {"TheCustomersLinkServes", {customer, paid}, kJan, "sso", kGranted, Reason::kPaid, true},
      {"TheSubscriptionsOutranksTheCustomers",
       {customer, paid, LinkOf(ObjectKind::kSubscription, "sub_1", "beta")},
       kJan,
       "sso",
       kNotInPlan,
       Reason::kNotIncluded},
      {"AClientReferenceNeverOutranksMetadata", {stolen, Linked(), paid}, kJan, "sso", kGranted, Reason::kPaid, true},
      {"AmongMetadataTheEarliest",
       {Linked(), LinkOf(ObjectKind::kSubscription, "sub_1", "beta", kJan), paid},
       kJan,
       "sso",
       kGranted,
       Reason::kPaid,
       true},
      {"AnOperatorMovesFromThenOn",
       {Linked(), LinkOf(ObjectKind::kSubscription, "sub_1", "beta", kJan + kDay, LinkTrust::kOperator), paid},
       kJan + kDay,
       "sso",
       kNotInPlan,
       Reason::kNotIncluded},
  });
}

TEST(Oracle, WhichLineCounts) {
  const Fact bought = Paid("in_1", kJan, {ItemLine("starter", 1000, kJan, kFeb)});
  const std::vector<InvoiceLine> change = {ItemLine("starter", -500, kJan + 10 * kDay, kFeb),
                                           ItemLine("growth", 2000, kJan + 10 * kDay, kFeb)};
  const Fact refund = RefundAt("re_1", kJan + 12 * kDay, RefundStatus::kSucceeded, "ch_in_2", 1500);
  const Fact left = Paid("in_3", kJan + 5 * kDay, {ItemLine("starter", -700, kJan + 5 * kDay, kFeb)});
  const Instant later = kJan + 11 * kDay;
  Judge({
      {"R2AnUnpaidUpgradeChangesNothing",
       {Linked(), bought, Open("in_2", later, change)},
       later,
       "projects",
       kGranted,
       Reason::kPaid,
       Amount(5)},
      {"R10TheNewPlanIsPaymentRequired",
       {Linked(), bought, Open("in_2", later, change)},
       later,
       "sso",
       kPaymentRequired,
       Reason::kInvoiceOpen},
      {"R2APaidOneReplaces",
       {Linked(), bought, Paid("in_2", later, change)},
       later,
       "projects",
       kGranted,
       Reason::kPaid,
       Amount(25)},
      {"R2ARefundedOneGivesBack",
       {Linked(), bought, Paid("in_2", later, change), refund},
       kJan + 13 * kDay,
       "projects",
       kGranted,
       Reason::kPaid,
       Amount(5)},
      {"R5TheRefundedOneIsSuspended",
       {Linked(), bought, Paid("in_2", later, change), refund},
       kJan + 13 * kDay,
       "sso",
       kSuspended,
       Reason::kRefunded},
      {"R2ACreditCountsAsQuantityZero",
       {Linked(), bought, left},
       kJan + 6 * kDay,
       "projects",
       kGranted,
       Reason::kDefaultPlan,
       Amount(1)},
      {"R2DebitsOfOnePriceAddQuantities",
       {Linked(), Paid("in_1", kJan, {ItemLine("growth", 100, kJan, kFeb, 3), ItemLine("growth", 100, kJan, kFeb, 4)})},
       kJan,
       "seats",
       kGranted,
       Reason::kPaid,
       Amount(15)},
      {"R2EqualDebitAndCreditCancelOut",
       {Linked(), bought,
        Paid("in_2", later,
             {ItemLine("growth", 900, later, kFeb), ItemLine("growth", -900, later, kFeb),
              ItemLine("enterprise", 1, kJan - kDay, kJan)})},
       later,
       "projects",
       kGranted,
       Reason::kPaid,
       Amount(5)},
      {"R4ACreditForSomethingUnpaidProvesNothing",
       {Linked(), Open("in_1", kJan, {ItemLine("enterprise", 9000, kJan, kFeb)}),
        Paid("in_2", later, {ItemLine("enterprise", -8000, later, kFeb), ItemLine("growth", 3000, later, kFeb)})},
       later,
       "sso",
       kPaymentRequired,
       Reason::kUnbackedCredit},
  });
}

TEST(Oracle, ZeroTotalsAndTrials) {
  SubscriptionFact trialing = Wants(SubscriptionStatus::kTrialing, "growth");
  trialing.trial_start = kJan;
  trialing.trial_end = kJan + 14 * kDay;
  SubscriptionFact no_method = trialing;
  no_method.has_payment_method = false;
  const Fact free_trial = Paid("in_1", kJan, {ItemLine("growth", 0, kJan, kJan + 14 * kDay)});
  InvoiceFact discounted = InvoiceOver(InvoiceStatus::kPaid, "in_1", kJanuary);
  discounted.discount = discounted.subtotal;
  discounted.total = discounted.amount_due = discounted.amount_paid = 0;
  InvoiceFact credited = InvoiceOver(InvoiceStatus::kPaid, "in_1", kJanuary);
  credited.pre_payment_credit = credited.total;
  InvoiceFact by_balance = InvoiceOver(InvoiceStatus::kPaid, "in_1", kJanuary);
  by_balance.amount_due = by_balance.amount_paid = 0;
  const std::vector<Fact> trial = {Linked(), SubscriptionAt(kJan, trialing), free_trial};
  const Instant over = kJan + 14 * kDay;
  Judge({
      {"R3ATrialGrantsWhatItsPolicySays", trial, kJan + kDay, "projects", kTrial, Reason::kTrial, Amount(5)},
      {"R3NotWhatThePriceSells", trial, kJan + kDay, "sso", kNotInPlan, Reason::kNotIncluded},
      {"R7GraceAfterATrialWithAMethod", trial, over, "projects", kGrace, Reason::kRenewalPending, Amount(5)},
      {"R7NoneWithoutOne",
       {Linked(), SubscriptionAt(kJan, no_method), free_trial},
       over,
       "storage",
       kPaymentRequired,
       Reason::kTrialEnded},
      {"R3FullyDiscountedIsPaid",
       {Linked(), InvoiceAt("in_1", kJan, discounted)},
       kJan,
       "sso",
       kGranted,
       Reason::kZeroTotal,
       true},
      {"R3CreditedBeforePaymentIsNoProof",
       {Linked(), InvoiceAt("in_1", kJan, credited)},
       kJan,
       "sso",
       kPaymentRequired,
       Reason::kZeroTotalNoProof},
      {"R3PaidByBalanceIsProof",
       {Linked(), InvoiceAt("in_1", kJan, by_balance)},
       kJan,
       "sso",
       kGranted,
       Reason::kPaid,
       true},
  });
  Judge({{"R3ThePolicyMayAskForMore",
          {Linked(), InvoiceAt("in_1", kJan, discounted)},
          kJan,
          "sso",
          kPaymentRequired,
          Reason::kZeroTotalNoProof}},
        WithPolicy([](PaymentPolicy& policy) { policy.zero_total = ZeroTotal::kNone; }));
  Catalog strict = PlainCatalog();
  strict.plans[*FindPlan(strict, "growth@2")].trial->requires_payment_method = true;
  Judge({{"R3ATrialWithoutTheMethodItNeeds",
          {Linked(), SubscriptionAt(kJan, no_method), free_trial},
          kJan,
          "sso",
          kPaymentRequired,
          Reason::kTrialNotAllowed}},
        strict);
}

TEST(Oracle, ReversalsAndDisputes) {
  const Fact paid = Paid("in_1", kJan, kJanuary);
  const auto refund = [](RefundStatus status, std::int64_t amount, Instant at) {
    return RefundAt("re_1", at, status, "ch_in_1", amount);
  };
  const auto dispute = [](DisputeStatus status, Instant at) { return DisputeAt("dp_1", at, status, "ch_in_1", 4900); };
  const Fact full = refund(RefundStatus::kSucceeded, 4900, kJan + kDay);
  const Fact opened = dispute(DisputeStatus::kOpen, kJan + kDay);
  const Fact failed_charge = ChargeAt("ch_in_1", kJan + kDay, ChargeStatus::kFailed, 4900);
  const Fact floor = ChargeAt("ch_in_1", kJan + kDay, ChargeStatus::kSucceeded, 4900, 4900);
  const Fact note = Seen(ObjectKind::kCreditNote, "cn_1", kJan + kDay,
                         CreditNoteFact{.invoice = "in_1", .post_payment = true, .amount = 4900});
  const Instant then = kJan + 2 * kDay;
  Judge({
      {"R5FullRefundSuspends", {Linked(), paid, full}, then, "sso", kSuspended, Reason::kRefunded},
      {"R5AllowedWhileSuspendedKeepsItsValue",
       {Linked(), paid, full},
       then,
       "audit",
       kSuspended,
       Reason::kRefunded,
       true},
      {"R5NotBeforeIt", {Linked(), paid, full}, kJan + kDay - Millis(1), "sso", kGranted, Reason::kPaid, true},
      {"R5UntilThePeriodEnds", {Linked(), paid, full}, kFeb, "sso", kNotInPlan, Reason::kNotIncluded},
      {"R5PartialKeeps",
       {Linked(), paid, refund(RefundStatus::kSucceeded, 100, kJan + kDay)},
       then,
       "sso",
       kGranted,
       Reason::kPaid,
       true},
      {"R5AFailedRefundRestores",
       {Linked(), paid, full, refund(RefundStatus::kFailed, 4900, then)},
       then,
       "sso",
       kGranted,
       Reason::kPaid,
       true},
      {"R5TheFloorCounts", {Linked(), paid, floor}, then, "sso", kSuspended, Reason::kRefunded},
      {"R5AFailedRefundLowersTheFloor",
       {Linked(), paid, floor, refund(RefundStatus::kFailed, 4900, then)},
       then,
       "sso",
       kGranted,
       Reason::kPaid,
       true},
      {"R5ACreditNoteAfterPayment", {Linked(), paid, note}, then, "sso", kSuspended, Reason::kRefunded},
      {"R6ABankDebitThatBouncesReverses", {Linked(), paid, failed_charge}, then, "sso", kSuspended, Reason::kRefunded},
      {"R6OpenSuspends", {Linked(), paid, opened}, then, "sso", kSuspended, Reason::kDisputed},
      {"R6NoDefaultPlanMeanwhile", {Linked(), paid, opened}, then, "projects", kSuspended, Reason::kDisputed},
      {"R6WonRestores",
       {Linked(), paid, opened, dispute(DisputeStatus::kWon, then)},
       then,
       "sso",
       kGranted,
       Reason::kPaid,
       true},
      {"R6LostReverses",
       {Linked(), paid, opened, dispute(DisputeStatus::kLost, then)},
       then,
       "sso",
       kSuspended,
       Reason::kRefunded},
      {"R6AnInquiryKeeps",
       {Linked(), paid, dispute(DisputeStatus::kInquiryOpen, kJan + kDay)},
       then,
       "sso",
       kGranted,
       Reason::kPaid,
       true},
  });
}

TEST(Oracle, GraceAndEnd) {
  const Fact paid = Paid("in_1", kJan, kJanuary);
  const Fact renewal = Open("in_2", kFeb, kFebruary);
  SubscriptionFact ending = Wants(SubscriptionStatus::kActive, "growth");
  ending.cancel_at = kFeb;
  const Fact canceled = SubscriptionAt(kJan + kDay, Wants(SubscriptionStatus::kCanceled, "growth"));
  InvoiceFact sent = InvoiceOver(InvoiceStatus::kOpen, "in_2", kFebruary);
  sent.collection = CollectionMethod::kSendInvoice;
  sent.due_date = kFeb + 20 * kDay;
  const std::vector<Fact> tried = {Linked(), paid, renewal, Attempt("in_2", kFeb + kHour)};
  const std::vector<Fact> terms = {Linked(), paid, InvoiceAt("in_2", kFeb, sent)};
  Judge({
      {"R7UntilTheLeewayEnds",
       {Linked(), paid},
       kFeb + 72 * kHour - Millis(1),
       "sso",
       kGrace,
       Reason::kRenewalPending,
       true},
      {"R7ThenUnpaid", {Linked(), paid}, kFeb + 72 * kHour, "sso", kPaymentRequired, Reason::kRenewalUnpaid},
      {"R7ThenTheDefaultPlanHasWhatItHas",
       {Linked(), paid},
       kFeb + 72 * kHour,
       "projects",
       kGranted,
       Reason::kDefaultPlan,
       Amount(1)},
      {"R7AFailedAttemptStartsDunning", tried, kFeb + 6 * kDay, "sso", kGrace, Reason::kRenewalFailed, true},
      {"R7DunningEnds", tried, kFeb + 7 * kDay, "sso", kPaymentRequired, Reason::kPaymentFailed},
      {"R8NetTerms", terms, kFeb + 27 * kDay - Millis(1), "sso", kGrace, Reason::kNetTerms, true},
      {"R8NetTermsEnd", terms, kFeb + 27 * kDay, "sso", kPaymentRequired, Reason::kInvoiceOpen},
      {"R11CanceledRunsOut", {Linked(), paid, canceled}, kJan + 2 * kDay, "sso", kGranted, Reason::kPaid, true},
      {"R11NoGraceThen", {Linked(), paid, canceled}, kFeb, "sso", kExpired, Reason::kCanceled},
      {"R7NoGraceWhenItWasToEnd",
       {Linked(), paid, SubscriptionAt(kJan, ending)},
       kFeb,
       "sso",
       kExpired,
       Reason::kCanceled},
  });
  Judge({{"R11RevokedAtOnce", {Linked(), paid, canceled}, kJan + kDay, "sso", kExpired, Reason::kCanceled}},
        WithPolicy([](PaymentPolicy& policy) { policy.immediate_cancel = ImmediateCancel::kRevoke; }));
  Judge({{"R13TheDefaultPlanIsBlocked",
          {Linked(), paid},
          kFeb + 72 * kHour,
          "support",
          kPaymentRequired,
          Reason::kRenewalUnpaid}},
        WithPolicy([](PaymentPolicy& policy) { policy.lapsed = Lapsed::kBlock; }));
}

TEST(Oracle, PendingPurchases) {
  const Fact open = Open("in_1", kJan, kJanuary);
  InvoiceFact with_intent = InvoiceOver(InvoiceStatus::kOpen, "in_1", kJanuary);
  with_intent.payment_intent = "pi_1";
  const Fact action = Attempt("in_1", kJan, AttemptResult::kRequiresAction);
  const Fact bare = IntentAt("pi_2", kJan, PaymentIntentStatus::kRequiresAction, "lifetime");
  Judge({
      {"R9HeldAtAuthentication",
       {Linked(), open, action},
       kJan + 23 * kHour,
       "sso",
       kHeld,
       Reason::kAuthenticationRequired},
      {"R9TimedOut",
       {Linked(), open, action},
       kJan + 24 * kHour,
       "sso",
       kPaymentRequired,
       Reason::kAuthenticationTimedOut},
      {"R9FailedWinsATie",
       {Linked(), open, action, Attempt("in_1", kJan)},
       kJan,
       "sso",
       kPaymentRequired,
       Reason::kPaymentFailed},
      {"R9ProcessingHowEverLong",
       {Linked(), InvoiceAt("in_1", kJan, with_intent), IntentAt("pi_1", kJan, PaymentIntentStatus::kProcessing)},
       kJan + 20 * kDay,
       "sso",
       kHeld,
       Reason::kPaymentProcessing},
      {"R9ABareIntent",
       {LinkOf(ObjectKind::kCustomer, "cus_1", "acme"), bare},
       kJan,
       "sso",
       kHeld,
       Reason::kAuthenticationRequired},
      {"R10NotYetBilled",
       {Linked(), Paid("in_1", kJan, {ItemLine("starter", 100, kJan, kFeb)}), Active()},
       kJan + kDay,
       "sso",
       kHeld,
       Reason::kChangeNotYetBilled},
  });
}

TEST(Oracle, OtherSources) {
  const Fact customer = LinkOf(ObjectKind::kCustomer, "cus_1", "acme");
  const Fact bought = OneOffSessionAt("cs_1", kJan + 30 * kDay, CheckoutPayment::kPaid, "pass", 900);
  OutcomeFact order = OutcomeOf(OutcomeStatus::kSucceeded, "growth");
  order.start = kJan;
  order.end = kFeb;
  const Fact next = Paid("in_2", kFeb, {ItemLine("nobody_knows", 4900, kFeb, kMar)});
  const std::vector<Fact> unmapped = {Linked(), Paid("in_1", kJan, kJanuary), next};
  const std::vector<InvoiceLine> usage = {ItemLine("payg", 700, kJan, kFeb, 9000)};
  Judge({
      {"R15AMonthFromPayment", {customer, bought}, kMar - kDay - Millis(1), "sso", kGranted, Reason::kPaidOnce, true},
      {"R15ClampedToTheEndOfFebruary", {customer, bought}, kMar - kDay, "sso", kExpired, Reason::kPeriodEnded},
      {"R16OneMorePeriod",
       {Linked(), Paid("in_1", kFeb, usage)},
       kMar + 3 * kDay - Millis(1),
       "api_calls",
       kGranted,
       Reason::kPaidInArrears,
       Metered{.included = {.amount = 505}, .cap = kUnlimited}},
      {"AnOutcomeThatSomebodyVouchesFor",
       {OutcomeAt("po_1", kJan, order)},
       kJan,
       "sso",
       kGranted,
       Reason::kOutcomeRecorded,
       true},
      {"ItEndsWithoutGrace", {OutcomeAt("po_1", kJan, order)}, kFeb, "sso", kExpired, Reason::kPeriodEnded},
      {"R14KeepsTheLastMappedPlan", unmapped, kFeb, "sso", kGranted, Reason::kUnmappedPrice, true},
      {"R14NothingToKeep", {Linked(), next}, kFeb, "sso", kNotInPlan, Reason::kUnmappedPrice},
  });
}

TEST(Oracle, UnionAndPrecedence) {
  InvoiceLine seats = ItemLine("seat", 500, kJan, kFeb, 4);
  seats.subscription_item = "si_2";
  InvoiceLine projects = ItemLine("projects", 500, kJan, kFeb, 9);
  projects.subscription_item = "si_3";
  const std::vector<Fact> with_add_ons = {
      Linked(), Paid("in_1", kJan, {ItemLine("growth", 4900, kJan, kFeb, 2), seats, projects})};
  const std::vector<Fact> paid = {Linked(), Paid("in_1", kJan, kJanuary)};
  const auto plus = [](std::vector<Fact> facts, const Fact& more) {
    facts.push_back(more);
    return facts;
  };
  const auto override_of = [](OverrideMode mode, const char* feature, Value value) {
    return OverrideAt("ov_1", kJan + kDay, OverrideOf(mode, feature, std::move(value)));
  };
  const Instant then = kJan + kDay;
  Judge({
      {"R12AddOnsOnTop", with_add_ons, kJan, "seats", kGranted, Reason::kPaid, Amount(9)},
      {"AnAddOnHasAMostQuantity", with_add_ons, kJan, "projects", kGranted, Reason::kPaid, Amount(55)},
      {"AnAddOnWithoutItsPlanIsWithheld",
       {Linked(), Paid("in_1", kJan, {ItemLine("comfort", 100, kJan, kFeb)})},
       kJan,
       "sso",
       kNotInPlan,
       Reason::kAddOnWithoutPlan},
      {"R13DenyBeatsProof", plus(paid, override_of(OverrideMode::kDeny, "sso", false)), then, "sso", kNotInPlan,
       Reason::kDenyOverride},
      {"R13SetReplaces", plus(paid, override_of(OverrideMode::kSet, "projects", Amount(2))), then, "projects", kGranted,
       Reason::kOverride, Amount(2)},
      {"R13AddLaysOn", plus(paid, override_of(OverrideMode::kAdd, "projects", Amount(2))), then, "projects", kGranted,
       Reason::kPaid, Amount(27)},
      {"R13OperatorSuspensionBeatsAll", plus(paid, SuspensionAt(then, true)), then, "sso", kSuspended,
       Reason::kOperatorSuspended},
      {"R13ItKeepsWhatIsAllowedAllTheSame", plus(paid, SuspensionAt(then, true)), then, "audit", kSuspended,
       Reason::kOperatorSuspended, true},
      {"ItsEndRestores", plus(plus(paid, SuspensionAt(then, true)), SuspensionAt(then + kDay, false)), then + kDay,
       "sso", kGranted, Reason::kPaid, true},
  });
}

}  // namespace
}  // namespace usher::oracle
