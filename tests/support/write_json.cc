#include "tests/support/write_json.h"

#include "server/base/json_text.h"

namespace usher {

std::string WriteJson(const JsonValue& value) {
  std::string text;
  switch (value.type) {
    case JsonType::kNull: return "null";
    case JsonType::kBool: return value.boolean ? "true" : "false";
    case JsonType::kNumber: return value.text;
    case JsonType::kString: AppendJsonString(text, value.text); return text;
    case JsonType::kBrokenString: return R"("\ud800")";
    case JsonType::kArray:
      for (const JsonMember& child : value.children) {
        text.append(text.empty() ? "" : ",").append(WriteJson(child.value));
      }
      return "[" + text + "]";
    case JsonType::kObject:
      for (const JsonMember& child : value.children) {
        if (!text.empty()) text.push_back(',');
        AppendJsonString(text, child.name);
        text.append(":").append(WriteJson(child.value));
      }
      return "{" + text + "}";
  }
  return text;
}

}  // namespace usher
