// Why a decision is what it is: event -> fact -> proof -> plan -> value, a sentence for each.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/core/check.h"
#include "server/core/fact.h"

namespace usher {

enum class StepKind { kFact, kProof, kPrice, kPlan, kState, kValue, kDecision };

struct ExplainStep {
  StepKind kind = StepKind::kDecision;
  std::string rule;      // `R5`, empty when no rule of docs/rules.md is at work
  std::string sentence;  // one human sentence, ends with a full stop
  ObjectRef object;      // kFact: the object that was observed; else empty id
  Digest fact;           // kFact: the fact, so that the event that taught it can be named
  Instant at{};          // kFact: the fact's own time
};

// The steps in the order a person would tell them: the facts that bear on the feature's sources (oldest first), what
// they prove, what the price maps to, the state with its rule, the value, and the answer. `facts` is the tenant's
// ledger, in any order; what it holds of other tenants, because one customer pays for several, is not told.
std::vector<ExplainStep> Explain(const Catalog& catalog, const Timeline& timeline, const TenantId& tenant,
                                 std::span<const Fact> facts, const CheckRequest& request, Instant at);

}  // namespace usher
