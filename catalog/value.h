// What an entitlement can be worth: the values of features, and how several of them merge.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace usher {

// A whole number of units, or no bound at all. Never negative: "unlimited" is a word, not -1.
struct Limit {
  std::int64_t amount = 0;
  bool unlimited = false;

  // Orders by generosity: every number is less than unlimited.
  friend std::strong_ordering operator<=>(const Limit& a, const Limit& b) {
    if (a.unlimited || b.unlimited) return a.unlimited <=> b.unlimited;
    return a.amount <=> b.amount;
  }
  friend bool operator==(const Limit& a, const Limit& b) { return (a <=> b) == 0; }
};

inline constexpr Limit kUnlimited{.amount = 0, .unlimited = true};

// A metered feature: `included` units per reset period, and `cap`, where use stops. included <= cap.
struct Metered {
  Limit included;
  Limit cap;
  friend bool operator==(const Metered&, const Metered&) = default;
};

// The name of one of the feature's levels.
struct Level {
  std::string name;
  friend bool operator==(const Level&, const Level&) = default;
};

// Some of the feature's set values: sorted, without repetition.
struct ValueSet {
  std::vector<std::string> values;
  friend bool operator==(const ValueSet&, const ValueSet&) = default;
};

// The alternative is fixed by the feature's type: boolean, limit, metered, level, set, in this order.
using Value = std::variant<bool, Limit, Metered, Level, ValueSet>;

// a + b, absorbing: unlimited plus anything is unlimited; a sum past the largest amount is held there.
Limit Add(const Limit& a, const Limit& b);

}  // namespace usher
