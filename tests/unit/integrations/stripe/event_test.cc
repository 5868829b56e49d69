#include "server/integrations/stripe/event.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/stripe/stripe_events.h"

namespace usher::stripe {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

const ParseContext kTestMode{false, ""};

// A refund's event with `envelope` in front: first names win, so each case overrides one field.
struct EnvelopeCase {
  const char* name;
  std::string body;
  Verdict verdict;
  ParseReason reason;
  const char* path;
};

std::string EventWith(const std::string& id, const std::string& type, const std::string& created,
                      const std::string& livemode, const std::string& rest) {
  return R"({"id":)" + id + R"(,"type":)" + type + R"(,"created":)" + created + R"(,"livemode":)" + livemode + rest +
         "}";
}

const std::string kRefund =
    R"(,"data":{"object":{"id":"re_1","object":"refund","status":"succeeded","amount":5,"created":7,"charge":"ch_1"}})";

std::string Thin(const std::string& type) {
  return R"({"id":"evt_1","object":"v2.core.event","type":")" + type +
         R"(","livemode":false,"created":"2026-01-02T03:04:05.678Z","snapshot_event":"evt_2",)" +
         R"("related_object":{"id":"in_1","type":"invoice","url":"/v1/invoices/in_1"}})";
}

class Envelope : public ::testing::TestWithParam<EnvelopeCase> {};

