#include "tests/integration/stripe/recorded_events.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/fact_codec.h"
#include "server/integrations/stripe/event.h"

namespace usher::stripe_test {
namespace {

using ::testing::ElementsAreArray;

constexpr const char* kGolden = "tests/testdata/stripe/recorded_golden.txt";

// `APPLIED invoice, invoice attempt`, `IGNORED TYPE_NOT_USED`, `PARKED FIELD_MISSING data.object.id`.
std::string Describe(const stripe::ParsedEvent& event) {
  std::string text(stripe::VerdictName(event.verdict));
  if (event.verdict != stripe::Verdict::kFacts) text.append(" ").append(stripe::ParseReasonName(event.reason));
  if (!event.path.empty()) text.append(" ").append(event.path);
  for (const Fact& fact : event.facts) {
    text.append(&fact == &event.facts.front() ? " " : ", ").append(ObjectKindName(fact.object.kind));
    if (std::holds_alternative<AttemptFact>(fact.content)) text.append(" attempt");
    if (std::holds_alternative<LinkFact>(fact.content)) text.append(" link");
  }
  return text;
}

// Each line of the golden file was judged by hand.
TEST(RecordedEvents, HaveTheVerdictsOfTheGoldenFile) {
  const auto events = LoadRecordedEvents();
  if (!events) GTEST_SKIP() << "USHER_RECORDED_EVENTS names no folder of recorded events";
  std::vector<std::string> verdicts;
  for (const RecordedEvent& event : *events) {
    verdicts.push_back(event.name + "  " + Describe(stripe::Parse(event.body, {})));
  }
  EXPECT_THAT(verdicts, ElementsAreArray(LoadGolden(kGolden)));
  RecordProperty("cases", static_cast<int>(events->size()));
}

}  // namespace
}  // namespace usher::stripe_test
