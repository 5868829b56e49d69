// Purchases that are being paid (R9). What the item has in force stays beside them (R10).
#include <utility>

#include "server/core/evaluation.h"

namespace usher {
namespace {

struct Verdict {
  AccessState state = AccessState::kPaymentRequired;
  Reason reason = Reason::kPaymentFailed;
  bool provisional = false;
};

// A hold for authentication runs out by the policy of the price that is wanted.
Verdict AskedFor(const DocumentState& state, const PaymentPolicy& policy, Moment& moment) {
  if (moment.RanOut(AddCalendar(*state.asked_since, policy.pending_timeout))) {
    return {AccessState::kPaymentRequired, Reason::kAuthenticationTimedOut, false};
  }
  return {AccessState::kHeld, Reason::kAuthenticationRequired, true};
}

Verdict VerdictOf(const DocumentState& state, const PaymentPolicy& policy, Moment& moment) {
  switch (state.evidence) {
    case EvidenceKind::kNone: return {AccessState::kPaymentRequired, Reason::kInvoiceOpen, false};
    case EvidenceKind::kProcessing: return {AccessState::kHeld, Reason::kPaymentProcessing, false};
    case EvidenceKind::kRequiresAction: return AskedFor(state, policy, moment);
    case EvidenceKind::kFailed: return {AccessState::kPaymentRequired, Reason::kPaymentFailed, false};
  }
  return {};
}

void AddWanted(Evaluation& evaluation, const BoundDocument& document, const DocumentState& state,
               const BoundLine& line) {
  const std::optional<Gift> gift = GiftOf(line.price);
  if (!gift || !line.line->debit() || IsTrialLine(document, line, evaluation.moment)) return;
  const std::int64_t quantity_milli = QuantityOf(line.price, line.line->quantity_milli);
  if (quantity_milli == 0) return;  // R2: quantity nought buys nothing
  const PaymentPolicy& policy = PolicyOf(*evaluation.bound.catalog, line.price);
  const Verdict verdict = VerdictOf(state, policy, evaluation.moment);
  const ObjectRef& object = document.document->object;
  evaluation.sources.candidates.push_back({.state = verdict.state,
                                           .reason = verdict.reason,
                                           .gift = *gift,
                                           .quantity_milli = quantity_milli,
                                           .policy = &policy,
                                           .scope = &object.scope,
                                           .source_kind = object.kind,
                                           .source_id = &object.id,
                                           .subscription = &line.line->subscription,
                                           .item = &line.line->item,
                                           .price = &line.line->price,
                                           .provisional = verdict.provisional});
}

}  // namespace

void AddPending(Evaluation& evaluation) {
  for (const BoundDocument& document : evaluation.bound.documents) {
    const Step<BoundState>* step = StepAt(document.states, evaluation.moment);
    if (step == nullptr || step->state.state->standing != Standing::kOpen) continue;
    for (const BoundLine& line : step->state.lines) {
      AddWanted(evaluation, document, *step->state.state, line);
    }
  }
}

}  // namespace usher
