// The fields of every fact, described once (fields.h).
#pragma once

#include "catalog/value.h"
#include "server/core/fact.h"
#include "server/core/fields.h"

namespace usher {

template <>
struct Words<ObjectKind> {
  static constexpr EnumWord<ObjectKind> kTable[] = {
      {ObjectKind::kTenant, "tenant"},
      {ObjectKind::kCustomer, "customer"},
      {ObjectKind::kSubscription, "subscription"},
      {ObjectKind::kInvoice, "invoice"},
      {ObjectKind::kInvoicePayment, "invoice payment"},
      {ObjectKind::kCheckoutSession, "checkout session"},
      {ObjectKind::kPaymentIntent, "payment intent"},
      {ObjectKind::kCharge, "charge"},
      {ObjectKind::kRefund, "refund"},
      {ObjectKind::kDispute, "dispute"},
      {ObjectKind::kCreditNote, "credit note"},
      {ObjectKind::kTestClock, "test clock"},
      {ObjectKind::kFraudWarning, "fraud warning"},
      {ObjectKind::kOutcome, "outcome"},
      {ObjectKind::kOverride, "override"},
  };
};

template <>
struct Words<InvoiceStatus> {
  static constexpr EnumWord<InvoiceStatus> kTable[] = {
      {InvoiceStatus::kDraft, "draft"},
      {InvoiceStatus::kOpen, "open"},
      {InvoiceStatus::kUncollectible, "uncollectible"},
      {InvoiceStatus::kVoid, "void"},
      {InvoiceStatus::kPaid, "paid"},
  };
};

template <>
struct Words<CollectionMethod> {
  static constexpr EnumWord<CollectionMethod> kTable[] = {
      {CollectionMethod::kChargeAutomatically, "charged automatically"},
      {CollectionMethod::kSendInvoice, "sent as an invoice"},
  };
};

template <>
struct Words<AttemptResult> {
  static constexpr EnumWord<AttemptResult> kTable[] = {
      {AttemptResult::kFailed, "failed"},
      {AttemptResult::kRequiresAction, "requires action"},
  };
};

template <>
struct Words<SubscriptionStatus> {
  static constexpr EnumWord<SubscriptionStatus> kTable[] = {
      {SubscriptionStatus::kIncomplete, "incomplete"},
      {SubscriptionStatus::kTrialing, "trialing"},
      {SubscriptionStatus::kActive, "active"},
      {SubscriptionStatus::kPastDue, "past due"},
      {SubscriptionStatus::kUnpaid, "unpaid"},
      {SubscriptionStatus::kPaused, "paused"},
      {SubscriptionStatus::kOther, "of an unknown status"},
      {SubscriptionStatus::kIncompleteExpired, "expired before its first payment"},
      {SubscriptionStatus::kCanceled, "canceled"},
  };
};

template <>
struct Words<PaymentIntentStatus> {
  static constexpr EnumWord<PaymentIntentStatus> kTable[] = {
      {PaymentIntentStatus::kOther, "of an unknown status"},
      {PaymentIntentStatus::kProcessing, "processing"},
      {PaymentIntentStatus::kRequiresAction, "waiting for authentication"},
      {PaymentIntentStatus::kFailed, "failed"},
      {PaymentIntentStatus::kCanceled, "canceled"},
      {PaymentIntentStatus::kSucceeded, "succeeded"},
  };
};

template <>
struct Words<ChargeStatus> {
  static constexpr EnumWord<ChargeStatus> kTable[] = {
      {ChargeStatus::kPending, "pending"},
      {ChargeStatus::kSucceeded, "succeeded"},
      {ChargeStatus::kFailed, "failed"},
  };
};

template <>
struct Words<RefundStatus> {
  static constexpr EnumWord<RefundStatus> kTable[] = {
      {RefundStatus::kPending, "pending"},     {RefundStatus::kRequiresAction, "waiting for action"},
      {RefundStatus::kSucceeded, "succeeded"}, {RefundStatus::kFailed, "failed"},
      {RefundStatus::kCanceled, "canceled"},
  };
};

template <>
struct Words<DisputeStatus> {
  static constexpr EnumWord<DisputeStatus> kTable[] = {
      {DisputeStatus::kInquiryOpen, "an open inquiry"},
      {DisputeStatus::kOpen, "open"},
      {DisputeStatus::kWon, "won"},
      {DisputeStatus::kInquiryClosed, "a closed inquiry"},
      {DisputeStatus::kPrevented, "prevented"},
      {DisputeStatus::kLost, "lost"},
  };
};

template <>
struct Words<CreditNoteStatus> {
  static constexpr EnumWord<CreditNoteStatus> kTable[] = {
      {CreditNoteStatus::kIssued, "issued"},
      {CreditNoteStatus::kVoid, "void"},
  };
};

template <>
struct Words<CheckoutMode> {
  static constexpr EnumWord<CheckoutMode> kTable[] = {
      {CheckoutMode::kPayment, "payment"},
      {CheckoutMode::kSubscription, "subscription"},
      {CheckoutMode::kSetup, "setup"},
  };
};

template <>
struct Words<CheckoutStatus> {
  static constexpr EnumWord<CheckoutStatus> kTable[] = {
      {CheckoutStatus::kOpen, "open"},
      {CheckoutStatus::kExpired, "expired"},
      {CheckoutStatus::kComplete, "complete"},
  };
};

template <>
struct Words<CheckoutPayment> {
  static constexpr EnumWord<CheckoutPayment> kTable[] = {
      {CheckoutPayment::kUnpaid, "unpaid"},
      {CheckoutPayment::kFailed, "failed"},
      {CheckoutPayment::kNoPaymentRequired, "without a payment"},
      {CheckoutPayment::kPaid, "paid"},
  };
};

template <>
struct Words<OutcomeStatus> {
  static constexpr EnumWord<OutcomeStatus> kTable[] = {
      {OutcomeStatus::kPending, "pending"},
      {OutcomeStatus::kFailed, "failed"},
      {OutcomeStatus::kSucceeded, "succeeded"},
      {OutcomeStatus::kReversed, "reversed"},
  };
};

template <>
struct Words<LinkTrust> {
  static constexpr EnumWord<LinkTrust> kTable[] = {
      {LinkTrust::kClientReference, "client reference"},
      {LinkTrust::kMetadata, "metadata"},
      {LinkTrust::kOperator, "operator"},
  };
};

template <>
struct Words<OverrideMode> {
  static constexpr EnumWord<OverrideMode> kTable[] = {
      {OverrideMode::kSet, "set"},
      {OverrideMode::kAdd, "add"},
      {OverrideMode::kDeny, "deny"},
  };
};

template <>
struct Described<BillingScope> {
  using S = BillingScope;
  static constexpr auto kFields = std::tuple(Plain(1, "provider", &S::provider), Plain(2, "account", &S::account),
                                             Plain(3, "livemode", &S::livemode));
};

template <>
struct Described<ObjectRef> {
  using S = ObjectRef;
  static constexpr auto kFields =
      std::tuple(Plain(1, "scope", &S::scope), Plain(2, "kind", &S::kind), Plain(3, "id", &S::id));
};

template <>
struct Described<InvoiceLine> {
  using S = InvoiceLine;
  static constexpr auto kFields =
      std::tuple(Edge(1, "subscription", &S::subscription, ObjectKind::kSubscription),
                 Plain(2, "subscription_item", &S::subscription_item), Plain(3, "price", &S::price),
                 Plain(4, "quantity_milli", &S::quantity_milli), Plain(5, "amount", &S::amount),
                 Plain(6, "start", &S::start), Plain(7, "end", &S::end), Plain(8, "proration", &S::proration));
};

template <>
struct Described<InvoiceFact> {
  using S = InvoiceFact;
  static constexpr auto kFields = std::tuple(
      Plain(1, "status", &S::status), Edge(2, "customer", &S::customer, ObjectKind::kCustomer),
      Edge(3, "subscription", &S::subscription, ObjectKind::kSubscription),
      Edge(4, "payment_intent", &S::payment_intent, ObjectKind::kPaymentIntent),
      Edge(5, "charge", &S::charge, ObjectKind::kCharge), Plain(6, "collection", &S::collection),
      Plain(7, "due_date", &S::due_date), Plain(8, "subtotal", &S::subtotal), Plain(9, "discount", &S::discount),
      Plain(10, "total", &S::total), Plain(11, "amount_due", &S::amount_due), Plain(12, "amount_paid", &S::amount_paid),
      Plain(13, "pre_payment_credit", &S::pre_payment_credit), Sorted(14, "lines", &S::lines),
      Plain(15, "lines_complete", &S::lines_complete));
};

template <>
struct Described<AttemptFact> {
  static constexpr auto kFields = std::tuple(Plain(1, "result", &AttemptFact::result));
};

template <>
struct Described<SubscriptionItem> {
  using S = SubscriptionItem;
  static constexpr auto kFields =
      std::tuple(Plain(1, "id", &S::id), Plain(2, "price", &S::price), Plain(3, "quantity_milli", &S::quantity_milli));
};

template <>
struct Described<SubscriptionFact> {
  using S = SubscriptionFact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "status", &S::status), Edge(2, "customer", &S::customer, ObjectKind::kCustomer),
                 Edge(3, "test_clock", &S::test_clock, ObjectKind::kTestClock), Plain(4, "collection", &S::collection),
                 Plain(5, "trial_start", &S::trial_start), Plain(6, "trial_end", &S::trial_end),
                 Plain(7, "cancel_at", &S::cancel_at), Plain(8, "collection_paused", &S::collection_paused),
                 Plain(9, "has_payment_method", &S::has_payment_method), Sorted(10, "items", &S::items));
};

