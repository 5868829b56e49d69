// Identifiers that nobody can guess or meet twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace usher {

// 128 random bits from the operating system as 32 lower-case hexadecimal digits. Any thread.
std::string RandomId();

// 32 random bits from the operating system. Any thread.
std::uint32_t RandomBits();

// `count` random bytes from the operating system, at most 256, good enough for secrets. Any thread.
std::string RandomBytes(std::size_t count);

}  // namespace usher
