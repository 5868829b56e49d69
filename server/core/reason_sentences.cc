#include <string>

#include "server/core/sentences.h"

namespace usher {
namespace {

std::string Capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string Number(const Limit& limit) { return limit.unlimited ? "unlimited" : std::to_string(limit.amount); }

std::string Listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text.empty() ? "nothing" : text;
}

// What follows the name of the source.
std::string_view PredicateOf(Reason reason) {
  switch (reason) {
    case Reason::kPaid: return "is paid, and the period it pays for holds this moment";
    case Reason::kPaidOnce: return "is paid once, and its term holds this moment";
    case Reason::kPaidInArrears: return "is paid for what was used, which grants through one more period";
    case Reason::kOutcomeRecorded: return "was recorded as paid by somebody who vouches for it";
    case Reason::kOverride: return "of an operator grants it";
    case Reason::kZeroTotal: return "had nothing to pay, which the plan's policy takes as paid";
    case Reason::kUnmappedPrice:
      return "is paid for a price that the catalog does not know, so the last proved plan is kept";
    case Reason::kChangeNotYetBilled: return "was changed to this price, and no invoice bills the change yet";
    case Reason::kDefaultPlan: return "answers, because nothing better does";
    case Reason::kTrial: return "opens the subscription's trial, which lasts at this moment";
    case Reason::kRenewalPending:
      return "paid for a period that is over, and its renewal has not failed: it is given time to arrive";
    case Reason::kRenewalFailed:
      return "paid for a period that is over, and collecting its renewal failed: it is given time to be retried";
    case Reason::kNetTerms: return "paid for a period that is over, and the renewal invoice is not due yet";
    case Reason::kOperatorSuspended: return "withdraws everything";
    case Reason::kDisputed: return "was paid by a payment that is disputed";
    case Reason::kRefunded: return "was paid and the money went back";
    case Reason::kAuthenticationRequired: return "waits for the buyer to authenticate the payment";
    case Reason::kPaymentProcessing: return "is being paid by a slow method, and the outcome is not known";
    case Reason::kAuthenticationTimedOut: return "waited too long for the buyer to authenticate the payment";
    case Reason::kPaymentFailed: return "was not paid: the payment failed";
    case Reason::kUnbackedCredit: return "gives credit for something that was never paid, so it proves nothing";
    case Reason::kInvoiceOpen: return "is open, and nobody has tried to pay it";
    case Reason::kRenewalUnpaid: return "paid for a period that is over, and the renewal was not paid in time";
    case Reason::kPaymentNotSeen: return "wants it, and no payment for it is known";
    case Reason::kZeroTotalNoProof: return "had nothing to pay, which the plan's policy does not take as paid";
    case Reason::kTrialNotAllowed: return "opens a trial that the plan's policy does not grant";
    case Reason::kTrialEnded: return "opened a trial that is over, and nothing was paid since";
    case Reason::kCanceled: return "belongs to a subscription that has ended";
    case Reason::kPeriodEnded: return "paid for a time that is over";
    case Reason::kDenyOverride: return "of an operator takes it away";
    case Reason::kLapsedBlocked: return "has lapsed, and its policy keeps the default plan from answering";
    case Reason::kAddOnWithoutPlan: return "adds to a plan that the tenant does not have";
    case Reason::kNotIncluded: return "does not include it";
  }
  return "says nothing";
}

}  // namespace

std::string SentenceOf(const SourceRef& source) {
  const std::string name = source.source == "default plan" ? "the default plan" : source.source;
  return Capitalized(name) + " " + std::string(PredicateOf(source.reason)) + ".";
}

std::string_view RuleOf(Reason reason) {
  switch (reason) {
    case Reason::kPaid:
    case Reason::kOutcomeRecorded:
    case Reason::kPaymentNotSeen:
    case Reason::kPeriodEnded: return "R1";
    case Reason::kZeroTotal:
    case Reason::kZeroTotalNoProof:
    case Reason::kTrial:
    case Reason::kTrialNotAllowed: return "R3";
    case Reason::kUnbackedCredit: return "R4";
    case Reason::kRefunded: return "R5";
    case Reason::kDisputed: return "R6";
    case Reason::kRenewalPending:
    case Reason::kRenewalFailed:
    case Reason::kRenewalUnpaid:
    case Reason::kTrialEnded: return "R7";
    case Reason::kNetTerms: return "R8";
    case Reason::kAuthenticationRequired:
    case Reason::kPaymentProcessing:
    case Reason::kAuthenticationTimedOut:
    case Reason::kPaymentFailed:
    case Reason::kInvoiceOpen: return "R9";
    case Reason::kChangeNotYetBilled: return "R10";
    case Reason::kCanceled: return "R11";
    case Reason::kAddOnWithoutPlan: return "R12";
    case Reason::kOverride:
    case Reason::kDefaultPlan:
    case Reason::kOperatorSuspended:
    case Reason::kDenyOverride:
    case Reason::kLapsedBlocked: return "R13";
    case Reason::kUnmappedPrice: return "R14";
    case Reason::kPaidOnce: return "R15";
    case Reason::kPaidInArrears: return "R16";
    case Reason::kNotIncluded: return "";
  }
  return "";
}

std::string TextOf(const Value& value) {
  struct Text {
    std::string operator()(bool on) const { return on ? "yes" : "no"; }
    std::string operator()(const Limit& limit) const { return Number(limit); }
    std::string operator()(const Metered& metered) const {
      const std::string cap = metered.cap.unlimited ? "without a cap" : "at most " + Number(metered.cap);
      return Number(metered.included) + " included, " + cap;
    }
    std::string operator()(const Level& level) const { return level.name; }
    std::string operator()(const ValueSet& set) const { return Listed(set.values); }
  };
  return std::visit(Text{}, value);
}

}  // namespace usher
