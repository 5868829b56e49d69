#include "server/core/evidence.h"

#include <algorithm>

namespace usher {
namespace {

struct Observation {
  Instant at{};
  EvidenceKind kind = EvidenceKind::kNone;  // at equal times the greater decides
};

EvidenceKind KindOf(PaymentIntentStatus status) {
  switch (status) {
    case PaymentIntentStatus::kOther:
    case PaymentIntentStatus::kCanceled: return EvidenceKind::kNone;
    case PaymentIntentStatus::kProcessing:
    case PaymentIntentStatus::kSucceeded:  // paid, and the document has not said so yet
      return EvidenceKind::kProcessing;
    case PaymentIntentStatus::kRequiresAction: return EvidenceKind::kRequiresAction;
    case PaymentIntentStatus::kFailed: return EvidenceKind::kFailed;
  }
  return EvidenceKind::kNone;
}

// Every fact of the intent, not only its state; nothing while that is canceled.
void AddIntent(const LedgerObject* intent, Moment& moment, std::vector<Observation>& observations) {
  const auto* state = StateOf<PaymentIntentFact>(intent, moment);
  if (state == nullptr || state->status == PaymentIntentStatus::kCanceled) return;
  ForEachKnown<PaymentIntentFact>(intent, moment, [&](const Fact& fact, const PaymentIntentFact& content) {
    const EvidenceKind kind = KindOf(content.status);
    if (kind != EvidenceKind::kNone) observations.push_back({fact.at, kind});
  });
}

void AddAttempts(const LedgerObject& document, Moment& moment, std::vector<Observation>& observations) {
  ForEachKnown<AttemptFact>(&document, moment, [&](const Fact& fact, const AttemptFact& attempt) {
    switch (attempt.result) {
      case AttemptResult::kFailed: observations.push_back({fact.at, EvidenceKind::kFailed}); break;
      case AttemptResult::kRequiresAction: observations.push_back({fact.at, EvidenceKind::kRequiresAction}); break;
    }
  });
}

void AddSession(const LedgerObject& document, Moment& moment, std::vector<Observation>& observations) {
  const Fact* state = StateFact<CheckoutSessionFact>(&document, moment);
  if (state == nullptr) return;
  const auto& session = std::get<CheckoutSessionFact>(state->content);
  if (session.payment == CheckoutPayment::kUnpaid) observations.push_back({state->at, EvidenceKind::kProcessing});
  if (session.payment == CheckoutPayment::kFailed) observations.push_back({state->at, EvidenceKind::kFailed});
}

}  // namespace

Evidence EvidenceOf(const LedgerObject& document, const Payments& payments, Moment& moment) {
  std::vector<Observation> observations;
  AddAttempts(document, moment, observations);
  AddSession(document, moment, observations);
  for (const LedgerObject* intent : payments.intents) AddIntent(intent, moment, observations);
  if (observations.empty()) return {};

  const Observation latest = *std::max_element(
      observations.begin(), observations.end(),
      [](const Observation& a, const Observation& b) { return std::tie(a.at, a.kind) < std::tie(b.at, b.kind); });
  Evidence evidence{.kind = latest.kind, .asked_since = std::nullopt};
  if (latest.kind != EvidenceKind::kRequiresAction) return evidence;

  std::optional<Instant> last_failure;
  for (const Observation& seen : observations) {
    if (seen.kind == EvidenceKind::kFailed) last_failure = std::max(last_failure, std::optional(seen.at));
  }
  for (const Observation& seen : observations) {
    if (seen.kind != EvidenceKind::kRequiresAction || (last_failure && seen.at <= *last_failure)) continue;
    if (!evidence.asked_since || seen.at < *evidence.asked_since) evidence.asked_since = seen.at;
  }
  return evidence;
}

}  // namespace usher
