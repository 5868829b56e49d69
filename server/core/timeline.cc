#include "server/core/timeline.h"

#include <algorithm>

#include "server/core/bound_trace.h"
#include "server/core/precedence.h"
#include "server/core/trace_model.h"

namespace usher {
namespace {

// The greatest instant at which a fact changed anything for the tenant.
Instant NewestFact(const Trace& trace) {
  Instant newest = kBeginning;
  const auto see = [&](const auto& steps) {
    if (!steps.empty()) newest = std::max(newest, steps.back().from);
  };
  see(trace.suspended);
  for (const Document& document : trace.documents) see(document.states);
  for (const Subscription& subscription : trace.subscriptions) see(subscription.states);
  for (const Override& override_ : trace.overrides) see(override_.states);
  return newest;
}

bool SameAnswers(const Segment& a, const Segment& b) {
  return a.features == b.features && a.sources == b.sources && a.plans == b.plans;
}

// The first segment whose `until` is after `at`.
std::vector<Segment>::const_iterator Holding(const Timeline& timeline, Instant at) {
  const auto found = std::upper_bound(timeline.segments.begin(), timeline.segments.end(), at,
                                      [](Instant t, const Segment& segment) { return t < segment.until; });
  return found == timeline.segments.end() ? found - 1 : found;
}

}  // namespace

std::string_view StateName(AccessState state) {
  switch (state) {
    case AccessState::kGranted: return "granted";
    case AccessState::kTrial: return "trial";
    case AccessState::kGrace: return "grace";
    case AccessState::kSuspended: return "suspended";
    case AccessState::kHeld: return "held";
    case AccessState::kPaymentRequired: return "payment_required";
    case AccessState::kExpired: return "expired";
    case AccessState::kNotInPlan: return "not_in_plan";
  }
  return "not_in_plan";
}

std::string_view ReasonName(Reason reason) {
  switch (reason) {
    case Reason::kPaid: return "paid";
    case Reason::kPaidOnce: return "paid_once";
    case Reason::kPaidInArrears: return "paid_in_arrears";
    case Reason::kOutcomeRecorded: return "outcome_recorded";
    case Reason::kOverride: return "override";
    case Reason::kZeroTotal: return "zero_total";
    case Reason::kUnmappedPrice: return "unmapped_price";
    case Reason::kChangeNotYetBilled: return "change_not_yet_billed";
    case Reason::kDefaultPlan: return "default_plan";
    case Reason::kTrial: return "trial";
    case Reason::kRenewalPending: return "renewal_pending";
    case Reason::kRenewalFailed: return "renewal_failed";
    case Reason::kNetTerms: return "net_terms";
    case Reason::kOperatorSuspended: return "operator_suspended";
    case Reason::kDisputed: return "disputed";
    case Reason::kRefunded: return "refunded";
    case Reason::kAuthenticationRequired: return "authentication_required";
    case Reason::kPaymentProcessing: return "payment_processing";
    case Reason::kAuthenticationTimedOut: return "authentication_timed_out";
    case Reason::kPaymentFailed: return "payment_failed";
    case Reason::kUnbackedCredit: return "unbacked_credit";
    case Reason::kInvoiceOpen: return "invoice_open";
    case Reason::kRenewalUnpaid: return "renewal_unpaid";
    case Reason::kPaymentNotSeen: return "payment_not_seen";
    case Reason::kZeroTotalNoProof: return "zero_total_no_proof";
    case Reason::kTrialNotAllowed: return "trial_not_allowed";
    case Reason::kTrialEnded: return "trial_ended";
    case Reason::kCanceled: return "canceled";
    case Reason::kPeriodEnded: return "period_ended";
    case Reason::kDenyOverride: return "deny_override";
    case Reason::kLapsedBlocked: return "lapsed_blocked";
    case Reason::kAddOnWithoutPlan: return "add_on_without_plan";
    case Reason::kNotIncluded: return "not_included";
  }
  return "not_included";
}

Timeline Resolve(const Trace& trace, const Catalog& catalog, Instant from) {
  const BoundTrace bound = Bind(trace, catalog);
  Timeline timeline{
      .segments = {}, .newest_fact = NewestFact(trace), .frozen_at = trace.frozen_at, .known = trace.known};
  for (Instant t = from;;) {
    Moment moment(t);
    Segment segment = SegmentAtMoment(bound, moment);
    segment.from = t;
    if (timeline.segments.empty() || !SameAnswers(timeline.segments.back(), segment)) {
      timeline.segments.push_back(std::move(segment));
    }
    Segment& current = timeline.segments.back();
    current.until = moment.next();
    current.provisional = moment.next_is_provisional();
    if (moment.next() == kForever) return timeline;
    t = moment.next();
  }
}

const Segment& SegmentAt(const Timeline& timeline, Instant at) { return *Holding(timeline, at); }

Instant NextBoundary(const Timeline& timeline, Instant at) { return SegmentAt(timeline, at).until; }

}  // namespace usher
