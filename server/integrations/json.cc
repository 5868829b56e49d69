#include "server/integrations/json.h"

#include <algorithm>
#include <utility>

#include <simdjson.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

namespace ondemand = simdjson::ondemand;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Consumes digits from the front of `text`; false when there are none.
bool SkipDigits(std::string_view& text) {
  const std::size_t count =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
  text.remove_prefix(count);
  return count > 0;
}

// The grammar of a JSON number. Numbers that nobody reads may have any size.
bool IsNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool leading_zero = text.starts_with('0');
  const std::size_t before = text.size();
  if (!SkipDigits(text)) return false;
  if (leading_zero && before - text.size() > 1) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!SkipDigits(text)) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!SkipDigits(text)) return false;
  }
  return text.empty();
}

std::string_view TrimRight(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

// Copies simdjson's forward-only view of a text into a tree.
class TreeBuilder {
 public:
  // Keeps only these members of the outermost object; none: all.
  explicit TreeBuilder(std::span<const std::string_view> wanted) : wanted_(wanted) {}

  // Fills `value` from an object; what is wrong with it, empty when nothing.
  std::string BuildObject(ondemand::object object, JsonValue& value, int depth) {
    value.type = JsonType::kObject;
    for (auto result : object) {
      ondemand::field field;
      std::string_view name;
      if (const auto error = std::move(result).get(field)) return simdjson::error_message(error);
      if (const auto error = field.unescaped_key().get(name)) return simdjson::error_message(error);
      if (depth == 1 && !wanted_.empty() && std::ranges::find(wanted_, name) == wanted_.end()) continue;
      JsonMember& member = value.children.emplace_back(JsonMember{std::string(name), {}});
      path_.push_back((path_.empty() ? "" : ".") + member.name);
      std::string problem = Build(field.value(), member.value, depth + 1);
      path_.pop_back();
      if (!problem.empty()) return problem;
    }
    NoteDuplicates(value);
    return {};
  }

  std::string TakeDuplicatePath() { return std::move(duplicate_path_); }

 private:
  std::string BuildArray(ondemand::array array, JsonValue& value, int depth) {
    value.type = JsonType::kArray;
    for (auto result : array) {
      ondemand::value element;
      if (const auto error = std::move(result).get(element)) return simdjson::error_message(error);
      path_.push_back("[" + std::to_string(value.children.size()) + "]");
      std::string problem = Build(element, value.children.emplace_back().value, depth + 1);
      path_.pop_back();
      if (!problem.empty()) return problem;
    }
    return {};
  }

  std::string Build(ondemand::value source, JsonValue& value, int depth) {
    if (depth > kMaxJsonDepth) return "it nests deeper than " + std::to_string(kMaxJsonDepth) + " levels";
    if (++count_ > kMaxJsonValues) return "it has more than " + std::to_string(kMaxJsonValues) + " values";
    ondemand::json_type type;
    if (const auto error = source.type().get(type)) return simdjson::error_message(error);
    switch (type) {
      case ondemand::json_type::object: {
        ondemand::object object;
        if (const auto error = source.get_object().get(object)) return simdjson::error_message(error);
        return BuildObject(object, value, depth);
      }
      case ondemand::json_type::array: {
        ondemand::array array;
        if (const auto error = source.get_array().get(array)) return simdjson::error_message(error);
        return BuildArray(array, value, depth);
      }
      case ondemand::json_type::string: {
        std::string_view text;
        const bool broken = source.get_string().get(text) != simdjson::SUCCESS;
        value.type = broken ? JsonType::kBrokenString : JsonType::kString;
        if (!broken) value.text = text;
        return {};
      }
      case ondemand::json_type::number: {
        value.type = JsonType::kNumber;
        value.text = TrimRight(source.raw_json_token());
        return IsNumber(value.text) ? std::string() : "`" + value.text.substr(0, 40) + "` is not a number";
      }
      case ondemand::json_type::boolean:
        value.type = JsonType::kBool;
        if (const auto error = source.get_bool().get(value.boolean)) return simdjson::error_message(error);
        return {};
      case ondemand::json_type::null: {
        value.type = JsonType::kNull;
        bool is_null = false;
        if (const auto error = source.is_null().get(is_null)) return simdjson::error_message(error);
        return is_null ? std::string() : "a literal is neither true, false nor null";
      }
    }
    return "a value is of no known type";
  }

  void NoteDuplicates(const JsonValue& object) {
    if (!duplicate_path_.empty() || object.children.size() < 2) return;
    std::vector<std::string_view> names;
    names.reserve(object.children.size());
    for (const JsonMember& member : object.children) names.push_back(member.name);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice == names.end()) return;
    for (const std::string& step : path_) duplicate_path_.append(step);
    duplicate_path_.append(duplicate_path_.empty() ? "" : ".").append(*twice);
  }

  const std::span<const std::string_view> wanted_;
  int count_ = 0;
  std::vector<std::string> path_;
  std::string duplicate_path_;
};

}  // namespace

const JsonValue* JsonValue::Find(std::string_view name) const {
  for (const JsonMember& member : children) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

absl::StatusOr<JsonDocument> ParseJson(std::string_view text) { return ParseJsonMembers(text, {}); }

absl::StatusOr<JsonDocument> ParseJsonMembers(std::string_view text, std::span<const std::string_view> wanted) {
  const simdjson::padded_string padded(text);
  ondemand::parser parser;
  ondemand::document document;
  if (const auto error = parser.iterate(padded).get(document)) return InvalidArgument(simdjson::error_message(error));
  ondemand::object root;
  if (const auto error = document.get_object().get(root)) return InvalidArgument(simdjson::error_message(error));

  JsonDocument result;
  TreeBuilder builder(wanted);
  const std::string problem = builder.BuildObject(root, result.root, 1);
  if (!problem.empty()) return InvalidArgument(problem);
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    return InvalidArgument("something follows the end of the object");
  }
  result.duplicate_path = builder.TakeDuplicatePath();
  return result;
}

}  // namespace usher
