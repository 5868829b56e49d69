// Whether two verdicts say the same, wherever they point.
#pragma once

#include <tuple>

#include "server/core/check.h"

namespace usher {

inline bool SameVerdict(const Verdict& a, const Verdict& b) {
  const auto all = [](const Verdict& v) {
    return std::tie(v.allowed, v.granted_access, v.state, v.reason, v.usage, v.used, v.remaining, v.overage, v.plan,
                    v.price, v.valid_until, v.provisional, v.tenant_known, v.evaluated_at);
  };
  const bool same_value = a.value == nullptr || b.value == nullptr ? a.value == b.value : *a.value == *b.value;
  return same_value && all(a) == all(b);
}

}  // namespace usher
