// The last step of an error on its way to a caller.
#pragma once

#include <string_view>

#include <absl/status/status.h>

#include "server/base/log.h"

namespace usher {

// WithReason(error). What is our own fault is logged whole, and the caller gets a sentence and a request_id that finds
// the line. `method` is the RPC.
absl::Status ReportError(const absl::Status& error, std::string_view method, const Log& log);

}  // namespace usher
