// The one piece of JSON writing that needs care: strings.
#pragma once

#include <string>
#include <string_view>

namespace usher {

// Appends `text` to `json` as a JSON string with its quotes. Control characters and bytes that are no valid UTF-8 are
// escaped as \u00XX, so the result is always valid JSON on one line.
void AppendJsonString(std::string& json, std::string_view text);

}  // namespace usher
