#include "tests/support/stripe/json_text.h"

#include "server/base/json_text.h"

namespace usher::stripe_test {

Json::Json(const std::string& value) { AppendJsonString(text_, value); }

Json::Json(std::vector<Json> elements) : text_("[") {
  for (const Json& element : elements) {
    if (text_.size() > 1) text_.push_back(',');
    text_.append(element.text());
  }
  text_.push_back(']');
}

Json Json::Raw(std::string text) {
  Json json(nullptr);
  json.text_ = std::move(text);
  return json;
}

JsonObject::JsonObject(std::initializer_list<std::pair<const char*, Json>> members) {
  for (const auto& [name, value] : members) Set(name, value);
}

JsonObject& JsonObject::Set(const char* name, Json value) {
  members_.emplace_back(name, std::move(value));
  return *this;
}

JsonObject::operator Json() const {
  std::string text = "{";
  for (const auto& [name, value] : members_) {
    if (text.size() > 1) text.push_back(',');
    AppendJsonString(text, name);
    text.append(":").append(value.text());
  }
  return Json::Raw(text + "}");
}

Json IdOrNull(const std::string& id) { return id.empty() ? Json(nullptr) : Json(id); }

}  // namespace usher::stripe_test
