// R7, R8, R11: what happens when the paid time is over.
#include <gtest/gtest.h>

#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using enum AccessState;

const Answer kPending{kGrace, Reason::kRenewalPending};
const Answer kRetrying{kGrace, Reason::kRenewalFailed};
const Answer kUnpaid{kPaymentRequired, Reason::kRenewalUnpaid};

std::vector<Fact> PaidJan(std::vector<Fact> more = {}) {
  std::vector<Fact> facts = {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)})};
  facts.insert(facts.end(), more.begin(), more.end());
  return facts;
}

Fact Renewal(InvoiceStatus status = InvoiceStatus::kOpen) {
  return Invoice("in_2", status, kFeb, {Monthly("growth", kFeb)});
}

TEST(R7Grace, LeewayBeforeTheFirstFailure) {
  ExpectAll({
      {"FromTheEndOn", PaidJan(), kFeb, kPending},
      {"KeepsTheValue", PaidJan(), kFeb, kPending, kProjects, Limit{.amount = 25}},
      {"ForTheLeeway", PaidJan(), kFeb + Hours(72) - kMs, kPending},
      {"NotLonger", PaidJan(), kFeb + Hours(72), kUnpaid},
      {"AnOpenRenewalDoesNotEndIt", PaidJan({Renewal()}), kFeb + Hours(72) - kMs, kPending},
      {"ThenTheOpenInvoiceIsWhatIsMissing",
       PaidJan({Renewal()}),
       kFeb + Hours(72),
       {kPaymentRequired, Reason::kInvoiceOpen}},
      {"ThePaidRenewalGrants", PaidJan({Renewal(InvoiceStatus::kPaid)}), kFeb, {kGranted, Reason::kPaid}},
  });
}

TEST(R7Grace, DunningFromTheFirstFailure) {
  const Instant failed = kFeb + Hours(1);
  ExpectAll({
      {"BeforeTheFailure", PaidJan({Renewal(), Failed("in_2", failed)}), failed - kMs, kPending},
      {"FromTheFailure", PaidJan({Renewal(), Failed("in_2", failed)}), failed, kRetrying},
      {"ForTheDunningGrace", PaidJan({Renewal(), Failed("in_2", failed)}), kFeb + Days(7) - kMs, kRetrying},
      {"NotLonger",
       PaidJan({Renewal(), Failed("in_2", failed)}),
       kFeb + Days(7),
       {kPaymentRequired, Reason::kPaymentFailed}},
      {"ALaterFailureDoesNotExtend",
       PaidJan({Renewal(), Failed("in_2", failed), Failed("in_2", kFeb + Days(6))}),
       kFeb + Days(7),
       {kPaymentRequired, Reason::kPaymentFailed}},
      {"AFirstFailureAfterTheLeewayReopensGrace", PaidJan({Renewal(), Failed("in_2", kFeb + Days(4))}), kFeb + Days(4),
       kRetrying},
      {"BetweenTheTwoNothing",
       PaidJan({Renewal(), Failed("in_2", kFeb + Days(4))}),
       kFeb + Days(4) - kMs,
       {kPaymentRequired, Reason::kInvoiceOpen}},
      {"AFirstFailureAfterTheDunningGraceGivesNone",
       PaidJan({Renewal(), Failed("in_2", kFeb + Days(8))}),
       kFeb + Days(8),
       {kPaymentRequired, Reason::kPaymentFailed}},
      {"AFailedUpgradeIsNoFailedRenewal",
       PaidJan(
           {Open("in_2", kJan + Days(10), {Line("starter", kJan + Days(10), kFeb)}), Failed("in_2", kJan + Days(10))}),
       kFeb + Hours(72) - kMs, kPending},
      {"AFailureOfAnotherItemNeither",
       PaidJan({Open("in_2", kFeb, {Monthly("growth", kFeb).Of("sub_1", "si_2")}), Failed("in_2", kFeb)}), kFeb,
       kPending},
      {"TheRecoveredRenewalGrants",
       PaidJan({Renewal(), Failed("in_2", failed), Paid("in_2", kFeb + Days(2), {Monthly("growth", kFeb)})}),
       kFeb + Days(2),
       {kGranted, Reason::kPaid}},
  });
}

