// How Connect says that a call failed: JSON {code, message, details} with a fitting HTTP status.
#pragma once

#include <absl/status/status.h>

#include "server/listener/message.h"

namespace usher {

// The HTTP status that Connect gives to an error code.
int ConnectHttpStatus(absl::StatusCode code);

// The response for `error`, which has its ErrorInfo; `http_status` 0 means ConnectHttpStatus of its code. Not to be
// cached. A RetryInfo is said as Retry-After too, in whole seconds, for those who read no details.
HttpResponse ConnectError(const absl::Status& error, int http_status = 0);

}  // namespace usher
