// Text inside XML.
#pragma once

#include <string>
#include <string_view>

namespace usher {

// `text` as it may stand in an element or an attribute. A control character that XML does not know becomes `?`.
std::string XmlEscaped(std::string_view text);

}  // namespace usher