template <>
struct Described<PaymentIntentFact> {
  using S = PaymentIntentFact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "status", &S::status), Edge(2, "customer", &S::customer, ObjectKind::kCustomer),
                 Edge(3, "invoice", &S::invoice, ObjectKind::kInvoice), Plain(4, "price", &S::price),
                 Plain(5, "quantity_milli", &S::quantity_milli));
};

template <>
struct Described<ChargeFact> {
  using S = ChargeFact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "status", &S::status), Edge(2, "customer", &S::customer, ObjectKind::kCustomer),
                 Edge(3, "payment_intent", &S::payment_intent, ObjectKind::kPaymentIntent),
                 Edge(4, "invoice", &S::invoice, ObjectKind::kInvoice), Plain(5, "amount", &S::amount),
                 Plain(6, "amount_refunded", &S::amount_refunded));
};

template <>
struct Described<RefundFact> {
  using S = RefundFact;
  static constexpr auto kFields = std::tuple(
      Plain(1, "status", &S::status), Edge(2, "charge", &S::charge, ObjectKind::kCharge),
      Edge(3, "payment_intent", &S::payment_intent, ObjectKind::kPaymentIntent), Plain(4, "amount", &S::amount));
};

template <>
struct Described<DisputeFact> {
  using S = DisputeFact;
  static constexpr auto kFields = std::tuple(
      Plain(1, "status", &S::status), Edge(2, "charge", &S::charge, ObjectKind::kCharge),
      Edge(3, "payment_intent", &S::payment_intent, ObjectKind::kPaymentIntent), Plain(4, "amount", &S::amount));
};

