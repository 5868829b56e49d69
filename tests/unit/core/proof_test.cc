// R1, R2, R3, R4: which lines prove something, and which of them counts.
#include <gtest/gtest.h>

#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using enum AccessState;

const Answer kPaidAnswer{kGranted, Reason::kPaid};
const Answer kNothing{kNotInPlan, Reason::kNotIncluded};

TEST(R1Proof, Rules) {
  const Fact paid = Paid("in_1", kJan, {Monthly("growth", kJan)});
  ExpectAll({
      // name                        facts                                    at               expect
      {"BeforePaymentNothing", {AcmePays(), paid}, kJan - kMs, kNothing},
      {"FromPaymentOn", {AcmePays(), paid}, kJan, kPaidAnswer},
      {"UntilThePeriodEnds", {AcmePays(), paid}, kFeb - kMs, kPaidAnswer},
      {"ThenGrace", {AcmePays(), paid}, kFeb, {kGrace, Reason::kRenewalPending}},
      {"ForTheLeeway", {AcmePays(), paid}, kFeb + Hours(72) - kMs, {kGrace, Reason::kRenewalPending}},
      {"ThenPaymentRequired", {AcmePays(), paid}, kFeb + Hours(72), {kPaymentRequired, Reason::kRenewalUnpaid}},
      {"UnlinkedGrantsNobody", {paid}, kJan, kNothing},
      {"OpenInvoiceProvesNothing",
       {AcmePays(), Open("in_1", kJan, {Monthly("growth", kJan)})},
       kJan,
       {kPaymentRequired, Reason::kInvoiceOpen}},
      {"ActiveSubscriptionProvesNothing",
       {AcmePays(), Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth")},
       kJan,
       {kPaymentRequired, Reason::kPaymentNotSeen}},
  });
}

}  // namespace
}  // namespace usher::testing
