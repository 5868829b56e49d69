// Identifiers that nobody can guess or meet twice.
#pragma once

#include <cstdint>
#include <string>

namespace usher {

// 128 random bits from the operating system as 32 lower-case hexadecimal digits. Any thread.
std::string RandomId();

// 32 random bits from the operating system. Any thread.
std::uint32_t RandomBits();

}  // namespace usher
