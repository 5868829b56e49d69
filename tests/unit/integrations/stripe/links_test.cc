// Which object an event links to which tenant, and what embedded objects tell.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/fact_codec.h"
#include "server/integrations/stripe/event.h"
#include "server/workbench/fact_line.h"
#include "tests/support/stripe/stripe_events.h"

namespace usher::stripe_test {
namespace {

using stripe::Parse;
using stripe::ParsedEvent;
using stripe::Verdict;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kAt = 1767225600;  // 2026-01-01T00:00:00Z

// The links of an event in the form `subscription sub_1 -> acme`, with `?` after what a buyer may have written.
std::vector<std::string> LinksOf(const std::string& body) {
  const ParsedEvent event = Parse(body, {});
  EXPECT_EQ(event.verdict, Verdict::kFacts) << event.message;
  std::vector<std::string> links;
  for (const Fact& fact : event.facts) {
    if (const auto* link = std::get_if<LinkFact>(&fact.content)) {
      EXPECT_EQ(fact.at, FromUnixSeconds(kAt));
      links.push_back(std::string(ObjectKindName(fact.object.kind)) + " " + fact.object.id + " -> " +
                      link->tenant.str() + (link->trust == LinkTrust::kClientReference ? "?" : ""));
    }
  }
  return links;
}

class Links : public ::testing::TestWithParam<Family> {
 protected:
  std::string InvoiceEvent(const Invoice& invoice) { return events_.Event("invoice.updated", kAt, invoice); }

