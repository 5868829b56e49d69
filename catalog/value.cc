#include "catalog/value.h"

#include <limits>

namespace usher {

Limit Add(const Limit& a, const Limit& b) {
  if (a.unlimited || b.unlimited) return kUnlimited;
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.amount, b.amount, &sum)) sum = std::numeric_limits<std::int64_t>::max();
  return {.amount = sum, .unlimited = false};
}

}  // namespace usher
