// R2, R10, R14: which line of an item counts.
#include <gtest/gtest.h>

#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using enum AccessState;

const Answer kPaidAnswer{kGranted, Reason::kPaid};
const Instant kMid = kJan + Days(10);
const Fact kStarterPaid = Paid("in_1", kJan, {Monthly("starter", kJan)});

TEST(R2WhichLine, TheGreatestStartCounts) {
  const InvoiceLine credit = Line("starter", kMid, kFeb).Amount(-600);
  const InvoiceLine upgrade = Line("growth", kMid, kFeb).Amount(900);
  const Value five = Limit{.amount = 5};
  const Value twenty_five = Limit{.amount = 25};
  ExpectAll({
      // name                        facts                                        at    expect       feature    value
      {"AnUnpaidUpgradeChangesNothing",
       {AcmePays(), kStarterPaid, Open("in_2", kMid, {credit, upgrade})},
       kMid,
       kPaidAnswer,
       kProjects,
       five},
      {"APaidOneReplaces",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid, {credit, upgrade})},
       kMid,
       kPaidAnswer,
       kProjects,
       twenty_five},
      {"FromThePaymentOn",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid + Hours(1), {credit, upgrade})},
       kMid + Hours(1) - kMs,
       kPaidAnswer,
       kProjects,
       five},
      {"ARefundedOneGivesBackWhatItReplaced",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid, {credit, upgrade}),
        CreditNote("cn_1", kMid + Hours(1), "in_2", 5000)},
       kMid + Hours(1),
       kPaidAnswer,
       kProjects,
       five},
      {"AndAnswersSuspendedWhereNothingElseDoes",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid, {credit, upgrade}),
        CreditNote("cn_1", kMid + Hours(1), "in_2", 5000)},
       kMid + Hours(1),
       {kSuspended, Reason::kRefunded}},
      {"TheOldLineIsNotAddedToTheNew",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid, {credit, upgrade})},
       kMid,
       kPaidAnswer,
       kSeats,
       Limit{.amount = 10}},
  });
}

TEST(R2WhichLine, TiesAreBrokenByPaymentThenId) {
  const Value five = Limit{.amount = 5};
  const Value twenty_five = Limit{.amount = 25};
  ExpectAll({
      {"TheLaterPayment",
       {AcmePays(), Paid("in_2", kJan, {Monthly("starter", kJan)}),
        Paid("in_1", kJan + kMs, {Monthly("growth", kJan)})},
       kMid,
       kPaidAnswer,
       kProjects,
       twenty_five},
      {"TheGreaterId",
       {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan)}), Paid("in_2", kJan, {Monthly("starter", kJan)})},
       kMid,
       kPaidAnswer,
       kProjects,
       five},
  });
}

TEST(R2WhichLine, QuantitiesOfOneInvoiceAndPriceAdd) {
  ExpectAll({
      {"DebitsAdd",
       {AcmePays(), Paid("in_1", kJan, {Monthly("starter", kJan).Quantity(4), Monthly("starter", kJan).Quantity(5)})},
       kJan,
       kPaidAnswer,
       kSeats,
       Limit{.amount = 9}},
      {"AtLeastTheDeclaredNumber",
       {AcmePays(), Paid("in_1", kJan, {Monthly("starter", kJan).Quantity(2)})},
       kJan,
       kPaidAnswer,
       kSeats,
       Limit{.amount = 3}},
      {"ACreditAloneIsQuantityZero",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid, {Line("starter", kMid, kFeb).Amount(-600)})},
       kMid,
       {kNotInPlan, Reason::kNotIncluded},
       kSeats},
      {"DebitAndCreditOfOneBreathAreNeither",
       {AcmePays(), kStarterPaid,
        Paid("in_2", kMid, {Line("growth", kMid, kFeb).Amount(900), Line("growth", kMid, kFeb).Amount(-900)})},
       kMid,
       kPaidAnswer,
       kProjects,
       Limit{.amount = 5}},
      {"OfAnotherPeriodTheyStand",
       {AcmePays(), kStarterPaid,
        Paid("in_2", kMid, {Line("growth", kMid, kFeb).Amount(900), Line("growth", kMid, kMar).Amount(-900)})},
       kMid,
       kPaidAnswer,
       kProjects,
       Limit{.amount = 25}},
      {"AnIgnoredPriceOccupiesItsItem",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid, {Line("storage", kMid, kFeb)})},
       kMid,
       {kNotInPlan, Reason::kNotIncluded},
       kSeats},
  });
}

