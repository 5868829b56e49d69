#include "server/core/fact_codec.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

constexpr Instant kNoon = FromUnixSeconds(1'767'268'800);
const BillingScope kScope{.provider = "stripe", .account = "acct_1", .livemode = true};

Fact FactOf(ObjectKind kind, std::string id, FactContent content) {
  return {.object = {.scope = kScope, .kind = kind, .id = std::move(id)}, .at = kNoon, .content = std::move(content)};
}

InvoiceFact FullInvoice() {
  return {.status = InvoiceStatus::kPaid,
          .customer = "cus_1",
          .subscription = "sub_1",
          .payment_intent = "pi_1",
          .charge = "ch_1",
          .collection = CollectionMethod::kSendInvoice,
          .due_date = kNoon + std::chrono::hours(24),
          .subtotal = 3000,
          .discount = 500,
          .total = 2500,
          .amount_due = 2400,
          .amount_paid = 2300,
          .pre_payment_credit = 100,
          .lines = {{.subscription = "sub_1",
                     .subscription_item = "si_1",
                     .price = PriceId("price_1"),
                     .quantity_milli = 2500,
                     .amount = 3000,
                     .start = kNoon,
                     .end = kNoon + std::chrono::hours(48),
                     .proration = true},
                    {.subscription = "sub_2",
                     .subscription_item = "",
                     .price = PriceId(),
                     .amount = -1,
                     .start = kBeginning,
                     .end = kForever}},
          .lines_complete = false};
}

OverrideFact FullOverride(Value value) {
  return {.removed = true,
          .tenant = TenantId("acme"),
          .feature = FeatureId("sso"),
          .mode = OverrideMode::kAdd,
          .value = std::move(value),
          .starts_at = kNoon,
          .expires_at = kNoon + std::chrono::hours(1),
          .subscription_id = "sub_1",
          .reason = "a promise",
          .actor = "jo"};
}

// One fact of every content of the billing system, with no field at its default.
std::vector<Fact> BillingSamples() {
  const SubscriptionFact subscription{.status = SubscriptionStatus::kCanceled,
                                      .customer = "cus_1",
                                      .test_clock = "clock_1",
                                      .collection = CollectionMethod::kSendInvoice,
                                      .trial_start = kNoon,
                                      .trial_end = kNoon + std::chrono::hours(1),
                                      .cancel_at = kNoon + std::chrono::hours(2),
                                      .collection_paused = true,
                                      .has_payment_method = true,
                                      .items = {{.id = "si_1", .price = PriceId("price_1"), .quantity_milli = 2000},
                                                {.id = "si_2", .price = PriceId("price_2")}}};
  const CheckoutSessionFact session{.mode = CheckoutMode::kSubscription,
                                    .status = CheckoutStatus::kComplete,
                                    .payment = CheckoutPayment::kPaid,
                                    .customer = "cus_1",
                                    .subscription = "sub_1",
                                    .payment_intent = "pi_1",
                                    .invoice = "in_1",
                                    .amount_total = 100,
                                    .price = PriceId("price_1"),
                                    .quantity_milli = 3000};
  return {
      FactOf(ObjectKind::kInvoice, "in_1", FullInvoice()),
      FactOf(ObjectKind::kInvoice, "in_1", AttemptFact{.result = AttemptResult::kRequiresAction}),
      FactOf(ObjectKind::kSubscription, "sub_1", subscription),
      FactOf(ObjectKind::kPaymentIntent, "pi_1",
             PaymentIntentFact{.status = PaymentIntentStatus::kSucceeded,
                               .customer = "cus_1",
                               .invoice = "in_1",
                               .price = PriceId("price_1"),
                               .quantity_milli = 4000}),
      FactOf(ObjectKind::kCharge, "ch_1",
             ChargeFact{.status = ChargeStatus::kFailed,
                        .customer = "cus_1",
                        .payment_intent = "pi_1",
                        .invoice = "in_1",
                        .amount = 10,
                        .amount_refunded = 5}),
      FactOf(ObjectKind::kRefund, "re_1",
             RefundFact{.status = RefundStatus::kCanceled, .charge = "ch_1", .payment_intent = "pi_1", .amount = 7}),
      FactOf(ObjectKind::kDispute, "dp_1",
             DisputeFact{.status = DisputeStatus::kLost, .charge = "ch_1", .payment_intent = "pi_1", .amount = 7}),
      FactOf(ObjectKind::kCreditNote, "cn_1",
             CreditNoteFact{.status = CreditNoteStatus::kVoid,
                            .invoice = "in_1",
                            .post_payment = true,
                            .amount = 8,
                            .refunded_amount = 3}),
      FactOf(ObjectKind::kCheckoutSession, "cs_1", session),
      FactOf(ObjectKind::kInvoicePayment, "inpay_1",
             InvoicePaymentFact{.invoice = "in_1", .payment_intent = "pi_1", .charge = "ch_1", .paid = true}),
      FactOf(ObjectKind::kCustomer, "cus_1", CustomerFact{.deleted = true, .test_clock = "clock_1"}),
      FactOf(ObjectKind::kTestClock, "clock_1", TestClockFact{.frozen_time = kNoon}),
      FactOf(ObjectKind::kFraudWarning, "issfr_1", FraudWarningFact{.charge = "ch_1", .payment_intent = "pi_1"}),
  };
}

// One fact of every other content with no field at its default, every kind of value, and one fact at every default.
std::vector<Fact> OwnSamples() {
  const OutcomeFact outcome{.status = OutcomeStatus::kSucceeded,
                            .tenant = TenantId("acme"),
                            .price = PriceId("order"),
                            .quantity_milli = 5000,
                            .subscription = "contract_1",
                            .start = kNoon,
                            .end = kNoon + std::chrono::hours(5)};
  return {
      FactOf(ObjectKind::kOutcome, "order_1", outcome),
      FactOf(ObjectKind::kCustomer, "cus_1", LinkFact{.tenant = TenantId("acme"), .trust = LinkTrust::kOperator}),
      {.object = TenantObject(TenantId("acme")), .at = kNoon, .content = TenantFact{.display_name = "Acme"}},
      {.object = TenantObject(TenantId("acme")),
       .at = kNoon,
       .content = SuspensionFact{.suspended = true, .reason = "abuse", .actor = "jo"}},
      FactOf(ObjectKind::kOverride, "ov_1", FullOverride(true)),
      FactOf(ObjectKind::kOverride, "ov_1", FullOverride(Limit{.amount = 3})),
      FactOf(ObjectKind::kOverride, "ov_1", FullOverride(kUnlimited)),
      FactOf(ObjectKind::kOverride, "ov_1", FullOverride(Metered{.included = {.amount = 3}, .cap = kUnlimited})),
      FactOf(ObjectKind::kOverride, "ov_1", FullOverride(Level{.name = "priority"})),
      FactOf(ObjectKind::kOverride, "ov_1", FullOverride(ValueSet{.values = {"eu", "us"}})),
      Fact{},
  };
}

std::vector<Fact> Samples() {
  std::vector<Fact> samples = BillingSamples();
  for (Fact& sample : OwnSamples()) samples.push_back(std::move(sample));
  return samples;
}

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return text;
}

