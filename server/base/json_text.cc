#include "server/base/json_text.h"

#include <cstddef>

#include "server/base/utf8.h"

namespace usher {

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
