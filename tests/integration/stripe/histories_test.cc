// Whole histories, from the bytes of events to timelines.
#include "tests/support/stripe/histories.h"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/parse/load.h"
#include "server/core/timeline.h"
#include "server/core/trace.h"
#include "server/core/trace_model.h"
#include "server/integrations/stripe/event.h"

namespace usher::stripe_test {
namespace {

constexpr const char* kCatalog = "tests/testdata/stripe/histories.yaml";

CatalogPtr HistoriesCatalog() {
  std::ostringstream text;
  text << std::ifstream(kCatalog).rdbuf();
  LoadResult result = LoadCatalog({{kCatalog, text.str()}});
  for (const Finding& finding : result.findings) ADD_FAILURE() << finding.message;
  return result.catalog;
}

std::vector<Fact> FactsOf(const std::vector<std::string>& events) {
  std::vector<Fact> facts;
  for (const std::string& body : events) {
    const stripe::ParsedEvent event = stripe::Parse(body, {});
    EXPECT_EQ(event.verdict, stripe::Verdict::kFacts) << event.message << "\n" << body;
    facts.insert(facts.end(), event.facts.begin(), event.facts.end());
  }
  return facts;
}

std::string Cell(const FeatureState& feature) {
  std::string text;
  if (feature.value && CarriesValue(feature.state)) {
    const auto* limit = std::get_if<Limit>(&*feature.value);
    text = (limit != nullptr ? std::to_string(limit->amount) : "yes") + " ";
  }
  return text + std::string(StateName(feature.state)) + " " + std::string(ReasonName(feature.reason));
}

// As ExpectedTimeline::table has it.
std::string Table(const Timeline& timeline, const Catalog& catalog) {
  const auto feature = [&](const char* id) {
    const auto found = std::find_if(catalog.features.begin(), catalog.features.end(),
                                    [&](const Feature& one) { return one.id == FeatureId(id); });
    return static_cast<std::size_t>(found - catalog.features.begin());
  };
  const std::size_t projects = feature("projects");
  const std::size_t sso = feature("sso");
  struct Row {
    std::string from;
    bool provisional;
    std::string cells;
  };
  std::vector<Row> rows;
  for (const Segment& segment : timeline.segments) {
    std::string cells = "projects " + Cell(segment.features[projects]);
    cells.resize(std::max<std::size_t>(cells.size(), 38), ' ');
    cells += "sso " + Cell(segment.features[sso]);
    if (rows.empty() || rows.back().cells != cells) rows.push_back({FormatInstant(segment.from), false, cells});
    rows.back().provisional = segment.provisional;
  }
  std::string table = "\n";
  for (Row& row : rows) {
    row.from.resize(std::max<std::size_t>(row.from.size(), 20), ' ');
    table += row.from + (row.provisional ? " ~ " : "   ") + row.cells + "\n";
  }
  return table;
}

class StripeHistories : public ::testing::TestWithParam<Family> {};

TEST_P(StripeHistories, HaveTheirWrittenTimelines) {
  const CatalogPtr catalog = HistoriesCatalog();
  ASSERT_NE(catalog, nullptr);
  for (const History& history : Histories(GetParam())) {
    const std::vector<Fact> facts = FactsOf(history.events);
    for (const ExpectedTimeline& expected : history.expected) {
      SCOPED_TRACE(history.name + " " + expected.tenant);
      EXPECT_EQ(Table(Resolve(BuildTrace(TenantId(expected.tenant), facts), *catalog), *catalog), expected.table);
    }
  }
}

// Every order of the events, each delivered once or twice.
TEST_P(StripeHistories, MeanTheSameInAnyOrderAndRepetition) {
  int orders = 0;
  for (const History& history : Histories(GetParam())) {
    SCOPED_TRACE(history.name);
    const TenantId tenant(history.expected[0].tenant);
    const Digest expected = TraceDigest(BuildTrace(tenant, FactsOf(history.events)));
    std::vector<std::vector<Fact>> facts;
    for (const std::string& body : history.events) facts.push_back(FactsOf({body}));
    std::vector<std::size_t> order(facts.size());
    std::iota(order.begin(), order.end(), 0);
    std::minstd_rand random(7);
    do {
      std::vector<Fact> delivered;
      for (const std::size_t i : order) {
        const std::size_t times = 1 + random() % 2;
        for (std::size_t n = 0; n < times; ++n) delivered.insert(delivered.end(), facts[i].begin(), facts[i].end());
      }
      ASSERT_EQ(TraceDigest(BuildTrace(tenant, delivered)), expected);
      ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  RecordProperty("histories", orders);
}

INSTANTIATE_TEST_SUITE_P(Families, StripeHistories, ::testing::ValuesIn(kFamilies),
                         [](const auto& row) { return FamilyName(row.param); });

}  // namespace
}  // namespace usher::stripe_test
