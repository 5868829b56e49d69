// Small steps of reading HTTP headers and queries. ASCII only, whatever the locale.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace usher {

// Takes what stands before the next `separator` off the front of `rest`, the separator too; all of it when there is
// none.
inline std::string_view CutAt(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view front = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return front;
}

// Without the spaces and tabs around it.
inline std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

inline std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return lower;
}

}  // namespace usher
