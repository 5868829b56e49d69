#include "server/base/visible.h"

#include <cstddef>
#include <cstdint>

#include "server/base/utf8.h"

namespace usher {
namespace {

// What stands at the start of a text.
struct Character {
  std::size_t length = 1;
  std::uint32_t code = 0;  // the byte itself where it is no UTF-8
  bool visible = false;
};

std::uint32_t CodeOf(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  std::uint32_t code = byte(0) & (0xffU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) code = code << 6 | (byte(i) & 0x3fU);
  return code;
}

bool Steers(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

Character First(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text.front());
  if (byte < 0x80) return {.length = 1, .code = byte, .visible = !Steers(byte)};
  const std::size_t length = MultiByteLength(text);
  if (length == 0) return {.length = 1, .code = byte, .visible = false};
  const std::uint32_t code = CodeOf(text.substr(0, length));
  return {.length = length, .code = code, .visible = !Steers(code)};
}

}  // namespace

bool IsAllVisible(std::string_view text) {
  while (!text.empty()) {
    const Character first = First(text);
    if (!first.visible) return false;
    text.remove_prefix(first.length);
  }
  return true;
}

std::string Visible(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string shown;
  while (!text.empty()) {
    const Character first = First(text);
    if (first.visible) {
      shown += text.substr(0, first.length);
    } else {
      shown += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) shown += kDigits[first.code >> shift & 0xf];
    }
    text.remove_prefix(first.length);
  }
  return shown;
}

std::string VisibleLines(std::string_view text) {
  std::string shown;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    shown += Visible(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  return shown + Visible(text);
}

}  // namespace usher
