// A guard against what a lenient parser takes for JSON.
#pragma once

#include <string_view>

namespace usher {

// Whether nothing but JSON's own words, numbers, punctuation and white space stands outside the strings of `json`, and
// every name is a string. Protobuf's parser also reads names without quotes, strings in single quotes and other white
// space; what reads JSON as it is written down (RFC 8259) would not see the names that it sees. The text need not be
// valid otherwise.
bool HasOnlyJsonWords(std::string_view json);

}  // namespace usher
