#include "server/base/random.h"

#include <sys/random.h>

#include <cstdint>
#include <cstdlib>
#include <random>

namespace usher {

std::string RandomId() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::random_device device;
  std::string id;
  id.reserve(32);
  for (int word = 0; word < 4; ++word) {
    std::uint32_t bits = device();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4) id.push_back(kDigits[bits & 0xf]);
  }
  return id;
}

std::uint32_t RandomBits() { return std::random_device()(); }

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  // Up to 256 bytes arrive whole or not at all, and not at all means that this kernel has no randomness to give: a key
  // made without it would be worse than none.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(count)) std::abort();
  return bytes;
}

}  // namespace usher
