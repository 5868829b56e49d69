#include "server/core/fact_order.h"

#include <tuple>

#include "server/core/fact_codec.h"

namespace usher {
namespace {

// Greater rank wins at any time; greater strictness, compared in two parts, wins at the same time.
struct Standpoint {
  int rank = 0;
  std::int64_t strictness = 0;
  std::int64_t strictness_second = 0;
};

int SubscriptionRank(SubscriptionStatus status) {
  switch (status) {
    case SubscriptionStatus::kIncomplete:
    case SubscriptionStatus::kTrialing:
    case SubscriptionStatus::kActive:
    case SubscriptionStatus::kPastDue:
    case SubscriptionStatus::kUnpaid:
    case SubscriptionStatus::kPaused:
    case SubscriptionStatus::kOther: return 0;
    case SubscriptionStatus::kIncompleteExpired: return 1;
    case SubscriptionStatus::kCanceled: return 2;
  }
  return 0;
}

int SubscriptionStrictness(SubscriptionStatus status) {
  switch (status) {
    case SubscriptionStatus::kActive: return 0;
    case SubscriptionStatus::kTrialing: return 1;
    case SubscriptionStatus::kPastDue: return 2;
    case SubscriptionStatus::kIncomplete: return 3;
    case SubscriptionStatus::kUnpaid: return 4;
    case SubscriptionStatus::kPaused: return 5;
    case SubscriptionStatus::kOther: return 6;
    case SubscriptionStatus::kIncompleteExpired:
    case SubscriptionStatus::kCanceled: return 0;
  }
  return 0;
}

Standpoint IntentStandpoint(PaymentIntentStatus status) {
  switch (status) {
    case PaymentIntentStatus::kOther: return {.rank = 0, .strictness = 0};
    case PaymentIntentStatus::kProcessing: return {.rank = 0, .strictness = 1};
    case PaymentIntentStatus::kRequiresAction: return {.rank = 0, .strictness = 2};
    case PaymentIntentStatus::kFailed: return {.rank = 0, .strictness = 3};
    case PaymentIntentStatus::kCanceled: return {.rank = 1};
    case PaymentIntentStatus::kSucceeded: return {.rank = 2};
  }
  return {};
}

Standpoint RefundStandpoint(RefundStatus status) {
  switch (status) {
    case RefundStatus::kPending: return {.rank = 0};
    case RefundStatus::kRequiresAction: return {.rank = 1};
    case RefundStatus::kSucceeded: return {.rank = 2};
    case RefundStatus::kFailed: return {.rank = 3, .strictness = 0};
    case RefundStatus::kCanceled: return {.rank = 3, .strictness = 1};
  }
  return {};
}

Standpoint DisputeStandpoint(DisputeStatus status) {
  switch (status) {
    case DisputeStatus::kInquiryOpen: return {.rank = 0, .strictness = 0};
    case DisputeStatus::kOpen: return {.rank = 0, .strictness = 1};
    case DisputeStatus::kWon: return {.rank = 1, .strictness = 0};
    case DisputeStatus::kInquiryClosed: return {.rank = 1, .strictness = 1};
    case DisputeStatus::kPrevented: return {.rank = 2};
    case DisputeStatus::kLost: return {.rank = 3};
  }
  return {};
}

int SessionRank(const CheckoutSessionFact& session) {
  switch (session.status) {
    case CheckoutStatus::kOpen: return 0;
    case CheckoutStatus::kExpired: return 1;
    case CheckoutStatus::kComplete: return 2 + static_cast<int>(session.payment);
  }
  return 0;
}

struct StandpointOf {
  Standpoint operator()(const InvoiceFact& fact) const { return {.rank = static_cast<int>(fact.status)}; }
  Standpoint operator()(const SubscriptionFact& fact) const {
    return {.rank = SubscriptionRank(fact.status), .strictness = SubscriptionStrictness(fact.status)};
  }
  Standpoint operator()(const PaymentIntentFact& fact) const { return IntentStandpoint(fact.status); }
  Standpoint operator()(const ChargeFact& fact) const {
    return {.rank = static_cast<int>(fact.status), .strictness = fact.amount_refunded};
  }
  Standpoint operator()(const RefundFact& fact) const { return RefundStandpoint(fact.status); }
  Standpoint operator()(const DisputeFact& fact) const { return DisputeStandpoint(fact.status); }
  Standpoint operator()(const CreditNoteFact& fact) const {
    // ~x orders backwards and cannot overflow.
    return {
        .rank = static_cast<int>(fact.status), .strictness = fact.amount, .strictness_second = ~fact.refunded_amount};
  }
  Standpoint operator()(const CheckoutSessionFact& fact) const { return {.rank = SessionRank(fact)}; }
  Standpoint operator()(const InvoicePaymentFact& fact) const { return {.rank = fact.paid ? 1 : 0}; }
  Standpoint operator()(const CustomerFact& fact) const { return {.rank = fact.deleted ? 1 : 0}; }
  Standpoint operator()(const OutcomeFact& fact) const { return {.rank = static_cast<int>(fact.status)}; }
  Standpoint operator()(const OverrideFact& fact) const { return {.strictness = fact.removed ? 1 : 0}; }
  Standpoint operator()(const SuspensionFact& fact) const { return {.strictness = fact.suspended ? 1 : 0}; }
  Standpoint operator()(const AttemptFact&) const { return {}; }
  Standpoint operator()(const TestClockFact&) const { return {}; }
  Standpoint operator()(const FraudWarningFact&) const { return {}; }
  Standpoint operator()(const LinkFact&) const { return {}; }
  Standpoint operator()(const TenantFact&) const { return {}; }
};

bool Outranks(const Fact& a, bool a_complete, const Fact& b, bool b_complete) {
  const Standpoint left = std::visit(StandpointOf{}, a.content);
  const Standpoint right = std::visit(StandpointOf{}, b.content);
  const auto of_a = std::tie(left.rank, a_complete, a.at, left.strictness, left.strictness_second);
  const auto of_b = std::tie(right.rank, b_complete, b.at, right.strictness, right.strictness_second);
  if (of_a != of_b) return of_a > of_b;
  return a.content != b.content && FactDigest(a) > FactDigest(b);
}

}  // namespace

bool OutranksAsState(const Fact& a, const Fact& b) { return Outranks(a, true, b, true); }

bool OutranksAsLines(const Fact& a, const Fact& b) {
  return Outranks(a, std::get<InvoiceFact>(a.content).lines_complete, b,
                  std::get<InvoiceFact>(b.content).lines_complete);
}

}  // namespace usher
