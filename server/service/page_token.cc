#include "server/service/page_token.h"

#include <absl/strings/escaping.h>

#include "catalog/absl_bridge.h"
#include "server/service/error.h"

namespace usher {

std::string EncodePageToken(std::string_view list, std::string_view position) {
  std::string token;
  absl::WebSafeBase64Escape(ToAbsl(std::string(list) + "\n" + std::string(position)), &token);
  return token;
}

absl::StatusOr<std::string> DecodePageToken(std::string_view list, std::string_view token) {
  std::string text;
  const std::string prefix = std::string(list) + "\n";
  if (!absl::WebSafeBase64Unescape(ToAbsl(token), &text) || !text.starts_with(prefix)) {
    return MakeError(v1::ERROR_REASON_PAGE_TOKEN_INVALID,
                     "page_token: expected the next_page_token of the page before, asked for with the same filter");
  }
  return text.substr(prefix.size());
}

}  // namespace usher
