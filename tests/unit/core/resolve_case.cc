#include "tests/unit/core/resolve_case.h"

#include <algorithm>

#include "server/core/trace.h"
#include "server/core/trace_model.h"

namespace usher::testing {

Timeline TimelineOf(const std::vector<Fact>& facts, const CatalogPtr& catalog) {
  return Resolve(BuildTrace(TenantId("acme"), facts), *catalog);
}

FeatureState StateAt(const Timeline& timeline, std::size_t feature, Instant at) {
  return SegmentAt(timeline, at).features[feature];
}

void ExpectAll(const std::vector<ResolveCase>& rows, const CatalogPtr& catalog) {
  for (const ResolveCase& row : rows) {
    SCOPED_TRACE(row.name);
    const FeatureState answer = StateAt(TimelineOf(row.facts, catalog), row.feature, row.at);
    EXPECT_EQ(StateName(answer.state), StateName(row.expect.state));
    EXPECT_EQ(ReasonName(answer.reason), ReasonName(row.expect.reason));
    if (row.value) {
      EXPECT_TRUE(answer.value == row.value);
    }
    std::vector<Fact> backwards = row.facts;
    std::reverse(backwards.begin(), backwards.end());
    EXPECT_EQ(TraceDigest(BuildTrace(TenantId("acme"), row.facts)),
              TraceDigest(BuildTrace(TenantId("acme"), backwards)));
  }
}

}  // namespace usher::testing
