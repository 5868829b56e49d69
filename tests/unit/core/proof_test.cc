// R1, R3, R4: which lines of which documents prove something.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using enum AccessState;

const Answer kPaidAnswer{kGranted, Reason::kPaid};
const Answer kNothing{kNotInPlan, Reason::kNotIncluded};
const Fact kPaidJan = Paid("in_1", kJan, {Monthly("growth", kJan)});

TEST(R1Proof, OnlyAPaidLineProvesAndOnlyItsPeriod) {
  ExpectAll({
      // name                          facts                  at               expect
      {"BeforeThePaymentNothing", {AcmePays(), kPaidJan}, kJan - kMs, kNothing},
      {"FromThePaymentOn", {AcmePays(), kPaidJan}, kJan, kPaidAnswer},
      {"UntilThePeriodEnds", {AcmePays(), kPaidJan}, kFeb - kMs, kPaidAnswer},
      {"NotLonger", {AcmePays(), kPaidJan}, kFeb, {kGrace, Reason::kRenewalPending}},
      {"NobodysLineGrantsNobody", {kPaidJan}, kJan, kNothing},
      {"PaidBeforeItStarts", {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kFeb)})}, kFeb - kMs, kNothing},
      {"ThenItStarts", {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kFeb)})}, kFeb, kPaidAnswer},
      {"PaidLateGrantsFromThePaymentOn",
       {AcmePays(), Paid("in_1", kJan + Days(5), {Monthly("growth", kJan)})},
       kJan + Days(5),
       kPaidAnswer},
      {"AndNotBefore",
       {AcmePays(), Paid("in_1", kJan + Days(5), {Monthly("growth", kJan)})},
       kJan + Days(5) - kMs,
       kNothing},
  });
}

TEST(R1Proof, NothingElseProves) {
  const auto subscribed = [](SubscriptionStatus status) { return Subscribed("sub_1", status, kJan, "growth"); };
  const std::vector<InvoiceLine> lines = {Monthly("growth", kJan)};
  ExpectAll({
      {"OpenInvoice", {AcmePays(), Open("in_1", kJan, lines)}, kJan, {kPaymentRequired, Reason::kInvoiceOpen}},
      {"DraftInvoice", {AcmePays(), Invoice("in_1", InvoiceStatus::kDraft, kJan, lines)}, kJan, kNothing},
      {"VoidInvoice", {AcmePays(), Invoice("in_1", InvoiceStatus::kVoid, kJan, lines)}, kJan, kNothing},
      {"UncollectibleInvoice",
       {AcmePays(), Invoice("in_1", InvoiceStatus::kUncollectible, kJan, lines)},
       kJan,
       kNothing},
      {"ActiveSubscription",
       {AcmePays(), subscribed(SubscriptionStatus::kActive)},
       kJan,
       {kPaymentRequired, Reason::kPaymentNotSeen}},
      {"TrialingSubscription",
       {AcmePays(), subscribed(SubscriptionStatus::kTrialing)},
       kJan,
       {kPaymentRequired, Reason::kPaymentNotSeen}},
      {"UnknownStatusMeansNothing", {AcmePays(), subscribed(SubscriptionStatus::kOther)}, kJan, kNothing},
      {"CompleteSubscriptionSession",
       {AcmePays(), Session("cs_1", CheckoutPayment::kPaid, kJan, "growth").With([](CheckoutSessionFact& session) {
          session.mode = CheckoutMode::kSubscription;
        })},
       kJan,
       kNothing},
      {"ACreditIsNeverAProof", {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan).Amount(-1)})}, kJan, kNothing},
      {"ALineOfNothingBesideAPaidOneIs",
       {AcmePays(),
        Paid("in_1", kJan, {Monthly("growth", kJan).Amount(0), Monthly("starter", kJan).Of("sub_1", "si_2")})},
       kJan,
       kPaidAnswer},
  });
}