std::string Unhex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

TEST(FactCodec, DecodingGivesBackWhatWasEncoded) {
  for (const Fact& fact : Samples()) {
    const absl::StatusOr<Fact> decoded = DecodeFact(EncodeFact(fact));
    ASSERT_TRUE(decoded.ok()) << StatusMessage(decoded.status());
    EXPECT_EQ(*decoded, fact);
  }
}

TEST(FactCodec, EveryContentIsSampled) {
  std::vector<bool> seen(std::variant_size_v<FactContent>);
  for (const Fact& fact : Samples()) seen[fact.content.index()] = true;
  EXPECT_EQ(seen, std::vector<bool>(seen.size(), true));
}

// The bytes are stored for ever: they may never change, on any machine.
TEST(FactCodec, BytesAreFixed) {
  EXPECT_EQ(Hex(EncodeFact(Fact{})), "00");
  EXPECT_EQ(Hex(EncodeFact(FactOf(ObjectKind::kRefund, "re_1",
                                  RefundFact{.charge = "ch_1", .payment_intent = "", .amount = 700}))),
            "0101010673747269706502066163"    // object: scope: provider, account
            "63745f310301000208030472655f31"  // livemode; kind, id
            "00"
            "0280d8ee96ef66"            // at
            "0305020463685f3104f80a00"  // refund: charge, amount
            "00");
}

// Whatever single byte is changed, dropped or added: either it is refused, or it is the one encoding of another fact.
TEST(FactCodec, NoFactHasASecondEncoding) {
  int accepted = 0;
  for (const Fact& fact : Samples()) {
    const std::string bytes = EncodeFact(fact);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      std::string changed = bytes;
      for (int byte = 0; byte < 256; ++byte) {
        changed[i] = static_cast<char>(byte);
        const absl::StatusOr<Fact> decoded = DecodeFact(changed);
        if (!decoded.ok()) continue;
        ++accepted;
        ASSERT_EQ(Hex(EncodeFact(*decoded)), Hex(changed));
      }
      EXPECT_FALSE(DecodeFact(bytes.substr(0, i)).ok()) << "cut at " << i;
    }
    EXPECT_FALSE(DecodeFact(bytes + '\0').ok());
  }
  EXPECT_GT(accepted, 1000);
}

struct RefusedCase {
  const char* name;
  const char* hex;
  const char* message;
};

