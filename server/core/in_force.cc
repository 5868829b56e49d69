// Lines that are paid for and whose time is running (R2, R6, R11, R14, R15).
#include "server/core/evaluation.h"

namespace usher {
namespace {

AccessState StateInForce(const LineAt& line) {
  if (line.worth == Worth::kTrialForbidden) return AccessState::kPaymentRequired;
  if (line.disputed) return AccessState::kSuspended;  // R6
  return line.worth == Worth::kTrial ? AccessState::kTrial : AccessState::kGranted;
}

// R11: with `immediate_cancel: revoke` a canceled subscription's paid time proves nothing more.
bool IsRevoked(const LineAt& line, Moment& moment) {
  return line.policy->immediate_cancel == ImmediateCancel::kRevoke &&
         SubscriptionAt(line.bound->subscription, moment).canceled;
}

void AddAward(Evaluation& evaluation, const Award& award) {
  const LineAt& line = *award.line;
  const std::optional<Meaning> meaning = MeaningOf(evaluation, award);
  if (!meaning) {
    const bool bought = award.quantity_milli != 0;
    const bool unmapped = bought && line.bound->price == nullptr && !IsRevoked(line, evaluation.moment);
    if (unmapped) evaluation.sources.unmapped_proof = true;  // R14
    return;
  }
  Candidate candidate = CandidateOf(award, *meaning);
  candidate.state = StateInForce(line);
  if (meaning->kept) candidate.reason = Reason::kUnmappedPrice;
  if (candidate.state == AccessState::kSuspended) candidate.reason = Reason::kDisputed;
  if (IsRevoked(line, evaluation.moment)) {
    candidate.state = AccessState::kExpired;
    candidate.reason = Reason::kCanceled;
  }
  evaluation.sources.candidates.push_back(candidate);
}

}  // namespace

void AddInForce(Evaluation& evaluation) {
  for (const std::vector<const LineAt*>& winners : evaluation.winners) {
    for (const Award& award : AwardsOf(winners)) AddAward(evaluation, award);
  }
  for (const LineAt& line : evaluation.lines) {
    if (line.bound->item || !line.in_force()) continue;
    for (const Award& award : AwardsOf({&line})) AddAward(evaluation, award);
  }
}

}  // namespace usher
