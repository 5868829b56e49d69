#include "server/http/json_words.h"

#include <algorithm>
#include <cstddef>

namespace usher {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kPunctuation = "{}[]:,0123456789+-.";

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// `before`: what stands before it, white space aside.
bool IsWord(std::string_view word, char before) {
  if (IsDigit(before)) return word == "e" || word == "E";
  return word == "true" || word == "false" || word == "null";
}

std::size_t EndOfString(std::string_view json, std::size_t quote) {
  std::size_t end = quote + 1;
  while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return end;
}

}  // namespace

bool HasOnlyJsonWords(std::string_view json) {
  char before = '\0';
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (kSpace.find(c) != std::string_view::npos) continue;
    if (c == '"') {
      i = EndOfString(json, i);
    } else if (IsLetter(c)) {
      const char* const end = std::find_if_not(json.data() + i, json.data() + json.size(), IsLetter);
      const std::string_view word(json.data() + i, static_cast<std::size_t>(end - json.data()) - i);
      if (!IsWord(word, before)) return false;
      i += word.size() - 1;
    } else if (kPunctuation.find(c) == std::string_view::npos || (c == ':' && before != '"')) {
      return false;
    }
    before = c;
  }
  return true;
}

}  // namespace usher
