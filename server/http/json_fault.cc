#include "server/http/json_fault.h"

#include <algorithm>
#include <cstddef>

#include "server/http/text.h"

namespace usher {
namespace {

constexpr std::string_view kForType = " for type ";
constexpr std::string_view kEnd = ": ";

bool IsPath(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '[' || c == ']';
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

// `TYPE_INT32`, or the type of a message or an enum behind the host that protobuf writes before it.
std::string Expected(std::string_view type) {
  constexpr std::string_view kScalar = "TYPE_";
  if (type.starts_with(kScalar)) return "expected a value of the type " + LowerCase(type.substr(kScalar.size()));
  type.remove_prefix(type.rfind('/') + 1);
  if (type == "google.protobuf.Timestamp") return "expected a time, such as \"2026-07-01T00:00:00Z\"";
  if (type == "google.protobuf.Duration") return "expected a duration, such as \"1.5s\"";
  return "expected a " + std::string(type);
}

}  // namespace

// `(items[0].quantity): invalid value "x" for type TYPE_INT64`, `(items[0]) nope: Cannot find field.`,
// `nope: Cannot find field.`, `items: Proto field is not repeating, cannot start list.`
std::optional<JsonFault> ReadJsonFault(std::string_view parser_says) {
  std::string path;
  if (parser_says.starts_with('(')) {
    parser_says.remove_prefix(1);
    path = CutAt(parser_says, ')');
  }
  const std::size_t end = parser_says.find(kEnd);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view name = Trim(parser_says.substr(0, end));
  if (!name.empty()) path += (path.empty() ? "" : ".") + std::string(name);
  if (!IsPath(path)) return std::nullopt;
  const std::string_view what = parser_says.substr(end + kEnd.size());
  if (const std::size_t type = what.rfind(kForType); type != std::string_view::npos) {
    return JsonFault{.field = path, .description = Expected(what.substr(type + kForType.size()))};
  }
  if (what.starts_with("Cannot find field")) return JsonFault{.field = path, .description = "there is no such field"};
  if (what.starts_with("Proto field is not repeating")) {
    return JsonFault{.field = path, .description = "expected one value, not a list"};
  }
  return std::nullopt;
}

}  // namespace usher
