// One answer per feature from all that gives or would give it (R12).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "catalog/model.h"
#include "server/core/sources.h"

namespace usher {

// By candidate: an add-on whose plan is missing, in a state that would carry a value. It counts for nothing.
std::vector<bool> WithheldOf(const Catalog& catalog, const std::vector<Candidate>& candidates);

// What the candidates amount to for one feature. No candidate: NOT_IN_PLAN.
struct United {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  std::optional<Value> value;            // set exactly when the state carries one
  std::optional<Value> suspended_value;  // kSuspended: what the suspended candidates were worth
  std::vector<std::size_t> candidates;   // those that agree with the state
};

class Union {
 public:
  // Keeps references to both.
  Union(const Catalog& catalog, const std::vector<Candidate>& candidates);

  United Of(std::size_t feature) const;

 private:
  const Entitlement* EntitlementOf(const Candidate& candidate, std::size_t feature) const;
  std::optional<Value> Merged(std::size_t feature, bool (*counts)(AccessState)) const;
  std::optional<Value> MergedPlans(std::size_t feature, bool (*counts)(AccessState)) const;

  const Catalog& catalog_;
  const std::vector<Candidate>& candidates_;
  std::vector<std::size_t> lanes_;  // candidates of one lane never add: they overlap within one subscription and group
  std::vector<bool> withheld_;
};

// `add` laid on `base`, which may be nothing.
Value OnTopOf(const Feature& feature, const std::optional<Value>& base, const Value& add);

}  // namespace usher
