// The oracle: docs/rules.md read aloud, one instant at a time.
//
// A second implementation of the rules, written from the page alone. It shares no code with server/core beyond the data
// types and the identity of a fact, and it does everything the slow and obvious way: take the facts known at t, find
// the state of each object by sorting, walk the page section by section. There are no segments and no boundaries here,
// so it cannot share the core's mistakes about them. The property tests hold the core equal to it.
//
// One file a section: known (1), proofs (2), in_force (3), not_in_force and purchases (4), answer (5 and 6), clock (7).
// Each paragraph is a function that quotes it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/ids.h"
#include "catalog/model.h"
#include "catalog/time.h"
#include "server/core/fact.h"
#include "server/core/timeline.h"

namespace usher::oracle {

struct OracleFeature {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  std::optional<Value> value;
};

struct OracleAnswer {
  std::vector<OracleFeature> features;  // one per Catalog::features
  std::vector<std::size_t> plans;       // of the value-carrying candidates and the default plans that answer; sorted
  std::vector<std::string> candidates;  // what the answer was made of, for people who read a failure
};

// What the page says about `tenant` at `t`. `facts` in any order, with any repetition, with anything of others.
OracleAnswer Answer(const TenantId& tenant, std::span<const Fact> facts, const Catalog& catalog, Instant t);

// Section 7: where the test clock stands on which the tenant lives, if it does on one.
std::optional<Instant> FrozenAt(const TenantId& tenant, std::span<const Fact> facts);

}  // namespace usher::oracle
