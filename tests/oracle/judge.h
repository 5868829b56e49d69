// Rows of facts, an instant, a feature and the answer that a reader of docs/rules.md expects.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/oracle/oracle.h"
#include "tests/property/catalogs.h"
#include "tests/property/facts.h"

namespace usher::oracle {

using namespace property;

struct Case {
  const char* name;
  std::vector<Fact> facts;
  Instant at;
  const char* feature;
  AccessState state;
  Reason reason;
  std::optional<Value> value = std::nullopt;
};

inline void Judge(const std::vector<Case>& cases, const Catalog& catalog = PlainCatalog()) {
  for (const Case& row : cases) {
    const OracleAnswer answer = Answer(kAcme, row.facts, catalog, row.at);
    const OracleFeature& feature = answer.features[*FindFeature(catalog, row.feature)];
    std::string candidates = row.name;
    for (const std::string& candidate : answer.candidates) candidates += "\n  " + candidate;
    SCOPED_TRACE(candidates);
    EXPECT_EQ(feature.state, row.state) << StateName(feature.state);
    EXPECT_EQ(feature.reason, row.reason) << ReasonName(feature.reason);
    EXPECT_EQ(feature.value, row.value);
  }
}

inline Value Amount(std::int64_t amount) { return Limit{.amount = amount}; }

inline Catalog WithPolicy(void (*change)(PaymentPolicy&)) {
  Catalog catalog = PlainCatalog();
  change(catalog.policy);
  for (Plan& plan : catalog.plans) change(plan.policy);
  return catalog;
}

}  // namespace usher::oracle
