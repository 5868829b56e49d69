#include "server/http/json_names.h"

#include <cstddef>
#include <set>
#include <vector>

namespace usher {
namespace {

// The name that protobuf gives a field in JSON: `tenantId` for `tenant_id`.
std::string JsonNameOf(std::string_view name) {
  std::string result;
  bool upper = false;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    result += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return result;
}

// Where the string that begins behind `start` ends: at its closing quote, or at the end of the text.
std::size_t EndOfString(std::string_view json, std::size_t start) {
  std::size_t end = start;
  while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return end < json.size() ? end : json.size();
}

bool IsName(std::string_view json, std::size_t behind_quote) {
  const std::size_t next = json.find_first_not_of(" \t\r\n", behind_quote);
  return next != std::string_view::npos && json[next] == ':';
}

}  // namespace

std::optional<std::string> FirstRepeatedName(std::string_view json) {
  std::vector<std::set<std::string>> open;  // the names of every object that is open
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '{') open.emplace_back();
    if (json[i] == '}' && !open.empty()) open.pop_back();
    if (json[i] != '"') continue;
    const std::string_view text = json.substr(i + 1, EndOfString(json, i + 1) - i - 1);
    i += text.size() + 1;
    if (open.empty() || !IsName(json, i + 1)) continue;
    if (text.find('\\') != std::string_view::npos || !open.back().insert(JsonNameOf(text)).second) {
      return std::string(text);
    }
  }
  return std::nullopt;
}

}  // namespace usher
