#include "server/service/error.h"

#include <map>
#include <optional>

#include <absl/strings/cord.h>
#include <google/protobuf/any.pb.h>

#include "catalog/absl_bridge.h"
#include "google/rpc/error_details.pb.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

constexpr char kTypePrefix[] = "type.googleapis.com/";
constexpr char kDomain[] = "usher";
constexpr char kReasonPrefix[] = "ERROR_REASON_";
constexpr std::chrono::milliseconds kRetryDelay{1000};
// Room is made by people.
constexpr std::chrono::milliseconds kRoomDelay{30'000};
constexpr char kInternalMessage[] = "The server failed; its log says why.";

std::string TypeUrl(const google::protobuf::Message& message) {
  return kTypePrefix + message.GetDescriptor()->full_name();
}

void SetDetail(absl::Status& status, const google::protobuf::Message& detail) {
  status.SetPayload(ToAbsl(TypeUrl(detail)), absl::Cord(detail.SerializeAsString()));
}

v1::ErrorReason ReasonForRefusal(Refusal refusal) {
  switch (refusal) {
    case Refusal::kProviderUnknown: return v1::ERROR_REASON_PROVIDER_UNKNOWN;
    case Refusal::kSignatureInvalid: return v1::ERROR_REASON_SIGNATURE_INVALID;
    case Refusal::kSignatureStale: return v1::ERROR_REASON_SIGNATURE_STALE;
    case Refusal::kWebhookSecretMissing: return v1::ERROR_REASON_WEBHOOK_SECRET_MISSING;
    case Refusal::kTenantUnknown: return v1::ERROR_REASON_TENANT_UNKNOWN;
    case Refusal::kTenantExists: return v1::ERROR_REASON_TENANT_EXISTS;
    case Refusal::kFeatureUnknown: return v1::ERROR_REASON_FEATURE_UNKNOWN;
    case Refusal::kPriceUnknown: return v1::ERROR_REASON_PRICE_UNKNOWN;
    case Refusal::kOverrideUnknown: return v1::ERROR_REASON_OVERRIDE_UNKNOWN;
    case Refusal::kEtagMismatch: return v1::ERROR_REASON_ETAG_MISMATCH;
    case Refusal::kEventUnknown: return v1::ERROR_REASON_EVENT_UNKNOWN;
    case Refusal::kEventNotParked: return v1::ERROR_REASON_EVENT_NOT_PARKED;
    case Refusal::kRevisionInvalid: return v1::ERROR_REASON_REVISION_INVALID;
    case Refusal::kRevisionNotReached: return v1::ERROR_REASON_REVISION_NOT_REACHED;
    case Refusal::kOutcomeConflict: return v1::ERROR_REASON_OUTCOME_CONFLICT;
    case Refusal::kWorkUnknown: return v1::ERROR_REASON_WORK_UNKNOWN;
    case Refusal::kWorkNotDead: return v1::ERROR_REASON_WORK_NOT_DEAD;
    case Refusal::kMemberUnknown: return v1::ERROR_REASON_MEMBER_UNKNOWN;
    case Refusal::kClockBackwards: return v1::ERROR_REASON_CLOCK_BACKWARDS;
    case Refusal::kClockTooFar: return v1::ERROR_REASON_CLOCK_TOO_FAR;
    case Refusal::kPayloadUnreadable: return v1::ERROR_REASON_PAYLOAD_UNREADABLE;
    case Refusal::kKeyUnknown: return v1::ERROR_REASON_KEY_UNKNOWN;
    case Refusal::kPublishedChanged:  // no RPC activates a catalog
      return v1::ERROR_REASON_INTERNAL;
  }
  return v1::ERROR_REASON_INTERNAL;
}

// What a failure of the engine or the store means to a caller.
v1::ErrorReason ReasonForCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange: return v1::ERROR_REASON_MALFORMED_REQUEST;
    case absl::StatusCode::kDeadlineExceeded: return v1::ERROR_REASON_DEADLINE_EXCEEDED;
    case absl::StatusCode::kResourceExhausted: return v1::ERROR_REASON_STORE_FULL;
    case absl::StatusCode::kAborted:  // a concurrent transaction won too often
    case absl::StatusCode::kUnavailable: return v1::ERROR_REASON_NOT_READY;
    default: return v1::ERROR_REASON_INTERNAL;
  }
}

}  // namespace

