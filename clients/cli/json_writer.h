// Writes JSON that people can read too: two spaces a level, one member a line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/json_text.h"

namespace usher {

// Calls must nest as JSON does: in an object every value follows a Key. Nothing is checked.
class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Begin('{'); }
  JsonWriter& EndObject() { return End('}'); }
  JsonWriter& BeginArray() { return Begin('['); }
  JsonWriter& EndArray() { return End(']'); }

  JsonWriter& Key(std::string_view key) {
    NextLine();
    AppendJsonString(text_, key);
    text_ += ": ";
    after_key_ = true;
    return *this;
  }
  JsonWriter& String(std::string_view text) {
    NextLine();
    AppendJsonString(text_, text);
    return *this;
  }
  JsonWriter& Number(std::int64_t number) {
    NextLine();
    text_ += std::to_string(number);
    return *this;
  }
  JsonWriter& Bool(bool value) {
    NextLine();
    text_ += value ? "true" : "false";
    return *this;
  }
  JsonWriter& Null() {
    NextLine();
    text_ += "null";
    return *this;
  }
  template <class Texts>
  JsonWriter& Strings(const Texts& texts) {
    BeginArray();
    for (const auto& text : texts) String(text);
    return EndArray();
  }

  // The document with a line feed at its end.
  std::string Take() {
    text_ += '\n';
    return std::move(text_);
  }

 private:
  JsonWriter& Begin(char bracket) {
    NextLine();
    text_ += bracket;
    empty_.push_back(true);
    return *this;
  }

  JsonWriter& End(char bracket) {
    const bool empty = empty_.back();
    empty_.pop_back();
    if (!empty) Indent();
    text_ += bracket;
    return *this;
  }

  // Makes room for a key or a value; the value of a key stays on its line.
  void NextLine() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (empty_.empty()) return;
    if (!empty_.back()) text_ += ',';
    empty_.back() = false;
    Indent();
  }

  void Indent() {
    text_ += '\n';
    text_.append(empty_.size() * 2, ' ');
  }

  std::string text_;
  std::vector<bool> empty_;  // by open object or array
  bool after_key_ = false;
};

}  // namespace usher
