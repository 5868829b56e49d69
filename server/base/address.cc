#include "server/base/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

bool IsIpv4(const std::string& host) {
  in_addr bytes{};
  return inet_pton(AF_INET, host.c_str(), &bytes) == 1;
}

bool IsIpv6(const std::string& host) {
  in6_addr bytes{};
  return inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
}

}  // namespace

std::string Address::ToString() const {
  const std::string port_text = std::to_string(port);
  return IsIpv6(host) ? "[" + host + "]:" + port_text : host + ":" + port_text;
}

absl::StatusOr<Address> ParseAddress(std::string_view text) {
  const auto wrong = [&] {
    return InvalidArgument("\"" + std::string(text) +
                           "\" is no address: expected HOST:PORT with a numeric host, such as 127.0.0.1:7480, "
                           "[::1]:7480 or localhost:7480");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  Address address{.host = std::string(text.substr(0, colon)), .port = 0};
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) return wrong();
  if (address.host == "localhost") address.host = "127.0.0.1";
  if (IsIpv4(address.host)) return address;
  if (!address.host.starts_with('[') || !address.host.ends_with(']')) return wrong();
  address.host = address.host.substr(1, address.host.size() - 2);
  if (!IsIpv6(address.host)) return wrong();
  return address;
}

absl::StatusOr<std::string> ParseServerAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::string host(text.substr(0, colon));
  std::uint16_t port = 0;
  if (colon != std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size()) port = 0;
  }
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && IsIpv6(host.substr(1, host.size() - 2));
  const bool named = !host.empty() && std::ranges::all_of(host, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_';
  });
  if (port == 0 || (!bracketed && !named)) {
    return InvalidArgument("\"" + std::string(text) +
                           "\" is no server address: expected HOST:PORT, such as 127.0.0.1:7480");
  }
  return std::string(text);
}

bool IsLoopback(const Address& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, address.host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace usher
