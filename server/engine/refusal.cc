#include "server/engine/refusal.h"

#include <charconv>
#include <string>

#include <absl/strings/cord.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

constexpr char kPayload[] = "usher/refusal";

absl::StatusCode CodeOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kProviderUnknown:
    case Refusal::kSignatureInvalid:
    case Refusal::kSignatureStale:
    case Refusal::kRevisionInvalid: return absl::StatusCode::kInvalidArgument;
    case Refusal::kWebhookSecretMissing:
    case Refusal::kEventNotParked:
    case Refusal::kPublishedChanged: return absl::StatusCode::kFailedPrecondition;
    case Refusal::kTenantUnknown:
    case Refusal::kFeatureUnknown:
    case Refusal::kPriceUnknown:
    case Refusal::kOverrideUnknown:
    case Refusal::kEventUnknown: return absl::StatusCode::kNotFound;
    case Refusal::kTenantExists: return absl::StatusCode::kAlreadyExists;
    case Refusal::kEtagMismatch: return absl::StatusCode::kAborted;
    case Refusal::kRevisionNotReached: return absl::StatusCode::kUnavailable;
  }
  return absl::StatusCode::kInternal;
}

}  // namespace

absl::Status Refuse(Refusal refusal, std::string_view message) {
  absl::Status status(CodeOf(refusal), ToAbsl(message));
  status.SetPayload(kPayload, absl::Cord(std::to_string(static_cast<int>(refusal))));
  return status;
}

std::optional<Refusal> RefusalOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  if (!payload.has_value()) return std::nullopt;
  const std::string text(*payload);
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return static_cast<Refusal>(number);
}

}  // namespace usher
