// The Connect protocol for unary RPCs (connectrpc.com/docs/protocol): POST /usher.v1.Service/Method with
// application/json or application/proto, and GET with the message in the query for calls that have no side effects.
// Either may be gzip, both ways.
//
// JSON members that the request message does not have are refused: a misspelt `curentUsage` must not change an answer
// in silence. No answer may be cached, and no web page of another origin may read one.
#pragma once

#include <cstddef>
#include <optional>

#include "server/base/log.h"
#include "server/listener/message.h"
#include "server/service/call_context.h"
#include "server/service/call_stats.h"
#include "server/service/method_table.h"

namespace usher {

// Shorter answers are sent plain, whatever the client accepts: gzip would save nothing worth its time.
inline constexpr std::size_t kLeastGzipBytes = 1024;

// Answers one RPC and ends `counted`. Every failure is a response; nullopt, with `counted` still open, says that the
// answer needs waiting, which `context` forbids.
std::optional<HttpResponse> ServeConnect(const MethodTable& methods, const HttpRequest& request,
                                         const CallContext& context, const Log& log, CountedCall& counted);

}  // namespace usher
