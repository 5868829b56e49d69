// R9: purchases that are being paid.
#include <gtest/gtest.h>

#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using enum AccessState;

const Answer kAsked{kHeld, Reason::kAuthenticationRequired};
const Answer kTimedOut{kPaymentRequired, Reason::kAuthenticationTimedOut};
const Answer kOnItsWay{kHeld, Reason::kPaymentProcessing};
const Answer kFailedAnswer{kPaymentRequired, Reason::kPaymentFailed};
const Answer kNothing{kNotInPlan, Reason::kNotIncluded};

std::vector<Fact> OpenJan(std::vector<Fact> more) {
  std::vector<Fact> facts = {AcmePays(), Open("in_1", kJan, {Monthly("growth", kJan)})};
  facts.insert(facts.end(), more.begin(), more.end());
  return facts;
}

Fact IntentSays(PaymentIntentStatus status, Instant at) {
  return Intent("pi_1", status, at).With([](PaymentIntentFact& fact) { fact.invoice = "in_1"; });
}

TEST(R9Held, AuthenticationHoldsUntilTheTimeout) {
  ExpectAll({
      {"Held", OpenJan({AskedFor("in_1", kJan)}), kJan, kAsked},
      {"ForTheTimeout", OpenJan({AskedFor("in_1", kJan)}), kJan + Hours(24) - kMs, kAsked},
      {"ThenPaymentRequired", OpenJan({AskedFor("in_1", kJan)}), kJan + Hours(24), kTimedOut},
      {"AskedAgainDoesNotExtend", OpenJan({AskedFor("in_1", kJan), AskedFor("in_1", kJan + Hours(20))}),
       kJan + Hours(24), kTimedOut},
      {"AFailureBetweenStartsAnew",
       OpenJan({AskedFor("in_1", kJan), Failed("in_1", kJan + Hours(5)), AskedFor("in_1", kJan + Hours(20))}),
       kJan + Hours(44) - kMs, kAsked},
      {"CompletedGrants",
       OpenJan({AskedFor("in_1", kJan), Paid("in_1", kJan + Hours(1), {Monthly("growth", kJan)})}),
       kJan + Hours(1),
       {kGranted, Reason::kPaid}},
  });
  ExpectAll({{"PolicyHolds", OpenJan({AskedFor("in_1", kJan)}), kJan + Hours(1) - kMs, kAsked},
             {"PolicyTimesOut", OpenJan({AskedFor("in_1", kJan)}), kJan + Hours(1), kTimedOut}},
            WithPolicy([](PaymentPolicy& policy) { policy.pending_timeout = {.months = 0, .exact = Hours(1)}; }));
}

TEST(R9Held, TheLatestEvidenceDecides) {
  using enum PaymentIntentStatus;
  ExpectAll({
      {"NoEvidence", OpenJan({}), kJan, {kPaymentRequired, Reason::kInvoiceOpen}},
      {"Failed", OpenJan({Failed("in_1", kJan)}), kJan, kFailedAnswer},
      {"ProcessingHoldsHoweverLong", OpenJan({IntentSays(kProcessing, kJan)}), kJan + Days(20), kOnItsWay},
      {"FailedAfterProcessing",
       OpenJan({IntentSays(kProcessing, kJan), IntentSays(PaymentIntentStatus::kFailed, kJan + Days(3))}),
       kJan + Days(3), kFailedAnswer},
      {"ProcessingAfterFailed", OpenJan({Failed("in_1", kJan), IntentSays(kProcessing, kJan + Hours(1))}),
       kJan + Hours(1), kOnItsWay},
      {"AtEqualTimesFailedDecides", OpenJan({Failed("in_1", kJan), AskedFor("in_1", kJan)}), kJan, kFailedAnswer},
      {"ThenAuthentication", OpenJan({AskedFor("in_1", kJan), IntentSays(kProcessing, kJan)}), kJan, kAsked},
      {"SucceededIsOnItsWay", OpenJan({IntentSays(kSucceeded, kJan)}), kJan, kOnItsWay},
      {"ACanceledIntentSaysNothing",
       OpenJan({IntentSays(kRequiresAction, kJan), IntentSays(kCanceled, kJan + Hours(1))}),
       kJan + Hours(1),
       {kPaymentRequired, Reason::kInvoiceOpen}},
      {"ASuccessAfterIt", OpenJan({IntentSays(kCanceled, kJan), IntentSays(kSucceeded, kJan + Hours(1))}),
       kJan + Hours(1), kOnItsWay},
      {"AnUnknownStatusNeither", OpenJan({IntentSays(kOther, kJan)}), kJan, {kPaymentRequired, Reason::kInvoiceOpen}},
  });
}