TEST(R7Grace, VoidAndUncollectibleRenewals) {
  const auto closed = [](InvoiceStatus status) {
    return PaidJan(
        {Renewal(), Failed("in_2", kFeb), Invoice("in_2", status, kFeb + Hours(2), {Monthly("growth", kFeb)})});
  };
  ExpectAll({
      {"VoidWithAFailureKeepsTheDunningGrace", closed(InvoiceStatus::kVoid), kFeb + Days(7) - kMs, kRetrying},
      {"AndNothingMore", closed(InvoiceStatus::kVoid), kFeb + Days(7), kUnpaid},
      {"UncollectibleToo", closed(InvoiceStatus::kUncollectible), kFeb + Days(7), kUnpaid},
  });
}

TEST(R7Grace, OnlyWhileTheSubscriptionIntendsThePrice) {
  const auto sub = [](SubscriptionStatus status, const char* price = "growth") {
    return Subscribed("sub_1", status, kJan, price);
  };
  const auto cancel_at = [](Instant at) {
    return Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth").With([at](SubscriptionFact& fact) {
      fact.cancel_at = at;
    });
  };
  ExpectAll({
      {"Active", PaidJan({sub(SubscriptionStatus::kActive)}), kFeb, kPending},
      {"PastDue", PaidJan({sub(SubscriptionStatus::kPastDue)}), kFeb, kPending},
      {"Unknown", PaidJan(), kFeb, kPending},
      {"Canceled", PaidJan({sub(SubscriptionStatus::kCanceled)}), kFeb, {kExpired, Reason::kCanceled}},
      {"Paused", PaidJan({sub(SubscriptionStatus::kPaused)}), kFeb, {kExpired, Reason::kPeriodEnded}},
      {"UnknownStatus", PaidJan({sub(SubscriptionStatus::kOther)}), kFeb, {kExpired, Reason::kPeriodEnded}},
      {"AnotherPrice", PaidJan({sub(SubscriptionStatus::kActive, "insight")}), kFeb, {kExpired, Reason::kPeriodEnded}},
      {"EndsWithThePeriod", PaidJan({cancel_at(kFeb)}), kFeb, {kExpired, Reason::kCanceled}},
      {"EndsLater", PaidJan({cancel_at(kFeb + kMs)}), kFeb, kPending},
      {"CustomerDeleted",
       PaidJan({sub(SubscriptionStatus::kActive), CustomerDeleted("cus_1", kJan + Days(5))}),
       kFeb,
       {kExpired, Reason::kCanceled}},
  });
}

TEST(R7Grace, NoneAfterAReversedSuccessor) {
  ExpectAll(
      {{"Reversed",
        PaidJan({Paid("in_2", kFeb, {Monthly("growth", kFeb)}), CreditNote("cn_1", kFeb + Hours(2), "in_2", 1000)}),
        kFeb + Hours(2),
        {kSuspended, Reason::kRefunded}},
       {"TheValueIsNotKept",
        PaidJan({Paid("in_2", kFeb, {Monthly("growth", kFeb)}), CreditNote("cn_1", kFeb + Hours(2), "in_2", 1000)}),
        kFeb + Hours(2),
        {kGranted, Reason::kDefaultPlan},
        kProjects,
        Limit{.amount = 1}}});
}

TEST(R7Grace, PolicyLengths) {
  const auto hours = WithPolicy([](PaymentPolicy& policy) {
    policy.renewal_leeway = {.months = 0, .exact = Hours(1)};
    policy.dunning_grace = {.months = 1, .exact = Millis(0)};
  });
  ExpectAll({{"LeewayHolds", PaidJan(), kFeb + Hours(1) - kMs, kPending},
             {"LeewayEnds", PaidJan(), kFeb + Hours(1), kUnpaid},
             {"CalendarMonthHolds", PaidJan({Renewal(), Failed("in_2", kFeb)}), kMar - kMs, kRetrying},
             {"CalendarMonthEnds",
              PaidJan({Renewal(), Failed("in_2", kFeb)}),
              kMar,
              {kPaymentRequired, Reason::kPaymentFailed}}},
            hours);
}