TEST(R1Proof, RecordedOutcomes) {
  const Fact succeeded = Outcome("order_1", OutcomeStatus::kSucceeded, kJan, "growth").With([](OutcomeFact& outcome) {
    outcome.start = kJan;
    outcome.end = kFeb;
  });
  ExpectAll({
      {"Proves", {succeeded}, kJan, {kGranted, Reason::kOutcomeRecorded}},
      {"ForItsPeriod", {succeeded}, kFeb, {kExpired, Reason::kPeriodEnded}},
      {"Pending",
       {Outcome("order_1", OutcomeStatus::kPending, kJan, "growth")},
       kJan,
       {kHeld, Reason::kPaymentProcessing}},
      {"Failed",
       {Outcome("order_1", OutcomeStatus::kFailed, kJan, "growth")},
       kJan,
       {kPaymentRequired, Reason::kPaymentFailed}},
      {"Reversed",
       {succeeded,
        Outcome("order_1", OutcomeStatus::kReversed, kJan + Days(3), "growth").With([](OutcomeFact& outcome) {
          outcome.start = kJan;
          outcome.end = kFeb;
        })},
       kJan + Days(3),
       {kSuspended, Reason::kRefunded}},
      {"ReversedWithoutHavingSucceededIsNothing",
       {Outcome("order_1", OutcomeStatus::kReversed, kJan, "lifetime")},
       kJan,
       kNothing},
      {"NorWhatWasHeldBefore",
       {Outcome("order_1", OutcomeStatus::kPending, kJan, "lifetime"),
        Outcome("order_1", OutcomeStatus::kReversed, kJan + Days(1), "lifetime")},
       kJan + Days(1),
       kNothing},
      {"OneOffForTheDeclaredTerm",
       {Outcome("order_1", OutcomeStatus::kSucceeded, kJan, "pass")},
       kJan + Days(30) - kMs,
       {kGranted, Reason::kOutcomeRecorded}},
      {"AndNotLonger",
       {Outcome("order_1", OutcomeStatus::kSucceeded, kJan, "pass")},
       kJan + Days(30),
       {kExpired, Reason::kPeriodEnded}},
      {"OneOffWithoutATermIsNothing", {Outcome("order_1", OutcomeStatus::kSucceeded, kJan, "growth")}, kJan, kNothing},
  });
}

TEST(R1Proof, AReversalIsKeptOnlyOfWhatSucceeded) {
  const Fact reversed = Outcome("order_1", OutcomeStatus::kReversed, kJan + Days(3), "lifetime");
  ExpectAll(
      {
          {"Succeeded",
           {Outcome("order_1", OutcomeStatus::kSucceeded, kJan, "lifetime"), reversed},
           kJan + Days(3),
           {kGranted, Reason::kOutcomeRecorded}},
          {"NeverSucceeded",
           {Outcome("order_1", OutcomeStatus::kFailed, kJan, "lifetime"), reversed},
           kJan + Days(3),
           kNothing},
      },
      WithPolicy([](PaymentPolicy& policy) { policy.refund_full = RefundFull::kKeep; }));
}

TEST(R1Proof, OutcomesOfOneSubscriptionRenewEachOther) {
  const auto month = [](const char* id, OutcomeStatus status, Instant at, Instant start) {
    return Outcome(id, status, at, "growth").With([start](OutcomeFact& outcome) {
      outcome.subscription = "contract_1";
      outcome.start = start;
      outcome.end = AddCalendar(start, {.months = 1, .exact = {}});
    });
  };
  const Fact jan = month("order_1", OutcomeStatus::kSucceeded, kJan, kJan);
  ExpectAll({
      {"GraceWhileNobodySaysNo", {jan}, kFeb, {kGrace, Reason::kRenewalPending}},
      {"ThenPaymentRequired", {jan}, kFeb + Hours(72), {kPaymentRequired, Reason::kRenewalUnpaid}},
      {"AFailureEndsTheIntention",
       {jan, month("order_2", OutcomeStatus::kFailed, kFeb + Hours(1), kFeb)},
       kFeb + Hours(1),
       {kPaymentRequired, Reason::kPaymentFailed}},
      {"TheNextOneRenews",
       {jan, month("order_2", OutcomeStatus::kSucceeded, kFeb + Hours(1), kFeb)},
       kFeb + Hours(1),
       {kGranted, Reason::kOutcomeRecorded}},
  });
}

