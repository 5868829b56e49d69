// SHA-256 digests of canonical bytes: the identity of catalogs, facts and traces.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace usher {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  friend bool operator==(const Digest&, const Digest&) = default;
  friend std::strong_ordering operator<=>(const Digest&, const Digest&) = default;
};

Digest Sha256(std::string_view bytes);

// 64 lower-case hexadecimal digits.
std::string ToHex(const Digest& digest);

}  // namespace usher
