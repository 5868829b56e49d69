// What holds for every history: an outlook answers as the whole timeline does, wherever it says that it can, and it can
// wherever a check of the present looks.
#include <algorithm>
#include <iostream>
#include <random>

#include "server/core/outlook.h"
#include "server/core/timeline.h"
#include "server/core/trace.h"
#include "server/core/trace_model.h"
#include "server/engine/shared_parts.h"
#include "tests/property/facts.h"
#include "tests/property/history.h"
#include "tests/support/property.h"
#include "tests/support/same_verdict.h"

namespace usher::property {
namespace {

constexpr int kHistoriesPerCase = 6;
constexpr int kPresentsPerHistory = 4;
constexpr std::size_t kInstants = 40;

long compared = 0;
long uncovered = 0;

class PrintCompared : public ::testing::Environment {
 public:
  void TearDown() override {
    std::cout << "property: " << compared << " verdicts compared, " << uncovered << " left to the whole timeline\n";
  }
};
const ::testing::Environment* const kPrint = ::testing::AddGlobalTestEnvironment(new PrintCompared);

// The course of a timeline as the projection keeps it.
class KeptOutlook {
 public:
  KeptOutlook(SharedParts& parts, const Catalog& catalog, const Timeline& timeline, Instant now)
      : parts_(parts), course_(parts.Take(timeline, FirstNeeded(catalog, timeline, now), starts_)) {
    outlook_ = {.course = course_,
                .starts = starts_,
                .newest_fact = timeline.newest_fact,
                .frozen_at = timeline.frozen_at,
                .known = timeline.known};
  }
  ~KeptOutlook() {
    RetiredParts retired;
    parts_.Drop(course_, retired);
  }
  KeptOutlook(const KeptOutlook&) = delete;
  KeptOutlook& operator=(const KeptOutlook&) = delete;
  const Outlook& get() const { return outlook_; }

 private:
  SharedParts& parts_;
  std::vector<Instant> starts_;
  const Course* course_;
  Outlook outlook_;
};

CheckRequest DrawRequest(const Catalog& catalog, std::mt19937_64& random) {
  constexpr std::int64_t kUses[] = {0, 1, 3, 9, 30, 1'000'000};
  CheckRequest request{.feature = random() % catalog.features.size(),
                       .quantity = static_cast<std::int64_t>(random() % 3),
                       .current_usage = std::nullopt,
                       .access = random() % 3 == 0 ? Access::kRead : Access::kUse};
  if (random() % 3 != 0) request.current_usage = kUses[random() % std::size(kUses)];
  return request;
}

void CompareAt(const Catalog& catalog, const Timeline& timeline, const Outlook& outlook, Instant now, Instant at,
               const CheckRequest& request) {
  const bool covered = Covers(catalog, outlook, request, at);
  RC_ASSERT((covered || at < now));
  if (!covered) {
    ++uncovered;
    return;
  }
  ++compared;
  const Verdict whole = Judge(catalog, timeline, request, at);
  const Verdict kept = Judge(catalog, outlook, request, at);
  RC_ASSERT(SameVerdict(kept, whole));
  RC_ASSERT(RemedyOf(catalog, request, kept).plans == RemedyOf(catalog, request, whole).plans);
}

void CompareHistory(const History& history, const TenantId& tenant) {
  const Trace trace = BuildTrace(tenant, history.facts);
  const Timeline timeline = Resolve(trace, history.catalog);
  std::vector<Instant> instants = InterestingInstants(history);
  for (const Segment& segment : timeline.segments) instants.push_back(segment.from);
  std::mt19937_64 random(history.seed);
  SharedParts parts;
  for (int i = 0; i < kPresentsPerHistory; ++i) {
    const Instant drawn =
        SaturatingAdd(instants[random() % instants.size()], Millis(static_cast<int>(random() % 3) - 1));
    // What was resolved only as far as it is needed does as well.
    const Timeline needed = Resolve(trace, history.catalog, NeededFrom(history.catalog, timeline.frozen_at, drawn));
    const KeptOutlook kept(parts, history.catalog, i % 2 == 0 ? timeline : needed, drawn);
    const Instant now = timeline.frozen_at.value_or(drawn);
    RC_ASSERT(EvaluationInstant(kept.get(), drawn) == EvaluationInstant(timeline, drawn));
    for (std::size_t n = 0; n < kInstants; ++n) {
      const Instant at =
          SaturatingAdd(instants[random() % instants.size()], Millis(static_cast<int>(random() % 3) - 1));
      CompareAt(history.catalog, timeline, kept.get(), now, at, DrawRequest(history.catalog, random));
      // A check of the present looks here.
      CompareAt(history.catalog, timeline, kept.get(), now, EvaluationInstant(timeline, std::max(now, at)),
                DrawRequest(history.catalog, random));
    }
  }
  RC_ASSERT(parts.size() == 0U);
}

USHER_PROPERTY(OutlookProperty, AnOutlookAnswersAsTheWholeTimelineDoes, (std::uint64_t seed)) {
  for (unsigned i = 0; i < kHistoriesPerCase; ++i) {
    const History history = DrawHistory(seed * kHistoriesPerCase + i);
    CompareHistory(history, TenantId("acme"));
    CompareHistory(history, TenantId("beta"));
  }
}

// Runs after the property, whose comparisons it counts: with nothing left out it would say nothing.
TEST(OutlookProperty, SomeOfThePastIsLeftOut) {
  EXPECT_GT(compared, 1000);
  EXPECT_GT(uncovered, 100);
}

}  // namespace
}  // namespace usher::property
