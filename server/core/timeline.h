// The timeline: what a tenant may do at every instant, past and future, as the facts known now have it.
//
// A piecewise-constant function of time. It covers all time without gaps, so every check finds exactly one segment and
// nothing ever expires "late". Derived, never stored.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model.h"
#include "catalog/time.h"
#include "catalog/value.h"
#include "server/core/trace.h"

namespace usher {

// From most to least (R12). The first three carry a value that may be used.
enum class AccessState {
  kGranted,          // proved by a payment, an override, or the default plan
  kTrial,            // the subscription's trial
  kGrace,            // paid until a moment ago; the renewal is still being collected
  kSuspended,        // was proved, then disputed, refunded, or stopped by an operator
  kHeld,             // the payment is on its way: 3-D Secure, bank debit
  kPaymentRequired,  // intended, not proved
  kExpired,          // was proved, has ended
  kNotInPlan,        // nothing the tenant has or pays for includes it
};

// Why a feature is in its state. When several sources agree on the state, the reason that stands first here is given.
enum class Reason {
  kPaid,                    // GRANTED: a proof covers this moment
  kPaidOnce,                // GRANTED: a one-off payment
  kPaidInArrears,           // GRANTED: R16
  kOutcomeRecorded,         // GRANTED: an outcome that somebody vouched for
  kOverride,                // GRANTED: a grant override
  kZeroTotal,               // GRANTED: nothing was due and the policy takes that as paid
  kUnmappedPrice,           // GRANTED: the price is unknown, the last proved plan is kept; NOT_IN_PLAN: nothing to keep
  kChangeNotYetBilled,      // GRANTED or HELD: deferred proration, R10
  kDefaultPlan,             // GRANTED: nothing better, so the default plan answers
  kTrial,                   // TRIAL
  kRenewalPending,          // GRACE: before the first failed attempt
  kRenewalFailed,           // GRACE: after it
  kNetTerms,                // GRACE: an invoice that is payable until its due date
  kOperatorSuspended,       // SUSPENDED
  kDisputed,                // SUSPENDED
  kRefunded,                // SUSPENDED: refunds, lost disputes and credit notes reached the amount paid
  kAuthenticationRequired,  // HELD: 3-D Secure
  kPaymentProcessing,       // HELD: bank debit and other slow methods
  kAuthenticationTimedOut,  // PAYMENT_REQUIRED: it was asked for and not completed in time
  kPaymentFailed,           // PAYMENT_REQUIRED: the first payment or a change failed
  kUnbackedCredit,          // PAYMENT_REQUIRED: R4
  kInvoiceOpen,             // PAYMENT_REQUIRED: finalised, nothing tried yet
  kRenewalUnpaid,           // PAYMENT_REQUIRED: the renewal was not paid in time
  kPaymentNotSeen,          // PAYMENT_REQUIRED: a subscription intends it, no payment is known
  kZeroTotalNoProof,        // PAYMENT_REQUIRED: nothing was due and the policy does not take that as paid
  kTrialNotAllowed,         // PAYMENT_REQUIRED: a trial that the plan's policy does not grant
  kTrialEnded,              // PAYMENT_REQUIRED or EXPIRED: the trial is over and nothing was paid
  kCanceled,                // EXPIRED: the subscription was ended
  kPeriodEnded,             // EXPIRED: the paid time ran out
  kDenyOverride,            // NOT_IN_PLAN
  kLapsedBlocked,           // NOT_IN_PLAN: the policy `lapsed: block` keeps the default plan from answering
  kAddOnWithoutPlan,        // NOT_IN_PLAN: an add-on whose plan is missing
  kNotIncluded,             // NOT_IN_PLAN
};

std::string_view StateName(AccessState state);  // `granted`, `not_in_plan`: as in catalogs and JSON
std::string_view ReasonName(Reason reason);     // `authentication_required`
// True for the three states whose value may be used.
constexpr bool CarriesValue(AccessState state) { return state <= AccessState::kGrace; }

// One thing that gives, or would give, the tenant something at a moment.
struct SourceRef {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  std::string source;        // `invoice in_1`, `override ov_1`, `default plan`: for people
  std::string subscription;  // empty when there is none
  PriceId price;             // empty for overrides and the default plan
  std::string plan;          // plan or add-on id; empty for overrides and unmapped prices with nothing to keep
  bool provisional = false;  // holds only because nothing has happened yet

  friend bool operator==(const SourceRef&, const SourceRef&) = default;
};

// A feature during one segment. `value` is set exactly when the state carries a value, and also in kSuspended for a
// feature whose catalog entry says `on_suspended: allow` (which then may be used all the same).
struct FeatureState {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  std::optional<Value> value;
  std::vector<std::size_t> sources;  // indexes into Segment::sources, sorted: those that agree with `state` and
                                     // have a say in the value

  friend bool operator==(const FeatureState&, const FeatureState&) = default;
};

struct Segment {
  Instant from = kBeginning;           // inclusive
  Instant until = kForever;            // exclusive
  bool provisional = false;            // it ends because nothing happened: a grace or hold that runs out
  std::vector<FeatureState> features;  // one per Catalog::features
  std::vector<SourceRef> sources;      // sorted
  std::vector<std::size_t> plans;      // indexes of the plans that carry value, the default plan included; sorted

  friend bool operator==(const Segment&, const Segment&) = default;
};

// segments are ordered, never empty, start at kBeginning, end at kForever, and touch; neighbours differ.
struct Timeline {
  std::vector<Segment> segments;
  Instant newest_fact = kBeginning;  // the greatest own time of the tenant's facts
  std::optional<Instant> frozen_at;  // the tenant lives on a billing system's test clock that stands here
  bool known = false;                // the ledger knows the tenant

  friend bool operator==(const Timeline&, const Timeline&) = default;
};

// What `trace` amounts to under `catalog`; each source's own livemode chooses the environment of its price. Pure; cost
// grows with the number of sources times the number of boundaries. Of the time before `from` nothing is told: the first
// segment begins there.
Timeline Resolve(const Trace& trace, const Catalog& catalog, Instant from = kBeginning);

// Returns the segment of `timeline` that holds `at`. Total: a timeline covers all time, so there is always exactly
// one. Pure; safe from any thread.
const Segment& SegmentAt(const Timeline& timeline, Instant at);

// The end of a stretch in which a feature keeps its state and value, and whether it ends only because nothing happened.
// kForever when it never changes.
struct ValidUntil {
  Instant until = kForever;
  bool provisional = false;
};

// The first instant after `at` at which anything changes, kForever when nothing does.
Instant NextBoundary(const Timeline& timeline, Instant at);

}  // namespace usher
