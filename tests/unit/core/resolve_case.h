// A rule as a row of a table: what happened, when it is asked, what is answered.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalog/model.h"
#include "server/core/check.h"
#include "server/core/timeline.h"
#include "tests/support/facts.h"
#include "tests/unit/core/core_catalog.h"

namespace usher::testing {

struct Answer {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
};

struct ResolveCase {
  const char* name;
  std::vector<Fact> facts;
  Instant at;
  Answer expect;
  std::size_t feature = kSso;
  std::optional<Value> value = std::nullopt;  // looked at only when given
};

// The timeline of tenant acme.
Timeline TimelineOf(const std::vector<Fact>& facts, const CatalogPtr& catalog = CoreCatalog());

// The feature's state at an instant.
FeatureState StateAt(const Timeline& timeline, std::size_t feature, Instant at);

// Resolves every row under `catalog`, in the given order of facts and backwards, and compares.
void ExpectAll(const std::vector<ResolveCase>& rows, const CatalogPtr& catalog = CoreCatalog());

}  // namespace usher::testing
