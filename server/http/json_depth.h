// A guard before any JSON parser that recurses.
#pragma once

#include <string_view>

namespace usher {

// True when `json` opens more than `limit` arrays and objects inside one another. Brackets within strings do not
// count. Linear time, no allocation; the text need not be valid JSON.
bool JsonNestsDeeperThan(std::string_view json, int limit);

}  // namespace usher
