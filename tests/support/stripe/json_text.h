// Writing JSON in fixtures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::stripe_test {

// One JSON value, as text. Whatever JSON can say turns into one: that is its use.
// NOLINTBEGIN(google-explicit-constructor)
class Json {
 public:
  Json(std::nullptr_t) : text_("null") {}
  Json(bool value) : text_(value ? "true" : "false") {}
  Json(int value) : text_(std::to_string(value)) {}
  Json(std::int64_t value) : text_(std::to_string(value)) {}
  Json(const char* value) : Json(std::string(value)) {}
  Json(const std::string& value);
  Json(std::vector<Json> elements);

  static Json Raw(std::string text);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// An object whose members are written in the order in which they were set.
class JsonObject {
 public:
  JsonObject() = default;
  JsonObject(std::initializer_list<std::pair<const char*, Json>> members);

  JsonObject& Set(const char* name, Json value);
  operator Json() const;

 private:
  std::vector<std::pair<std::string, Json>> members_;
};
// NOLINTEND(google-explicit-constructor)

// The text of an id, or null when it is empty.
Json IdOrNull(const std::string& id);

}  // namespace usher::stripe_test