Fact SentRenewal(Instant due, InvoiceStatus status = InvoiceStatus::kOpen, Instant at = kFeb) {
  return Invoice("in_2", status, at, {Monthly("growth", kFeb)}).With([due](InvoiceFact& fact) {
    fact.collection = CollectionMethod::kSendInvoice;
    fact.due_date = due;
  });
}

TEST(R8NetTerms, GraceUntilTheDueDateAndTheDunningGrace) {
  const Instant due = kFeb + Days(30);
  const Answer net{kGrace, Reason::kNetTerms};
  ExpectAll({
      {"FromTheEndOn", PaidJan({SentRenewal(due)}), kFeb, net},
      {"ForItsTime", PaidJan({SentRenewal(due)}), due + Days(7) - kMs, net},
      {"NotLonger", PaidJan({SentRenewal(due)}), due + Days(7), {kPaymentRequired, Reason::kInvoiceOpen}},
      {"VoidedEndsIt", PaidJan({SentRenewal(due), SentRenewal(due, InvoiceStatus::kVoid, kFeb + Days(10))}),
       kFeb + Days(10), kUnpaid},
      {"ChargedAutomaticallyIsNotNetTerms", PaidJan({Renewal()}), kFeb, kPending},
      {"TheFirstInvoiceIsOnPayment",
       {AcmePays(), Open("in_1", kJan, {Monthly("growth", kJan)}).With([](InvoiceFact& fact) {
          fact.collection = CollectionMethod::kSendInvoice;
          fact.due_date = kFeb;
        })},
       kJan,
       {kPaymentRequired, Reason::kInvoiceOpen}},
  });
  ExpectAll({{"OnPaymentGivesTheLeewayOnly", PaidJan({SentRenewal(due)}), kFeb, kPending},
             {"ThenPaymentRequired",
              PaidJan({SentRenewal(due)}),
              kFeb + Hours(72),
              {kPaymentRequired, Reason::kInvoiceOpen}}},
            WithPolicy([](PaymentPolicy& policy) { policy.net_terms = NetTerms::kOnPayment; }));
}

TEST(R11End, ImmediateCancelBothWays) {
  const std::vector<Fact> canceled =
      PaidJan({Subscribed("sub_1", SubscriptionStatus::kCanceled, kJan + Days(5), "growth")});
  ExpectAll({{"RunOut", canceled, kJan + Days(5), {kGranted, Reason::kPaid}},
             {"ThenExpired", canceled, kFeb, {kExpired, Reason::kCanceled}},
             {"ACancelIsFinal",
              PaidJan({Subscribed("sub_1", SubscriptionStatus::kCanceled, kJan + Days(5), "growth"),
                       Subscribed("sub_1", SubscriptionStatus::kActive, kJan + Days(6), "growth")}),
              kFeb,
              {kExpired, Reason::kCanceled}}});
  ExpectAll({{"Revoke", canceled, kJan + Days(5), {kExpired, Reason::kCanceled}},
             {"NotBeforeTheCancellation", canceled, kJan + Days(5) - kMs, {kGranted, Reason::kPaid}}},
            WithPolicy([](PaymentPolicy& policy) { policy.immediate_cancel = ImmediateCancel::kRevoke; }));
}

TEST(R11End, PausedCollectionBothWays) {
  const std::vector<Fact> paused =
      PaidJan({Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth").With([](SubscriptionFact& fact) {
        fact.collection_paused = true;
      })});
  ExpectAll({{"NoGraceByDefault", paused, kFeb, {kExpired, Reason::kPeriodEnded}},
             {"ThePaidTimeRunsOut", paused, kFeb - kMs, {kGranted, Reason::kPaid}}});
  ExpectAll({{"GraceByPolicy", paused, kFeb, kPending}},
            WithPolicy([](PaymentPolicy& policy) { policy.paused_collection = PausedCollection::kGrace; }));
}

}  // namespace
}  // namespace usher::testing
