// UTF-8, as far as texts are looked through byte by byte.
#pragma once

#include <cstddef>
#include <string_view>

namespace usher {

// The length of the valid UTF-8 sequence of more than one byte at the start of `text`, 0 when there is none. `text` is
// not empty.
std::size_t MultiByteLength(std::string_view text);

}  // namespace usher
