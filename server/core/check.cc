#include "server/core/check.h"

#include <algorithm>
#include <limits>

namespace usher {
namespace {

constexpr Millis kMostSkew = std::chrono::minutes(5);

// What the value allows, before the request is looked at.
struct Allowance {
  Access existing = Access::kNone;  // how far one may go with what is there
  bool may_add = false;             // the units asked for fit
  UsageVerdict verdict = UsageVerdict::kAsTimeline;
  std::optional<std::int64_t> remaining{};
  std::int64_t overage = 0;
  Instant valid_until = kForever;
};

std::int64_t SaturatingSum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

bool Fits(const Limit& limit, std::int64_t used, std::int64_t more) {
  return limit.unlimited || SaturatingSum(used, more) <= limit.amount;
}

std::int64_t Over(const Limit& limit, std::int64_t used) {
  return limit.unlimited ? 0 : std::max<std::int64_t>(used - limit.amount, 0);
}

std::optional<std::int64_t> Left(const Limit& limit, std::int64_t used) {
  if (limit.unlimited) return std::nullopt;
  return std::max<std::int64_t>(limit.amount - used, 0);
}

// Since when, looking back from `at`, the timeline allows less of the feature than is used.
Instant OverSince(const Timeline& timeline, std::size_t feature, std::int64_t used, Instant at) {
  Instant since = at;
  for (auto segment = timeline.segments.rbegin(); segment != timeline.segments.rend(); ++segment) {
    if (segment->from > at) continue;
    const std::optional<Value>& value = segment->features[feature].value;
    const Limit* limit = value ? std::get_if<Limit>(&*value) : nullptr;
    if (limit != nullptr && Fits(*limit, used, 0)) break;
    since = segment->from;
  }
  return since;
}

// What may be done with what is there while more is used than the limit, as after a downgrade.
void AllowOverLimit(const Feature& feature, Instant over_since, Instant at, Allowance& allowance) {
  const Instant applies_from = AddCalendar(over_since, feature.over_limit.after);
  if (at < applies_from) {
    allowance.existing = Access::kUse;
    allowance.valid_until = applies_from;
    return;
  }
  switch (feature.over_limit.then) {
    case OverLimitMode::kBlockNew: allowance.existing = Access::kUse; break;
    case OverLimitMode::kReadOnly: allowance.existing = Access::kRead; break;
    case OverLimitMode::kBlock: allowance.existing = Access::kNone; break;
  }
}

Allowance OfLimit(const Feature& feature, const Timeline& timeline, const CheckRequest& request, const Limit& limit,
                  Instant at) {
  Allowance allowance{.existing = Access::kUse};
  if (!request.current_usage) {  // the value is the answer: nobody said what is used
    if (!PermitsAnything(limit)) allowance.existing = Access::kNone;
    allowance.may_add = Fits(limit, 0, request.quantity);
  } else {
    const std::int64_t used = *request.current_usage;
    allowance.may_add = Fits(limit, used, request.quantity);
    allowance.remaining = Left(limit, used);
    allowance.overage = Over(limit, used);
    if (allowance.overage > 0) {
      AllowOverLimit(feature, OverSince(timeline, request.feature, used, at), at, allowance);
    } else if (!PermitsAnything(limit)) {
      allowance.existing = Access::kNone;
    }
  }
  if (!allowance.may_add) allowance.verdict = UsageVerdict::kOverLimit;
  return allowance;
}

Allowance OfMetered(const CheckRequest& request, const Metered& metered) {
  Allowance allowance{.existing = PermitsAnything(metered) ? Access::kUse : Access::kNone};
  if (!request.current_usage) {
    allowance.verdict = UsageVerdict::kUsageUnknown;
    allowance.may_add = metered.cap.unlimited;  // no use is too much
    return allowance;
  }
  const std::int64_t used = *request.current_usage;
  allowance.may_add = Fits(metered.cap, used, request.quantity);
  allowance.remaining = Left(metered.cap, used);
  allowance.overage = Over(metered.included, used);
  if (!allowance.may_add) allowance.verdict = UsageVerdict::kOverLimit;
  return allowance;
}

Allowance AllowanceOf(const Feature& feature, const Timeline& timeline, const CheckRequest& request, const Value& value,
                      Instant at) {
  if (const auto* limit = std::get_if<Limit>(&value)) return OfLimit(feature, timeline, request, *limit, at);
  if (const auto* metered = std::get_if<Metered>(&value)) return OfMetered(request, *metered);
  const bool permits = PermitsAnything(value);
  return {.existing = permits ? Access::kUse : Access::kNone, .may_add = permits};
}

// Reading ignores the quantity; using what is there adds nothing.
bool IsAllowed(const CheckRequest& request, const Allowance& allowance) {
  if (request.access == Access::kRead) return allowance.existing >= Access::kRead;
  if (allowance.existing < Access::kUse) return false;
  return request.quantity == 0 || allowance.may_add;
}

// ---- remedies ----

// The public plans that have the feature, or more of it than is wanted when an amount is given.
std::vector<std::string> PlansWith(const Catalog& catalog, std::size_t feature, std::optional<std::int64_t> wanted) {
  std::vector<std::string> plans;
  for (const Plan& plan : catalog.plans) {
    if (plan.offered != Offered::kPublic || !plan.entitlements[feature]) continue;
    const Value value = ValueAt(*plan.entitlements[feature], 1000);
    if (!PermitsAnything(value)) continue;
    if (wanted) {
      const auto* limit = std::get_if<Limit>(&value);
      const auto* metered = std::get_if<Metered>(&value);
      const Limit bound = limit != nullptr ? *limit : metered != nullptr ? metered->cap : kUnlimited;
      if (!Fits(bound, *wanted, 0)) continue;
    }
    plans.push_back(plan.id.str());
  }
  return plans;
}

Remedy Upgrade(const Catalog& catalog, std::size_t feature) {
  Remedy remedy{.kind = RemedyKind::kUpgrade, .plans = PlansWith(catalog, feature, std::nullopt)};
  if (remedy.plans.empty()) remedy.kind = RemedyKind::kContactOperator;
  return remedy;
}

Remedy UseLess(const Catalog& catalog, const CheckRequest& request) {
  const std::int64_t wanted = SaturatingSum(request.current_usage.value_or(0), request.quantity);
  Remedy remedy{.kind = RemedyKind::kUpgrade, .plans = PlansWith(catalog, request.feature, wanted)};
  if (remedy.plans.empty()) remedy.kind = RemedyKind::kReduceUse;
  return remedy;
}

Remedy RemedyOf(const Catalog& catalog, const CheckRequest& request, const Decision& decision) {
  if (decision.usage == UsageVerdict::kOverLimit) return UseLess(catalog, request);
  if (decision.usage == UsageVerdict::kUsageUnknown) return {};
  switch (decision.state) {
    case AccessState::kHeld:
      return {.kind = decision.reason == Reason::kAuthenticationRequired ? RemedyKind::kCompleteAuthentication
                                                                         : RemedyKind::kWait,
              .plans = {}};
    case AccessState::kPaymentRequired: return {.kind = RemedyKind::kPay, .plans = {}};
    case AccessState::kSuspended:
      if (decision.reason == Reason::kRefunded) return Upgrade(catalog, request.feature);
      return {.kind = RemedyKind::kContactOperator, .plans = {}};
    case AccessState::kNotInPlan:
      if (decision.reason == Reason::kDenyOverride || decision.reason == Reason::kUnmappedPrice) {
        return {.kind = RemedyKind::kContactOperator, .plans = {}};
      }
      return Upgrade(catalog, request.feature);
    case AccessState::kGranted:
    case AccessState::kTrial:
    case AccessState::kGrace:
    case AccessState::kExpired: return Upgrade(catalog, request.feature);
  }
  return {};
}

}  // namespace

Instant EvaluationInstant(const Timeline& timeline, Instant now) {
  if (timeline.frozen_at) return *timeline.frozen_at;
  return std::max(now, std::min(timeline.newest_fact, SaturatingAdd(now, kMostSkew)));
}

Decision Check(const Catalog& catalog, const Timeline& timeline, const CheckRequest& request, Instant at) {
  const Segment& segment = SegmentAt(timeline, at);
  const FeatureState& feature = segment.features[request.feature];
  const ValidUntil valid = FeatureValidUntil(timeline, request.feature, at);
  Decision decision{.state = feature.state,
                    .reason = feature.reason,
                    .value = feature.value,
                    .used = request.current_usage,
                    .remaining = std::nullopt,
                    .plan = "",
                    .price = PriceId(),
                    .sources = {},
                    .valid_until = valid.until,
                    .provisional = valid.provisional,
                    .tenant_known = timeline.known,
                    .evaluated_at = at,
                    .remedy = {}};
  for (const std::size_t source : feature.sources) decision.sources.push_back(segment.sources[source]);
  if (!decision.sources.empty()) {
    decision.plan = decision.sources.front().plan;
    decision.price = decision.sources.front().price;
  }
  if (feature.value) {
    const Allowance allowance = AllowanceOf(catalog.features[request.feature], timeline, request, *feature.value, at);
    decision.allowed = IsAllowed(request, allowance);
    decision.granted_access = allowance.existing;
    decision.usage = allowance.verdict;
    decision.remaining = allowance.remaining;
    decision.overage = allowance.overage;
    if (allowance.valid_until < decision.valid_until) {
      decision.valid_until = allowance.valid_until;
      decision.provisional = false;
    }
  }
  if (!decision.allowed) decision.remedy = RemedyOf(catalog, request, decision);
  return decision;
}

}  // namespace usher
