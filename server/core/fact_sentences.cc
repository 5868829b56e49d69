#include <optional>
#include <string>

#include "server/core/fact_codec.h"
#include "server/core/fact_fields.h"
#include "server/core/sentences.h"

namespace usher {
namespace {

// Facts have amounts without a currency, in its smallest unit.
constexpr char kUnit[] = " minor units";

std::string Quantity(std::int64_t milli) {
  std::string text = std::to_string(milli / 1000);
  if (milli % 1000 != 0) {
    std::string fraction = std::to_string(milli % 1000 + 1000).substr(1);
    while (fraction.back() == '0') fraction.pop_back();
    text += "." + fraction;
  }
  return text;
}

std::string PriceText(const PriceId& price) { return price.empty() ? "a price that was not named" : price.str(); }

std::string LineText(const InvoiceLine& line) {
  std::string text = PriceText(line.price);
  if (line.quantity_milli != 1000) text += " x " + Quantity(line.quantity_milli);
  if (line.amount < 0) text = "credit for " + text;
  if (line.start == line.end) return text;
  return text + " from " + FormatInstant(line.start) + " to " + FormatInstant(line.end);
}

std::string LinesText(const InvoiceFact& invoice) {
  constexpr std::size_t kMostLines = 5;
  std::string text;
  for (std::size_t i = 0; i < invoice.lines.size() && i < kMostLines; ++i) {
    text += (i == 0 ? ": " : "; ") + LineText(invoice.lines[i]);
  }
  if (invoice.lines.size() > kMostLines) {
    text += "; and " + std::to_string(invoice.lines.size() - kMostLines) + " more lines";
  }
  return text;
}

std::string Word(auto value) { return std::string(WordOf(value)); }

// What was observed of the object whose name comes before it.
struct PredicateOf {
  std::string operator()(const InvoiceFact& fact) const {
    return "is " + Word(fact.status) + ", total " + std::to_string(fact.total) + ", paid " +
           std::to_string(fact.amount_paid) + kUnit + LinesText(fact);
  }
  std::string operator()(const AttemptFact& fact) const {
    switch (fact.result) {
      case AttemptResult::kFailed: return "could not be collected: an attempt failed";
      case AttemptResult::kRequiresAction: return "asked the buyer to authenticate the payment";
    }
    return "";
  }
  std::string operator()(const SubscriptionFact& fact) const {
    std::string text = "is " + Word(fact.status);
    for (std::size_t i = 0; i < fact.items.size(); ++i) {
      text += (i == 0 ? " and wants " : ", ") + PriceText(fact.items[i].price);
    }
    if (fact.trial_end) text += ", its trial ends at " + FormatInstant(*fact.trial_end);
    if (fact.cancel_at) text += ", it is to end at " + FormatInstant(*fact.cancel_at);
    if (fact.collection_paused) text += ", its collection is paused";
    return text;
  }
  std::string operator()(const PaymentIntentFact& fact) const { return "is " + Word(fact.status); }
  std::string operator()(const ChargeFact& fact) const {
    std::string text = "is " + Word(fact.status) + ", amount " + std::to_string(fact.amount);
    if (fact.amount_refunded != 0) text += ", refunded " + std::to_string(fact.amount_refunded);
    return text + kUnit;
  }
  std::string operator()(const RefundFact& fact) const {
    return "of " + std::to_string(fact.amount) + kUnit + " is " + Word(fact.status);
  }
  std::string operator()(const DisputeFact& fact) const {
    return "over " + std::to_string(fact.amount) + kUnit + " is " + Word(fact.status);
  }
  std::string operator()(const CreditNoteFact& fact) const {
    return "of " + std::to_string(fact.amount) + kUnit + " for invoice " + fact.invoice + " is " + Word(fact.status);
  }
  std::string operator()(const CheckoutSessionFact& fact) const {
    if (fact.status != CheckoutStatus::kComplete) return "is " + Word(fact.status);
    return "is complete and " + Word(fact.payment) + (fact.price.empty() ? "" : ": " + fact.price.str());
  }
  std::string operator()(const InvoicePaymentFact& fact) const {
    const std::string payment = fact.payment_intent.empty() ? fact.charge : fact.payment_intent;
    return (fact.paid ? "says that " : "expects that ") + payment + " settles invoice " + fact.invoice;
  }
  std::string operator()(const CustomerFact& fact) const { return fact.deleted ? "was deleted" : "exists"; }
  std::string operator()(const TestClockFact& fact) const { return "stands at " + FormatInstant(fact.frozen_time); }
  std::string operator()(const FraudWarningFact& fact) const { return "names " + fact.charge; }
  std::string operator()(const OutcomeFact& fact) const {
    std::string text = "was recorded as " + Word(fact.status) + ": " + PriceText(fact.price);
    if (fact.start && fact.end) text += " from " + FormatInstant(*fact.start) + " to " + FormatInstant(*fact.end);
    return text;
  }
  std::string operator()(const LinkFact& fact) const {
    return "belongs to " + (fact.tenant.empty() ? "another tenant" : "tenant " + fact.tenant.str()) + ", says " +
           (fact.trust == LinkTrust::kOperator ? "an operator" : "its " + Word(fact.trust));
  }
  std::string operator()(const TenantFact&) const { return "was created"; }
  std::string operator()(const SuspensionFact& fact) const {
    std::string text = fact.suspended ? "was suspended by " : "was reinstated by ";
    text += fact.actor.empty() ? "an operator" : fact.actor;
    return fact.reason.empty() ? text : text + ": " + fact.reason;
  }
  std::string operator()(const OverrideFact& fact) const {
    if (fact.removed) return "of " + fact.feature.str() + " was removed";
    std::string text = "of " + fact.feature.str() + " was put: " + Word(fact.mode);
    if (fact.mode != OverrideMode::kDeny) text += " " + TextOf(fact.value);
    if (fact.expires_at) text += " until " + FormatInstant(*fact.expires_at);
    return fact.reason.empty() ? text : text + ", because: " + fact.reason;
  }
};

}  // namespace

std::string SentenceOf(const Fact& fact) {
  std::string name(ObjectKindName(fact.object.kind));
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name + " " + fact.object.id + " " + std::visit(PredicateOf{}, fact.content) + ".";
}

}  // namespace usher