template <>
struct Described<CreditNoteFact> {
  using S = CreditNoteFact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "status", &S::status), Edge(2, "invoice", &S::invoice, ObjectKind::kInvoice),
                 Plain(3, "post_payment", &S::post_payment), Plain(4, "amount", &S::amount),
                 Plain(5, "refunded_amount", &S::refunded_amount));
};

template <>
struct Described<CheckoutSessionFact> {
  using S = CheckoutSessionFact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "mode", &S::mode), Plain(2, "status", &S::status), Plain(3, "payment", &S::payment),
                 Edge(4, "customer", &S::customer, ObjectKind::kCustomer),
                 Edge(5, "subscription", &S::subscription, ObjectKind::kSubscription),
                 Edge(6, "payment_intent", &S::payment_intent, ObjectKind::kPaymentIntent),
                 Edge(7, "invoice", &S::invoice, ObjectKind::kInvoice), Plain(8, "amount_total", &S::amount_total),
                 Plain(9, "price", &S::price), Plain(10, "quantity_milli", &S::quantity_milli));
};

template <>
struct Described<InvoicePaymentFact> {
  using S = InvoicePaymentFact;
  static constexpr auto kFields =
      std::tuple(Edge(1, "invoice", &S::invoice, ObjectKind::kInvoice),
                 Edge(2, "payment_intent", &S::payment_intent, ObjectKind::kPaymentIntent),
                 Edge(3, "charge", &S::charge, ObjectKind::kCharge), Plain(4, "paid", &S::paid));
};

