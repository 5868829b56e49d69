// Lines that were paid for and whose time is over: grace, then payment required or expired (R7, R8, R11).
#include <algorithm>
#include <optional>

#include "server/core/evaluation.h"

namespace usher {
namespace {

// ---- does the subscription still want it? ----

bool CancelsBy(const SubscriptionState& subscription, Instant end) {
  return subscription.cancel_at && *subscription.cancel_at <= end;
}

bool WantsPrice(const SubscriptionState& subscription, const TraceLine& line) {
  return std::any_of(subscription.items.begin(), subscription.items.end(),
                     [&](const SubscriptionItem& item) { return item.id == line.item && item.price == line.price; });
}

// Outcomes renew each other until one says failed or reversed.
bool OutcomesGoOn(const Evaluation& evaluation, const LineAt& line) {
  const Document& own = *line.document->document;
  bool go_on = true;
  for (const BoundDocument& bound : evaluation.bound.documents) {
    const Document& document = *bound.document;
    if (document.object.kind != ObjectKind::kOutcome || document.object.scope != own.object.scope) continue;
    const Step<BoundState>* step = StepAt(bound.states, evaluation.moment);
    if (step == nullptr || step->state.lines.empty()) continue;
    if (step->state.lines.front().line->subscription != line.line().subscription) continue;
    for (const Instant ended_at : document.ended_at) {
      if (ended_at > *own.paid_at && evaluation.moment.Reached(ended_at)) go_on = false;
    }
  }
  return go_on;
}

bool Intends(const Evaluation& evaluation, const Award& last) {
  const LineAt& line = *last.line;
  if (line.document->document->object.kind == ObjectKind::kOutcome) return OutcomesGoOn(evaluation, line);
  const SubscriptionState& subscription = SubscriptionAt(line.bound->subscription, evaluation.moment);
  if (!subscription.known) return true;  // a missed event: intends until a cancel is known
  if (subscription.canceled || subscription.status == SubscriptionStatus::kPaused ||
      subscription.status == SubscriptionStatus::kOther) {
    return false;
  }
  if (subscription.collection_paused && line.policy->paused_collection == PausedCollection::kNoGrace) return false;
  return WantsPrice(subscription, line.line()) && !CancelsBy(subscription, last.until);
}

// ---- R7, R8: grace ----

// What is known of the invoices that renew the item from `start` on.
struct Renewal {
  std::optional<Instant> first_failure;
  std::vector<Instant> payable_until;  // due dates of open invoices
};

Renewal RenewalOf(const Evaluation& evaluation, std::size_t item, Instant start) {
  Renewal renewal;
  for (const BoundDocument& document : evaluation.bound.documents) {
    const Step<BoundState>* step = StepAt(document.states, evaluation.moment);
    if (step == nullptr) continue;
    const bool renews = std::any_of(step->state.lines.begin(), step->state.lines.end(), [&](const BoundLine& line) {
      return line.item == item && line.line->debit() && line.line->start == start;
    });
    if (!renews) continue;
    const DocumentState& state = *step->state.state;
    if (state.first_failure && (!renewal.first_failure || *state.first_failure < *renewal.first_failure)) {
      renewal.first_failure = state.first_failure;
    }
    if (state.payable_until) renewal.payable_until.push_back(*state.payable_until);
  }
  return renewal;
}

bool ReversedSince(const std::vector<const LineAt*>& lines, Instant end) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const LineAt* line) { return line->worth == Worth::kReversed && line->line().start >= end; });
}

std::optional<Reason> GraceReason(const Evaluation& evaluation, std::size_t item, const Award& last) {
  const PaymentPolicy& policy = *last.line->policy;
  Moment& moment = evaluation.moment;
  const Renewal renewal = RenewalOf(evaluation, item, last.renews_at);
  if (policy.net_terms == NetTerms::kUntilDue) {  // R8
    for (const Instant due : renewal.payable_until) {
      if (!moment.RanOut(AddCalendar(due, policy.dunning_grace))) return Reason::kNetTerms;
    }
  }
  if (!renewal.first_failure) {
    if (moment.RanOut(AddCalendar(last.until, policy.renewal_leeway))) return std::nullopt;
    return Reason::kRenewalPending;
  }
  const Instant end = std::max(*renewal.first_failure, AddCalendar(last.until, policy.dunning_grace));
  if (moment.RanOut(end)) return std::nullopt;
  return Reason::kRenewalFailed;
}

std::optional<Reason> Grace(const Evaluation& evaluation, std::size_t item, const Award& last) {
  if (ReversedSince(evaluation.by_item[item], last.until)) return std::nullopt;
  if (last.line->trial) {
    const SubscriptionState& subscription = SubscriptionAt(last.line->bound->subscription, evaluation.moment);
    if (!subscription.has_payment_method) return std::nullopt;
  }
  return GraceReason(evaluation, item, last);
}

// ---- what is left of it ----

void SetLapsed(const Evaluation& evaluation, const Award& last, bool intends, Candidate& candidate) {
  const bool trial = last.line->trial;
  const SubscriptionState& subscription = SubscriptionAt(last.line->bound->subscription, evaluation.moment);
  if (intends) {
    candidate.state = AccessState::kPaymentRequired;
    candidate.reason = trial ? Reason::kTrialEnded : Reason::kRenewalUnpaid;
    return;
  }
  candidate.state = AccessState::kExpired;
  if (subscription.canceled || CancelsBy(subscription, last.until)) {
    candidate.reason = Reason::kCanceled;
  } else {
    candidate.reason = trial ? Reason::kTrialEnded : Reason::kPeriodEnded;
  }
}

void AddLastProof(Evaluation& evaluation, std::size_t item, const Award& last) {
  const bool intends = Intends(evaluation, last);
  const std::optional<Reason> grace = intends ? Grace(evaluation, item, last) : std::nullopt;
  for (const Meaning& meaning : MeaningsOf(evaluation, last)) {
    Candidate candidate = CandidateOf(last, meaning);
    if (!grace) {
      SetLapsed(evaluation, last, intends, candidate);
    } else if (last.line->disputed) {  // R6: what is disputed is not kept
      candidate.state = AccessState::kSuspended;
      candidate.reason = Reason::kDisputed;
    } else {
      candidate.state = AccessState::kGrace;
      candidate.reason = *grace;
      candidate.provisional = true;
    }
    evaluation.sources.candidates.push_back(candidate);
  }
}

// What stands for itself renews nothing.
void AddEndedAlone(Evaluation& evaluation, const LineAt& line) {
  for (const Award& award : AwardsOf({&line})) {
    for (const Meaning& meaning : MeaningsOf(evaluation, award)) {
      Candidate candidate = CandidateOf(award, meaning);
      candidate.state = AccessState::kExpired;
      candidate.reason = Reason::kPeriodEnded;
      evaluation.sources.candidates.push_back(candidate);
    }
  }
}

}  // namespace

void AddEnded(Evaluation& evaluation) {
  for (std::size_t item = 0; item < evaluation.last.size(); ++item) {
    for (const Award& award : AwardsOf(evaluation.last[item])) AddLastProof(evaluation, item, award);
  }
  for (const LineAt& line : evaluation.lines) {
    if (!line.bound->item && line.ended()) AddEndedAlone(evaluation, line);
  }
}

}  // namespace usher
