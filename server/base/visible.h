// Characters that steer a terminal instead of being shown: what nobody needs in a name, and what could make a text
// look like another one.
#pragma once

#include <string>
#include <string_view>

namespace usher {

// False when UTF-8 `text` has a control character (U+0000-1F, U+007F-9F), a line or paragraph separator (U+2028, 2029)
// or one that turns the direction of writing (U+202A-2E, U+2066-69), or bytes that are no UTF-8.
bool IsAllVisible(std::string_view text);

// `text` with those characters and bytes written out, as JSON writes them: `\u001b`. Always one line.
std::string Visible(std::string_view text);

// The same for a text whose line feeds are wanted: JSON with indents, a table.
std::string VisibleLines(std::string_view text);

}  // namespace usher
