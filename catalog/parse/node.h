// A file as a tree of maps, lists and scalars: what is left of YAML after everything dangerous has been refused.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/parse/finding.h"

namespace usher {

// What a scalar is by YAML 1.2's core schema. Quoted scalars are always text.
enum class ScalarClass { kNull, kBoolean, kWhole, kOtherNumber, kText };

struct Node {
  enum class Kind { kScalar, kMap, kList };
  struct Entry;

  Kind kind = Kind::kScalar;
  ScalarClass scalar = ScalarClass::kNull;
  bool quoted = false;
  bool refused = false;  // a finding has been made about it: readers pass it over in silence
  std::string text;      // of a scalar, as written when plain
  Place place;
  std::vector<Entry> entries;  // of a map, in file order; keys may repeat
  std::vector<Node> items;     // of a list

  bool IsText() const { return kind == Kind::kScalar && scalar == ScalarClass::kText; }
  bool IsMap() const { return kind == Kind::kMap; }
  bool IsList() const { return kind == Kind::kList; }
};

struct Node::Entry {
  std::string key;
  Place key_place;
  Node value;
};

// The value of `key`, the first if it repeats; null when `node` is no map or has no such key. Linear: for maps with a
// fixed set of keys.
const Node* Find(const Node& node, std::string_view key);

// The class of a plain scalar. `0x1F`, `0o17`, `1.5`, `1e3`, `.inf` are kOtherNumber; `010` is kWhole by its form and
// refused by whoever reads the number.
ScalarClass ClassOf(std::string_view plain);

// Words for messages: `a map`, `the number 12`, `the text "abc"`.
std::string Describe(const Node& node);

}  // namespace usher