absl::StatusCode CodeOf(v1::ErrorReason reason) {
  switch (reason) {
    case v1::ERROR_REASON_MALFORMED_REQUEST:
    case v1::ERROR_REASON_REVISION_INVALID:
    case v1::ERROR_REASON_PAGE_TOKEN_INVALID:
    case v1::ERROR_REASON_PROVIDER_UNKNOWN:
    case v1::ERROR_REASON_SIGNATURE_INVALID:
    case v1::ERROR_REASON_SIGNATURE_STALE: return absl::StatusCode::kInvalidArgument;
    case v1::ERROR_REASON_FEATURE_UNKNOWN:
    case v1::ERROR_REASON_TENANT_UNKNOWN:
    case v1::ERROR_REASON_PRICE_UNKNOWN:
    case v1::ERROR_REASON_OVERRIDE_UNKNOWN:
    case v1::ERROR_REASON_EVENT_UNKNOWN:
    case v1::ERROR_REASON_KEY_UNKNOWN:
    case v1::ERROR_REASON_MEMBER_KIND_UNKNOWN:
    case v1::ERROR_REASON_PERMISSION_UNKNOWN:
    case v1::ERROR_REASON_MEMBER_UNKNOWN:
    case v1::ERROR_REASON_WORK_UNKNOWN: return absl::StatusCode::kNotFound;
    case v1::ERROR_REASON_TENANT_EXISTS:
    case v1::ERROR_REASON_OUTCOME_CONFLICT: return absl::StatusCode::kAlreadyExists;
    case v1::ERROR_REASON_WEBHOOK_SECRET_MISSING:
    case v1::ERROR_REASON_EVENT_NOT_PARKED:
    case v1::ERROR_REASON_WORK_NOT_DEAD:
    case v1::ERROR_REASON_CLOCK_BACKWARDS:
    case v1::ERROR_REASON_CLOCK_TOO_FAR:
    case v1::ERROR_REASON_IDENTITY_PROVIDER_MISSING:
    case v1::ERROR_REASON_IDENTITY_PROVIDER_REFUSED:
    case v1::ERROR_REASON_PAYLOAD_UNREADABLE:
    case v1::ERROR_REASON_CATALOG_UNKNOWN: return absl::StatusCode::kFailedPrecondition;
    case v1::ERROR_REASON_ETAG_MISMATCH: return absl::StatusCode::kAborted;
    case v1::ERROR_REASON_METHOD_UNKNOWN:
    case v1::ERROR_REASON_ENCODING_UNKNOWN: return absl::StatusCode::kUnimplemented;
    case v1::ERROR_REASON_CREDENTIALS_MISSING:
    case v1::ERROR_REASON_CREDENTIALS_MALFORMED:
    case v1::ERROR_REASON_CREDENTIALS_UNKNOWN:
    case v1::ERROR_REASON_CREDENTIALS_REVOKED:
    case v1::ERROR_REASON_CREDENTIALS_EXPIRED: return absl::StatusCode::kUnauthenticated;
    case v1::ERROR_REASON_SCOPE_MISSING:
    case v1::ERROR_REASON_TENANT_FOREIGN:
    case v1::ERROR_REASON_HOST_FOREIGN: return absl::StatusCode::kPermissionDenied;
    case v1::ERROR_REASON_MESSAGE_TOO_LARGE:
    case v1::ERROR_REASON_OVERLOADED:
    case v1::ERROR_REASON_STORE_FULL: return absl::StatusCode::kResourceExhausted;
    case v1::ERROR_REASON_DEADLINE_EXCEEDED: return absl::StatusCode::kDeadlineExceeded;
    case v1::ERROR_REASON_REVISION_NOT_REACHED:
    case v1::ERROR_REASON_IDENTITY_PROVIDER_UNAVAILABLE:
    case v1::ERROR_REASON_NOT_READY: return absl::StatusCode::kUnavailable;
    case v1::ERROR_REASON_INTERNAL:
    case v1::ERROR_REASON_UNSPECIFIED:
    case v1::ErrorReason_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ErrorReason_INT_MAX_SENTINEL_DO_NOT_USE_: return absl::StatusCode::kInternal;
  }
  return absl::StatusCode::kInternal;
}

