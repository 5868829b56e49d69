// Why the engine says no, for callers that must tell one no from another. A refusal travels inside an absl::Status.
#pragma once

#include <optional>
#include <string_view>

#include <absl/status/status.h>

namespace usher {

enum class Refusal {
  kProviderUnknown,       // INVALID_ARGUMENT
  kSignatureInvalid,      // INVALID_ARGUMENT
  kSignatureStale,        // INVALID_ARGUMENT
  kWebhookSecretMissing,  // FAILED_PRECONDITION
  kTenantUnknown,         // NOT_FOUND
  kTenantExists,          // ALREADY_EXISTS
  kFeatureUnknown,        // NOT_FOUND
  kPriceUnknown,          // NOT_FOUND
  kOverrideUnknown,       // NOT_FOUND
  kEtagMismatch,          // ABORTED
  kEventUnknown,          // NOT_FOUND
  kEventNotParked,        // FAILED_PRECONDITION
  kRevisionInvalid,       // INVALID_ARGUMENT
  kRevisionNotReached,    // UNAVAILABLE
  kPublishedChanged,      // FAILED_PRECONDITION: other content under a name@version that is live
};

// A status with the code that stands behind `refusal` above.
absl::Status Refuse(Refusal refusal, std::string_view message);

// The refusal within `status`; nullopt for OK and for failures, which are nobody's decision.
std::optional<Refusal> RefusalOf(const absl::Status& status);

}  // namespace usher
