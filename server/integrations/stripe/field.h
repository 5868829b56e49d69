// Reading fields by path, so that whatever makes an event unusable is named where it stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/time.h"
#include "server/integrations/json.h"
#include "server/integrations/stripe/parsed_event.h"

namespace usher::stripe {

// Why an event cannot be used.
struct Defect {
  ParseReason reason = ParseReason::kFieldMissing;
  std::string path;     // `data.object.lines.data[0].price.id`
  std::string message;  // a sentence
};

// The first defect that was found; later ones are often only its consequence.
class Defects {
 public:
  void Add(ParseReason reason, const std::string& path, const std::string& expected);
  const std::optional<Defect>& first() const { return first_; }

 private:
  std::optional<Defect> first_;
};

// A place in an event: the value that stands there, or none. JSON null counts as none.
//
// Readers that say "required" add a defect when nothing is there; every reader adds one when something of another kind
// is. After a defect they return a neutral value and reading goes on: the caller looks at the defects once, at the end.
// Only fields that decide something may be read: what is never read can be of any kind.
//
// Borrows the JSON tree and the Defects, which must outlive it.
class Field {
 public:
  Field(const JsonValue& root, Defects& defects) : value_(&root), defects_(&defects) {}

  bool present() const { return value_ != nullptr; }
  bool is(JsonType type) const { return present() && value_->type == type; }
  const std::string& path() const { return path_; }

  // The member `name`; absent when this is absent. A defect when this is something else than an object.
  Field operator[](std::string_view name) const;
  // The first of `names` that is present, else the last.
  Field FirstOf(std::initializer_list<std::string_view> names) const;

  // A string, as it stands; empty when absent.
  std::string OptionalText() const;
  std::string RequiredText() const;
  // An id: 1 to 255 bytes without control characters.
  std::string OptionalId() const;
  std::string RequiredId() const;
  // An id, or an object that carries its own (an expanded one).
  std::string OptionalReference() const;

  bool OptionalBool() const;
  std::optional<std::int64_t> OptionalInteger() const;  // within +-10^13
  std::int64_t RequiredInteger() const;
  std::optional<Instant> OptionalTime() const;  // Unix seconds, up to the year 9999
  Instant RequiredTime() const;
  // A decimal from 0 to 999,999,999, as a number or a string, in thousandths; what is finer is cut off.
  std::optional<std::int64_t> OptionalQuantityMilli() const;

  // The elements of an array; none when absent.
  std::vector<Field> OptionalElements() const;
  std::vector<Field> RequiredElements() const;

  void AddDefect(ParseReason reason, const std::string& expected) const;

 private:
  Field(const JsonValue* value, std::string path, Defects* defects);

  // True when a value of `type` is here; a defect when another is.
  bool Has(JsonType type, const char* expected) const;
  void Require() const;

  const JsonValue* value_;
  std::string path_;
  Defects* defects_;
};

}  // namespace usher::stripe
