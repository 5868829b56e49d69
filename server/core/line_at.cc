#include "server/core/line_at.h"

#include <algorithm>
#include <tuple>

namespace usher {
namespace {

// ---- R3: trials ----

const TrialPolicy* TrialPolicyOf(const Catalog& catalog, const Price* price) {
  const std::optional<Gift> gift = GiftOf(price);
  if (!gift || gift->add_on || !catalog.plans[gift->index].trial) return nullptr;
  return &*catalog.plans[gift->index].trial;
}

auto SubscriptionKey(const LineAt& line) {
  return std::tie(line.document->document->object.scope, line.line().subscription);
}

// `once_per: tenant`: another subscription had an earlier trial line.
bool AnotherWasFirst(const LineAt& line, const std::vector<LineAt>& lines) {
  return std::any_of(lines.begin(), lines.end(), [&](const LineAt& other) {
    if (!other.trial || SubscriptionKey(other) == SubscriptionKey(line)) return false;
    const Instant other_paid = *other.document->document->paid_at;
    const Instant own_paid = *line.document->document->paid_at;
    return std::tie(other_paid, other.line().subscription) < std::tie(own_paid, line.line().subscription);
  });
}

bool TrialAllowed(const Catalog& catalog, const LineAt& line, const std::vector<LineAt>& lines, Moment& moment) {
  const std::optional<Gift> gift = GiftOf(line.bound->price);
  if (gift && gift->add_on) return true;  // an add-on has no trial policy: it is in trial as it stands
  const TrialPolicy* policy = TrialPolicyOf(catalog, line.bound->price);
  if (policy == nullptr) return false;
  const SubscriptionState& subscription = StateIn(line.bound->subscription->states, moment);
  if (policy->requires_payment_method && !subscription.has_payment_method) return false;
  return policy->once_per != TrialOncePer::kTenant || !AnotherWasFirst(line, lines);
}

// ---- what the line proves ----

void SetNoProof(Reason reason, LineAt& line) {
  line.worth = Worth::kNoProof;
  line.reason = reason;
}

// The more special reason wins: zero total, outcome, one-off, arrears, paid.
Reason ProofReason(const LineAt& line, ProofKind proof) {
  if (proof == ProofKind::kZero) return Reason::kZeroTotal;
  if (line.document->document->object.kind == ObjectKind::kOutcome) return Reason::kOutcomeRecorded;
  if (line.line().one_off) return Reason::kPaidOnce;
  return line.bound->price != nullptr && line.bound->price->arrears ? Reason::kPaidInArrears : Reason::kPaid;
}

// R5: full and partial reversals by the policies of the line's plan.
bool IsReversed(const DocumentState& state, const PaymentPolicy& policy) {
  const bool lost_counts = policy.dispute_lost == DisputeLost::kRevoke;
  switch (lost_counts ? state.reversal_lost : state.reversal) {
    case ReversalKind::kNone: return false;
    case ReversalKind::kPartly: return policy.refund_partial == RefundPartial::kSuspend;
    case ReversalKind::kFully: return policy.refund_full == RefundFull::kSuspend;
  }
  return false;
}

// R6: open disputes suspend by policy, inquiries by their own.
bool IsDisputed(const DocumentState& state, const PaymentPolicy& policy) {
  return (state.dispute_open && policy.dispute_opened == DisputeOpened::kSuspend) ||
         (state.inquiry_open && policy.dispute_inquiry == DisputeInquiry::kSuspend);
}

void Judge(Moment& moment, LineAt& line) {
  const DocumentState& state = *line.state;
  line.reason = ProofReason(line, state.proof);
  line.disputed = IsDisputed(state, *line.policy);
  line.trial = IsTrialLine(*line.document, *line.bound, moment);
  if (state.proof == ProofKind::kUnbacked) return SetNoProof(Reason::kUnbackedCredit, line);    // R4
  if (state.proof == ProofKind::kCredited) return SetNoProof(Reason::kZeroTotalNoProof, line);  // R3
  if (!line.trial && state.proof == ProofKind::kZero && line.policy->zero_total == ZeroTotal::kNone) {
    return SetNoProof(Reason::kZeroTotalNoProof, line);
  }
  if (line.trial) {
    // Until every trial line is known: `once_per` compares them.
    line.worth = Worth::kTrialForbidden;
    line.reason = Reason::kTrialNotAllowed;
  }
}

// R5 takes back what was proved, and nothing else.
void Reverse(LineAt& line) {
  if (line.worth != Worth::kProof && line.worth != Worth::kTrial) return;
  if (!IsReversed(*line.state, *line.policy)) return;
  line.worth = Worth::kReversed;
  line.reason = Reason::kRefunded;
}

// ---- when it proves it ----

void SetPeriod(Moment& moment, LineAt& line) {
  const TraceLine& own = line.line();
  const Price* price = line.bound->price;
  const Instant paid_at = *line.document->document->paid_at;
  line.from = own.start;
  line.until = own.end;
  if (line.runs_as_trial()) {
    line.until = *StateIn(line.bound->subscription->states, moment).trial_end;
  } else if (own.one_off && price != nullptr && price->once) {
    line.from = paid_at;  // R15: from payment for the declared term
    line.until = price->once->forever ? kForever : AddCalendar(paid_at, price->once->length);
  } else if (price != nullptr && price->arrears && own.start < own.end) {
    line.until = SaturatingAdd(own.end, own.end - own.start);  // R16: through one more period of the same length
  }
  line.begun = moment.Reached(line.from);
  line.over = moment.Reached(line.until);
}

}  // namespace

bool IsTrialLine(const BoundDocument& document, const BoundLine& bound, Moment& moment) {
  if (document.document->object.kind != ObjectKind::kInvoice) return false;
  if (bound.line->amount != 0 || bound.subscription == nullptr) return false;
  const SubscriptionState& subscription = StateIn(bound.subscription->states, moment);
  if (!subscription.known || !subscription.trial_end) return false;
  const Instant start = bound.line->start;
  return subscription.trial_start.value_or(start) <= start && start < *subscription.trial_end;
}

std::vector<LineAt> LinesAt(const BoundTrace& bound, Moment& moment) {
  std::vector<LineAt> lines;
  for (const BoundDocument& document : bound.documents) {
    const Step<BoundState>* step = StepAt(document.states, moment);
    if (step == nullptr || step->state.state->standing != Standing::kPaid) continue;
    for (const BoundLine& bound_line : step->state.lines) {
      LineAt line{.document = &document,
                  .state = step->state.state,
                  .bound = &bound_line,
                  .policy = &PolicyOf(*bound.catalog, bound_line.price)};
      Judge(moment, line);
      lines.push_back(line);
    }
  }
  for (LineAt& line : lines) {
    if (line.worth == Worth::kTrialForbidden && TrialAllowed(*bound.catalog, line, lines, moment)) {
      line.worth = Worth::kTrial;
      line.reason = Reason::kTrial;
    }
    Reverse(line);
    SetPeriod(moment, line);
  }
  return lines;
}

}  // namespace usher
