// "R9 held: pending purchases" of section 4 of docs/rules.md.
#pragma once

#include <vector>

#include "tests/oracle/candidates.h"

namespace usher::oracle {

std::vector<Candidate> CandidatesOfPurchases(const Question& q);

// Whether a purchase that names the subscription is pending at t.
bool HasPendingPurchase(const Question& q, const ObjectRef& subscription);

}  // namespace usher::oracle