TEST_P(Envelope, DecidesWhoseEventItIs) {
  const ParsedEvent event = Parse(GetParam().body, kTestMode);
  EXPECT_EQ(VerdictName(event.verdict), VerdictName(GetParam().verdict)) << event.message;
  EXPECT_EQ(ParseReasonName(event.reason), ParseReasonName(GetParam().reason)) << event.message;
  EXPECT_EQ(event.path, GetParam().path);
  EXPECT_EQ(event.facts.empty(), event.verdict != Verdict::kFacts);
  EXPECT_EQ(event.message.empty(), event.verdict == Verdict::kFacts);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Envelope,
    ::testing::ValuesIn(std::vector<EnvelopeCase>{
        {"Complete", EventWith("\"e\"", "\"refund.created\"", "9", "false", kRefund), Verdict::kFacts,
         ParseReason::kNone, ""},
        {"NoId", EventWith("null", "\"refund.created\"", "9", "false", kRefund), Verdict::kParked,
         ParseReason::kFieldMissing, "id"},
        {"IdIsNoString", EventWith("7", "\"refund.created\"", "9", "false", kRefund), Verdict::kParked,
         ParseReason::kFieldType, "id"},
        {"IdIsEmpty", EventWith("\"\"", "\"refund.created\"", "9", "false", kRefund), Verdict::kParked,
         ParseReason::kFieldValue, "id"},
        {"IdHasControlCharacters", EventWith(R"("a\u0000b")", "\"refund.created\"", "9", "false", kRefund),
         Verdict::kParked, ParseReason::kFieldValue, "id"},
        {"IdIsLong", EventWith("\"" + std::string(256, 'x') + "\"", "\"refund.created\"", "9", "false", kRefund),
         Verdict::kParked, ParseReason::kFieldValue, "id"},
        {"NoType", EventWith("\"e\"", "null", "9", "false", kRefund), Verdict::kParked, ParseReason::kFieldMissing,
         "type"},
        {"NoTime", EventWith("\"e\"", "\"refund.created\"", "null", "false", kRefund), Verdict::kParked,
         ParseReason::kFieldMissing, "created"},
        {"TimeIsAFraction", EventWith("\"e\"", "\"refund.created\"", "9.5", "false", kRefund), Verdict::kParked,
         ParseReason::kFieldValue, "created"},
        {"TimeIsNegative", EventWith("\"e\"", "\"refund.created\"", "-9", "false", kRefund), Verdict::kParked,
         ParseReason::kFieldValue, "created"},
        {"TimeIsHuge", EventWith("\"e\"", "\"refund.created\"", "99999999999999999999", "false", kRefund),
         Verdict::kParked, ParseReason::kFieldValue, "created"},
        {"TimeIsText", EventWith("\"e\"", "\"refund.created\"", "\"9\"", "false", kRefund), Verdict::kParked,
         ParseReason::kFieldValue, "created"},
        {"LivemodeIsText", EventWith("\"e\"", "\"refund.created\"", "9", "\"true\"", kRefund), Verdict::kParked,
         ParseReason::kFieldType, "livemode"},
        {"LivemodeIsTextOfAnUnusedType", EventWith("\"e\"", "\"coupon.created\"", "9", "\"true\"", kRefund),
         Verdict::kParked, ParseReason::kFieldType, "livemode"},
        {"NoLivemode", EventWith("\"e\"", "\"refund.created\"", "9", "null", kRefund), Verdict::kParked,
         ParseReason::kFieldMissing, "livemode"},
        {"ForeignLivemode", EventWith("\"e\"", "\"refund.created\"", "9", "true", kRefund), Verdict::kIgnored,
         ParseReason::kForeignLivemode, ""},
        {"ForeignAccount", EventWith("\"e\"", "\"refund.created\"", "9", "false", ",\"account\":\"acct_1\"" + kRefund),
         Verdict::kIgnored, ParseReason::kForeignAccount, ""},
        {"AccountIsNoString", EventWith("\"e\"", "\"refund.created\"", "9", "false", ",\"account\":1" + kRefund),
         Verdict::kParked, ParseReason::kFieldType, "account"},
        {"UnusedType", EventWith("\"e\"", "\"coupon.created\"", "9", "false", ""), Verdict::kIgnored,
         ParseReason::kTypeNotUsed, ""},
        {"FutureType", EventWith("\"e\"", "\"invoice.teleported\"", "9", "false", kRefund), Verdict::kIgnored,
         ParseReason::kTypeNotUsed, ""},
        {"InvoiceCreatedIsNeverAskedFor", EventWith("\"e\"", "\"invoice.created\"", "9", "false", ""),
         Verdict::kIgnored, ParseReason::kTypeNotUsed, ""},
        {"NoData", EventWith("\"e\"", "\"refund.created\"", "9", "false", ""), Verdict::kParked,
         ParseReason::kFieldMissing, "data.object"},
        {"DataIsAList", EventWith("\"e\"", "\"refund.created\"", "9", "false", ",\"data\":[]"), Verdict::kParked,
         ParseReason::kFieldType, "data"},
        {"ObjectIsAString", EventWith("\"e\"", "\"refund.created\"", "9", "false", R"(,"data":{"object":"re_1"})"),
         Verdict::kParked, ParseReason::kFieldType, "data.object"},
        {"ObjectIsOfAnotherKind", EventWith("\"e\"", "\"invoice.paid\"", "9", "false", kRefund), Verdict::kParked,
         ParseReason::kContradiction, "data.object.object"},
        {"DuplicateNameAnywhere",
         EventWith("\"e\"", "\"refund.created\"", "9", "false", R"(,"x":{"a":1,"a":1})" + kRefund), Verdict::kParked,
         ParseReason::kDuplicateName, "x.a"},
        {"IrrelevantFieldsAreOfAnyType",
         EventWith("\"e\"", "\"refund.created\"", "9", "false",
                   R"(,"request":1e999,"api_version":{},"pending_webhooks":"\ud800","object":[])" + kRefund),
         Verdict::kFacts, ParseReason::kNone, ""},
        {"ThinEventOfADecidingType", Thin("v1.invoice.paid"), Verdict::kParked, ParseReason::kNeedsRefetch,
         "related_object"},
        {"ThinEventOfAnotherType", Thin("v1.billing.meter.error_report_triggered"), Verdict::kIgnored,
         ParseReason::kTypeNotUsed, ""},
        {"NotJson", "id=evt_1", Verdict::kParked, ParseReason::kNotAnEvent, "body"},
        {"Empty", "", Verdict::kParked, ParseReason::kNotAnEvent, "body"},
        {"Truncated", R"({"id":"evt_1",)", Verdict::kParked, ParseReason::kNotAnEvent, "body"},
        {"Deep", std::string(100'000, '['), Verdict::kParked, ParseReason::kNotAnEvent, "body"},
        {"TooLarge", "{\"id\":\"" + std::string(kMaxEventBytes, 'x') + "\"}", Verdict::kParked,
         ParseReason::kNotAnEvent, "body"},
    }),
    [](const auto& row) { return row.param.name; });

TEST(Event, TellsItsEnvelopeEvenWhenParked) {
  const ParsedEvent event = Parse(
      R"({"id":"evt_9","type":"refund.created","created":9,"livemode":true,"account":"acct_1","api_version":"2022-11-15"})",
      {true, "acct_1"});
  EXPECT_EQ(event.verdict, Verdict::kParked);
  EXPECT_EQ(event.id, "evt_9");
  EXPECT_EQ(event.type, "refund.created");
  EXPECT_EQ(event.api_version, "2022-11-15");
  EXPECT_EQ(event.account, "acct_1");
  EXPECT_TRUE(event.livemode);
  EXPECT_EQ(event.created, FromUnixSeconds(9));
}

TEST(Event, FactsStandInTheScopeOfTheEvent) {
  const ParsedEvent event = Parse(
      EventWith("\"e\"", "\"refund.created\"", "9", "true", ",\"account\":\"acct_1\"" + kRefund), {true, "acct_1"});
  ASSERT_EQ(event.facts.size(), 1u);
  EXPECT_EQ(event.facts[0].object.scope, (BillingScope{"stripe", "acct_1", true}));
}

TEST(Event, AThinEventNamesItsSnapshot) {
  const ParsedEvent event = Parse(Thin("v1.invoice.paid"), kTestMode);
  EXPECT_EQ(event.snapshot_event, "evt_2");
  EXPECT_EQ(event.created, FromUnixMillis(1767323045678));
}

TEST(Event, EveryTruncationIsParkedByName) {
  stripe_test::StripeEvents events(stripe_test::Family::kBasil);
  const std::string body = events.Event("invoice.paid", 100, stripe_test::Invoice{.lines = {{.start = 1, .end = 2}}});
  ASSERT_EQ(Parse(body, kTestMode).verdict, Verdict::kFacts) << Parse(body, kTestMode).message;
  for (std::size_t length = 0; length < body.size(); ++length) {
    const ParsedEvent event = Parse(std::string_view(body).substr(0, length), kTestMode);
    EXPECT_EQ(event.verdict, Verdict::kParked);
    EXPECT_EQ(event.path, "body");
    EXPECT_THAT(event.message, Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace usher::stripe
