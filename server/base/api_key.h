// API keys as callers hold them: `usk_` and 39 of [a-z2-7].
//
// 32 of the digits are 160 random bits, the other 7 a checksum over what stands before them. The checksum lets a
// mistyped key be told from an unknown one without asking a store, and lets scanners for leaked secrets be sure.
// SHA-256 once is hash enough: slow hashes protect what people choose, and nobody guesses 160 random bits.
#pragma once

#include <string>
#include <string_view>

#include "catalog/digest.h"
#include "server/base/secret.h"

namespace usher {

inline constexpr std::string_view kApiKeyPrefix = "usk_";

// A new key that nobody can guess. Any thread.
Secret MakeApiKey();

// It has the form of a key and its checksum is right; nothing is said about whether anybody made it.
bool IsWellFormedApiKey(std::string_view text);

// What is kept of a key.
Digest HashOfApiKey(std::string_view text);

// Equality that takes as long whatever differs.
bool SameInConstantTime(const Digest& a, const Digest& b);

}  // namespace usher
