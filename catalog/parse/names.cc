#include "catalog/parse/names.h"

#include <algorithm>
#include <array>

#include "catalog/parse/utf8.h"

namespace usher {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsNameCharacter(char c) { return IsDigit(c) || IsLetter(c) || c == '_' || c == '.' || c == '-'; }

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestVersion = 6;
constexpr std::size_t kLongestOpaque = 255;

constexpr std::array<std::string_view, 2> kReservedNames = {"none", "unlimited"};
constexpr std::array<std::string_view, 14> kReservedValues = {
    "none", "unlimited",        "true",      "false",   "null",        "granted",   "trial", "grace",
    "held", "payment_required", "suspended", "expired", "not_in_plan", "over_limit"};

bool Contains(std::span<const std::string_view> words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && IsLetter(text[0]) &&
         std::all_of(text.begin(), text.end(), IsNameCharacter);
}

bool IsVersionedName(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || !IsName(text.substr(0, at))) return false;
  const std::string_view version = text.substr(at + 1);
  return !version.empty() && version.size() <= kLongestVersion && version[0] != '0' &&
         std::all_of(version.begin(), version.end(), IsDigit);
}

bool IsValueName(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && (IsLetter(text[0]) || IsDigit(text[0])) &&
         std::all_of(text.begin(), text.end(), IsNameCharacter) && std::any_of(text.begin(), text.end(), IsLetter);
}

bool IsOpaque(std::string_view text) {
  return !text.empty() && text.size() <= kLongestOpaque &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

bool IsOneLine(std::string_view text) {
  const auto is_control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; };
  return !text.empty() && CountCharacters(text) <= kLongestText && std::none_of(text.begin(), text.end(), is_control);
}

std::span<const std::string_view> ReservedNames() { return kReservedNames; }
std::span<const std::string_view> ReservedValues() { return kReservedValues; }
bool IsReservedName(std::string_view text) { return Contains(kReservedNames, text); }
bool IsReservedValue(std::string_view text) { return Contains(kReservedValues, text); }

}  // namespace usher
