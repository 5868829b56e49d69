#include "tests/property/examples.h"

#include "tests/property/facts.h"

namespace usher::property {
namespace {

std::vector<InvoiceLine> Month(const std::string& price, Instant from, Instant until, std::int64_t amount = 4900) {
  return {ItemLine(price, amount, from, until)};
}

Fact Status(Instant at, SubscriptionStatus status, const std::string& price = "growth") {
  return SubscriptionAt(at, Wants(status, price));
}

Example PaidThenRenewed() {
  return {
      "paid, renewed after a failed attempt",
      {Linked(), Paid("in_1", kJan, Month("growth", kJan, kFeb)), Status(kJan, SubscriptionStatus::kActive),
       Open("in_2", kFeb, Month("growth", kFeb, kMar)), Attempt("in_2", kFeb + kHour),
       Status(kFeb + kHour, SubscriptionStatus::kPastDue), Paid("in_2", kFeb + 3 * kDay, Month("growth", kFeb, kMar))}};
}

Example HeldAtAuthentication() {
  return {"held at authentication, then paid",
          {Linked(), Status(kJan, SubscriptionStatus::kIncomplete), Open("in_1", kJan, Month("growth", kJan, kFeb)),
           Attempt("in_1", kJan, AttemptResult::kRequiresAction),
           IntentAt("pi_1", kJan, PaymentIntentStatus::kRequiresAction),
           Paid("in_1", kJan + kHour, Month("growth", kJan, kFeb)), Status(kJan + kHour, SubscriptionStatus::kActive)}};
}

Example UpgradeThatFails() {
  const Instant at = kJan + 10 * kDay;
  const std::vector<InvoiceLine> change = {ItemLine("starter", -500, at, kFeb), ItemLine("growth", 2000, at, kFeb)};
  return {"an upgrade that fails",
          {Linked(), Paid("in_1", kJan, Month("starter", kJan, kFeb, 1000)),
           Status(kJan, SubscriptionStatus::kActive, "starter"), Open("in_2", at, change), Attempt("in_2", at),
           Status(at, SubscriptionStatus::kActive, "growth"), Attempt("in_2", at + 3 * kDay)}};
}

Example UpgradeThatIsRefunded() {
  const Instant at = kJan + 10 * kDay;
  const std::vector<InvoiceLine> change = {ItemLine("starter", -500, at, kFeb), ItemLine("growth", 2000, at, kFeb)};
  return {"an upgrade that is refunded",
          {Linked(), Paid("in_1", kJan, Month("starter", kJan, kFeb, 1000)), Paid("in_2", at, change),
           RefundAt("re_1", at + kDay, RefundStatus::kPending, "ch_in_2", 1500),
           RefundAt("re_1", at + 2 * kDay, RefundStatus::kSucceeded, "ch_in_2", 1500),
           ChargeAt("ch_in_2", at + 2 * kDay, ChargeStatus::kSucceeded, 1500, 1500),
           RefundAt("re_1", at + 4 * kDay, RefundStatus::kFailed, "ch_in_2", 1500)}};
}

Example DisputeWon() {
  return {"a dispute, opened and won, another lost",
          {Linked(), Paid("in_1", kJan, Month("growth", kJan, kFeb)), Status(kJan, SubscriptionStatus::kActive),
           DisputeAt("dp_1", kJan + kDay, DisputeStatus::kOpen, "ch_in_1", 4900),
           DisputeAt("dp_1", kJan + 5 * kDay, DisputeStatus::kWon, "ch_in_1", 4900),
           DisputeAt("dp_2", kJan + 5 * kDay, DisputeStatus::kOpen, "ch_in_1", 4900),
           DisputeAt("dp_2", kJan + 9 * kDay, DisputeStatus::kLost, "ch_in_1", 4900)}};
}

Example TrialThenPaid() {
  SubscriptionFact trialing = Wants(SubscriptionStatus::kTrialing, "growth");
  trialing.trial_start = kJan;
  trialing.trial_end = kJan + 14 * kDay;
  SubscriptionFact active = trialing;
  active.status = SubscriptionStatus::kActive;
  const Instant end = kJan + 14 * kDay;
  return {"a trial, then paid late",
          {Linked(), SubscriptionAt(kJan, trialing), Paid("in_1", kJan, Month("growth", kJan, end, 0)),
           SubscriptionAt(end, active), Open("in_2", end, Month("growth", end, kMar)), Attempt("in_2", end),
           Paid("in_2", end + 8 * kDay, Month("growth", end, kMar))}};
}

Example UnmappedAtRenewal() {
  return {"a price that nobody knows at the renewal, then the end",
          {Linked(), Paid("in_1", kJan, Month("growth", kJan, kFeb)), Status(kJan, SubscriptionStatus::kActive),
           Paid("in_2", kFeb, Month("unheard_of", kFeb, kMar)), Status(kFeb, SubscriptionStatus::kActive, "unheard_of"),
           DisputeAt("dp_1", kFeb + kDay, DisputeStatus::kOpen, "ch_in_2", 4900),
           Status(kFeb + 9 * kDay, SubscriptionStatus::kCanceled)}};
}

Example LinksThatMove() {
  return {"links of every trust",
          {Paid("in_1", kJan, Month("growth", kJan, kFeb)),
           LinkOf(ObjectKind::kSubscription, "sub_1", "beta", kJan, LinkTrust::kClientReference),
           LinkOf(ObjectKind::kSubscription, "sub_1", "acme", kJan + kDay),
           LinkOf(ObjectKind::kSubscription, "sub_1", "beta", kJan + 2 * kDay),
           LinkOf(ObjectKind::kSubscription, "sub_1", "beta", kJan + 3 * kDay, LinkTrust::kOperator),
           LinkOf(ObjectKind::kSubscription, "sub_1", "acme", kJan + 4 * kDay, LinkTrust::kOperator),
           LinkOf(ObjectKind::kCustomer, "cus_1", "gamma", kJan - kDay)}};
}

Example BankDebitSession() {
  return {"a bank debit at checkout that bounces",
          {LinkOf(ObjectKind::kCustomer, "cus_1", "acme"),
           OneOffSessionAt("cs_1", kJan, CheckoutPayment::kUnpaid, "pass", 900),
           IntentAt("pi_1", kJan, PaymentIntentStatus::kProcessing),
           OneOffSessionAt("cs_1", kJan + 4 * kDay, CheckoutPayment::kPaid, "pass", 900),
           IntentAt("pi_2", kJan, PaymentIntentStatus::kRequiresAction, "lifetime"),
           IntentAt("pi_2", kJan + kHour, PaymentIntentStatus::kFailed, "lifetime"),
           IntentAt("pi_2", kJan + 2 * kHour, PaymentIntentStatus::kCanceled, "lifetime")}};
}

Example OutcomesInARow() {
  OutcomeFact order = OutcomeOf(OutcomeStatus::kSucceeded, "enterprise");
  order.subscription = "order_1";
  order.start = kJan;
  order.end = kFeb;
  OutcomeFact next = order;
  next.start = kFeb;
  next.end = kMar;
  OutcomeFact pending = next;
  pending.status = OutcomeStatus::kPending;
  OutcomeFact failed = next;
  failed.status = OutcomeStatus::kFailed;
  OutcomeFact reversed = next;
  reversed.status = OutcomeStatus::kReversed;
  return {"orders that somebody vouches for",
          {OutcomeAt("po_1", kJan, order), OutcomeAt("po_2", kFeb, pending), OutcomeAt("po_2", kFeb + kDay, failed),
           OutcomeAt("po_2", kFeb + 2 * kDay, next), OutcomeAt("po_2", kFeb + 9 * kDay, reversed)}};
}

Example OverridesAndSuspension() {
  OverrideFact more = OverrideOf(OverrideMode::kAdd, "projects", Limit{.amount = 3});
  more.expires_at = kJan + 20 * kDay;
  OverrideFact gone = OverrideOf(OverrideMode::kDeny, "sso", false);
  OverrideFact removed = gone;
  removed.removed = true;
  return {"overrides and an operator's suspension at equal times",
          {Linked(), Paid("in_1", kJan, Month("growth", kJan, kFeb)), OverrideAt("ov_1", kJan, more),
           OverrideAt("ov_2", kJan + kDay, gone), OverrideAt("ov_2", kJan + kDay, removed),
           SuspensionAt(kJan + 2 * kDay, true), SuspensionAt(kJan + 2 * kDay, false)}};
}

Example UnbackedCredit() {
  const Instant up = kJan + 5 * kDay;
  const Instant down = kJan + 9 * kDay;
  const std::vector<InvoiceLine> upgrade = {ItemLine("starter", -800, up, kFeb),
                                            ItemLine("enterprise", 9000, up, kFeb)};
  const std::vector<InvoiceLine> back = {ItemLine("enterprise", -7000, down, kFeb),
                                         ItemLine("starter", 700, down, kFeb)};
  return {"a credit for what was never paid, paid at last",
          {Linked(), Paid("in_1", kJan, Month("starter", kJan, kFeb, 1000)), Open("in_2", up, upgrade),
           Status(up, SubscriptionStatus::kActive, "enterprise"), Paid("in_3", down, back),
           Status(down, SubscriptionStatus::kActive, "starter"), Paid("in_2", down + 5 * kDay, upgrade)}};
}

Example SentInvoice() {
  InvoiceFact sent = InvoiceOver(InvoiceStatus::kOpen, "in_2", Month("growth", kFeb, kMar));
  sent.collection = CollectionMethod::kSendInvoice;
  sent.due_date = kFeb + 20 * kDay;
  InvoiceFact voided = sent;
  voided.status = InvoiceStatus::kVoid;
  CustomerFact deleted;
  deleted.deleted = true;
  return {
      "an invoice to be paid by its due date, then void",
      {LinkOf(ObjectKind::kCustomer, "cus_1", "acme"), Paid("in_1", kJan, Month("growth", kJan, kFeb)),
       Status(kJan, SubscriptionStatus::kActive), InvoiceAt("in_2", kFeb, sent), Attempt("in_2", kFeb + kDay),
       InvoiceAt("in_2", kFeb + 9 * kDay, voided), Seen(ObjectKind::kCustomer, "cus_1", kFeb + 12 * kDay, deleted)}};
}

}  // namespace

std::vector<Example> Examples() {
  return {PaidThenRenewed(), HeldAtAuthentication(),   UpgradeThatFails(), UpgradeThatIsRefunded(), DisputeWon(),
          TrialThenPaid(),   UnmappedAtRenewal(),      LinksThatMove(),    BankDebitSession(),      OutcomesInARow(),
          UnbackedCredit(),  OverridesAndSuspension(), SentInvoice()};
}

}  // namespace usher::property
