#include "server/base/api_key.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "server/base/random.h"

namespace usher {
namespace {

constexpr std::size_t kRandomBytes = 20;
constexpr std::size_t kRandomDigits = 32;
constexpr std::size_t kChecksumDigits = 7;

constexpr char kDigits[] = "abcdefghijklmnopqrstuvwxyz234567";

// `count` digits of five bits each, from the first bit of the first byte on.
std::string Base32(const std::uint8_t* bytes, std::size_t count) {
  std::string text;
  unsigned window = 0;
  int held = 0;
  while (text.size() < count) {
    if (held < 5) {
      window = (window << 8) | *bytes++;
      held += 8;
    }
    held -= 5;
    text.push_back(kDigits[(window >> held) & 31]);
  }
  return text;
}

std::string Checksum(std::string_view body) { return Base32(Sha256(body).bytes.data(), kChecksumDigits); }

}  // namespace

Secret MakeApiKey() {
  const std::string random = RandomBytes(kRandomBytes);
  std::string key(kApiKeyPrefix);
  key += Base32(reinterpret_cast<const std::uint8_t*>(random.data()), kRandomDigits);
  key += Checksum(key);
  return Secret(std::move(key));
}

bool IsWellFormedApiKey(std::string_view text) {
  constexpr std::size_t kBody = kApiKeyPrefix.size() + kRandomDigits;
  if (text.size() != kBody + kChecksumDigits || !text.starts_with(kApiKeyPrefix)) return false;
  return Checksum(text.substr(0, kBody)) == text.substr(kBody);
}

Digest HashOfApiKey(std::string_view text) { return Sha256(text); }

bool SameInConstantTime(const Digest& a, const Digest& b) {
  volatile std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.bytes.size(); ++i) difference = difference | (a.bytes[i] ^ b.bytes[i]);
  return difference == 0;
}

}  // namespace usher
