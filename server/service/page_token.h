// Page tokens: where the next page of one list begins. Opaque to callers.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace usher {

// `list` names the RPC and its filter; `position` is where to go on.
std::string EncodePageToken(std::string_view list, std::string_view position);

// The position. INVALID_ARGUMENT PAGE_TOKEN_INVALID when the token was not made for `list`.
absl::StatusOr<std::string> DecodePageToken(std::string_view list, std::string_view token);

}  // namespace usher
