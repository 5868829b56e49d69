// The error vocabulary of the services: an absl::Status that carries google.rpc details as payloads.
//
// Every error that leaves a service has an ErrorInfo with a reason of proto/usher/v1/errors.proto, whose domain is
// `usher`. Transports copy the payloads and add nothing.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/status/status.h>

#include "google/rpc/status.pb.h"
#include "usher/v1/errors.pb.h"

namespace usher {

using ErrorMetadata = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// The status code that `reason` always travels with.
absl::StatusCode CodeOf(v1::ErrorReason reason);

// `message` names the thing, says what was expected and what to do.
absl::Status MakeError(v1::ErrorReason reason, std::string_view message, ErrorMetadata metadata = {});

// MakeError with a RetryInfo: asking again is useful after `delay`.
absl::Status MakeRetryableError(v1::ErrorReason reason, std::string_view message, std::chrono::milliseconds delay,
                                ErrorMetadata metadata = {});

// Collects what is wrong with a request, so that the caller learns everything at once.
class Violations {
 public:
  // `field` is the path in proto names, `items[2].tenant_id`.
  void Add(std::string field, std::string description);
  bool empty() const { return found_.empty(); }

  // OK when nothing was added, else INVALID_ARGUMENT MALFORMED_REQUEST with a BadRequest that has all of them.
  absl::Status ToStatus() const;

 private:
  std::vector<std::pair<std::string, std::string>> found_;
};

// The status with an ErrorInfo: itself when it has one, else what its refusal or its code says of an engine that knows
// no protobuf. An INTERNAL one loses its message, which is for the log, not for callers.
absl::Status WithReason(const absl::Status& status);

// The wire form of an error: code, message, details.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The reason within `status`, UNSPECIFIED when it has none.
v1::ErrorReason ReasonOf(const absl::Status& status);

}  // namespace usher
