#include "catalog/parse/utf8.h"

#include <algorithm>

namespace usher {
namespace {

struct Decoded {
  char32_t character = 0;
  std::size_t length = 0;  // 0: malformed
};

Decoded DecodeAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return {};
  char32_t character = static_cast<char32_t>(lead & (0xFF >> (length + 1)));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    character = (character << 6) | (byte(i) & 0x3F);
  }
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (character < kLeast[length] || character > 0x10FFFF || surrogate) return {};
  return {character, length};
}

bool IsControl(char32_t c) {
  if (c < 0x20) return c != '\t' && c != '\n' && c != '\r';
  return (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

}  // namespace

std::size_t FindBadUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Decoded decoded = DecodeAt(text, at);
    if (decoded.length == 0) return at;
    at += decoded.length;
  }
  return text.size();
}

std::size_t FindControlCharacter(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Decoded decoded = DecodeAt(text, at);
    if (decoded.length == 0 || IsControl(decoded.character)) return at;
    at += decoded.length;
  }
  return text.size();
}

std::size_t CountCharacters(std::string_view text) {
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_start));
}

}  // namespace usher
