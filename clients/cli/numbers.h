// Whole numbers as flags and arguments take them.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include <CLI/CLI.hpp>
#include <absl/status/statusor.h>

namespace usher {

// Both ends belong to it. Never negative.
struct NumberRange {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

// The number that `text` writes in decimal digits and nothing else: no sign, no blank, no leading zero, no other base.
// INVALID_ARGUMENT names the text and the range.
absl::StatusOr<std::int64_t> ReadNumber(std::string_view text, const NumberRange& range);

// Lets an option take only what ReadNumber reads. CLI11 itself also reads 0x10, 010 and -1, and clamps what is too
// large for it.
CLI::Validator NumberIn(const NumberRange& range);

// Declares --limit of a command that prints a list: how many lines at most.
void AddLimit(CLI::App& command, int& limit);

}  // namespace usher
