// Colors, and how wide a text is on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace usher {

enum class Ink { kPlain, kBold, kDim, kGreen, kYellow, kRed, kMagenta, kCyan };

// `text` in that ink, or as it is without colors.
std::string Paint(std::string_view text, Ink ink, bool colors);

// How many columns `text` takes. It must not contain ink.
std::size_t Columns(std::string_view text);

// The longest beginning of `text` that fits into `columns`, its last column an ellipsis when something is missing.
std::string Fit(std::string_view text, std::size_t columns);

// `text` broken at spaces into lines of at most `columns`. A longer word stands alone.
std::string Wrap(std::string_view text, std::size_t columns, std::string_view indent);

}  // namespace usher
