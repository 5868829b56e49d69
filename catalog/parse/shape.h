// The form of a catalog file as data: which keys there are, which are required, what they accept and what they mean.
//
// One table (CatalogShape) drives the reader, the JSON Schema and docs/catalog-reference.md, so the three cannot
// disagree about a key. What a table cannot say (references, rules between parts) is judged after the shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "catalog/parse/codes.h"
#include "catalog/parse/finding.h"
#include "catalog/parse/node.h"

namespace usher {

struct Shape;
// Shared because a shape is used in several places; immutable once built.
using ShapeRef = std::shared_ptr<const Shape>;

struct TextShape {};  // one line of 1 to 200 characters

struct NameShape {
  enum class Form { kName, kVersioned, kValue, kOpaque };
  Form form = Form::kName;
  std::string what;  // `a feature`, for messages
};

struct WordShape {
  std::vector<std::string> words;
  Code code = Code::kUnknownWord;  // of any other word
};

struct BooleanShape {
  bool only_true = false;
};

struct WholeShape {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

struct DurationShape {
  bool may_be_zero = true;
};

struct KeyShape {
  std::string key;
  ShapeRef shape;
  bool required = false;
  std::string fallback;  // the default in words; empty when there is nothing to say
  std::string meaning;
};

struct ObjectShape {
  std::string name;  // of the definition in the schema and the section in the reference
  std::string about;
  std::vector<KeyShape> keys;
  std::vector<std::string> not_yet;    // planned keys: refused as not yet known
  std::vector<std::string> elsewhere;  // keys of sibling shapes: refused as not applying here
  // `companion` is required exactly when `key` says `word`, and does not apply otherwise. Empty: no such rule.
  struct Companion {
    std::string key;
    std::string word;
    std::string companion;
  };
  Companion companion;
};

// Named things of one kind.
struct MapShape {
  NameShape key;
  ShapeRef value;
  std::size_t most = 0;
  Code duplicate = Code::kDuplicateKey;
};

// Distinct things.
struct ListShape {
  ShapeRef item;
  std::size_t least = 1;
  std::size_t most = 0;
};

// One of several objects: the one whose selector is among the keys, or, when `key` is set, is the word of that key.
struct VariantShape {
  std::string name;
  std::string about;
  std::string key;
  std::vector<std::pair<std::string, ShapeRef>> objects;  // selector, ObjectShape
  Code none_code = Code::kExactlyOne;
};

// Any of several shapes of different kinds.
struct AnyOfShape {
  std::vector<ShapeRef> of;
  std::string expected;  // `a number, unlimited or none`, for messages
  Code code = Code::kWrongKind;
};

struct Shape {
  std::variant<TextShape, NameShape, WordShape, BooleanShape, WholeShape, DurationShape, ObjectShape, MapShape,
               ListShape, VariantShape, AnyOfShape>
      is;
};

template <class T>
ShapeRef MakeShape(T shape) {
  return std::make_shared<const Shape>(Shape{std::move(shape)});
}

// The form of a whole catalog.
const Shape& CatalogShape();

// Reports everything in `root` that does not have the form of `shape`. `whole` is what `root` is, for messages.
void CheckShape(const Node& root, const Shape& shape, Findings& findings, std::string_view whole = "catalog");

// A key that has to be there, and one that need not; `fallback` says what holds without it.
inline KeyShape Required(std::string key, ShapeRef shape, std::string meaning) {
  return {.key = std::move(key),
          .shape = std::move(shape),
          .required = true,
          .fallback = "",
          .meaning = std::move(meaning)};
}
inline KeyShape Optional(std::string key, ShapeRef shape, std::string fallback, std::string meaning) {
  return {.key = std::move(key),
          .shape = std::move(shape),
          .required = false,
          .fallback = std::move(fallback),
          .meaning = std::move(meaning)};
}

}  // namespace usher
