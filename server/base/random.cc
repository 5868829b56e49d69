#include "server/base/random.h"

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

}  // namespace usher
