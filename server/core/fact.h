// Facts: single observations of what happened, the only input of every entitlement answer.
//
// A fact says that an object of a billing system (or an operator's act) was seen in a certain condition at its own
// time. The ledger is the set of all facts: adding one is set union, so neither order nor repetition of delivery can
// matter. Nothing is ever changed or taken back; a later condition is another fact.
//
// Pure values. Integrations make them from vendor bytes, storage keeps their canonical encoding (fact_codec.h), and
// trace.h derives everything else from them. What each rule does with a field is in docs/rules.md.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "catalog/ids.h"
#include "catalog/time.h"
#include "catalog/value.h"

namespace usher {

// Whose world an object id belongs to. The same id under another account or mode is another object.
struct BillingScope {
  std::string provider;  // `stripe`, the name a recorder gave, or kOperatorProvider
  std::string account;   // the connected account, empty for the own one
  bool livemode = false;

  friend auto operator<=>(const BillingScope&, const BillingScope&) = default;
};

// The scope of what operators do to tenants: {kOperatorProvider, "", false}.
inline constexpr const char* kOperatorProvider = "usher";

enum class ObjectKind {
  kTenant,
  kCustomer,
  kSubscription,
  kInvoice,
  kInvoicePayment,
  kCheckoutSession,
  kPaymentIntent,
  kCharge,
  kRefund,
  kDispute,
  kCreditNote,
  kTestClock,
  kFraudWarning,
  kOutcome,  // a payment outcome that was recorded, not observed; id = the recorder's reference
  kOverride,
};

// An object of any provider. Tenants have the empty scope, so that links from every provider meet in one tenant.
struct ObjectRef {
  BillingScope scope;
  ObjectKind kind = ObjectKind::kTenant;
  std::string id;

  friend auto operator<=>(const ObjectRef&, const ObjectRef&) = default;
};

// Amounts are whole minor units of the currency (cents). Quantities are thousandths: 2500 is 2.5. References to other
// objects are ids within the fact's own scope, empty when unknown.

enum class InvoiceStatus { kDraft, kOpen, kUncollectible, kVoid, kPaid };  // in the order of their rank
enum class CollectionMethod { kChargeAutomatically, kSendInvoice };

struct InvoiceLine {
  std::string subscription;       // empty: not part of a subscription
  std::string subscription_item;  // empty: one-off (R15)
  PriceId price;                  // empty: the payload names none
  std::int64_t quantity_milli = 1000;
  std::int64_t amount = 0;  // before discounts; negative is a credit
  Instant start{};
  Instant end{};
  bool proration = false;

  friend auto operator<=>(const InvoiceLine&, const InvoiceLine&) = default;
};

// Own time: paid_at when paid, else the event's.
struct InvoiceFact {
  InvoiceStatus status = InvoiceStatus::kDraft;
  std::string customer;
  std::string subscription;
  std::string payment_intent;
  std::string charge;
  CollectionMethod collection = CollectionMethod::kChargeAutomatically;
  std::optional<Instant> due_date;
  std::int64_t subtotal = 0;
  std::int64_t discount = 0;  // the sum of all discounts, >= 0
  std::int64_t total = 0;
  std::int64_t amount_due = 0;
  std::int64_t amount_paid = 0;
  std::int64_t pre_payment_credit = 0;  // credit notes issued before payment, >= 0
  std::vector<InvoiceLine> lines;       // sorted; line ids are not content, two renderings of one change differ in them
  bool lines_complete = true;           // false: the payload carried only the first page

