#include <algorithm>
#include <sstream>

#include "tests/property/history.h"
#include "tests/property/stage.h"

namespace usher::property {
namespace {

constexpr const char* kInvoice[] = {"draft", "open", "uncollectible", "void", "paid"};
constexpr const char* kSubscription[] = {"incomplete", "trialing",           "active",  "past due", "unpaid", "paused",
                                         "other",      "incomplete expired", "canceled"};
constexpr const char* kIntent[] = {"other", "processing", "requires action", "failed", "canceled", "succeeded"};
constexpr const char* kCharge[] = {"pending", "succeeded", "failed"};
constexpr const char* kRefund[] = {"pending", "requires action", "succeeded", "failed", "canceled"};
constexpr const char* kDispute[] = {"inquiry open", "open", "won", "inquiry closed", "prevented", "lost"};
constexpr const char* kCheckout[] = {"open", "expired", "complete"};
constexpr const char* kCheckoutPayment[] = {"unpaid", "failed", "no payment required", "paid"};
constexpr const char* kMode[] = {"payment", "subscription", "setup"};
constexpr const char* kOutcome[] = {"pending", "failed", "succeeded", "reversed"};
constexpr const char* kTrust[] = {"client reference", "metadata", "operator"};
constexpr const char* kOverrideMode[] = {"set", "add", "deny"};

template <class Enum, std::size_t size>
const char* Word(const char* const (&words)[size], Enum value) {
  return words[static_cast<std::size_t>(value)];
}

struct Tell {
  std::ostringstream& out;

  void Reference(const char* name, const std::string& id) const {
    if (!id.empty()) out << ", " << name << " " << id;
  }
  void Amount(const char* name, std::int64_t amount) const {
    if (amount != 0) out << ", " << name << " " << amount;
  }
  void Time(const char* name, const std::optional<Instant>& at) const {
    if (at) out << ", " << name << " " << FormatInstant(*at);
  }
  void Flag(const char* name, bool is_set) const {
    if (is_set) out << ", " << name;
  }

