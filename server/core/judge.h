// The one rule by which checks are decided, whatever the form in which a feature's course through time is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <absl/functional/function_ref.h>

#include "catalog/model.h"
#include "catalog/time.h"
#include "catalog/value.h"
#include "server/core/check.h"
#include "server/core/timeline.h"

namespace usher {

// What a feature is at the instant of a check.
struct FeatureNow {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  const Value* value = nullptr;
  std::string_view plan;
  std::string_view price;
  ValidUntil valid;
  bool tenant_known = false;
};

// Since when, looking back from the check, less of the feature is allowed than is used.
using OverSince = absl::FunctionRef<Instant(std::int64_t used)>;

Verdict JudgeFeature(const Feature& feature, const FeatureNow& now, const CheckRequest& request, Instant at,
                     OverSince over_since);

// Whether `used` is within what `value` allows. False for no limit at all.
bool IsWithin(const Value* value, std::int64_t used);

// A Form is a feature's course as a row of steps, the last of which never ends:
//   std::size_t count() const;
//   Instant from(std::size_t step) const;
//   bool provisional(std::size_t step) const;       // it ends because nothing happened
//   const Value* value(std::size_t step) const;     // null: none
//   bool same(std::size_t a, std::size_t b) const;  // equal state and value
template <class Form>
ValidUntil ValidUntilIn(const Form& form, std::size_t step) {
  while (step + 1 < form.count() && form.same(step, step + 1)) ++step;
  return {.until = step + 1 < form.count() ? form.from(step + 1) : kForever, .provisional = form.provisional(step)};
}

template <class Form>
Instant OverSinceIn(const Form& form, std::size_t step, std::int64_t used, Instant at) {
  Instant since = at;
  for (std::size_t back = step + 1; back > 0; --back) {
    if (IsWithin(form.value(back - 1), used)) break;
    since = form.from(back - 1);
  }
  return since;
}

}  // namespace usher
