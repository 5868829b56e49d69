#include "server/core/check.h"

#include <algorithm>
#include <limits>

#include "server/core/judge.h"

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

Allowance OfLimit(const Feature& feature, const CheckRequest& request, const Limit& limit, Instant at,
                  OverSince over_since) {
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
      AllowOverLimit(feature, over_since(used), at, allowance);
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

Allowance AllowanceOf(const Feature& feature, const CheckRequest& request, const Value& value, Instant at,
                      OverSince over_since) {
  if (const auto* limit = std::get_if<Limit>(&value)) return OfLimit(feature, request, *limit, at, over_since);
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

Remedy RemedyOfNo(const Catalog& catalog, const CheckRequest& request, const Verdict& decision) {
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

// One feature of a timeline.
class FeatureOfTimeline {
 public:
  FeatureOfTimeline(const Timeline& timeline, std::size_t feature) : segments_(timeline.segments), feature_(feature) {}

  std::size_t count() const { return segments_.size(); }
  Instant from(std::size_t step) const { return segments_[step].from; }
  bool provisional(std::size_t step) const { return segments_[step].provisional; }
  const Value* value(std::size_t step) const {
    const std::optional<Value>& held = state(step).value;
    return held ? &*held : nullptr;
  }
  bool same(std::size_t a, std::size_t b) const {
    return state(a).state == state(b).state && state(a).value == state(b).value;
  }

 private:
  const FeatureState& state(std::size_t step) const { return segments_[step].features[feature_]; }

  const std::vector<Segment>& segments_;
  const std::size_t feature_;
};

}  // namespace

bool IsWithin(const Value* value, std::int64_t used) {
  const Limit* limit = value == nullptr ? nullptr : std::get_if<Limit>(value);
  return limit != nullptr && Fits(*limit, used, 0);
}

Verdict JudgeFeature(const Feature& feature, const FeatureNow& now, const CheckRequest& request, Instant at,
                     OverSince over_since) {
  Verdict verdict{.state = now.state,
                  .reason = now.reason,
                  .value = now.value,
                  .used = request.current_usage,
                  .plan = now.plan,
                  .price = now.price,
                  .valid_until = now.valid.until,
                  .provisional = now.valid.provisional,
                  .tenant_known = now.tenant_known,
                  .evaluated_at = at};
  if (now.value == nullptr) return verdict;
  const Allowance allowance = AllowanceOf(feature, request, *now.value, at, over_since);
  verdict.allowed = IsAllowed(request, allowance);
  verdict.granted_access = allowance.existing;
  verdict.usage = allowance.verdict;
  verdict.remaining = allowance.remaining;
  verdict.overage = allowance.overage;
  if (allowance.valid_until < verdict.valid_until) {
    verdict.valid_until = allowance.valid_until;
    verdict.provisional = false;
  }
  return verdict;
}

Remedy RemedyOf(const Catalog& catalog, const CheckRequest& request, const Verdict& verdict) {
  return verdict.allowed ? Remedy{} : RemedyOfNo(catalog, request, verdict);
}

Instant EvaluationInstant(const std::optional<Instant>& frozen_at, Instant newest_fact, Instant now) {
  if (frozen_at) return *frozen_at;
  return std::max(now, std::min(newest_fact, SaturatingAdd(now, kMostSkew)));
}

Instant EvaluationInstant(const Timeline& timeline, Instant now) {
  return EvaluationInstant(timeline.frozen_at, timeline.newest_fact, now);
}

Verdict Judge(const Catalog& catalog, const Timeline& timeline, const CheckRequest& request, Instant at) {
  const Segment& segment = SegmentAt(timeline, at);
  const FeatureState& feature = segment.features[request.feature];
  const FeatureOfTimeline form(timeline, request.feature);
  const auto step = static_cast<std::size_t>(&segment - timeline.segments.data());
  FeatureNow now{.state = feature.state,
                 .reason = feature.reason,
                 .value = form.value(step),
                 .plan = {},
                 .price = {},
                 .valid = ValidUntilIn(form, step),
                 .tenant_known = timeline.known};
  if (!feature.sources.empty()) {
    now.plan = segment.sources[feature.sources.front()].plan;
    now.price = segment.sources[feature.sources.front()].price.str();
  }
  return JudgeFeature(catalog.features[request.feature], now, request, at,
                      [&](std::int64_t used) { return OverSinceIn(form, step, used, at); });
}

Decision Check(const Catalog& catalog, const Timeline& timeline, const CheckRequest& request, Instant at) {
  const Verdict verdict = Judge(catalog, timeline, request, at);
  Decision decision{.allowed = verdict.allowed,
                    .granted_access = verdict.granted_access,
                    .state = verdict.state,
                    .reason = verdict.reason,
                    .usage = verdict.usage,
                    .value = std::nullopt,
                    .used = verdict.used,
                    .remaining = verdict.remaining,
                    .overage = verdict.overage,
                    .plan = std::string(verdict.plan),
                    .price = PriceId(verdict.price),
                    .sources = {},
                    .valid_until = verdict.valid_until,
                    .provisional = verdict.provisional,
                    .tenant_known = verdict.tenant_known,
                    .evaluated_at = at,
                    .remedy = RemedyOf(catalog, request, verdict)};
  if (verdict.value != nullptr) decision.value = *verdict.value;
  const Segment& segment = SegmentAt(timeline, at);
  for (const std::size_t source : segment.features[request.feature].sources) {
    decision.sources.push_back(segment.sources[source]);
  }
  return decision;
}

}  // namespace usher
