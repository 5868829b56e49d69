// UTF-8 as YAML wants it.
#pragma once

#include <cstddef>
#include <string_view>

namespace usher {

// The offset of the first byte that is not part of well-formed UTF-8 (overlong forms and surrogates are not);
// text.size() when all is well.
std::size_t FindBadUtf8(std::string_view text);

// The offset of the first character that YAML does not count as printable (the C0 controls but tab, line feed and
// carriage return, DEL, the C1 controls, byte order marks, U+FFFE, U+FFFF) or that YAML 1.1 takes for a line break
// (U+0085, U+2028, U+2029); text.size() when there is none. `text` is well-formed.
std::size_t FindControlCharacter(std::string_view text);

// How many characters well-formed `text` has.
std::size_t CountCharacters(std::string_view text);

}  // namespace usher