TEST(R2WhichLine, QuantityNoughtBuysNothing) {
  const InvoiceLine nought = Monthly("growth", kJan).Quantity(0);
  const Answer nothing{kNotInPlan, Reason::kNotIncluded};
  ExpectAll({
      {"Paid", {AcmePays(), Paid("in_1", kJan, {nought})}, kJan, nothing},
      {"Wanted", {AcmePays(), Open("in_1", kJan, {nought})}, kJan, nothing},
      {"Ended", {AcmePays(), Paid("in_1", kJan, {nought})}, kFeb, nothing},
      {"ButItOccupiesItsItem",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid, {Line("growth", kMid, kFeb).Quantity(0)})},
       kMid,
       nothing,
       kSeats},
      {"Intended",
       {AcmePays(), Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth").With([](SubscriptionFact& fact) {
          fact.items[0].quantity_milli = 0;
        })},
       kJan,
       nothing},
      {"UnmappedKeepsNothing",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid, {Line("new_price", kMid, kFeb).Quantity(0)})},
       kMid,
       nothing,
       kSeats},
      {"InArrearsItIsUse",
       {AcmePays(), Paid("in_1", kFeb, {Line("payg", kJan, kFeb).Quantity(0)})},
       kFeb,
       {kGranted, Reason::kPaidInArrears},
       kRegions},
  });
}

// ---- R10 ----

FactBuilder<SubscriptionFact> Wants(const char* price, SubscriptionStatus status = SubscriptionStatus::kActive) {
  return Subscribed("sub_1", status, kMid, price);
}

TEST(R10UpgradePending, TheOldPlanStaysAndOnlyTheNewFeaturesWait) {
  const Fact open = Open("in_2", kMid, {Line("growth", kMid, kFeb)});
  ExpectAll({
      {"OldFeatureStays", {AcmePays(), kStarterPaid, open}, kMid, kPaidAnswer, kSeats},
      {"NewFeatureWaits", {AcmePays(), kStarterPaid, open}, kMid, {kPaymentRequired, Reason::kInvoiceOpen}},
      {"AFailedUpgrade",
       {AcmePays(), kStarterPaid, open, Failed("in_2", kMid)},
       kMid,
       {kPaymentRequired, Reason::kPaymentFailed}},
      {"AFailedUpgradeIsNoFailedRenewal",
       {AcmePays(), kStarterPaid, open, Failed("in_2", kMid)},
       kMid,
       kPaidAnswer,
       kProjects,
       Limit{.amount = 5}},
      {"AskedToAuthenticate",
       {AcmePays(), kStarterPaid, open, AskedFor("in_2", kMid)},
       kMid,
       {kHeld, Reason::kAuthenticationRequired}},
  });
}

const std::vector<Fact> kChangedLater = {AcmePays(), kStarterPaid, Wants("growth")};

