// A drawn world: a history and the catalog it is judged under.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "server/core/fact.h"

namespace usher::property {

struct History {
  std::uint64_t seed = 0;
  std::vector<Fact> facts;
  Catalog catalog;
};

// The same seed gives the same history, on every machine. Tenants are `acme` (most of it) and `beta`.
History DrawHistory(std::uint64_t seed);

// Every instant at which an answer may change, and some besides: each time that a fact states, with the lengths of the
// catalog's policies and prices laid on. Sorted, without repetition.
std::vector<Instant> InterestingInstants(const History& history);

// The facts by time, one a line, in words.
std::string Describe(std::vector<Fact> facts);
std::string DescribeValue(const Value& value);

}  // namespace usher::property
