#include "clients/cli/paint.h"

#include <algorithm>

namespace usher {
namespace {

std::string_view Code(Ink ink) {
  switch (ink) {
    case Ink::kPlain: return "0";
    case Ink::kBold: return "1";
    case Ink::kDim: return "2";
    case Ink::kGreen: return "32";
    case Ink::kYellow: return "33";
    case Ink::kRed: return "31";
    case Ink::kMagenta: return "35";
    case Ink::kCyan: return "36";
  }
  return "0";
}

bool ContinuesCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

std::string Paint(std::string_view text, Ink ink, bool colors) {
  if (!colors || ink == Ink::kPlain || text.empty()) return std::string(text);
  return "\x1b[" + std::string(Code(ink)) + "m" + std::string(text) + "\x1b[0m";
}

std::size_t Columns(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, ContinuesCharacter));
}

std::string Fit(std::string_view text, std::size_t columns) {
  if (Columns(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t end = 0;
  for (std::size_t taken = 0; end < text.size(); ++end) {
    if (!ContinuesCharacter(text[end]) && ++taken == columns) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string Wrap(std::string_view text, std::size_t columns, std::string_view indent) {
  std::string lines;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (used > 0 && used + 1 + Columns(word) > columns) {
      lines += "\n" + std::string(indent);
      used = 0;
    } else if (used > 0) {
      lines += " ";
      ++used;
    }
    lines += word;
    used += Columns(word);
  }
  return lines;
}

}  // namespace usher
