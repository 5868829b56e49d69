// Silent readers of single values: what is absent, refused or malformed reads as nullopt, because CheckShape has
// already said what is wrong with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "catalog/parse/node.h"
#include "catalog/time.h"
#include "catalog/value.h"
#include "catalog/words.h"

namespace usher {

std::optional<std::string> AsText(const Node* node);
std::optional<bool> AsBoolean(const Node* node);
std::optional<std::int64_t> AsWhole(const Node* node);  // not negative
std::optional<Limit> AsLimit(const Node* node);         // a whole number or the word unlimited
std::optional<CalendarDuration> AsDuration(const Node* node);

template <class E>
std::optional<E> AsWord(const Node* node) {
  const std::optional<std::string> text = AsText(node);
  return text ? FromWord<E>(*text) : std::nullopt;
}

// Sets `out` when the value is there and well-formed.
template <class T>
void Assign(T& out, std::optional<T> value) {
  if (value) out = *std::move(value);
}

}  // namespace usher