  friend bool operator==(const InvoiceFact&, const InvoiceFact&) = default;
};

// One try to collect an invoice. Every attempt is kept. Object: the invoice. Own time: the event's.
enum class AttemptResult { kFailed, kRequiresAction };
struct AttemptFact {
  AttemptResult result = AttemptResult::kFailed;
  friend bool operator==(const AttemptFact&, const AttemptFact&) = default;
};

// kOther: a value this version does not know. It never grants.
enum class SubscriptionStatus {
  kIncomplete,
  kTrialing,
  kActive,
  kPastDue,
  kUnpaid,
  kPaused,
  kOther,
  kIncompleteExpired,
  kCanceled,
};

struct SubscriptionItem {
  std::string id;
  PriceId price;
  std::int64_t quantity_milli = 1000;
  friend auto operator<=>(const SubscriptionItem&, const SubscriptionItem&) = default;
};

// What a customer intends to buy again and again. Proves nothing (R1). Every observation is kept. Own time: the
// event's.
struct SubscriptionFact {
  SubscriptionStatus status = SubscriptionStatus::kOther;
  std::string customer;
  std::string test_clock;
  CollectionMethod collection = CollectionMethod::kChargeAutomatically;
  std::optional<Instant> trial_start;
  std::optional<Instant> trial_end;
  std::optional<Instant> cancel_at;  // also set from cancel_at_period_end: the end of the current period
  bool collection_paused = false;
  bool has_payment_method = false;
  std::vector<SubscriptionItem> items;  // sorted by id

