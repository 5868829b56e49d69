// The decision: may this tenant use this feature now?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model.h"
#include "server/core/timeline.h"

namespace usher {

// kRead asks only to see what exists; kUse to work with it and add to it.
enum class Access { kNone, kRead, kUse };

struct CheckRequest {
  std::size_t feature = 0;                    // index into Catalog::features
  std::int64_t quantity = 1;                  // units about to be added; 0: "may I keep what I have"
  std::optional<std::int64_t> current_usage;  // what is used already, as the caller counts it; >= 0
  Access access = Access::kUse;
};

// The outcome of a check beyond the states of a timeline: use against the limit is decided here.
//   kAsTimeline       the feature's own state and reason say it all
//   kOverLimit        granted, but current_usage + quantity exceeds the limit
//   kUsageUnknown     granted and metered, and nobody said what is used
enum class UsageVerdict { kAsTimeline, kOverLimit, kUsageUnknown };

// What would turn a no into a yes.
enum class RemedyKind { kNone, kCompleteAuthentication, kWait, kPay, kUpgrade, kReduceUse, kContactOperator };
struct Remedy {
  RemedyKind kind = RemedyKind::kNone;
  std::vector<std::string> plans;  // kUpgrade: the public plans that have the feature, sorted
};

// A decision that owns nothing: it points into the timeline, or outlook, and the catalog that it was made from. Without
// sources and remedy, which few callers need.
struct Verdict {
  bool allowed = false;
  Access granted_access = Access::kNone;
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  UsageVerdict usage = UsageVerdict::kAsTimeline;
  const Value* value = nullptr;             // null: there is none
  std::optional<std::int64_t> used{};       // as the caller said
  std::optional<std::int64_t> remaining{};  // absent when unlimited or unknown; 0 when over
  std::int64_t overage = 0;
  std::string_view plan{};  // of the first source that agrees with the state
  std::string_view price{};
  Instant valid_until = kForever;
  bool provisional = false;
  bool tenant_known = false;
  Instant evaluated_at{};
};

// A verdict that owns what it says, with everything else. The members mean what they mean there.
struct Decision {
  bool allowed = false;
  Access granted_access = Access::kNone;
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  UsageVerdict usage = UsageVerdict::kAsTimeline;
  std::optional<Value> value;
  std::optional<std::int64_t> used;
  std::optional<std::int64_t> remaining;
  std::int64_t overage = 0;
  std::string plan;
  PriceId price;
  std::vector<SourceRef> sources;
  Instant valid_until = kForever;
  bool provisional = false;
  bool tenant_known = false;
  Instant evaluated_at{};
  Remedy remedy;
};

// The instant a check runs at: a test clock's frozen time where the tenant lives on one, else `now`, or the newest fact
// when that is ahead by at most five minutes, so that clock skew never denies someone who just paid.
Instant EvaluationInstant(const Timeline& timeline, Instant now);

// The same, from what is known of the timeline: where a test clock stands, and the newest fact.
Instant EvaluationInstant(const std::optional<Instant>& frozen_at, Instant newest_fact, Instant now);

// Decides at exactly `at`. Allocates nothing. Pure, never fails.
Verdict Judge(const Catalog& catalog, const Timeline& timeline, const CheckRequest& request, Instant at);

// What would turn the no of `verdict` into a yes; kNone for a yes.
Remedy RemedyOf(const Catalog& catalog, const CheckRequest& request, const Verdict& verdict);

// The verdict with its sources and its remedy. Callers that mean "now" pass EvaluationInstant(timeline, now). Pure,
// never fails.
Decision Check(const Catalog& catalog, const Timeline& timeline, const CheckRequest& request, Instant at);

}  // namespace usher