absl::Status MakeError(v1::ErrorReason reason, std::string_view message, ErrorMetadata metadata) {
  google::rpc::ErrorInfo info;
  info.set_reason(v1::ErrorReason_Name(reason).substr(sizeof(kReasonPrefix) - 1));
  info.set_domain(kDomain);
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[std::string(key)] = std::string(value);
  absl::Status status(CodeOf(reason), ToAbsl(message));
  SetDetail(status, info);
  return status;
}

absl::Status MakeRetryableError(v1::ErrorReason reason, std::string_view message, std::chrono::milliseconds delay,
                                ErrorMetadata metadata) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(delay.count() / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int>(delay.count() % 1000) * 1'000'000);
  absl::Status status = MakeError(reason, message, metadata);
  SetDetail(status, retry);
  return status;
}

void Violations::Add(std::string field, std::string description) {
  found_.emplace_back(std::move(field), std::move(description));
}

absl::Status Violations::ToStatus() const {
  if (found_.empty()) return absl::OkStatus();
  google::rpc::BadRequest bad_request;
  std::string message;
  for (const auto& [field, description] : found_) {
    google::rpc::BadRequest::FieldViolation& violation = *bad_request.add_field_violations();
    violation.set_field(field);
    violation.set_description(description);
    if (!message.empty()) message += "; ";
    message += field + ": " + description;
  }
  absl::Status status = MakeError(v1::ERROR_REASON_MALFORMED_REQUEST, message);
  SetDetail(status, bad_request);
  return status;
}

absl::Status WithReason(const absl::Status& status) {
  if (status.ok() || ReasonOf(status) != v1::ERROR_REASON_UNSPECIFIED) return status;
  const std::optional<Refusal> refusal = RefusalOf(status);
  const v1::ErrorReason reason = refusal ? ReasonForRefusal(*refusal) : ReasonForCode(status.code());
  if (reason == v1::ERROR_REASON_INTERNAL) return MakeError(reason, kInternalMessage);
  if (reason == v1::ERROR_REASON_STORE_FULL) return MakeRetryableError(reason, StatusMessage(status), kRoomDelay);
  if (CodeOf(reason) == absl::StatusCode::kUnavailable) {
    return MakeRetryableError(reason, StatusMessage(status), kRetryDelay);
  }
  const std::string about = AboutOf(status);
  if (reason == v1::ERROR_REASON_TENANT_UNKNOWN) {
    return MakeError(reason, StatusMessage(status), {{"tenant_id", about}});
  }
  if (reason == v1::ERROR_REASON_MEMBER_UNKNOWN) {
    return MakeError(reason, StatusMessage(status), {{"user_id", about}});
  }
  if (reason == v1::ERROR_REASON_OUTCOME_CONFLICT) {
    return MakeError(reason, StatusMessage(status), {{"reference", about}});
  }
  return MakeError(reason, StatusMessage(status));
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(StatusMessage(status));
  std::map<std::string, std::string> details;  // ForEachPayload has no order
  status.ForEachPayload([&details](absl::string_view type_url, const absl::Cord& bytes) {
    details.emplace(ToStd(type_url), std::string(bytes));
  });
  for (auto& [type_url, bytes] : details) {
    google::protobuf::Any& detail = *out.add_details();
    detail.set_type_url(type_url);
    detail.set_value(std::move(bytes));
  }
  return out;
}

v1::ErrorReason ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(ToAbsl(TypeUrl(google::rpc::ErrorInfo::default_instance())));
  google::rpc::ErrorInfo info;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (payload.has_value() && info.ParseFromString(std::string(*payload))) {
    v1::ErrorReason_Parse(kReasonPrefix + info.reason(), &reason);
  }
  return reason;
}

}  // namespace usher
