// Refunds, disputes and credit notes: what they say, and from when.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/integrations/stripe/event.h"
#include "tests/support/stripe/stripe_events.h"

namespace usher::stripe_test {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kCreated = 100;
constexpr std::int64_t kEvent = 200;

std::vector<Fact> Facts(const char* type, const Json& object) {
  const stripe::ParsedEvent event = stripe::Parse(StripeEvents(Family::kBasil).Event(type, kEvent, object), {});
  EXPECT_EQ(event.verdict, stripe::Verdict::kFacts) << event.message;
  return event.facts;
}

struct RefundCase {
  const char* type;
  const char* status;
  std::int64_t at;
};

TEST(Reversal, ARefundCountsFromItsCreationOrFromWhatHappenedToItLater) {
  for (const RefundCase& row : std::vector<RefundCase>{
           {"refund.created", "succeeded", kCreated},
           {"refund.created", "pending", kCreated},
           {"refund.updated", "pending", kCreated},
           {"refund.updated", "requires_action", kCreated},
           {"refund.updated", "succeeded", kEvent},
           {"charge.refund.updated", "succeeded", kEvent},
           {"refund.updated", "canceled", kEvent},
           {"refund.failed", "failed", kEvent},
       }) {
    const std::vector<Fact> facts =
        Facts(row.type, StripeEvents(Family::kBasil).Render(Refund{.status = row.status, .created = kCreated}));
    ASSERT_EQ(facts.size(), 1u);
    EXPECT_EQ(facts[0].at, FromUnixSeconds(row.at)) << row.type << " " << row.status;
  }
}

struct DisputeCase {
  const char* word;
  DisputeStatus status;
  std::int64_t at;
};

TEST(Reversal, ADisputeCountsFromItsCreationUntilItsClosing) {
  for (const DisputeCase& row : std::vector<DisputeCase>{
           {"needs_response", DisputeStatus::kOpen, kCreated},
           {"under_review", DisputeStatus::kOpen, kCreated},
           {"warning_needs_response", DisputeStatus::kInquiryOpen, kCreated},
           {"warning_under_review", DisputeStatus::kInquiryOpen, kCreated},
           {"warning_closed", DisputeStatus::kInquiryClosed, kEvent},
           {"won", DisputeStatus::kWon, kEvent},
           {"charge_refunded", DisputeStatus::kWon, kEvent},
           {"prevented", DisputeStatus::kPrevented, kEvent},
           {"lost", DisputeStatus::kLost, kEvent},
       }) {
    const std::vector<Fact> facts =
        Facts("charge.dispute.updated",
              StripeEvents(Family::kBasil).Render(Dispute{.status = row.word, .created = kCreated}));
    ASSERT_EQ(facts.size(), 1u);
    EXPECT_EQ(facts[0].at, FromUnixSeconds(row.at)) << row.word;
    EXPECT_EQ(std::get<DisputeFact>(facts[0].content).status, row.status) << row.word;
  }
}

struct NoteCase {
  const char* name;
  const char* fields;
  bool post_payment;
  std::int64_t amount;
  std::int64_t refunded;
};

class NoteShapes : public ::testing::TestWithParam<NoteCase> {};

TEST_P(NoteShapes, SplitIntoWhatWasRefundedAndWhatWasNot) {
  const std::vector<Fact> facts =
      Facts("credit_note.created", Json::Raw(std::string(R"({"id":"cn_1","object":"credit_note","status":"issued",)"
                                                         R"("invoice":"in_1","amount":50,"created":100,)") +
                                             GetParam().fields + "}"));
  const auto& note = std::get<CreditNoteFact>(facts.back().content);
  EXPECT_EQ(note.post_payment, GetParam().post_payment);
  EXPECT_EQ(note.amount, GetParam().amount);
  EXPECT_EQ(note.refunded_amount, GetParam().refunded);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, NoteShapes,
    ::testing::ValuesIn(std::vector<NoteCase>{
        {"PrePayment", R"("type":"pre_payment","refund":"re_1")", false, 50, 0},
        {"ToBalance", R"("type":"post_payment","refund":null,"out_of_band_amount":0)", true, 50, 0},
        {"OneRefund", R"("type":"post_payment","refund":"re_1")", true, 50, 50},
        {"OneRefundBesideOutOfBand", R"("type":"post_payment","refund":"re_1","out_of_band_amount":20)", true, 50, 30},
        {"MoreOutOfBandThanThereIs", R"("type":"post_payment","refund":"re_1","out_of_band_amount":70)", true, 50, 0},
        {"ExpandedRefund", R"("type":"post_payment","refund":{"id":"re_1","amount":40})", true, 50, 40},
        {"ListedRefunds",
         R"("type":"post_payment","refunds":[{"refund":"re_1","amount_refunded":10},)"
         R"({"refund":"re_2","amount_refunded":15}])",
         true, 50, 25},
        {"RefundsBeyondTheNote", R"("type":"post_payment","refunds":[{"refund":"re_1","amount_refunded":90}])", true,
         50, 50},
        {"NoListedRefunds", R"("type":"post_payment","refunds":[])", true, 50, 0},
        {"Mixed", R"("type":"mixed","post_payment_amount":30,"refunds":[{"refund":"re_1","amount_refunded":30}])", true,
         30, 30},
    }),
    [](const auto& row) { return row.param.name; });

TEST(Reversal, AnExpandedRefundOfANoteIsAFactOfItsOwn) {
  const std::vector<Fact> facts = Facts(
      "credit_note.created",
      Json::Raw(R"({"id":"cn_1","status":"issued","invoice":"in_1","amount":50,"created":100,"type":"post_payment",)"
                R"("refunds":[{"amount_refunded":50,"refund":{"id":"re_1","object":"refund","status":"succeeded",)"
                R"("amount":50,"created":100,"charge":"ch_1"}}]})"));
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].object.kind, ObjectKind::kRefund);
  EXPECT_EQ(facts[0].at, FromUnixSeconds(kEvent));
}

SubscriptionFact ReadItems(const std::string& items) {
  const std::vector<Fact> facts =
      Facts("customer.subscription.updated",
            Json::Raw(R"({"id":"sub_1","status":"active","items":{"data":[)" + items + "]}}"));
  return std::get<SubscriptionFact>(facts.at(0).content);
}

TEST(SubscriptionItems, AreSortedAndWithoutThoseThatAreGone) {
  EXPECT_THAT(ReadItems(R"({"id":"si_2","price":"q"},{"id":"si_0","deleted":true},{"id":"si_1","price":"p"})").items,
              ElementsAre(SubscriptionItem{"si_1", PriceId("p"), 1000}, SubscriptionItem{"si_2", PriceId("q"), 1000}));
}

TEST(CheckoutSessions, NeedAPriceOnlyWhereTheyMayProveSomething) {
  StripeEvents events(Family::kBasil);
  const Session without_price{.mode = "payment", .payment_status = "unpaid"};
  Session expired = without_price;
  expired.status = "expired";
  Session invoiced = without_price;
  invoiced.invoice = "in_1";
  EXPECT_EQ(Facts("checkout.session.async_payment_failed", events.Render(without_price)).size(), 1u);
  EXPECT_EQ(Facts("checkout.session.expired", events.Render(expired)).size(), 1u);
  EXPECT_EQ(Facts("checkout.session.completed", events.Render(invoiced)).size(), 1u);
}

}  // namespace
}  // namespace usher::stripe_test
