// Why the engine says no, for callers that must tell one no from another. A refusal travels inside an absl::Status.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <absl/status/status.h>

#include "catalog/ids.h"

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
  kWorkUnknown,           // NOT_FOUND
  kWorkNotDead,           // FAILED_PRECONDITION
  kClockBackwards,        // FAILED_PRECONDITION
  kClockTooFar,           // FAILED_PRECONDITION
  kPayloadUnreadable,     // FAILED_PRECONDITION
  kKeyUnknown,            // NOT_FOUND
  kPublishedChanged,      // FAILED_PRECONDITION: other content under a name@version that is live
  kMemberUnknown,         // NOT_FOUND
  kOutcomeConflict,       // ALREADY_EXISTS: the reference names another payment
};

// A status with the code that stands behind `refusal` above. `about` is the id of what is refused, for machines.
absl::Status Refuse(Refusal refusal, std::string_view message, std::string_view about = "");

// kTenantUnknown of `tenant`, in the one sentence that all callers get.
absl::Status RefuseUnknownTenant(const TenantId& tenant);

// The refusal within `status`; nullopt for OK and for failures, which are nobody's decision.
std::optional<Refusal> RefusalOf(const absl::Status& status);

// What the refusal is about; empty when nobody said.
std::string AboutOf(const absl::Status& status);

}  // namespace usher
