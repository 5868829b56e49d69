// An HTTP/2 client that does only what a test tells it to, and nothing that a good one would. Test code only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/http_client.h"

namespace usher {

inline std::string Http2Number(std::uint32_t number, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i));
  return out;
}

inline std::string Http2Frame(char type, char flags, std::uint32_t stream, const std::string& payload) {
  return Http2Number(static_cast<std::uint32_t>(payload.size()), 3) + type + flags + Http2Number(stream, 4) + payload;
}

// The preface, with the number of bytes that a stream of the server may send before it is told that they were read.
inline std::string Http2Hello(std::uint32_t window) {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Http2Frame(4, 0, 0, Http2Number(4, 2) + Http2Number(window, 4));
}

// A unary gRPC call of `path` whose message is `message`, as a whole. Streams are odd and ascend.
inline std::string GrpcCallBytes(std::uint32_t stream, std::string_view path, std::string_view message) {
  const auto header = [](std::string_view name, std::string_view value) {  // literal, not indexed, not compressed
    return std::string(1, '\0') + static_cast<char>(name.size()) + std::string(name) + static_cast<char>(value.size()) +
           std::string(value);
  };
  const std::string headers = header(":method", "POST") + header(":scheme", "http") + header(":path", path) +
                              header(":authority", "localhost") + header("content-type", "application/grpc") +
                              header("te", "trailers");
  const std::string body =
      std::string(1, '\0') + Http2Number(static_cast<std::uint32_t>(message.size()), 4) + std::string(message);
  return Http2Frame(1, 4, stream, headers) + Http2Frame(0, 1, stream, body);
}

inline std::string Http2Reset(std::uint32_t stream) { return Http2Frame(3, 0, stream, Http2Number(8, 4)); }

inline constexpr std::string_view kCheckPath = "/usher.v1.EntitlementService/CheckEntitlement";

}  // namespace usher
