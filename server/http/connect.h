// The Connect protocol for unary RPCs (connectrpc.com/docs/protocol): POST /usher.v1.Service/Method with
// application/json or application/proto, errors as JSON {code, message, details}.
//
// JSON members that the request message does not have are refused: a misspelt `curentUsage` must not change an answer
// in silence.
#pragma once

#include <chrono>
#include <optional>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "server/base/log.h"
#include "server/listener/message.h"
#include "server/service/call_context.h"
#include "server/service/method_table.h"

namespace usher {

// The HTTP status that Connect gives to an error code.
int ConnectHttpStatus(absl::StatusCode code);

// The response for `error`, which has its ErrorInfo; `http_status` 0 means ConnectHttpStatus of its code.
HttpResponse ConnectError(const absl::Status& error, int http_status = 0);

// The caller's Connect-Timeout-Ms, nullopt without one. INVALID_ARGUMENT when it is no number of 1 to 10 digits.
absl::StatusOr<std::optional<std::chrono::milliseconds>> ConnectTimeout(const HttpRequest& request);

// Answers one RPC. Total: every failure is a response.
HttpResponse ServeConnect(const MethodTable& methods, const HttpRequest& request, const CallContext& context,
                          const Log& log);

}  // namespace usher