Fact ZeroInvoice(std::int64_t subtotal, std::int64_t discount, std::int64_t line) {
  return Paid("in_1", kJan, {Monthly("growth", kJan).Amount(line)}).With([=](InvoiceFact& invoice) {
    invoice.subtotal = subtotal;
    invoice.discount = discount;
    invoice.total = 0;
    invoice.amount_due = 0;
    invoice.amount_paid = 0;
  });
}

const std::vector<ResolveCase> kZeroTotals = {
    {"FullyDiscounted", {AcmePays(), ZeroInvoice(1000, 1000, 1000)}, kJan, {kGranted, Reason::kZeroTotal}},
    {"AllLinesZero", {AcmePays(), ZeroInvoice(0, 0, 0)}, kJan, {kGranted, Reason::kZeroTotal}},
    {"SessionOfNothing",
     {AcmePays(), Session("cs_1", CheckoutPayment::kPaid, kJan, "lifetime").With([](CheckoutSessionFact& session) {
        session.amount_total = 0;
      })},
     kJan,
     {kGranted, Reason::kZeroTotal}},
    {"SessionWithoutPayment",
     {AcmePays(), Session("cs_1", CheckoutPayment::kNoPaymentRequired, kJan, "lifetime")},
     kJan,
     {kGranted, Reason::kZeroTotal}},
};

TEST(R3Zero, PolicyPaidTakesItAsPaid) { ExpectAll(kZeroTotals); }

TEST(R3Zero, PolicyNoneDoesNot) {
  std::vector<ResolveCase> rows = kZeroTotals;
  for (ResolveCase& row : rows) row.expect = {kPaymentRequired, Reason::kZeroTotalNoProof};
  ExpectAll(rows, WithPolicy([](PaymentPolicy& policy) { policy.zero_total = ZeroTotal::kNone; }));
}

TEST(R3Zero, WhatIsNotAskedOfThePolicy) {
  const auto credited = [](std::int64_t credit) {
    return Paid("in_1", kJan, {Monthly("growth", kJan)}).With([credit](InvoiceFact& invoice) {
      invoice.pre_payment_credit = credit;
      invoice.amount_paid = 0;
    });
  };
  const auto none = WithPolicy([](PaymentPolicy& policy) { policy.zero_total = ZeroTotal::kNone; });
  ExpectAll(
      {
          {"CreditedBeforePaymentIsNoProof",
           {AcmePays(), credited(1000)},
           kJan,
           {kPaymentRequired, Reason::kZeroTotalNoProof}},
          {"WhileItsPeriodLasts", {AcmePays(), credited(1000)}, kFeb, kNothing},
          {"CreditedInPartIsProof", {AcmePays(), credited(999)}, kJan, kPaidAnswer},
          {"PaidByBalanceIsProof",
           {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)}).With([](InvoiceFact& invoice) {
              invoice.amount_due = 0;
              invoice.amount_paid = 0;
            })},
           kJan,
           kPaidAnswer},
          {"ANegativeTotalProvesItsDebits",
           {AcmePays(),
            Paid("in_1", kJan, {Monthly("growth", kJan), Monthly("starter", kJan).Of("sub_9", "si_9").Amount(-5000)})},
           kJan,
           kPaidAnswer},
      },
      none);
}

// ---- trials ----

Fact TrialInvoice(const char* id = "in_1", const char* subscription = "sub_1", Instant at = kJan) {
  return Paid(id, at,
              {Line("growth", at, at + Days(14)).Amount(0).Of(subscription, std::string("si_") + subscription)});
}

Fact OnTrial(Instant until, const char* subscription = "sub_1", Instant from = kJan, Instant seen = kJan) {
  return Subscribed(subscription, SubscriptionStatus::kTrialing, std::max(from, seen), "").With([=](auto& fact) {
    fact.trial_start = from;
    fact.trial_end = until;
    fact.items = {{.id = std::string("si_") + subscription, .price = PriceId("growth")}};
  });
}

