// What holds for every history: the core's answers are the oracle's, order and repetition do not matter, time is
// covered, and the future never changes the past.
#include <algorithm>
#include <iostream>
#include <numeric>
#include <random>

#include "server/core/fact_codec.h"
#include "server/core/timeline.h"
#include "server/core/trace.h"
#include "server/core/trace_model.h"
#include "tests/oracle/oracle.h"
#include "tests/property/catalogs.h"
#include "tests/property/compare.h"
#include "tests/property/examples.h"
#include "tests/property/facts.h"
#include "tests/property/history.h"
#include "tests/support/property.h"

namespace usher::property {

// A history by its seed. Shrinking a seed means nothing; compare.h makes reports small instead.
struct Seed {
  std::uint64_t value = 0;
};
std::ostream& operator<<(std::ostream& out, const Seed& seed) { return out << seed.value; }

}  // namespace usher::property

namespace rc {
template <>
struct Arbitrary<usher::property::Seed> {
  static Gen<usher::property::Seed> arbitrary() {
    return gen::noShrink(gen::map(gen::resize(100, gen::arbitrary<std::uint64_t>()),
                                  [](std::uint64_t value) { return usher::property::Seed{value}; }));
  }
};
}  // namespace rc

namespace usher::property {
namespace {

const TenantId kBeta{"beta"};

// One case of a property tries several histories, so that the small counts reach the rare rules as well.
constexpr int kHistoriesPerCase = 6;

// What all properties of this binary tried together.
struct Tried {
  long histories = 0;
  long orders = 0;
  long instants = 0;
  ReasonCounts reasons;
};
Tried tried;

std::vector<History> HistoriesOf(const Seed& seed) {
  std::vector<History> histories;
  for (int i = 0; i < kHistoriesPerCase; ++i) histories.push_back(DrawHistory(seed.value + static_cast<unsigned>(i)));
  tried.histories += kHistoriesPerCase;
  return histories;
}

class PrintTried : public ::testing::Environment {
 public:
  void TearDown() override {
    std::cout << "property: " << tried.histories << " histories, " << tried.orders << " orders, " << tried.instants
              << " instants\n";
  }
};
const ::testing::Environment* const kPrintTried = ::testing::AddGlobalTestEnvironment(new PrintTried);

// At most `most` of the interesting instants, each as it is or a millisecond beside.
std::vector<Instant> SomeInstants(const History& history, std::size_t most, std::mt19937_64& random) {
  const std::vector<Instant> all = InterestingInstants(history);
  std::vector<Instant> some;
  if (all.empty()) return {kBeginning};
  for (std::size_t i = 0; i < most; ++i) {
    const Instant at = all[random() % all.size()];
    some.push_back(SaturatingAdd(at, Millis(static_cast<int>(random() % 3) - 1)));
  }
  return some;
}

std::vector<Fact> ShuffledWithRepetitions(std::vector<Fact> facts, std::mt19937_64& random) {
  const std::size_t count = facts.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (random() % 4 == 0) facts.push_back(facts[random() % count]);
  }
  std::shuffle(facts.begin(), facts.end(), random);
  return facts;
}

std::vector<Fact> KnownAt(const std::vector<Fact>& facts, Instant at) {
  std::vector<Fact> known;
  std::copy_if(facts.begin(), facts.end(), std::back_inserter(known), [&](const Fact& fact) { return fact.at <= at; });
  return known;
}

// Fails with the smallest report when core and oracle differ.
void HoldEqual(const TenantId& tenant, const std::vector<Fact>& facts, const Catalog& catalog,
               const std::vector<Instant>& instants) {
  tried.instants += static_cast<long>(instants.size());
  const auto found = FirstDisagreement(tenant, facts, catalog, instants, tried.reasons);
  if (found) RC_FAIL(SmallestReport(*found, facts, catalog));
}

USHER_PROPERTY(CoreProperty, TheCoreAnswersAsTheOracleDoes, (const Seed& seed)) {
  for (const History& history : HistoriesOf(seed)) {
    std::mt19937_64 random(history.seed);
    for (const TenantId& tenant : {kAcme, kBeta}) {
      HoldEqual(tenant, history.facts, history.catalog, BoundariesOf(tenant, history.facts, history.catalog));
      HoldEqual(tenant, history.facts, history.catalog, SomeInstants(history, 30, random));
    }
  }
}

// Runs after the property above, whose answers it counts.
TEST(CoreProperty, EveryReasonOccursInTheDrawnHistories) {
  RecordProperty("histories", static_cast<int>(tried.histories));
  std::cout << "reasons in the oracle's answers:\n";
  for (int i = 0; i <= static_cast<int>(Reason::kNotIncluded); ++i) {
    const auto reason = static_cast<Reason>(i);
    std::cout << "  " << ReasonName(reason) << " " << tried.reasons[reason] << "\n";
    EXPECT_GT(tried.reasons[reason], 0) << ReasonName(reason) << " was never reached: the histories are too tame";
  }
}

USHER_PROPERTY(CoreProperty, NeitherOrderNorRepetitionMatters, (const Seed& seed)) {
  for (const History& history : HistoriesOf(seed)) {
    std::mt19937_64 random(history.seed);
    const Trace trace = BuildTrace(kAcme, history.facts);
    const Timeline timeline = Resolve(trace, history.catalog);
    for (int i = 0; i < 3; ++i) {
      ++tried.orders;
      const Trace other = BuildTrace(kAcme, ShuffledWithRepetitions(history.facts, random));
      RC_ASSERT(ToHex(TraceDigest(other)) == ToHex(TraceDigest(trace)));
      RC_ASSERT(Resolve(other, history.catalog) == timeline);
    }
  }
}

void CheckCoverOfTime(const Timeline& timeline, const Catalog& catalog) {
  RC_ASSERT(!timeline.segments.empty());
  RC_ASSERT(timeline.segments.front().from == kBeginning);
  RC_ASSERT(timeline.segments.back().until == kForever);
  for (std::size_t i = 0; i < timeline.segments.size(); ++i) {
    const Segment& segment = timeline.segments[i];
    RC_ASSERT(segment.from < segment.until);
    RC_ASSERT(segment.features.size() == catalog.features.size());
    RC_ASSERT(&SegmentAt(timeline, segment.from) == &segment);
    RC_ASSERT(std::is_sorted(segment.plans.begin(), segment.plans.end()));
    if (i == 0) continue;
    Segment before = timeline.segments[i - 1];
    RC_ASSERT(before.until == segment.from);
    before.from = segment.from;
    before.until = segment.until;
    RC_ASSERT(!(before == segment));
  }
}

USHER_PROPERTY(CoreProperty, ATimelineCoversAllTime, (const Seed& seed)) {
  for (const History& history : HistoriesOf(seed)) {
    CheckCoverOfTime(Resolve(BuildTrace(kAcme, history.facts), history.catalog), history.catalog);
  }
}

USHER_PROPERTY(CoreProperty, WhatIsResolvedFromAnInstantOnIsTheRestOfTheWhole, (const Seed& seed)) {
  for (const History& history : HistoriesOf(seed)) {
    std::mt19937_64 random(history.seed);
    const Trace trace = BuildTrace(kAcme, history.facts);
    const Timeline whole = Resolve(trace, history.catalog);
    for (const Instant from : SomeInstants(history, 8, random)) {
      Timeline rest = whole;
      std::erase_if(rest.segments, [&](const Segment& segment) { return segment.until <= from; });
      rest.segments.front().from = from;
      RC_ASSERT(Resolve(trace, history.catalog, from) == rest);
    }
  }
}

USHER_PROPERTY(CoreProperty, TheFutureNeverChangesThePast, (const Seed& seed)) {
  for (const History& history : HistoriesOf(seed)) {
    std::mt19937_64 random(history.seed);
    const Timeline whole = Resolve(BuildTrace(kAcme, history.facts), history.catalog);
    for (const Instant at : SomeInstants(history, 8, random)) {
      ++tried.instants;
      const Timeline then = Resolve(BuildTrace(kAcme, KnownAt(history.facts, at)), history.catalog);
      const Segment& now = SegmentAt(whole, at);
      const Segment& before = SegmentAt(then, at);
      RC_ASSERT(now.features == before.features);
      RC_ASSERT(now.sources == before.sources);
      RC_ASSERT(now.plans == before.plans);
    }
  }
}

USHER_PROPERTY(CoreProperty, ATestClockStandsWhereTheOracleSaysItDoes, (const Seed& seed)) {
  for (const History& history : HistoriesOf(seed)) {
    for (const TenantId& tenant : {kAcme, kBeta}) {
      const Timeline timeline = Resolve(BuildTrace(tenant, history.facts), history.catalog);
      RC_ASSERT(timeline.frozen_at == oracle::FrozenAt(tenant, history.facts));
    }
  }
}

USHER_PROPERTY(CoreProperty, FactsAreWhatTheirBytesSay, (const Seed& seed)) {
  for (const History& history : HistoriesOf(seed)) {
    std::mt19937_64 random(history.seed);
    for (const Fact& fact : history.facts) {
      std::string bytes = EncodeFact(fact);
      const absl::StatusOr<Fact> back = DecodeFact(bytes);
      RC_ASSERT(back.ok());
      RC_ASSERT(*back == fact);
      RC_ASSERT(!DecodeFact(std::string_view(bytes).substr(0, bytes.size() - 1)).ok());
      // One fact per encoding: bytes that are read are the bytes that would be written.
      bytes[random() % bytes.size()] = static_cast<char>(random());
      const absl::StatusOr<Fact> other = DecodeFact(bytes);
      RC_ASSERT((!other.ok() || EncodeFact(*other) == bytes));
    }
  }
}

USHER_PROPERTY(CoreProperty, TracesAreWhatTheirBytesSay, (const Seed& seed)) {
  for (const History& history : HistoriesOf(seed)) {
    std::mt19937_64 random(history.seed);
    const Trace trace = BuildTrace(kAcme, history.facts);
    std::string bytes = EncodeTrace(trace);
    const absl::StatusOr<Trace> back = DecodeTrace(bytes);
    RC_ASSERT(back.ok());
    RC_ASSERT(EncodeTrace(*back) == bytes);
    RC_ASSERT(Resolve(*back, history.catalog) == Resolve(trace, history.catalog));
    RC_ASSERT(!DecodeTrace(std::string_view(bytes).substr(0, bytes.size() / 2)).ok());
    bytes[random() % bytes.size()] = static_cast<char>(random());
    const absl::StatusOr<Trace> other = DecodeTrace(bytes);
    RC_ASSERT((!other.ok() || EncodeTrace(*other) == bytes));
  }
}

// The same happenings in another account, to tenants of other names.
std::vector<Fact> ElsewhereOf(std::vector<Fact> facts) {
  const auto stranger = [](TenantId& tenant) { tenant = TenantId("stranger_" + tenant.str()); };
  for (Fact& fact : facts) {
    if (fact.object.kind == ObjectKind::kTenant) {
      fact.object.id = "stranger_" + fact.object.id;
    } else {
      fact.object.scope.account = "acct_elsewhere";
    }
    if (auto* link = std::get_if<LinkFact>(&fact.content)) stranger(link->tenant);
    if (auto* outcome = std::get_if<OutcomeFact>(&fact.content)) stranger(outcome->tenant);
    if (auto* put = std::get_if<OverrideFact>(&fact.content)) stranger(put->tenant);
  }
  return facts;
}

USHER_PROPERTY(CoreProperty, FactsOfStrangersChangeNothing, (const Seed& seed)) {
  for (const History& history : HistoriesOf(seed)) {
    std::vector<Fact> both = history.facts;
    for (const Fact& fact : ElsewhereOf(history.facts)) both.push_back(fact);
    for (const Fact& fact : ElsewhereOf(DrawHistory(history.seed + kHistoriesPerCase).facts)) both.push_back(fact);
    const Trace alone = BuildTrace(kAcme, history.facts);
    const Trace among = BuildTrace(kAcme, both);
    RC_ASSERT(ToHex(TraceDigest(alone)) == ToHex(TraceDigest(among)));
    RC_ASSERT(Resolve(alone, history.catalog) == Resolve(among, history.catalog));
  }
}

// ---- Examples, in every order

std::vector<Instant> EveryInstantOf(const Example& example) {
  History history;
  history.facts = example.facts;
  history.catalog = PlainCatalog();
  std::vector<Instant> instants;
  for (const Instant at : InterestingInstants(history)) {
    for (const int millis : {-1, 0, 1}) instants.push_back(at + Millis(millis));
  }
  return instants;
}

// Every order of the facts, by index.
void TryEveryOrder(const Example& example) {
  const Trace expected = BuildTrace(kAcme, example.facts);
  const Timeline timeline = Resolve(expected, PlainCatalog());
  std::vector<std::size_t> order(example.facts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    std::vector<Fact> facts;
    for (const std::size_t i : order) facts.push_back(example.facts[i]);
    const Trace trace = BuildTrace(kAcme, facts);
    ++tried.orders;
    ASSERT_EQ(ToHex(TraceDigest(trace)), ToHex(TraceDigest(expected)));
    ASSERT_TRUE(Resolve(trace, PlainCatalog()) == timeline);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(ExampleHistories, EveryOrderGivesTheOraclesAnswers) {
  for (const Example& example : Examples()) {
    SCOPED_TRACE(example.name);
    ASSERT_LE(example.facts.size(), 7U);
    const std::vector<Instant> instants = EveryInstantOf(example);
    for (const TenantId& tenant : {kAcme, kBeta}) {
      const auto found = FirstDisagreement(tenant, example.facts, PlainCatalog(), instants, tried.reasons);
      if (found) FAIL() << SmallestReport(*found, example.facts, PlainCatalog());
      tried.instants += static_cast<long>(instants.size());
    }
    TryEveryOrder(example);
    ++tried.histories;
  }
  RecordProperty("histories", static_cast<int>(Examples().size()));
}

}  // namespace
}  // namespace usher::property
