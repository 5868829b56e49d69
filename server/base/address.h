// Addresses to listen on and to call, as flags write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace usher {

struct Address {
  std::string host;  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;

  // `127.0.0.1:7480`, `[::1]:7480`
  std::string ToString() const;
};

// Parses `127.0.0.1:7480`, `[::1]:7480`, `localhost:7480` (meaning 127.0.0.1). Port 0 asks for a free one.
// INVALID_ARGUMENT names the text and the form.
absl::StatusOr<Address> ParseAddress(std::string_view text);

// Where to call a server: HOST:PORT with a name or a numeric host, such as usher.internal:7480 or [::1]:7480. The text
// as it is; INVALID_ARGUMENT names the text and the form.
absl::StatusOr<std::string> ParseServerAddress(std::string_view text);

// Nobody but this machine reaches it: 127.0.0.0/8 and ::1.
bool IsLoopback(const Address& address);

}  // namespace usher
