// The oracle over facts that were read from Stripe's bytes: it has no say in how those are made.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "catalog/parse/load.h"
#include "server/core/trace.h"
#include "server/integrations/stripe/event.h"
#include "tests/property/compare.h"
#include "tests/property/history.h"
#include "tests/support/stripe/histories.h"

namespace usher::property {
namespace {

constexpr const char* kCatalog = "tests/testdata/stripe/histories.yaml";

CatalogPtr HistoriesCatalog() {
  std::ostringstream text;
  text << std::ifstream(kCatalog).rdbuf();
  return LoadCatalog({{kCatalog, text.str()}}).catalog;
}

TEST(StripeHistories, AreAnsweredAsTheOracleAnswersThem) {
  const CatalogPtr catalog = HistoriesCatalog();
  ASSERT_NE(catalog, nullptr);
  ReasonCounts reasons;
  int histories = 0;
  for (const stripe_test::Family family : stripe_test::kFamilies) {
    for (const stripe_test::History& told : stripe_test::Histories(family)) {
      SCOPED_TRACE(told.name);
      History history;
      history.catalog = *catalog;
      for (const std::string& body : told.events) {
        const std::vector<Fact> facts = stripe::Parse(body, {}).facts;
        history.facts.insert(history.facts.end(), facts.begin(), facts.end());
      }
      std::vector<Instant> instants;
      for (const Instant at : InterestingInstants(history)) {
        for (const int millis : {-1, 0, 1}) instants.push_back(SaturatingAdd(at, Millis(millis)));
      }
      const std::vector<TenantId> tenants = TenantsIn(history.facts);
      ASSERT_FALSE(tenants.empty());
      for (const TenantId& tenant : tenants) {
        const auto found = FirstDisagreement(tenant, history.facts, *catalog, instants, reasons);
        if (found) FAIL() << SmallestReport(*found, history.facts, *catalog);
      }
      ++histories;
    }
  }
  RecordProperty("histories", histories);
}

}  // namespace
}  // namespace usher::property