TEST(R10Deferred, PolicyHoldHolds) {
  ExpectAll({
      {"Held", kChangedLater, kMid, {kHeld, Reason::kChangeNotYetBilled}},
      {"NotBeforeTheChange", kChangedLater, kMid - kMs, {kNotInPlan, Reason::kNotIncluded}},
      {"OldFeatureStays", kChangedLater, kMid, kPaidAnswer, kProjects, Limit{.amount = 5}},
      {"ABilledChangeIsAPurchase",
       {AcmePays(), kStarterPaid, Wants("growth"), Open("in_2", kMid, {Line("growth", kMid, kFeb)})},
       kMid,
       {kPaymentRequired, Reason::kInvoiceOpen}},
      {"AVoidedBillIsABill",
       {AcmePays(), kStarterPaid, Wants("growth"),
        Invoice("in_2", InvoiceStatus::kVoid, kMid, {Line("growth", kMid, kFeb)})},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"AnIncompleteSubscriptionDoesNotAsk",
       {AcmePays(), kStarterPaid, Wants("growth", SubscriptionStatus::kIncomplete)},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"NorDoesACanceledOne",
       {AcmePays(), kStarterPaid, Wants("growth", SubscriptionStatus::kCanceled)},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"NorDoesOneThatNobodyOwns",
       {Linked(ObjectKind::kInvoice, "in_1", "acme", kJan), kStarterPaid, Wants("growth")},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
      {"AnUnmappedPriceAsksForNothing",
       {AcmePays(), kStarterPaid, Wants("nobody_knows")},
       kMid,
       {kNotInPlan, Reason::kNotIncluded}},
  });
}

TEST(R10Deferred, PolicyGrantGrants) {
  ExpectAll({{"Granted", kChangedLater, kMid, {kGranted, Reason::kChangeNotYetBilled}}},
            WithPolicy([](PaymentPolicy& policy) { policy.deferred_proration = DeferredProration::kGrant; }));
}

TEST(R10Deferred, InArrearsTheQuantityIsUse) {
  const auto catalog = CoreCatalog([](Catalog& changed) {
    for (Plan& plan : changed.plans) plan.policy.deferred_proration = DeferredProration::kGrant;
    for (Price& price : changed.live_prices) {
      if (price.id.str() == "payg") price.sells = PriceSellsPlan{kStarterPlan};
    }
  });
  const Fact wants = Wants("payg").With([](SubscriptionFact& fact) { fact.items.front().quantity_milli = 70'000; });
  ExpectAll({{"AtLeastThreeSeats",
              {AcmePays(), Paid("in_1", kJan, {Monthly("insight", kJan)}), wants},
              kMid,
              {kGranted, Reason::kChangeNotYetBilled},
              kSeats,
              Limit{.amount = 3}}},
            catalog);
}

// ---- R14 ----

TEST(R14Unmapped, KeepsTheLastMappedProofOfTheItem) {
  const Fact unmapped = Paid("in_2", kMid, {Line("starter", kMid, kFeb).Amount(-600), Line("new_price", kMid, kFeb)});
  const Answer kept{kGranted, Reason::kUnmappedPrice};
  ExpectAll({
      {"Kept", {AcmePays(), kStarterPaid, unmapped}, kMid, kept, kProjects, Limit{.amount = 5}},
      {"WithItsOwnQuantity",
       {AcmePays(), Paid("in_1", kJan, {Monthly("starter", kJan).Quantity(8)}), unmapped},
       kMid,
       kept,
       kSeats,
       Limit{.amount = 8}},
      {"NothingToKeep", {AcmePays(), unmapped}, kMid, {kNotInPlan, Reason::kUnmappedPrice}},
      {"NothingOfAnotherItem",
       {AcmePays(), Paid("in_1", kJan, {Monthly("growth", kJan).Of("sub_1", "si_2")}),
        Paid("in_2", kMid, {Line("new_price", kMid, kFeb)})},
       kMid,
       kPaidAnswer},
      {"NoneWhereAnotherLineOfTheInvoiceSellsTheGroup",
       {AcmePays(), kStarterPaid,
        Paid("in_2", kMid, {Line("new_price", kMid, kFeb), Line("growth", kMid, kFeb).Of("sub_1", "si_2")})},
       kMid,
       kPaidAnswer,
       kProjects,
       Limit{.amount = 25}},
      {"AnotherGroupDoesNotMatter",
       {AcmePays(), kStarterPaid,
        Paid("in_2", kMid, {Line("new_price", kMid, kFeb), Line("insight", kMid, kFeb).Of("sub_1", "si_2")})},
       kMid,
       kept,
       kSeats,
       Limit{.amount = 3}},
      {"EveryPlanThatWasBoughtTogether",
       {AcmePays(), Paid("in_1", kJan, {Monthly("starter", kJan), Monthly("insight", kJan)}), unmapped},
       kMid,
       kept,
       kRegions,
       ValueSet{.values = {"apac"}}},
      {"SuspendedWhileDisputed",
       {AcmePays(), kStarterPaid, unmapped, Charge("ch_2", ChargeStatus::kSucceeded, kMid, "in_2"),
        Dispute("dp_1", DisputeStatus::kOpen, kMid, "ch_2")},
       kMid,
       {kSuspended, Reason::kDisputed},
       kSeats},
      {"OfAPriceInArrearsWhateverWasUsed",
       {AcmePays(), Paid("in_1", kJan, {Monthly("payg", kJan).Quantity(0)}),
        Paid("in_2", kMid, {Line("new_price", kMid, kFeb)})},
       kMid,
       kept,
       kRegions,
       ValueSet{.values = {"apac"}}},
      {"InTrialWhenNothingWasPaidForIt",
       {AcmePays(), kStarterPaid, Paid("in_2", kMid, {Line("new_price", kMid, kFeb).Amount(0)}),
        Wants("new_price", SubscriptionStatus::kTrialing).With([](SubscriptionFact& fact) {
          fact.trial_start = kMid;
          fact.trial_end = kFeb;
        })},
       kMid,
       {kTrial, Reason::kUnmappedPrice},
       kSeats,
       Limit{.amount = 3}},
      {"InGraceThePlanIsKeptWithoutTheMark",
       {AcmePays(), kStarterPaid, unmapped},
       kFeb,
       {kGrace, Reason::kRenewalPending},
       kSeats},
  });
}

TEST(R14Unmapped, ARevokedOneIsNoUnmappedProof) {
  const std::vector<Fact> canceled = {AcmePays(), Paid("in_1", kJan, {Monthly("new_price", kJan)}),
                                      Subscribed("sub_1", SubscriptionStatus::kCanceled, kMid, "new_price")};
  ExpectAll({{"BeforeTheCancellation", canceled, kMid - kMs, {kNotInPlan, Reason::kUnmappedPrice}},
             {"After", canceled, kMid, {kNotInPlan, Reason::kNotIncluded}}},
            WithPolicy([](PaymentPolicy& policy) { policy.immediate_cancel = ImmediateCancel::kRevoke; }));
}

TEST(R14Unmapped, PolicyNoneKeepsNothing) {
  ExpectAll({{"None",
              {AcmePays(), kStarterPaid, Paid("in_2", kMid, {Line("new_price", kMid, kFeb)})},
              kMid,
              {kNotInPlan, Reason::kUnmappedPrice},
              kSeats}},
            WithPolicy([](PaymentPolicy& policy) { policy.unmapped_price = UnmappedPrice::kNone; }));
}

TEST(R14Unmapped, HealsWhenTheCatalogMapsIt) {
  const auto mapped = CoreCatalog([](Catalog& catalog) {
    Price price;
    price.id = PriceId("new_price");
    price.sells = PriceSellsPlan{kGrowthPlan};
    catalog.live_prices.insert(catalog.live_prices.begin() + 4, price);
  });
  ExpectAll(
      {{"Healed", {AcmePays(), kStarterPaid, Paid("in_2", kMid, {Line("new_price", kMid, kFeb)})}, kMid, kPaidAnswer}},
      mapped);
}

}  // namespace
}  // namespace usher::testing
