#include "server/engine/refusal.h"

#include <charconv>
#include <string>

#include <absl/strings/cord.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

constexpr char kPayload[] = "usher/refusal";
constexpr char kAboutPayload[] = "usher/refusal/about";

absl::StatusCode CodeOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kProviderUnknown:
    case Refusal::kSignatureInvalid:
    case Refusal::kSignatureStale:
    case Refusal::kRevisionInvalid: return absl::StatusCode::kInvalidArgument;
    case Refusal::kWebhookSecretMissing:
    case Refusal::kEventNotParked:
    case Refusal::kWorkNotDead:
    case Refusal::kClockBackwards:
    case Refusal::kClockTooFar:
    case Refusal::kPayloadUnreadable:
    case Refusal::kPublishedChanged: return absl::StatusCode::kFailedPrecondition;
    case Refusal::kTenantUnknown:
    case Refusal::kFeatureUnknown:
    case Refusal::kPriceUnknown:
    case Refusal::kOverrideUnknown:
    case Refusal::kEventUnknown:
    case Refusal::kKeyUnknown:
    case Refusal::kMemberUnknown:
    case Refusal::kWorkUnknown: return absl::StatusCode::kNotFound;
    case Refusal::kTenantExists:
    case Refusal::kOutcomeConflict: return absl::StatusCode::kAlreadyExists;
    case Refusal::kEtagMismatch: return absl::StatusCode::kAborted;
    case Refusal::kRevisionNotReached: return absl::StatusCode::kUnavailable;
  }
  return absl::StatusCode::kInternal;
}

}  // namespace

absl::Status Refuse(Refusal refusal, std::string_view message, std::string_view about) {
  absl::Status status(CodeOf(refusal), ToAbsl(message));
  status.SetPayload(kPayload, absl::Cord(std::to_string(static_cast<int>(refusal))));
  if (!about.empty()) status.SetPayload(kAboutPayload, absl::Cord(ToAbsl(about)));
  return status;
}

absl::Status RefuseUnknownTenant(const TenantId& tenant) {
  return Refuse(Refusal::kTenantUnknown,
                "no fact names tenant `" + tenant.str() + "` and nobody created it; create it first, or check the id",
                tenant.str());
}

std::optional<Refusal> RefusalOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  if (!payload.has_value()) return std::nullopt;
  const std::string text(*payload);
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return static_cast<Refusal>(number);
}

std::string AboutOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kAboutPayload);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace usher
