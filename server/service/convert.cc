#include "server/service/convert.h"

#include <algorithm>
#include <iterator>

namespace usher {
namespace {

constexpr std::int64_t kMinSeconds = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kMaxSeconds = 253'402'300'799;  // 9999-12-31T23:59:59Z

// In the order of the core's enum; a new reason breaks the build until it has a code.
constexpr v1::ReasonCode kReasons[] = {
    v1::REASON_CODE_PAID,
    v1::REASON_CODE_PAID_ONCE,
    v1::REASON_CODE_PAID_IN_ARREARS,
    v1::REASON_CODE_OUTCOME_RECORDED,
    v1::REASON_CODE_OVERRIDE,
    v1::REASON_CODE_ZERO_TOTAL,
    v1::REASON_CODE_UNMAPPED_PRICE,
    v1::REASON_CODE_CHANGE_NOT_YET_BILLED,
    v1::REASON_CODE_DEFAULT_PLAN,
    v1::REASON_CODE_TRIAL,
    v1::REASON_CODE_RENEWAL_PENDING,
    v1::REASON_CODE_RENEWAL_FAILED,
    v1::REASON_CODE_NET_TERMS,
    v1::REASON_CODE_OPERATOR_SUSPENDED,
    v1::REASON_CODE_DISPUTED,
    v1::REASON_CODE_REFUNDED,
    v1::REASON_CODE_AUTHENTICATION_REQUIRED,
    v1::REASON_CODE_PAYMENT_PROCESSING,
    v1::REASON_CODE_AUTHENTICATION_TIMED_OUT,
    v1::REASON_CODE_PAYMENT_FAILED,
    v1::REASON_CODE_UNBACKED_CREDIT,
    v1::REASON_CODE_INVOICE_OPEN,
    v1::REASON_CODE_RENEWAL_UNPAID,
    v1::REASON_CODE_PAYMENT_NOT_SEEN,
    v1::REASON_CODE_ZERO_TOTAL_NO_PROOF,
    v1::REASON_CODE_TRIAL_NOT_ALLOWED,
    v1::REASON_CODE_TRIAL_ENDED,
    v1::REASON_CODE_CANCELED,
    v1::REASON_CODE_PERIOD_ENDED,
    v1::REASON_CODE_DENY_OVERRIDE,
    v1::REASON_CODE_LAPSED_BLOCKED,
    v1::REASON_CODE_ADD_ON_WITHOUT_PLAN,
    v1::REASON_CODE_NOT_INCLUDED,
};
static_assert(std::size(kReasons) == static_cast<std::size_t>(Reason::kNotIncluded) + 1);

void Fill(const Limit& limit, v1::LimitValue& out) {
  out.set_amount(limit.unlimited ? 0 : limit.amount);
  out.set_unlimited(limit.unlimited);
}

ValueOrProblem Problem(std::string text) { return {.value = std::nullopt, .problem = std::move(text)}; }

std::optional<Limit> ReadLimit(const v1::LimitValue& from) {
  if (!from.has_amount() && !from.unlimited()) return std::nullopt;  // an amount that nobody said is not 0
  if (from.amount() < 0 || (from.unlimited() && from.amount() != 0)) return std::nullopt;
  return Limit{.amount = from.amount(), .unlimited = from.unlimited()};
}

ValueOrProblem ReadMetered(const v1::MeteredValue& from) {
  const std::optional<Limit> included = ReadLimit(from.included());
  const std::optional<Limit> cap = ReadLimit(from.cap());
  if (!included || !cap) return Problem("expected included and cap, each an amount of 0 or more, or unlimited");
  if (*cap < *included) return Problem("expected a cap that is not below included");
  return {.value = Metered{.included = *included, .cap = *cap}, .problem = ""};
}

ValueOrProblem ReadSet(const v1::SetValue& from, const Feature& feature) {
  ValueSet set{.values = {from.values().begin(), from.values().end()}};
  std::ranges::sort(set.values);
  const auto repeated = std::ranges::unique(set.values);
  set.values.erase(repeated.begin(), repeated.end());
  for (const std::string& value : set.values) {
    if (!std::ranges::binary_search(feature.set_values, value)) {
      return Problem("\"" + value + "\" is no value of feature " + feature.id.str());
    }
  }
  return {.value = std::move(set), .problem = ""};
}

}  // namespace

void Fill(Instant at, google::protobuf::Timestamp& out) {
  const Instant within = std::clamp(at, FromUnixSeconds(kMinSeconds), FromUnixSeconds(kMaxSeconds));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(within);
  out.set_seconds(seconds.time_since_epoch().count());
  out.set_nanos(static_cast<std::int32_t>((within - seconds).count()) * 1'000'000);
}

google::protobuf::Timestamp ToProto(Instant at) {
  google::protobuf::Timestamp out;
  Fill(at, out);
  return out;
}

std::optional<Instant> FromProto(const google::protobuf::Timestamp& at) {
  if (at.seconds() < kMinSeconds || at.seconds() > kMaxSeconds) return std::nullopt;
  if (at.nanos() < 0 || at.nanos() > 999'999'999) return std::nullopt;
  return FromUnixMillis(at.seconds() * 1000 + at.nanos() / 1'000'000);
}

v1::AccessState ToProto(AccessState state) {
  switch (state) {
    case AccessState::kGranted: return v1::ACCESS_STATE_GRANTED;
    case AccessState::kTrial: return v1::ACCESS_STATE_TRIAL;
    case AccessState::kGrace: return v1::ACCESS_STATE_GRACE;
    case AccessState::kSuspended: return v1::ACCESS_STATE_SUSPENDED;
    case AccessState::kHeld: return v1::ACCESS_STATE_HELD;
    case AccessState::kPaymentRequired: return v1::ACCESS_STATE_PAYMENT_REQUIRED;
    case AccessState::kExpired: return v1::ACCESS_STATE_EXPIRED;
    case AccessState::kNotInPlan: return v1::ACCESS_STATE_NOT_IN_PLAN;
  }
  return v1::ACCESS_STATE_UNSPECIFIED;
}

v1::ReasonCode ToProto(Reason reason) { return kReasons[static_cast<std::size_t>(reason)]; }

v1::GrantedAccess ToProto(Access access) {
  switch (access) {
    case Access::kNone: return v1::GRANTED_ACCESS_NONE;
    case Access::kRead: return v1::GRANTED_ACCESS_READ;
    case Access::kUse: return v1::GRANTED_ACCESS_USE;
  }
  return v1::GRANTED_ACCESS_UNSPECIFIED;
}

v1::RemedyKind ToProto(RemedyKind kind) {
  switch (kind) {
    case RemedyKind::kNone: return v1::REMEDY_KIND_UNSPECIFIED;
    case RemedyKind::kCompleteAuthentication: return v1::REMEDY_KIND_COMPLETE_AUTHENTICATION;
    case RemedyKind::kWait: return v1::REMEDY_KIND_WAIT;
    case RemedyKind::kPay: return v1::REMEDY_KIND_PAY;
    case RemedyKind::kUpgrade: return v1::REMEDY_KIND_UPGRADE;
    case RemedyKind::kReduceUse: return v1::REMEDY_KIND_REDUCE_USE;
    case RemedyKind::kContactOperator: return v1::REMEDY_KIND_CONTACT_OPERATOR;
  }
  return v1::REMEDY_KIND_UNSPECIFIED;
}

v1::ExplainStepKind ToProto(StepKind kind) {
  switch (kind) {
    case StepKind::kFact: return v1::EXPLAIN_STEP_KIND_FACT;
    case StepKind::kProof: return v1::EXPLAIN_STEP_KIND_PROOF;
    case StepKind::kPrice: return v1::EXPLAIN_STEP_KIND_PRICE;
    case StepKind::kPlan: return v1::EXPLAIN_STEP_KIND_PLAN;
    case StepKind::kState: return v1::EXPLAIN_STEP_KIND_STATE;
    case StepKind::kValue: return v1::EXPLAIN_STEP_KIND_VALUE;
    case StepKind::kDecision: return v1::EXPLAIN_STEP_KIND_DECISION;
  }
  return v1::EXPLAIN_STEP_KIND_UNSPECIFIED;
}

v1::OverrideMode ToProto(OverrideMode mode) {
  switch (mode) {
    case OverrideMode::kSet: return v1::OVERRIDE_MODE_SET;
    case OverrideMode::kAdd: return v1::OVERRIDE_MODE_ADD;
    case OverrideMode::kDeny: return v1::OVERRIDE_MODE_DENY;
  }
  return v1::OVERRIDE_MODE_UNSPECIFIED;
}

v1::Disposition ToProto(Disposition disposition) {
  switch (disposition) {
    case Disposition::kApplied: return v1::DISPOSITION_APPLIED;
    case Disposition::kDuplicate: return v1::DISPOSITION_DUPLICATE;
    case Disposition::kIgnored: return v1::DISPOSITION_IGNORED;
    case Disposition::kParked: return v1::DISPOSITION_PARKED;
  }
  return v1::DISPOSITION_UNSPECIFIED;
}

v1::Disposition ToProto(EventDisposition disposition) {
  switch (disposition) {
    case EventDisposition::kApplied: return v1::DISPOSITION_APPLIED;
    case EventDisposition::kIgnored: return v1::DISPOSITION_IGNORED;
    case EventDisposition::kParked: return v1::DISPOSITION_PARKED;
  }
  return v1::DISPOSITION_UNSPECIFIED;
}

v1::AccessState StateOf(const Verdict& verdict) {
  switch (verdict.usage) {
    case UsageVerdict::kOverLimit: return v1::ACCESS_STATE_OVER_LIMIT;
    case UsageVerdict::kAsTimeline:
    case UsageVerdict::kUsageUnknown: break;
  }
  return ToProto(verdict.state);
}

v1::ReasonCode ReasonOf(const Verdict& verdict) {
  switch (verdict.usage) {
    case UsageVerdict::kOverLimit: return v1::REASON_CODE_OVER_LIMIT;
    case UsageVerdict::kUsageUnknown: return v1::REASON_CODE_USAGE_UNKNOWN;
    case UsageVerdict::kAsTimeline: break;
  }
  return ToProto(verdict.reason);
}

std::optional<OverrideMode> FromProto(v1::OverrideMode mode) {
  if (mode == v1::OVERRIDE_MODE_SET) return OverrideMode::kSet;
  if (mode == v1::OVERRIDE_MODE_ADD) return OverrideMode::kAdd;
  if (mode == v1::OVERRIDE_MODE_DENY) return OverrideMode::kDeny;
  return std::nullopt;
}

std::optional<OutcomeStatus> FromProto(v1::PaymentOutcome outcome) {
  if (outcome == v1::PAYMENT_OUTCOME_PENDING) return OutcomeStatus::kPending;
  if (outcome == v1::PAYMENT_OUTCOME_FAILED) return OutcomeStatus::kFailed;
  if (outcome == v1::PAYMENT_OUTCOME_SUCCEEDED) return OutcomeStatus::kSucceeded;
  if (outcome == v1::PAYMENT_OUTCOME_REVERSED) return OutcomeStatus::kReversed;
  return std::nullopt;
}

std::optional<EventDisposition> FromProto(v1::Disposition disposition) {
  if (disposition == v1::DISPOSITION_APPLIED) return EventDisposition::kApplied;
  if (disposition == v1::DISPOSITION_IGNORED) return EventDisposition::kIgnored;
  if (disposition == v1::DISPOSITION_PARKED) return EventDisposition::kParked;
  return std::nullopt;
}

std::optional<Access> FromProto(v1::GrantedAccess access) {
  if (access == v1::GRANTED_ACCESS_UNSPECIFIED || access == v1::GRANTED_ACCESS_USE) return Access::kUse;
  if (access == v1::GRANTED_ACCESS_READ) return Access::kRead;
  return std::nullopt;
}

void Fill(const Value& value, v1::Value& out) {
  if (const auto* boolean = std::get_if<bool>(&value)) {
    out.set_boolean(*boolean);
  } else if (const auto* limit = std::get_if<Limit>(&value)) {
    Fill(*limit, *out.mutable_limit());
  } else if (const auto* metered = std::get_if<Metered>(&value)) {
    Fill(metered->included, *out.mutable_metered()->mutable_included());
    Fill(metered->cap, *out.mutable_metered()->mutable_cap());
  } else if (const auto* level = std::get_if<Level>(&value)) {
    out.set_level(level->name);
  } else {
    for (const std::string& member : std::get<ValueSet>(value).values) out.mutable_set()->add_values(member);
  }
}

v1::Value ToProto(const Value& value) {
  v1::Value out;
  Fill(value, out);
  return out;
}

ValueOrProblem FromProto(const v1::Value& value, const Feature& feature) {
  switch (feature.type) {
    case FeatureType::kBoolean:
      if (!value.has_boolean()) return Problem("expected boolean, the type of feature " + feature.id.str());
      return {.value = value.boolean(), .problem = ""};
    case FeatureType::kLimit: {
      if (!value.has_limit()) return Problem("expected limit, the type of feature " + feature.id.str());
      const std::optional<Limit> limit = ReadLimit(value.limit());
      if (!limit) return Problem("expected an amount of 0 or more, or unlimited");
      return {.value = *limit, .problem = ""};
    }
    case FeatureType::kMetered:
      if (!value.has_metered()) return Problem("expected metered, the type of feature " + feature.id.str());
      return ReadMetered(value.metered());
    case FeatureType::kLevel:
      if (!value.has_level()) return Problem("expected level, the type of feature " + feature.id.str());
      if (std::ranges::find(feature.levels, value.level()) == feature.levels.end()) {
        return Problem("\"" + value.level() + "\" is no level of feature " + feature.id.str());
      }
      return {.value = Level{.name = value.level()}, .problem = ""};
    case FeatureType::kSet:
      if (!value.has_set()) return Problem("expected set, the type of feature " + feature.id.str());
      return ReadSet(value.set(), feature);
  }
  return Problem("unknown feature type");
}

v1::Source ToProto(const SourceRef& source) {
  v1::Source out;
  out.set_state(ToProto(source.state));
  out.set_reason(ToProto(source.reason));
  out.set_name(source.source);
  out.set_subscription(source.subscription);
  out.set_price(source.price.str());
  out.set_plan(source.plan);
  out.set_provisional(source.provisional);
  return out;
}

void Fill(const Verdict& verdict, const Remedy& remedy, const Catalog& catalog, std::size_t feature,
          v1::Decision& out) {
  out.set_allowed(verdict.allowed);
  out.set_state(StateOf(verdict));
  out.set_reason(ReasonOf(verdict));
  out.set_feature(catalog.features[feature].id.str());
  if (verdict.value != nullptr) Fill(*verdict.value, *out.mutable_value());
  if (verdict.used) out.set_used(*verdict.used);
  if (verdict.remaining) out.set_remaining(*verdict.remaining);
  out.set_overage(verdict.overage);
  out.set_granted_access(ToProto(verdict.granted_access));
  out.mutable_plan()->assign(verdict.plan);
  out.mutable_price()->assign(verdict.price);
  if (verdict.valid_until != kForever) Fill(verdict.valid_until, *out.mutable_valid_until());
  out.set_provisional(verdict.provisional);
  out.set_tenant_known(verdict.tenant_known);
  Fill(verdict.evaluated_at, *out.mutable_evaluated_at());
  if (remedy.kind == RemedyKind::kNone) return;
  out.mutable_remedy()->set_kind(ToProto(remedy.kind));
  for (const std::string& plan : remedy.plans) out.mutable_remedy()->add_plans(plan);
}

v1::Decision ToProto(const Decision& decision, const Catalog& catalog, std::size_t feature, bool include_sources) {
  const Verdict verdict{.allowed = decision.allowed,
                        .granted_access = decision.granted_access,
                        .state = decision.state,
                        .reason = decision.reason,
                        .usage = decision.usage,
                        .value = decision.value ? &*decision.value : nullptr,
                        .used = decision.used,
                        .remaining = decision.remaining,
                        .overage = decision.overage,
                        .plan = decision.plan,
                        .price = decision.price.str(),
                        .valid_until = decision.valid_until,
                        .provisional = decision.provisional,
                        .tenant_known = decision.tenant_known,
                        .evaluated_at = decision.evaluated_at};
  v1::Decision out;
  Fill(verdict, decision.remedy, catalog, feature, out);
  if (include_sources) {
    for (const SourceRef& source : decision.sources) *out.add_sources() = ToProto(source);
  }
  return out;
}

v1::Segment ToProto(const Segment& segment, const Catalog& catalog) {
  v1::Segment out;
  if (segment.from != kBeginning) *out.mutable_starts_at() = ToProto(segment.from);
  if (segment.until != kForever) *out.mutable_ends_at() = ToProto(segment.until);
  out.set_provisional(segment.provisional);
  for (std::size_t i = 0; i < segment.features.size(); ++i) {
    const FeatureState& feature = segment.features[i];
    v1::SegmentEntitlement& entitlement = *out.add_entitlements();
    entitlement.set_feature(catalog.features[i].id.str());
    entitlement.set_state(ToProto(feature.state));
    entitlement.set_reason(ToProto(feature.reason));
    if (feature.value) *entitlement.mutable_value() = ToProto(*feature.value);
    for (const std::size_t source : feature.sources) entitlement.add_sources(static_cast<std::int32_t>(source));
  }
  for (const SourceRef& source : segment.sources) *out.add_sources() = ToProto(source);
  for (const std::size_t plan : segment.plans) out.add_plans(catalog.plans[plan].id.str());
  return out;
}

}  // namespace usher