CatalogPtr WithTrial(const std::function<void(std::optional<TrialPolicy>&)>& change) {
  return CoreCatalog([&](Catalog& catalog) { change(catalog.plans[kGrowthPlan].trial); });
}

TEST(R3Trial, GivesWhatTheTrialPolicyGrantsUntilTheTrialEnds) {
  const Value five_projects = Limit{.amount = 5};
  const std::vector<Fact> facts = {AcmePays(), TrialInvoice(), OnTrial(kJan + Days(14))};
  ExpectAll({
      {"WhileItLasts", facts, kJan + Days(14) - kMs, {kTrial, Reason::kTrial}, kProjects, five_projects},
      {"NotWhatThePlanItselfGives", facts, kJan, kNothing, kSso},
      {"ThenGrace", facts, kJan + Days(14), {kGrace, Reason::kRenewalPending}, kProjects, five_projects},
      {"ThenPaymentRequired", facts, kJan + Days(17), {kPaymentRequired, Reason::kTrialEnded}, kSeats},
      {"TheDefaultPlanAnswersWhatItHas",
       facts,
       kJan + Days(17),
       {kGranted, Reason::kDefaultPlan},
       kProjects,
       Limit{.amount = 1}},
      {"AnExtendedTrialLastsLonger",
       {AcmePays(), TrialInvoice(), OnTrial(kJan + Days(14)), OnTrial(kJan + Days(20), "sub_1", kJan, kJan + Days(1))},
       kJan + Days(20) - kMs,
       {kTrial, Reason::kTrial},
       kProjects},
      {"ALineAfterTheTrialIsNoTrialLine",
       {AcmePays(), OnTrial(kJan + Days(14)), TrialInvoice("in_2", "sub_1", kJan + Days(14))},
       kJan + Days(14),
       {kGranted, Reason::kZeroTotal},
       kSso},
  });
}

TEST(R3Trial, ForbiddenByThePlan) {
  ExpectAll({{"NoTrialPolicy",
              {AcmePays(), TrialInvoice(), OnTrial(kJan + Days(14))},
              kJan,
              {kPaymentRequired, Reason::kTrialNotAllowed}},
             {"IsNeverALastProof",
              {AcmePays(), TrialInvoice(), OnTrial(kJan + Days(14))},
              kJan + Days(14),
              {kPaymentRequired, Reason::kPaymentNotSeen}}},
            WithTrial([](std::optional<TrialPolicy>& trial) { trial.reset(); }));
}

TEST(R3Trial, PaymentMethodWhereThePolicyRequiresOne) {
  const auto without_method = [](Fact fact) {
    std::get<SubscriptionFact>(fact.content).has_payment_method = false;
    return fact;
  };
  const auto requires_one = WithTrial([](std::optional<TrialPolicy>& trial) { trial->requires_payment_method = true; });
  const std::vector<Fact> without = {AcmePays(), TrialInvoice(), without_method(OnTrial(kJan + Days(14)))};
  const std::vector<Fact> with = {AcmePays(), TrialInvoice(), OnTrial(kJan + Days(14))};
  ExpectAll({{"Shown", with, kJan, {kTrial, Reason::kTrial}, kSeats},
             {"NotShown", without, kJan, {kPaymentRequired, Reason::kTrialNotAllowed}, kSeats}},
            requires_one);
  ExpectAll({{"NotAskedForIsAllowed", without, kJan, {kTrial, Reason::kTrial}, kSeats},
             {"ButThenThereIsNoGrace", without, kJan + Days(14), {kPaymentRequired, Reason::kTrialEnded}, kSeats}});
}