  StripeEvents events_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Families, Links, ::testing::ValuesIn(kFamilies),
                         [](const auto& row) { return FamilyName(row.param); });

TEST_P(Links, MetadataLinksTheObjectThatCarriesIt) {
  EXPECT_THAT(LinksOf(events_.Event("customer.updated", kAt, Customer{.tenant = "acme"})),
              ElementsAre("customer cus_1 -> acme"));
  EXPECT_THAT(LinksOf(events_.Event("customer.subscription.updated", kAt, Subscription{.tenant = "acme"})),
              ElementsAre("subscription sub_1 -> acme"));
  EXPECT_THAT(LinksOf(events_.Event("payment_intent.succeeded", kAt, PaymentIntent{.tenant = "acme"})),
              ElementsAre("payment intent pi_1 -> acme"));
  EXPECT_THAT(LinksOf(events_.Event("checkout.session.completed", kAt,
                                    Session{.subscription = "sub_1", .invoice = "in_1", .tenant = "acme"})),
              ElementsAre("checkout session cs_1 -> acme"));
  EXPECT_THAT(LinksOf(InvoiceEvent({.status = "open", .lines = {Line{}}, .tenant = "acme"})),
              ElementsAre("invoice in_1 -> acme"));
  EXPECT_THAT(LinksOf(InvoiceEvent({.status = "open", .lines = {Line{}}})), IsEmpty());
}

TEST_P(Links, TheSnapshotOnAnInvoiceLinksTheSubscription) {
  EXPECT_THAT(LinksOf(InvoiceEvent({.status = "open", .lines = {Line{}}, .subscription_tenant = "acme"})),
              ElementsAre("subscription sub_1 -> acme"));
}

TEST_P(Links, TheSnapshotComesBeforeTheLine) {
  Invoice invoice{.status = "open", .lines = {Line{.tenant = "line"}}, .subscription_tenant = "snapshot"};
  EXPECT_THAT(LinksOf(InvoiceEvent(invoice)), ElementsAre("subscription sub_1 -> snapshot"));
  invoice.subscription_tenant = "";
  EXPECT_THAT(LinksOf(InvoiceEvent(invoice)), ElementsAre("subscription sub_1 -> line"));
}

TEST_P(Links, ALineOfAnotherSubscriptionHasItsOwnLink) {
  const Invoice invoice{.status = "open",
                        .lines = {Line{}, Line{.subscription = "sub_2", .item = "si_2", .tenant = "beta"}},
                        .subscription_tenant = "acme"};
  EXPECT_THAT(LinksOf(InvoiceEvent(invoice)), ElementsAre("subscription sub_1 -> acme", "subscription sub_2 -> beta"));
}

TEST_P(Links, TheMetadataOfAOneOffLineLinksNothing) {
  EXPECT_THAT(
      LinksOf(InvoiceEvent({.status = "open", .lines = {Line{.subscription = "", .item = "", .tenant = "acme"}}})),
      IsEmpty());
}

TEST_P(Links, AClientReferenceLinksTheSessionWithLittleTrust) {
  EXPECT_THAT(LinksOf(events_.Event("checkout.session.completed", kAt,
                                    Session{.client_reference_id = "buyer", .tenant = "acme"})),
              ElementsAre("checkout session cs_1 -> acme", "checkout session cs_1 -> buyer?"));
}

TEST_P(Links, ABuyerCannotParkAnEvent) {
  for (const char* reference : {"no spaces", "a/b", "\u00e9"}) {
    EXPECT_THAT(LinksOf(events_.Event("checkout.session.completed", kAt, Session{.client_reference_id = reference})),
                IsEmpty());
  }
  EXPECT_THAT(
      LinksOf(events_.Event("checkout.session.completed", kAt, Session{.client_reference_id = std::string(200, 'x')})),
      IsEmpty());
}

struct TenantCase {
  const char* name;
  std::string tenant;
  bool valid;
};

TEST_P(Links, ATenantIdInMetadataIsHeldToItsForm) {
  for (const TenantCase& row : std::vector<TenantCase>{
           {"Simple", "acme", true},
           {"AllCharacters", "Ac_me.9:x-Y", true},
           {"Longest", std::string(128, 'x'), true},
           {"TooLong", std::string(129, 'x'), false},
           {"Space", "ac me", false},
           {"Slash", "ac/me", false},
           {"NotAscii", "acm\u00e9", false},
       }) {
    const ParsedEvent event =
        Parse(events_.Event("customer.subscription.updated", kAt, Subscription{.tenant = row.tenant}), {});
    EXPECT_EQ(event.verdict, row.valid ? Verdict::kFacts : Verdict::kParked) << row.name;
    EXPECT_EQ(event.path, row.valid ? "" : "data.object.metadata.usher_tenant") << row.name;
  }
}

std::vector<std::string> Lines(const std::string& type, const std::string& object) {
  const ParsedEvent event = Parse(StripeEvents(Family::kClassic).Event(type, kAt, Json::Raw(object)), {});
  EXPECT_EQ(event.verdict, Verdict::kFacts) << event.message;
  std::vector<std::string> lines;
  for (const Fact& fact : event.facts) lines.push_back(FactLine(fact));
  return lines;
}

TEST(Embedded, ExpandedObjectsGiveTheirOwnFacts) {
  EXPECT_THAT(
      Lines("charge.dispute.created",
            R"({"id":"dp_1","object":"dispute","status":"needs_response","amount":5,"created":1767225600,"charge":)"
            R"({"id":"ch_1","object":"charge","status":"succeeded","amount":5,"payment_intent":"pi_1","customer":)"
            R"({"id":"cus_1","object":"customer","metadata":{"usher_tenant":"acme"}}}})"),
      ElementsAre("customer cus_1 at 2026-01-01T00:00:00Z", "customer cus_1 link at 2026-01-01T00:00:00Z: tenant=acme",
                  "charge ch_1 at 2026-01-01T00:00:00Z: status=succeeded customer=cus_1 payment_intent=pi_1 amount=5",
                  "dispute dp_1 at 2026-01-01T00:00:00Z: status=open charge=ch_1 amount=5"));
}

TEST(Embedded, ObjectsOfOtherKindsAreReadForTheirIdAlone) {
  EXPECT_THAT(Lines("refund.created", R"({"id":"re_1","object":"refund","status":"pending","amount":5,)"
                                      R"("created":1767225600,"charge":{"id":"py_1","object":"payment"}})"),
              ElementsAre("refund re_1 at 2026-01-01T00:00:00Z: status=pending charge=py_1 amount=5"));
}

TEST(Embedded, AFailedChargeIsToldByItsOwnEventAlone) {
  const std::string charges = R"("charges":{"data":[{"id":"ch_1","object":"charge","status":"failed","amount":5},)"
                              R"({"id":"ch_2","object":"charge","status":"succeeded","amount":5}]})";
  EXPECT_THAT(Lines("payment_intent.succeeded",
                    R"({"id":"pi_1","object":"payment_intent","status":"succeeded","amount":5,)" + charges + "}"),
              ElementsAre("payment intent pi_1 at 2026-01-01T00:00:00Z: status=succeeded",
                          "charge ch_2 at 2026-01-01T00:00:00Z: status=succeeded amount=5"));
}

TEST(Embedded, TheSameFactIsGivenOnce) {
  const std::string refund =
      R"({"id":"re_1","object":"refund","status":"succeeded","amount":5,"charge":"ch_1","created":1})";
  EXPECT_EQ(Lines("charge.refunded", R"({"id":"ch_1","object":"charge","status":"succeeded","amount":5,)"
                                     R"("amount_refunded":5,"refunds":{"data":[)" +
                                         refund + "," + refund + "]}}")
                .size(),
            2u);
}

}  // namespace
}  // namespace usher::stripe_test
