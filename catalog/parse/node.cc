#include "catalog/parse/node.h"

#include <algorithm>
#include <array>

namespace usher {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t CountDigits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool IsFloat(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const std::size_t whole = CountDigits(text);
  text.remove_prefix(whole);
  std::size_t fraction = 0;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    fraction = CountDigits(text);
    text.remove_prefix(fraction);
  }
  if (whole + fraction == 0) return false;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return !text.empty() && CountDigits(text) == text.size();
}

bool IsInfinityOrNan(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF";
}

bool IsPrefixed(std::string_view text, std::string_view prefix, std::string_view digits) {
  return text.size() > prefix.size() && text.substr(0, prefix.size()) == prefix &&
         text.find_first_not_of(digits, prefix.size()) == std::string_view::npos;
}

constexpr std::size_t kLongestQuote = 60;

}  // namespace

const Node* Find(const Node& node, std::string_view key) {
  for (const Node::Entry& entry : node.entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

ScalarClass ClassOf(std::string_view plain) {
  constexpr std::array<std::string_view, 5> kNulls = {"", "~", "null", "Null", "NULL"};
  constexpr std::array<std::string_view, 6> kBooleans = {"true", "True", "TRUE", "false", "False", "FALSE"};
  if (std::find(kNulls.begin(), kNulls.end(), plain) != kNulls.end()) return ScalarClass::kNull;
  if (std::find(kBooleans.begin(), kBooleans.end(), plain) != kBooleans.end()) return ScalarClass::kBoolean;
  const std::string_view unsigned_part = plain[0] == '-' || plain[0] == '+' ? plain.substr(1) : plain;
  if (!unsigned_part.empty() && CountDigits(unsigned_part) == unsigned_part.size()) return ScalarClass::kWhole;
  if (IsPrefixed(plain, "0x", "0123456789abcdefABCDEF") || IsPrefixed(plain, "0o", "01234567") || IsFloat(plain) ||
      IsInfinityOrNan(plain)) {
    return ScalarClass::kOtherNumber;
  }
  return ScalarClass::kText;
}

std::string Describe(const Node& node) {
  if (node.IsMap()) return "a map";
  if (node.IsList()) return "a list";
  std::string shown = node.text.substr(0, kLongestQuote);
  // Never cut a character in two.
  while (shown.size() < node.text.size() && !shown.empty() &&
         (static_cast<unsigned char>(node.text[shown.size()]) & 0xC0) == 0x80) {
    shown.pop_back();
  }
  if (shown.size() < node.text.size()) shown += "...";
  switch (node.scalar) {
    case ScalarClass::kNull: return "nothing";
    case ScalarClass::kBoolean: return shown;
    case ScalarClass::kWhole:
    case ScalarClass::kOtherNumber: return "the number " + shown;
    case ScalarClass::kText: return "the text \"" + shown + "\"";
  }
  return "the text \"" + shown + "\"";
}

}  // namespace usher
