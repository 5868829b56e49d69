// Lines that are paid for and whose time is running (R2, R6, R11, R14, R15).
#include "server/core/evaluation.h"

namespace usher {
namespace {

// Nobody knows whether an unmapped price may be tried: what is kept for it (R14) is in trial.
AccessState StateInForce(const LineAt& line, bool kept) {
  if (line.worth == Worth::kTrialForbidden && !kept) return AccessState::kPaymentRequired;
  if (line.disputed) return AccessState::kSuspended;  // R6
  return line.runs_as_trial() ? AccessState::kTrial : AccessState::kGranted;
}

// R11: with `immediate_cancel: revoke` a canceled subscription's paid time proves nothing more.
bool IsRevoked(const LineAt& line, Moment& moment) {
  return line.policy->immediate_cancel == ImmediateCancel::kRevoke &&
         SubscriptionAt(line.bound->subscription, moment).canceled;
}

void AddAward(Evaluation& evaluation, const Award& award) {
  const LineAt& line = *award.line;
  const bool revoked = IsRevoked(line, evaluation.moment);
  const std::vector<Meaning> meanings = MeaningsOf(evaluation, award);
  for (const Meaning& meaning : meanings) {
    Candidate candidate = CandidateOf(award, meaning);
    candidate.state = StateInForce(line, meaning.kept);
    if (meaning.kept) candidate.reason = Reason::kUnmappedPrice;
    if (candidate.state == AccessState::kSuspended) candidate.reason = Reason::kDisputed;
    if (revoked) {
      candidate.state = AccessState::kExpired;
      candidate.reason = Reason::kCanceled;
    }
    evaluation.sources.candidates.push_back(candidate);
  }
  // R14: it is paid for, nobody knows what it is, and nothing is kept.
  const bool unknown = line.bound->price == nullptr && award.quantity_milli != 0;
  if (unknown && meanings.empty() && !revoked) evaluation.sources.unmapped_proof = true;
}

// R15: the term of a one-off line is its price's, so nobody can know it while the price is unmapped.
bool IsOfUnknownTerm(const LineAt& line) {
  const TraceLine& own = line.line();
  return line.bound->price == nullptr && !own.price.empty() && line.worth == Worth::kProof && own.one_off &&
         own.debit() && own.start >= own.end && own.quantity_milli != 0;
}

}  // namespace

void AddInForce(Evaluation& evaluation) {
  for (const std::vector<const LineAt*>& winners : evaluation.winners) {
    for (const Award& award : AwardsOf(winners)) AddAward(evaluation, award);
  }
  for (const LineAt& line : evaluation.lines) {
    if (IsOfUnknownTerm(line) && !IsRevoked(line, evaluation.moment)) evaluation.sources.unmapped_proof = true;
    if (line.bound->item || !line.in_force()) continue;
    for (const Award& award : AwardsOf({&line})) AddAward(evaluation, award);
  }
}

}  // namespace usher