template <>
struct Described<CustomerFact> {
  using S = CustomerFact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "deleted", &S::deleted), Edge(2, "test_clock", &S::test_clock, ObjectKind::kTestClock));
};

template <>
struct Described<TestClockFact> {
  static constexpr auto kFields = std::tuple(Plain(1, "frozen_time", &TestClockFact::frozen_time));
};

template <>
struct Described<FraudWarningFact> {
  using S = FraudWarningFact;
  static constexpr auto kFields = std::tuple(Edge(1, "charge", &S::charge, ObjectKind::kCharge),
                                             Edge(2, "payment_intent", &S::payment_intent, ObjectKind::kPaymentIntent));
};

template <>
struct Described<OutcomeFact> {
  using S = OutcomeFact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "status", &S::status), Plain(2, "tenant", &S::tenant), Plain(3, "price", &S::price),
                 Plain(4, "quantity_milli", &S::quantity_milli),
                 Edge(5, "subscription", &S::subscription, ObjectKind::kSubscription), Plain(6, "start", &S::start),
                 Plain(7, "end", &S::end));
};

template <>
struct Described<LinkFact> {
  using S = LinkFact;
  static constexpr auto kFields = std::tuple(Plain(1, "tenant", &S::tenant), Plain(2, "trust", &S::trust));
};

template <>
struct Described<TenantFact> {
  static constexpr auto kFields = std::tuple(Plain(1, "display_name", &TenantFact::display_name));
};

template <>
struct Described<SuspensionFact> {
  using S = SuspensionFact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "suspended", &S::suspended), Plain(2, "reason", &S::reason), Plain(3, "actor", &S::actor));
};

template <>
struct Described<Metered> {
  static constexpr auto kFields = std::tuple(Plain(1, "included", &Metered::included), Plain(2, "cap", &Metered::cap));
};

template <>
struct Described<Level> {
  static constexpr auto kFields = std::tuple(Plain(1, "name", &Level::name));
};

template <>
struct Described<ValueSet> {
  static constexpr auto kFields = std::tuple(Unordered(1, "values", &ValueSet::values));
};

template <>
struct Described<OverrideFact> {
  using S = OverrideFact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "removed", &S::removed), Plain(2, "tenant", &S::tenant), Plain(3, "feature", &S::feature),
                 Plain(4, "mode", &S::mode), Plain(5, "value", &S::value), Plain(6, "starts_at", &S::starts_at),
                 Plain(7, "expires_at", &S::expires_at), Plain(8, "subscription_id", &S::subscription_id),
                 Plain(9, "reason", &S::reason), Plain(10, "actor", &S::actor));
};

// The alternatives of FactContent are numbered by their position, so new ones go to its end.
template <>
struct Described<Fact> {
  using S = Fact;
  static constexpr auto kFields =
      std::tuple(Plain(1, "object", &S::object), Plain(2, "at", &S::at), Plain(3, "content", &S::content));
};

}  // namespace usher