  friend bool operator==(const SubscriptionFact&, const SubscriptionFact&) = default;
};

// kOther ranks with the conditions that can still change, and means nothing.
enum class PaymentIntentStatus { kOther, kProcessing, kRequiresAction, kFailed, kCanceled, kSucceeded };

// Own time: the event's.
struct PaymentIntentFact {
  PaymentIntentStatus status = PaymentIntentStatus::kOther;
  std::string customer;
  std::string invoice;
  PriceId price;  // from our metadata, empty when absent
  std::int64_t quantity_milli = 1000;
  friend bool operator==(const PaymentIntentFact&, const PaymentIntentFact&) = default;
};

enum class ChargeStatus { kPending, kSucceeded, kFailed };  // in the order of their rank

// Own time: the event's.
struct ChargeFact {
  ChargeStatus status = ChargeStatus::kPending;
  std::string customer;
  std::string payment_intent;
  std::string invoice;
  std::int64_t amount = 0;
  std::int64_t amount_refunded = 0;
  friend bool operator==(const ChargeFact&, const ChargeFact&) = default;
};

enum class RefundStatus { kPending, kRequiresAction, kSucceeded, kFailed, kCanceled };  // failed = canceled in rank

// Own time: the refund's `created` while it is pending, requires action or succeeded at creation; else the event's.
struct RefundFact {
  RefundStatus status = RefundStatus::kPending;
  std::string charge;
  std::string payment_intent;
  std::int64_t amount = 0;
  friend bool operator==(const RefundFact&, const RefundFact&) = default;
};

// kOpen and kInquiryOpen share a rank; then kWon = kInquiryClosed < kPrevented < kLost.
enum class DisputeStatus { kInquiryOpen, kOpen, kWon, kInquiryClosed, kPrevented, kLost };

// Own time: the dispute's `created` while it is open, else the event's.
struct DisputeFact {
  DisputeStatus status = DisputeStatus::kOpen;
  std::string charge;
  std::string payment_intent;
  std::int64_t amount = 0;
  friend bool operator==(const DisputeFact&, const DisputeFact&) = default;
};

enum class CreditNoteStatus { kIssued, kVoid };  // in the order of their rank

// Own time: the note's `created` while it is issued, else the event's.
struct CreditNoteFact {
  CreditNoteStatus status = CreditNoteStatus::kIssued;
  std::string invoice;
  bool post_payment = false;
  std::int64_t amount = 0;           // the whole note
  std::int64_t refunded_amount = 0;  // the part of it that went out as refunds, which are facts of their own
  friend bool operator==(const CreditNoteFact&, const CreditNoteFact&) = default;
};

enum class CheckoutMode { kPayment, kSubscription, kSetup };
enum class CheckoutStatus { kOpen, kExpired, kComplete };                    // in the order of their rank
enum class CheckoutPayment { kUnpaid, kFailed, kNoPaymentRequired, kPaid };  // rank among complete sessions

// Own time: the event's.
struct CheckoutSessionFact {
  CheckoutMode mode = CheckoutMode::kPayment;
  CheckoutStatus status = CheckoutStatus::kOpen;
  CheckoutPayment payment = CheckoutPayment::kUnpaid;
  std::string customer;
  std::string subscription;
  std::string payment_intent;
  std::string invoice;
  std::int64_t amount_total = 0;
  PriceId price;  // from our metadata, empty when absent
  std::int64_t quantity_milli = 1000;
  friend bool operator==(const CheckoutSessionFact&, const CheckoutSessionFact&) = default;
};

// Which payment settled which invoice (API 2025-03-31 on). An edge, no proof. Own time: the event's.
struct InvoicePaymentFact {
  std::string invoice;
  std::string payment_intent;
  std::string charge;
  bool paid = false;
  friend bool operator==(const InvoicePaymentFact&, const InvoicePaymentFact&) = default;
};

// Own time: the event's. deleted outranks not deleted.
struct CustomerFact {
  bool deleted = false;
  std::string test_clock;
  friend bool operator==(const CustomerFact&, const CustomerFact&) = default;
};

// A billing system's simulated clock. Own time: frozen_time.
struct TestClockFact {
  Instant frozen_time{};
  friend bool operator==(const TestClockFact&, const TestClockFact&) = default;
};

// A flag for people; changes no answer. Own time: the event's.
struct FraudWarningFact {
  std::string charge;
  std::string payment_intent;
  friend bool operator==(const FraudWarningFact&, const FraudWarningFact&) = default;
};

enum class OutcomeStatus { kPending, kFailed, kSucceeded, kReversed };  // in the order of their rank

// An outcome that somebody vouches for: a bank transfer, an order, another billing system. Proof when kSucceeded.
// Own time: when the outcome came about, as recorded.
struct OutcomeFact {
  OutcomeStatus status = OutcomeStatus::kPending;
  TenantId tenant;
  PriceId price;
  std::int64_t quantity_milli = 1000;
  std::string subscription;      // outcomes of one subscription renew each other; empty: stands alone
  std::optional<Instant> start;  // the period paid for; without it the price's declared term from payment (R15)
  std::optional<Instant> end;
  friend bool operator==(const OutcomeFact&, const OutcomeFact&) = default;
};

// Least to most trusted. A buyer can write a client reference; metadata only we write.
enum class LinkTrust { kClientReference, kMetadata, kOperator };

// The object belongs to the tenant. Own time: when it was observed or said.
struct LinkFact {
  TenantId tenant;
  LinkTrust trust = LinkTrust::kMetadata;
  friend bool operator==(const LinkFact&, const LinkFact&) = default;
};

// The tenant exists although nothing was paid. Object: the tenant.
struct TenantFact {
  std::string display_name;
  friend bool operator==(const TenantFact&, const TenantFact&) = default;
};

// Operator suspension and its end. Object: the tenant.
struct SuspensionFact {
  bool suspended = false;
  std::string reason;
  std::string actor;
  friend bool operator==(const SuspensionFact&, const SuspensionFact&) = default;
};

enum class OverrideMode { kSet, kAdd, kDeny };

// One version of an override. Object: the override. Own time: when it was put or removed.
struct OverrideFact {
  bool removed = false;
  TenantId tenant;
  FeatureId feature;
  OverrideMode mode = OverrideMode::kSet;
  Value value = false;  // kSet, kAdd; false for kDeny
  std::optional<Instant> starts_at;
  std::optional<Instant> expires_at;
  std::string subscription_id;  // counts only while this subscription grants something; empty: always
  std::string reason;
  std::string actor;
  friend bool operator==(const OverrideFact&, const OverrideFact&) = default;
};

using FactContent =
    std::variant<InvoiceFact, AttemptFact, SubscriptionFact, PaymentIntentFact, ChargeFact, RefundFact, DisputeFact,
                 CreditNoteFact, CheckoutSessionFact, InvoicePaymentFact, CustomerFact, TestClockFact, FraudWarningFact,
                 OutcomeFact, LinkFact, TenantFact, SuspensionFact, OverrideFact>;

struct Fact {
  ObjectRef object;
  Instant at{};  // its own time, as each content says; never the time of arrival
  FactContent content;

  friend bool operator==(const Fact&, const Fact&) = default;
};

}  // namespace usher