TEST(R3Trial, OncePerTenant) {
  const std::vector<Fact> two = {AcmePays(), TrialInvoice(), OnTrial(kFeb),
                                 TrialInvoice("in_2", "sub_2", kJan + Days(1)), OnTrial(kFeb, "sub_2", kJan + Days(1))};
  const std::vector<Fact> late = {AcmePays(), TrialInvoice(), OnTrial(kJan + Days(14)),
                                  TrialInvoice("in_2", "sub_2", kMar), OnTrial(kApr, "sub_2", kMar)};
  ExpectAll({{"TheFirstLasts", two, kJan + Days(2), {kTrial, Reason::kTrial}, kSeats},
             {"ALaterOneIsRefused", late, kMar, {kPaymentRequired, Reason::kTrialNotAllowed}, kSso}});
  ExpectAll({{"UnlessOncePerSubscription", late, kMar, {kTrial, Reason::kTrial}, kSeats}},
            WithTrial([](std::optional<TrialPolicy>& trial) { trial->once_per = TrialOncePer::kSubscription; }));
}

TEST(R3Trial, ReversalTakesBackOnlyWhatWasAllowed) {
  const std::vector<Fact> reversed = {
      AcmePays(), OnTrial(kJan + Days(14)),
      Paid("in_1", kJan,
           {Line("growth", kJan, kJan + Days(14)).Amount(0).Of("sub_1", "si_sub_1"), OneOff("storage", kJan)}),
      CreditNote("cn_1", kJan + Days(1), "in_1", 1000)};
  const Instant at = kJan + Days(1);
  ExpectAll({{"Allowed", reversed, at, {kSuspended, Reason::kRefunded}},
             {"BeforeIt", reversed, at - kMs, {kTrial, Reason::kTrial}, kSeats}});
  ExpectAll({{"Forbidden", reversed, at, {kPaymentRequired, Reason::kTrialNotAllowed}}},
            WithTrial([](std::optional<TrialPolicy>& trial) { trial.reset(); }));
}

TEST(R3Trial, OfAnAddOnStandsAsItIs) {
  ExpectAll({{"BesideItsPlan",
              {AcmePays(), OnTrial(kJan + Days(14)), TrialInvoice(),
               Paid("in_2", kJan, {Line("more", kJan, kJan + Days(14)).Amount(0).Of("sub_1", "si_2")})},
              kJan,
              {kTrial, Reason::kTrial},
              kProjects,
              Limit{.amount = 15}}});
}

// ---- R4 ----

TEST(R4UnbackedCredit, ProvesNothingUntilTheCreditedDebitIsPaid) {
  const InvoiceLine starter = Monthly("starter", kJan);
  const InvoiceLine credit = Line("starter", kJan + Days(10), kFeb).Amount(-600);
  const InvoiceLine growth = Line("growth", kJan + Days(10), kFeb);
  const Fact unpaid = Open("in_1", kJan, {starter});
  const Fact change = Paid("in_2", kJan + Days(10), {credit, growth});
  const Instant at = kJan + Days(10);
  ExpectAll({
      {"UnbackedProvesNothing", {AcmePays(), unpaid, change}, at, {kPaymentRequired, Reason::kUnbackedCredit}},
      {"WhileThePeriodLasts", {AcmePays(), unpaid, change}, kFeb, kNothing},
      {"BackedOnceItIsPaid", {AcmePays(), unpaid, Paid("in_1", at, {starter}), change}, at, kPaidAnswer},
      {"AVoidedDebitIsNotPaid",
       {AcmePays(), Invoice("in_1", InvoiceStatus::kVoid, kJan, {starter}), change},
       at,
       {kPaymentRequired, Reason::kUnbackedCredit}},
      {"ADebitNobodyKnowsIsNotHeldAgainstIt", {AcmePays(), change}, at, kPaidAnswer},
      {"ACreditBeyondTheDebitsPeriodIsOfAnother",
       {AcmePays(), unpaid, Paid("in_2", at, {Line("starter", at, kMar).Amount(-600), growth})},
       at,
       kPaidAnswer},
      {"ADebitOfAnotherItemBacksNothing",
       {AcmePays(), Open("in_1", kJan, {Monthly("starter", kJan).Of("sub_1", "si_2")}), change},
       at,
       kPaidAnswer},
  });
}

}  // namespace
}  // namespace usher::testing
