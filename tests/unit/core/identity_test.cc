// Who owns what, and what is known when (docs/rules.md, 1).
#include "server/core/identity.h"

#include <gtest/gtest.h>

#include "server/core/trace.h"
#include "server/core/trace_model.h"
#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using enum AccessState;

const Answer kMine{kGranted, Reason::kPaid};
const Answer kNotMine{kNotInPlan, Reason::kNotIncluded};
const Fact kPaidJan = Paid("in_1", kJan, {Monthly("growth", kJan)});

Fact LinkOf(ObjectKind kind, const char* id, const char* tenant, LinkTrust trust = LinkTrust::kMetadata,
            Instant at = kJan) {
  return Linked(kind, id, tenant, at, trust);
}

Fact SessionNaming(std::string CheckoutSessionFact::* field, const char* id) {
  return Session("cs_1", CheckoutPayment::kPaid, kJan, "").With([=](CheckoutSessionFact& fact) {
    fact.mode = CheckoutMode::kSubscription;
    fact.customer = "cus_9";
    fact.*field = id;
  });
}

// Which of two links of one object it belongs to, in whatever order they are compared.
TEST(BetterLink, IsTheMoreTrustedThenTheOneThatMayNotBeTakenOverThenTheSmallerTenant) {
  using enum LinkTrust;
  struct Row {
    const char* name;
    Fact better;
    Fact worse;
  };
  const auto link = [](const char* tenant, LinkTrust trust, int day) {
    return LinkOf(ObjectKind::kCustomer, "cus_1", tenant, trust, kJan + Days(day));
  };
  const Row rows[] = {
      {"MetadataBeforeClientReference", link("b", kMetadata, 5), link("a", kClientReference, 0)},
      {"OperatorBeforeMetadata", link("b", kOperator, 5), link("a", kMetadata, 0)},
      {"TheLatestOperatorLink", link("b", kOperator, 1), link("a", kOperator, 0)},
      {"TheEarliestMetadata", link("b", kMetadata, 0), link("a", kMetadata, 1)},
      {"TheEarliestClientReference", link("b", kClientReference, 0), link("a", kClientReference, 1)},
      {"TheSmallerTenantOfOneTime", link("a", kMetadata, 0), link("b", kMetadata, 0)},
      {"TheSmallerTenantOfOneTimeByOperators", link("a", kOperator, 0), link("b", kOperator, 0)},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(BetterLink(&row.better, &row.worse), &row.better);
    EXPECT_EQ(BetterLink(&row.worse, &row.better), &row.better);
    EXPECT_EQ(BetterLink(&row.worse, nullptr), &row.worse);
    EXPECT_EQ(BetterLink(nullptr, &row.worse), &row.worse);
  }
  EXPECT_EQ(BetterLink(nullptr, nullptr), nullptr);
}

