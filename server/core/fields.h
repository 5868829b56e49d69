// One description of a struct that serves everything that must walk its fields: encoding, decoding, edges, wording.
//
// A described struct specialises `Described` with a tuple of fields, ascending by number. A number is for ever: a field
// may be added under a new number and must not be renumbered. A described enum specialises `Words` with a table whose
// positions are for ever: a value may be added at the end of the table, wherever it stands in the enum.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "server/core/fact.h"

namespace usher {

// What the order of a vector means. kSorted: nothing, so the canonical form is ascending. kSet: nor does repetition.
enum class ElementOrder { kAsGiven, kSorted, kSet };

template <class S, class T, ElementOrder order = ElementOrder::kAsGiven>
struct Field {
  static constexpr ElementOrder kOrder = order;
  int number;
  std::string_view name;
  T S::* member;
  std::optional<ObjectKind> names;  // the field holds the id of an object of this kind, in the fact's own scope
};

template <class S, class T>
constexpr Field<S, T> Plain(int number, std::string_view name, T S::* member) {
  return {number, name, member, std::nullopt};
}

template <class S, class T>
constexpr Field<S, T> Edge(int number, std::string_view name, T S::* member, ObjectKind kind) {
  return {number, name, member, kind};
}

template <class S, class T>
constexpr Field<S, T, ElementOrder::kSorted> Sorted(int number, std::string_view name, T S::* member) {
  return {number, name, member, std::nullopt};
}

template <class S, class T>
constexpr Field<S, T, ElementOrder::kSet> Unordered(int number, std::string_view name, T S::* member) {
  return {number, name, member, std::nullopt};
}

template <class S>
struct Described;  // static constexpr auto kFields = std::tuple(Plain(1, "status", &S::status), ...);

template <class E>
struct EnumWord {
  E value;
  std::string_view word;
};

template <class E>
struct Words;  // static constexpr EnumWord<E> kTable[] = {{E::kDraft, "draft"}, ...};

template <class S>
concept IsDescribed = requires { Described<S>::kFields; };

template <class E>
concept IsWorded = std::is_enum_v<E> && requires { Words<E>::kTable; };

// The word of an enum value, for people. Every value of a worded enum has one.
template <IsWorded E>
constexpr std::string_view WordOf(E value) {
  for (const EnumWord<E>& entry : Words<E>::kTable) {
    if (entry.value == value) return entry.word;
  }
  return "unknown";
}

// Calls visit(field) for each field of S in the order of their numbers.
template <IsDescribed S, class Visitor>
constexpr void ForEachField(Visitor&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, Described<S>::kFields);
}

// True when the numbers of a description start at 1 or later and ascend.
template <IsDescribed S>
constexpr bool NumbersAscend() {
  int last = 0;
  bool ascend = true;
  ForEachField<S>([&](const auto& field) {
    ascend = ascend && field.number > last;
    last = field.number;
  });
  return ascend;
}

}  // namespace usher
