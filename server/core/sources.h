// What a tenant's purchases give at a moment, before they are united: candidates (docs/rules.md, 3 and 4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/core/bound_trace.h"
#include "server/core/line_at.h"
#include "server/core/timeline.h"

namespace usher {

// One thing that gives, or would give, a plan or an add-on.
struct Candidate {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  Gift gift;
  std::int64_t quantity_milli = 1000;
  const PaymentPolicy* policy = nullptr;
  const BillingScope* scope = nullptr;
  ObjectKind source_kind = ObjectKind::kInvoice;
  const std::string* source_id = nullptr;
  const std::string* subscription = nullptr;  // its id, empty when there is none
  const std::string* item = nullptr;          // its id, empty for what stands for itself
  const PriceId* price = nullptr;
  bool provisional = false;
};

struct Sources {
  std::vector<Candidate> candidates;
  bool unmapped_proof = false;  // R14: something is paid for that the catalog does not know, and nothing is kept
};

Sources SourcesAt(const BoundTrace& bound, Moment& moment);

}  // namespace usher