TEST(Identity, IsDecidedPerLineByTheFirstLinkOfThisOrder) {
  using enum ObjectKind;
  const Fact sub_mine = LinkOf(kSubscription, "sub_1", "acme");
  const Fact sub_other = LinkOf(kSubscription, "sub_1", "other");
  const Fact invoice_mine = LinkOf(kInvoice, "in_1", "acme");
  const Fact invoice_other = LinkOf(kInvoice, "in_1", "other");
  const Fact session_mine = LinkOf(kCheckoutSession, "cs_1", "acme");
  const Fact session_other = LinkOf(kCheckoutSession, "cs_1", "other");
  const Fact customer_mine = LinkOf(kCustomer, "cus_1", "acme");
  const Fact customer_other = LinkOf(kCustomer, "cus_1", "other");
  const Fact of_invoice = SessionNaming(&CheckoutSessionFact::invoice, "in_1");
  const Fact of_subscription = SessionNaming(&CheckoutSessionFact::subscription, "sub_1");
  const Fact no_customer =
      Paid("in_1", kJan, {Monthly("growth", kJan)}).With([](InvoiceFact& fact) { fact.customer = ""; });
  ExpectAll({
      {"SubscriptionFirst", {kPaidJan, sub_mine, invoice_other, customer_other}, kJan, kMine},
      {"EvenWhenItIsAnothers", {kPaidJan, sub_other, invoice_mine, customer_mine}, kJan, kNotMine},
      {"ThenInvoice", {kPaidJan, invoice_mine, of_invoice, session_other, customer_other}, kJan, kMine},
      {"ThenASessionThatNamesTheInvoice", {kPaidJan, of_invoice, session_mine, customer_other}, kJan, kMine},
      {"OrTheSubscription", {kPaidJan, of_subscription, session_mine, customer_other}, kJan, kMine},
      {"ThenTheInvoicesCustomer", {kPaidJan, customer_mine}, kJan, kMine},
      {"ThenTheSubscriptionsCustomer",
       {no_customer, Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth"), customer_mine},
       kJan,
       kMine},
      {"ThenASessionsCustomer", {no_customer, of_subscription, LinkOf(kCustomer, "cus_9", "acme")}, kJan, kMine},
      {"ALineWithoutSubscriptionIsOwnedByTheInvoices",
       {Paid("in_1", kJan, {Monthly("growth", kJan).Of("", "")}).With([](InvoiceFact& fact) {
          fact.subscription = "sub_1";
        }),
        sub_mine},
       kJan,
       {kGranted, Reason::kPaidOnce}},
      {"AnotherScopesLinkDoesNotMatter",
       {kPaidJan,
        Linked(kCustomer, "cus_1", "acme", kJan).In({.provider = "stripe", .account = "acct_2", .livemode = true})},
       kJan,
       kNotMine},
  });
}

TEST(Identity, TwoTenantsOfOneCustomer) {
  const std::vector<Fact> facts = {
      Paid("in_1", kJan, {Monthly("growth", kJan), Monthly("starter", kJan).Of("sub_2", "si_2")}),
      LinkOf(ObjectKind::kSubscription, "sub_1", "other"), LinkOf(ObjectKind::kSubscription, "sub_2", "acme")};
  ExpectAll({{"OwnLine", facts, kJan, kMine, kSeats, Limit{.amount = 3}}, {"NotTheOthers", facts, kJan, kNotMine}});
  const Timeline other = Resolve(BuildTrace(TenantId("other"), facts), *CoreCatalog());
  EXPECT_EQ(StateAt(other, kSso, kJan).state, kGranted);
}

TEST(Identity, TheBestLinkOfAnObject) {
  const auto link = [](const char* tenant, LinkTrust trust, Instant at) {
    return LinkOf(ObjectKind::kCustomer, "cus_1", tenant, trust, at);
  };
  using enum LinkTrust;
  ExpectAll({
      {"MetadataBeatsClientReference",
       {kPaidJan, link("other", kClientReference, kJan - Days(1)), link("acme", kMetadata, kJan)},
       kJan,
       kMine},
      {"OperatorBeatsMetadata",
       {kPaidJan, link("other", kMetadata, kJan - Days(1)), link("acme", kOperator, kJan)},
       kJan,
       kMine},
      {"TheEarlierMetadataStays",
       {kPaidJan, link("acme", kMetadata, kJan), link("other", kMetadata, kJan + kMs)},
       kJan + kMs,
       kMine},
      {"TheLaterOperatorCorrects",
       {kPaidJan, link("other", kOperator, kJan), link("acme", kOperator, kJan + kMs)},
       kJan + kMs,
       kMine},
      {"ThenTheSmallerTenant", {kPaidJan, link("other", kMetadata, kJan), link("acme", kMetadata, kJan)}, kJan, kMine},
      {"ALinkCountsFromItsOwnTime",
       {kPaidJan, link("acme", kMetadata, kJan + Days(1))},
       kJan + Days(1) - kMs,
       kNotMine},
      {"AndJoinsWhatWaited", {kPaidJan, link("acme", kMetadata, kJan + Days(1))}, kJan + Days(1), kMine},
  });
}

TEST(Identity, SessionsAndIntents) {
  const Fact session = Session("cs_1", CheckoutPayment::kPaid, kJan, "lifetime").With([](CheckoutSessionFact& fact) {
    fact.payment_intent = "pi_1";
  });
  const Fact intent = Intent("pi_1", PaymentIntentStatus::kProcessing, kJan).With([](PaymentIntentFact& fact) {
    fact.price = PriceId("growth");
  });
  const Answer once{kGranted, Reason::kPaidOnce};
  const Answer held{kHeld, Reason::kPaymentProcessing};
  using enum ObjectKind;
  ExpectAll({
      {"OwnLinkOfASession",
       {session, LinkOf(kCheckoutSession, "cs_1", "acme"), LinkOf(kPaymentIntent, "pi_1", "other")},
       kJan,
       once},
      {"ThenItsIntents",
       {session, LinkOf(kPaymentIntent, "pi_1", "acme"), LinkOf(kCustomer, "cus_1", "other")},
       kJan,
       once},
      {"ThenItsCustomers", {session, LinkOf(kCustomer, "cus_1", "acme")}, kJan, once},
      {"OwnLinkOfAnIntent",
       {intent, LinkOf(kPaymentIntent, "pi_1", "acme"), LinkOf(kCustomer, "cus_1", "other")},
       kJan,
       held},
      {"ThenTheCustomersOfAnIntent", {intent, LinkOf(kCustomer, "cus_1", "acme")}, kJan, held},
  });
}

TEST(Order, TheStateOfAnObjectIsTheGreatestNotTheLast) {
  const auto open = [](Instant at) { return Open("in_1", at, {Monthly("growth", kJan)}); };
  ExpectAll({
      {"PaidStaysPaid", {AcmePays(), kPaidJan, open(kJan + Days(1))}, kJan + Days(1), kMine},
      {"VoidDoesNotUndoPaid",
       {AcmePays(), kPaidJan, Invoice("in_1", InvoiceStatus::kVoid, kJan + Days(1), {Monthly("growth", kJan)})},
       kJan + Days(1),
       kMine},
      {"CompleteLinesBeatAFirstPage",
       {AcmePays(), kPaidJan, Paid("in_1", kJan + Days(1), {Monthly("starter", kJan)}).With([](InvoiceFact& fact) {
          fact.lines_complete = false;
        })},
       kJan + Days(1),
       kMine},
      {"AtEqualTimesTheStricterSubscription",
       {AcmePays(), Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth"),
        Subscribed("sub_1", SubscriptionStatus::kPaused, kJan, "growth")},
       kJan,
       kNotMine},
  });
}

TEST(Causality, ALaterFactNeverChangesAnEarlierAnswer) {
  const std::vector<Fact> history = {AcmePays(),
                                     kPaidJan,
                                     Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1"),
                                     Dispute("dp_1", DisputeStatus::kOpen, kJan + Days(5), "ch_1"),
                                     Dispute("dp_1", DisputeStatus::kWon, kJan + Days(8), "ch_1"),
                                     Subscribed("sub_1", SubscriptionStatus::kCanceled, kJan + Days(20), "growth"),
                                     Refund("re_1", RefundStatus::kSucceeded, kJan + Days(25), "ch_1", 1000),
                                     Linked(ObjectKind::kInvoice, "in_1", "other", kJan + Days(27))};
  const Timeline whole = TimelineOf(history);
  for (int day = 0; day < 40; ++day) {
    const Instant at = kJan + Days(day);
    std::vector<Fact> known;
    for (const Fact& fact : history) {
      if (fact.at <= at) known.push_back(fact);
    }
    EXPECT_EQ(SegmentAt(whole, at).features, SegmentAt(TimelineOf(known), at).features) << "day " << day;
  }
}

}  // namespace
}  // namespace usher::testing