TEST(R9Held, OnASession) {
  const auto with_intent = [](CheckoutPayment payment, Instant at) {
    return Session("cs_1", payment, at, "growth").With([](CheckoutSessionFact& fact) { fact.payment_intent = "pi_1"; });
  };
  ExpectAll({
      {"UnpaidIsProcessing",
       {AcmePays(), Session("cs_1", CheckoutPayment::kUnpaid, kJan, "growth")},
       kJan + Days(9),
       kOnItsWay},
      {"FailedLater",
       {AcmePays(), Session("cs_1", CheckoutPayment::kUnpaid, kJan, "growth"),
        Session("cs_1", CheckoutPayment::kFailed, kJan + Days(3), "growth")},
       kJan + Days(3),
       kFailedAnswer},
      {"ItsIntentSpeaksToo",
       {AcmePays(), with_intent(CheckoutPayment::kUnpaid, kJan),
        Intent("pi_1", PaymentIntentStatus::kFailed, kJan + Hours(1))},
       kJan + Hours(1),
       kFailedAnswer},
      {"OnceItsInvoiceIsKnownTheInvoiceSpeaks",
       {AcmePays(), Session("cs_1", CheckoutPayment::kUnpaid, kJan, "starter").With([](CheckoutSessionFact& fact) {
          fact.invoice = "in_1";
        }),
        Open("in_1", kJan, {Monthly("growth", kJan)})},
       kJan,
       {kPaymentRequired, Reason::kInvoiceOpen}},
      {"WithoutAPriceItIsNothing", {AcmePays(), Session("cs_1", CheckoutPayment::kUnpaid, kJan, "")}, kJan, kNothing},
      {"AnOpenSessionIsNothing",
       {AcmePays(), Session("cs_1", CheckoutPayment::kUnpaid, kJan, "growth").With([](CheckoutSessionFact& fact) {
          fact.status = CheckoutStatus::kOpen;
        })},
       kJan,
       kNothing},
      {"AnExpiredOneToo",
       {AcmePays(), Session("cs_1", CheckoutPayment::kUnpaid, kJan, "growth").With([](CheckoutSessionFact& fact) {
          fact.status = CheckoutStatus::kExpired;
        })},
       kJan,
       kNothing},
  });
}

TEST(R9Held, OnABareIntent) {
  const auto bare = [](PaymentIntentStatus status, Instant at) {
    return Intent("pi_1", status, at).With([](PaymentIntentFact& fact) { fact.price = PriceId("growth"); });
  };
  ExpectAll({
      {"AskedFor", {AcmePays(), bare(PaymentIntentStatus::kRequiresAction, kJan)}, kJan, kAsked},
      {"TimesOut", {AcmePays(), bare(PaymentIntentStatus::kRequiresAction, kJan)}, kJan + Hours(24), kTimedOut},
      {"Processing", {AcmePays(), bare(PaymentIntentStatus::kProcessing, kJan)}, kJan + Days(5), kOnItsWay},
      {"Failed", {AcmePays(), bare(PaymentIntentStatus::kFailed, kJan)}, kJan, kFailedAnswer},
      {"CanceledIsNothing",
       {AcmePays(), bare(PaymentIntentStatus::kRequiresAction, kJan), bare(PaymentIntentStatus::kCanceled, kJan + kMs)},
       kJan + kMs,
       kNothing},
      {"WithoutAPriceNothing", {AcmePays(), Intent("pi_1", PaymentIntentStatus::kProcessing, kJan)}, kJan, kNothing},
      {"NamedByASessionTheSessionSpeaks",
       {AcmePays(), bare(PaymentIntentStatus::kProcessing, kJan),
        Session("cs_1", CheckoutPayment::kUnpaid, kJan, "starter").With([](CheckoutSessionFact& fact) {
          fact.payment_intent = "pi_1";
        })},
       kJan,
       kNothing},
  });
}

TEST(R9Held, NothingSeen) {
  const Fact active = Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth");
  const auto not_seen = Answer{kPaymentRequired, Reason::kPaymentNotSeen};
  ExpectAll({
      {"Intended", {AcmePays(), active}, kJan, not_seen},
      {"NotWhileAPurchaseIsPending",
       {AcmePays(), active, Open("in_1", kJan, {Monthly("growth", kJan)})},
       kJan,
       {kPaymentRequired, Reason::kInvoiceOpen}},
      {"NotForAnUnmappedPrice",
       {AcmePays(), Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "unknown")},
       kJan,
       kNothing},
      {"NotForAnothersSubscription", {active}, kJan, kNothing},
      {"NotWhenCanceled",
       {AcmePays(), Subscribed("sub_1", SubscriptionStatus::kCanceled, kJan, "growth")},
       kJan,
       kNothing},
      {"NotWhenPaused", {AcmePays(), Subscribed("sub_1", SubscriptionStatus::kPaused, kJan, "growth")}, kJan, kNothing},
  });
}

TEST(R9Held, TrialLinesAreNeverWanted) {
  const Fact trialing =
      Subscribed("sub_1", SubscriptionStatus::kTrialing, kJan, "growth").With([](SubscriptionFact& fact) {
        fact.trial_start = kJan;
        fact.trial_end = kJan + Days(14);
      });
  ExpectAll({{"OpenTrialInvoice",
              {AcmePays(), trialing, Open("in_1", kJan, {Line("growth", kJan, kJan + Days(14)).Amount(0)})},
              kJan,
              kNothing}});
}

}  // namespace
}  // namespace usher::testing
