#include "server/base/json_text.h"

#include <cstddef>

namespace usher {
namespace {

// The length of the valid UTF-8 sequence of more than one byte at the start of `text`, 0 when there is none.
std::size_t MultiByteLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                             : (first & 0xf0) == 0xe0         ? 3
                             : first >= 0xf0 && first <= 0xf4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) > 0x9f;
  const bool beyond = first == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

void AppendJsonString(std::string& json, std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  json.push_back('"');
  while (!text.empty()) {
    const char c = text.front();
    if (const std::size_t length = MultiByteLength(text); length > 0) {
      json.append(text.substr(0, length));
      text.remove_prefix(length);
      continue;
    }
    if (c == '"' || c == '\\') {
      json.push_back('\\');
      json.push_back(c);
    } else if (c >= 0x20 && c < 0x7f) {
      json.push_back(c);
    } else {
      const auto bits = static_cast<unsigned char>(c);
      json.append("\\u00");
      json.push_back(kDigits[bits >> 4]);
      json.push_back(kDigits[bits & 0xf]);
    }
    text.remove_prefix(1);
  }
  json.push_back('"');
}

}  // namespace usher
