#include "server/integrations/stripe/field.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace usher::stripe {
namespace {

// Amounts and quantities beyond are no payment that anybody makes, and sums of them must not overflow.
constexpr std::int64_t kMaxAmount = 10'000'000'000'000;
constexpr std::int64_t kMaxUnixSeconds = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::size_t kMaxIdBytes = 255;

std::optional<std::int64_t> ToInteger(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// `12`, `2.5`, `0.333333`: thousandths, cut off.
std::optional<std::int64_t> ToMilli(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string fraction(point == text.size() ? "0" : text.substr(point + 1));
  const auto all_digits = [](std::string_view digits) {
    return !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!all_digits(whole) || !all_digits(fraction) || whole.size() > 9) return std::nullopt;
  fraction.resize(3, '0');
  return *ToInteger(whole) * 1000 + *ToInteger(fraction);
}

const char* TypeName(JsonType type) {
  switch (type) {
    case JsonType::kNull: return "null";
    case JsonType::kBool: return "a boolean";
    case JsonType::kNumber: return "a number";
    case JsonType::kString: return "a string";
    case JsonType::kBrokenString: return "a string with broken escapes";
    case JsonType::kArray: return "an array";
    case JsonType::kObject: return "an object";
  }
  return "";
}

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  });
}

}  // namespace

void Defects::Add(ParseReason reason, const std::string& path, const std::string& expected) {
  if (!first_) first_ = Defect{reason, path, path + ": " + expected};
}

Field::Field(const JsonValue* value, std::string path, Defects* defects)
    : value_(value != nullptr && value->type == JsonType::kNull ? nullptr : value),
      path_(std::move(path)),
      defects_(defects) {}

void Field::AddDefect(ParseReason reason, const std::string& expected) const { defects_->Add(reason, path_, expected); }

bool Field::Has(JsonType type, const char* expected) const {
  if (!present()) return false;
  if (value_->type == type) return true;
  AddDefect(ParseReason::kFieldType, std::string("expected ") + expected + ", got " + TypeName(value_->type));
  return false;
}

void Field::Require() const {
  if (!present()) AddDefect(ParseReason::kFieldMissing, "missing");
}

Field Field::operator[](std::string_view name) const {
  std::string path = path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  const JsonValue* member = Has(JsonType::kObject, "an object") ? value_->Find(name) : nullptr;
  return {member, std::move(path), defects_};
}

Field Field::FirstOf(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    Field field = (*this)[name];
    if (field.present() || name == *(names.end() - 1)) return field;
  }
  return *this;
}

std::string Field::OptionalText() const { return Has(JsonType::kString, "a string") ? value_->text : std::string(); }

std::string Field::RequiredText() const {
  Require();
  return OptionalText();
}

std::string Field::OptionalId() const {
  if (!Has(JsonType::kString, "a string")) return {};
  if (IsId(value_->text)) return value_->text;
  AddDefect(ParseReason::kFieldValue, "expected an id of 1 to 255 bytes without control characters");
  return {};
}

std::string Field::RequiredId() const {
  Require();
  return OptionalId();
}

std::string Field::OptionalReference() const {
  return is(JsonType::kObject) ? (*this)["id"].RequiredId() : OptionalId();
}

bool Field::OptionalBool() const { return Has(JsonType::kBool, "a boolean") && value_->boolean; }

std::optional<std::int64_t> Field::OptionalInteger() const {
  if (!Has(JsonType::kNumber, "a whole number")) return std::nullopt;
  const std::optional<std::int64_t> number = ToInteger(value_->text);
  if (number && *number >= -kMaxAmount && *number <= kMaxAmount) return number;
  AddDefect(ParseReason::kFieldValue, "expected a whole number of at most 10^13, got " + value_->text.substr(0, 40));
  return std::nullopt;
}

std::int64_t Field::RequiredInteger() const {
  Require();
  return OptionalInteger().value_or(0);
}

std::optional<Instant> Field::OptionalTime() const {
  if (!Has(JsonType::kNumber, "a time in Unix seconds")) return std::nullopt;
  const std::optional<std::int64_t> seconds = ToInteger(value_->text);
  if (seconds && *seconds >= 0 && *seconds <= kMaxUnixSeconds) return FromUnixSeconds(*seconds);
  AddDefect(ParseReason::kFieldValue, "expected a time in Unix seconds, got " + value_->text.substr(0, 40));
  return std::nullopt;
}

Instant Field::RequiredTime() const {
  Require();
  return OptionalTime().value_or(Instant{});
}

std::optional<std::int64_t> Field::OptionalQuantityMilli() const {
  if (!is(JsonType::kString) && !Has(JsonType::kNumber, "a quantity")) return std::nullopt;
  const std::optional<std::int64_t> milli = ToMilli(value_->text);
  if (!milli) {
    AddDefect(ParseReason::kFieldValue,
              "expected a decimal from 0 to 999,999,999, got `" + value_->text.substr(0, 40) + "`");
  }
  return milli;
}

std::vector<Field> Field::OptionalElements() const {
  std::vector<Field> elements;
  if (!Has(JsonType::kArray, "an array")) return elements;
  elements.reserve(value_->children.size());
  for (const JsonMember& child : value_->children) {
    elements.push_back(Field(&child.value, path_ + "[" + std::to_string(elements.size()) + "]", defects_));
  }
  return elements;
}

std::vector<Field> Field::RequiredElements() const {
  Require();
  return OptionalElements();
}

}  // namespace usher::stripe
