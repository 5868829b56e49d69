// The query of a Connect GET: ?connect=v1&base64=1&compression=gzip&encoding=json&message=...
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace usher {

// The parameters of the protocol, percent-decoded; nullopt for one that is not there.
struct ConnectQuery {
  std::optional<std::string> connect;
  std::optional<std::string> base64;
  std::optional<std::string> compression;
  std::optional<std::string> encoding;
  std::optional<std::string> message;
};

// Reads the query of `target`; parameters of other names are let be. INVALID_ARGUMENT MALFORMED_REQUEST for a parameter
// of the protocol that is given twice, for who stands between may have read the other one, or is no percent-encoding.
absl::StatusOr<ConnectQuery> ReadConnectQuery(std::string_view target);

// The bytes of RFC 4648's URL-safe alphabet, with padding or without; nullopt for any other text.
std::optional<std::string> DecodeUrlBase64(std::string_view text);

}  // namespace usher
