#include "server/engine/inbox.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/ledger/scripted_source.h"

namespace usher {
namespace {

TEST(EventContent, TwoRenderingsOfOneChangeAreEqual) {
  const Fact link = LinkOf(CustomerObject("cus_1"), "acme");
  const Fact paid = PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary);
  ParsedEvent other = EventThatSays("evt_2", {paid, link, paid});
  other.type = "invoice.payment_succeeded";
  other.created = kJanuary + kDay;
  EXPECT_EQ(ContentOf(EventThatSays("evt_1", {link, paid})), ContentOf(other));
}

TEST(EventContent, DifferentFactsOrVerdictsAreNot) {
  const Fact link = LinkOf(CustomerObject("cus_1"), "acme");
  const Digest contents[] = {ContentOf(EventThatSays("evt_1", {})), ContentOf(EventThatSays("evt_1", {link})),
                             ContentOf(UnusableEvent("evt_1")), ContentOf(IgnoredEvent("evt_1"))};
  EXPECT_EQ(std::set<Digest>(std::begin(contents), std::end(contents)).size(), 4u);
}

TEST(EventId, ABodyWithoutIdIsKnownByItsBytes) {
  ParsedEvent a = UnusableEvent("");
  ParsedEvent b = UnusableEvent("");
  ParsedEvent named = UnusableEvent("evt_1");
  EnsureId(a, "one");
  EnsureId(b, "two");
  EnsureId(named, "three");
  EXPECT_NE(a.id, b.id);
  EXPECT_TRUE(a.id.starts_with("sha256:"));
  EXPECT_EQ(named.id, "evt_1");
}

}  // namespace
}  // namespace usher