// A fact is {1: object, 2: at, 3: content}; at 0 and an empty invoice are defaults.
constexpr RefusedCase kRefused[] = {
    {"Empty", "", "byte 0: expected a number, found the end"},
    {"UnknownField", "0400", "byte 0: expected a known field number in ascending order, or 0"},
    {"DescendingFields", "02020101030161000000", "byte 2: expected a known field number in ascending order, or 0"},
    {"FieldTwice", "0202020400", "byte 2: expected a known field number in ascending order, or 0"},
    {"DefaultWritten", "020000", "byte 1: expected at to be left out at its default"},
    {"LongNumber", "02828000", "byte 1: expected a number in the fewest bytes"},
    {"HugeNumber", "02ffffffffffffffffff7f00", "byte 1: expected a number of at most 64 bits"},
    {"UnknownContent", "031200", "byte 1: expected a known alternative"},
    {"UnknownEnum", "03000105", "byte 3: expected a known enum value"},
    {"BadBool", "03000f0200", "byte 3: expected 0 or 1"},
    {"LongText", "03000205616200", "byte 3: expected a length that fits the remaining bytes"},
    {"LongList", "03000eff0100", "byte 3: expected a count that fits the remaining bytes"},
    {"UnsortedLines", "03000e02050400050200000000", "byte 3: expected lines in ascending order"},
    {"BytesAfterTheEnd", "0000", "byte 1: expected the end"},
};

TEST(FactCodec, RefusesOtherBytesAndNamesThePlace) {
  for (const RefusedCase& row : kRefused) {
    SCOPED_TRACE(row.name);
    const absl::StatusOr<Fact> decoded = DecodeFact(Unhex(row.hex));
    ASSERT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(StatusMessage(decoded.status()), row.message);
  }
}

TEST(FactCodec, OrderOfLinesIsNotContent) {
  InvoiceFact turned = FullInvoice();
  std::swap(turned.lines[0], turned.lines[1]);
  EXPECT_EQ(FactDigest(FactOf(ObjectKind::kInvoice, "in_1", turned)),
            FactDigest(FactOf(ObjectKind::kInvoice, "in_1", FullInvoice())));
}

TEST(FactCodec, RepetitionInASetIsNotContent) {
  const ValueSet twice{.values = {"us", "eu", "us"}};
  EXPECT_EQ(EncodeFact(FactOf(ObjectKind::kOverride, "ov_1", FullOverride(twice))),
            EncodeFact(FactOf(ObjectKind::kOverride, "ov_1", FullOverride(ValueSet{.values = {"eu", "us"}}))));
}

TEST(FactCodec, TheAmountOfAnUnlimitedLimitIsNotContent) {
  EXPECT_EQ(EncodeFact(FactOf(ObjectKind::kOverride, "ov_1", FullOverride(Limit{.amount = 9, .unlimited = true}))),
            EncodeFact(FactOf(ObjectKind::kOverride, "ov_1", FullOverride(kUnlimited))));
}

TEST(FactDigest, DiffersInEveryPart) {
  const Fact fact = FactOf(ObjectKind::kInvoice, "in_1", FullInvoice());
  Fact other = fact;
  other.at += Millis(1);
  EXPECT_NE(FactDigest(fact), FactDigest(other));
  other = fact;
  other.object.scope.livemode = false;
  EXPECT_NE(FactDigest(fact), FactDigest(other));
  other = fact;
  std::get<InvoiceFact>(other.content).total += 1;
  EXPECT_NE(FactDigest(fact), FactDigest(other));
}

TEST(References, NamesEveryObjectOnceAndSorted) {
  const auto ref = [](ObjectKind kind, const char* id) { return ObjectRef{.scope = kScope, .kind = kind, .id = id}; };
  EXPECT_EQ(References(FactOf(ObjectKind::kInvoice, "in_1", FullInvoice())),
            (std::vector<ObjectRef>{ref(ObjectKind::kCustomer, "cus_1"), ref(ObjectKind::kSubscription, "sub_1"),
                                    ref(ObjectKind::kSubscription, "sub_2"), ref(ObjectKind::kPaymentIntent, "pi_1"),
                                    ref(ObjectKind::kCharge, "ch_1")}));
}

TEST(References, TenantsHaveTheEmptyScope) {
  const Fact link = FactOf(ObjectKind::kCustomer, "cus_1", LinkFact{.tenant = TenantId("acme")});
  EXPECT_EQ(References(link), std::vector<ObjectRef>{TenantObject(TenantId("acme"))});
  EXPECT_EQ(TenantObject(TenantId("acme")).scope, BillingScope{});
}

TEST(References, LeavesOutTheOwnObjectAndUnknownIds) {
  const Fact suspension{.object = TenantObject(TenantId("acme")), .content = SuspensionFact{}};
  EXPECT_TRUE(References(suspension).empty());
  EXPECT_TRUE(References(FactOf(ObjectKind::kRefund, "re_1", RefundFact{})).empty());
}

TEST(ObjectKindName, SaysWhatPeopleSay) {
  EXPECT_EQ(ObjectKindName(ObjectKind::kPaymentIntent), "payment intent");
  EXPECT_EQ(ObjectKindName(ObjectKind::kInvoice), "invoice");
}

}  // namespace
}  // namespace usher
