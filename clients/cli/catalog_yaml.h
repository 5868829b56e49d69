// Pieces of YAML that a catalog is written with.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace usher {

// `text` as a key or a word: plain where YAML reads the same text back, else in double quotes.
std::string YamlWord(std::string_view text);

// `text` in double quotes, on one line of at most 200 characters. Control characters become spaces.
std::string YamlText(std::string_view text);

// `text` as the end of a comment line; control characters become spaces.
std::string YamlComment(std::string_view text);

// `yaml` when the loader accepts it, else INVALID_ARGUMENT with its first error: what a command prints always
// validates.
absl::StatusOr<std::string> Validated(std::string yaml);

}  // namespace usher
