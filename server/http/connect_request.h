// What a Connect client asks, whether it came as POST or as GET.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include <absl/status/statusor.h>

#include "server/http/content_coding.h"
#include "server/listener/message.h"

namespace usher {

// A message may have so many bytes, plain; the listener bounds what is sent, this also what it inflates to.
inline constexpr std::size_t kMaxMessageBytes = std::size_t{2} * 1024 * 1024;

enum class Codec { kJson, kProto };

struct ConnectRequest {
  std::optional<Codec> codec;  // nullopt: one that the server does not know
  std::string message;         // plain
  bool gzip_answer = false;    // the client reads it
};

// The message is the body. UNIMPLEMENTED ENCODING_UNKNOWN for a Content-Encoding that the server does not know,
// RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE beyond kMaxMessageBytes, else INVALID_ARGUMENT MALFORMED_REQUEST.
absl::StatusOr<ConnectRequest> ReadPost(const HttpRequest& request);

// The message is in the query. Errors: those of ReadPost.
absl::StatusOr<ConnectRequest> ReadGet(const HttpRequest& request);

// The caller's Connect-Timeout-Ms, nullopt without one. INVALID_ARGUMENT when it is no number of 1 to 10 digits.
absl::StatusOr<std::optional<std::chrono::milliseconds>> ConnectTimeout(const HttpRequest& request);

}  // namespace usher