  void operator()(const InvoiceFact& fact) const {
    out << Word(kInvoice, fact.status);
    Reference("customer", fact.customer);
    Reference("subscription", fact.subscription);
    Reference("intent", fact.payment_intent);
    Reference("charge", fact.charge);
    Flag("sent", fact.collection == CollectionMethod::kSendInvoice);
    Time("due", fact.due_date);
    out << ", subtotal " << fact.subtotal << ", total " << fact.total << ", paid amount " << fact.amount_paid;
    Amount("discount", fact.discount);
    Amount("credited before", fact.pre_payment_credit);
    Flag("lines incomplete", !fact.lines_complete);
    for (const InvoiceLine& line : fact.lines) {
      out << "\n        line " << line.amount << " for " << line.price.str() << " x" << line.quantity_milli << "/1000 "
          << FormatInstant(line.start) << " to " << FormatInstant(line.end) << " item '" << line.subscription_item
          << "' of '" << line.subscription << "'";
    }
  }
  void operator()(const AttemptFact& fact) const {
    out << "attempt " << (fact.result == AttemptResult::kFailed ? "failed" : "requires action");
  }
  void operator()(const SubscriptionFact& fact) const {
    out << Word(kSubscription, fact.status);
    Reference("customer", fact.customer);
    Reference("clock", fact.test_clock);
    Time("trial from", fact.trial_start);
    Time("trial until", fact.trial_end);
    Time("cancel at", fact.cancel_at);
    Flag("collection paused", fact.collection_paused);
    Flag("payment method", fact.has_payment_method);
    for (const SubscriptionItem& item : fact.items) {
      out << "\n        item " << item.id << " " << item.price.str() << " x" << item.quantity_milli << "/1000";
    }
  }
  void operator()(const PaymentIntentFact& fact) const {
    out << Word(kIntent, fact.status);
    Reference("customer", fact.customer);
    Reference("invoice", fact.invoice);
    Reference("price", fact.price.str());
  }
  void operator()(const ChargeFact& fact) const {
    out << Word(kCharge, fact.status) << ", amount " << fact.amount;
    Reference("intent", fact.payment_intent);
    Reference("invoice", fact.invoice);
    Amount("refunded", fact.amount_refunded);
  }
  void operator()(const RefundFact& fact) const {
    out << Word(kRefund, fact.status) << ", amount " << fact.amount;
    Reference("charge", fact.charge);
    Reference("intent", fact.payment_intent);
  }
  void operator()(const DisputeFact& fact) const {
    out << Word(kDispute, fact.status) << ", amount " << fact.amount;
    Reference("charge", fact.charge);
    Reference("intent", fact.payment_intent);
  }
  void operator()(const CreditNoteFact& fact) const {
    out << (fact.status == CreditNoteStatus::kVoid ? "void" : "issued") << ", amount " << fact.amount;
    Reference("invoice", fact.invoice);
    Flag("after payment", fact.post_payment);
    Amount("of it refunds", fact.refunded_amount);
  }
  void operator()(const CheckoutSessionFact& fact) const {
    out << Word(kCheckout, fact.status) << ", " << Word(kCheckoutPayment, fact.payment) << ", mode "
        << Word(kMode, fact.mode) << ", total " << fact.amount_total;
    Reference("customer", fact.customer);
    Reference("subscription", fact.subscription);
    Reference("intent", fact.payment_intent);
    Reference("invoice", fact.invoice);
    Reference("price", fact.price.str());
  }
  void operator()(const InvoicePaymentFact& fact) const {
    out << (fact.paid ? "paid" : "not paid");
    Reference("invoice", fact.invoice);
    Reference("intent", fact.payment_intent);
    Reference("charge", fact.charge);
  }
  void operator()(const CustomerFact& fact) const {
    out << (fact.deleted ? "deleted" : "seen");
    Reference("clock", fact.test_clock);
  }
  void operator()(const TestClockFact& fact) const { out << "frozen at " << FormatInstant(fact.frozen_time); }
  void operator()(const FraudWarningFact& fact) const {
    out << "warned";
    Reference("charge", fact.charge);
  }
  void operator()(const OutcomeFact& fact) const {
    out << Word(kOutcome, fact.status) << ", tenant " << fact.tenant.str() << ", price " << fact.price.str() << " x"
        << fact.quantity_milli << "/1000";
    Reference("subscription", fact.subscription);
    Time("from", fact.start);
    Time("until", fact.end);
  }
  void operator()(const LinkFact& fact) const {
    out << "belongs to " << fact.tenant.str() << " by " << Word(kTrust, fact.trust);
  }
  void operator()(const TenantFact&) const { out << "exists"; }
  void operator()(const SuspensionFact& fact) const { out << (fact.suspended ? "suspended" : "not suspended"); }
  void operator()(const OverrideFact& fact) const {
    out << (fact.removed ? "removed" : "put") << ", tenant " << fact.tenant.str() << ", "
        << Word(kOverrideMode, fact.mode) << " " << fact.feature.str() << " " << DescribeValue(fact.value);
    Time("from", fact.starts_at);
    Time("until", fact.expires_at);
    Reference("while subscription", fact.subscription_id);
  }
};

std::string DescribeLimit(const Limit& limit) { return limit.unlimited ? "unlimited" : std::to_string(limit.amount); }

}  // namespace

std::string DescribeValue(const Value& value) {
  struct Text {
    std::string operator()(bool on) const { return on ? "true" : "false"; }
    std::string operator()(const Limit& limit) const { return DescribeLimit(limit); }
    std::string operator()(const Metered& metered) const {
      return DescribeLimit(metered.included) + " of at most " + DescribeLimit(metered.cap);
    }
    std::string operator()(const Level& level) const { return level.name; }
    std::string operator()(const ValueSet& set) const {
      std::string text = "{";
      for (const std::string& one : set.values) text += " " + one;
      return text + " }";
    }
  };
  return std::visit(Text{}, value);
}

std::string Describe(std::vector<Fact> facts) {
  std::stable_sort(facts.begin(), facts.end(), [](const Fact& a, const Fact& b) { return a.at < b.at; });
  std::ostringstream out;
  for (const Fact& fact : facts) {
    out << "    " << FormatInstant(fact.at) << "  " << ObjectKindName(fact.object.kind) << " " << fact.object.id
        << ": ";
    std::visit(Tell{out}, fact.content);
    out << "\n";
  }
  return out.str();
}

}  // namespace usher::property
