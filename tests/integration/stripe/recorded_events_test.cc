#include "tests/integration/stripe/recorded_events.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/fact_codec.h"
#include "server/integrations/stripe/event.h"
#include "server/integrations/stripe/signature.h"
#include "server/integrations/stripe/source.h"
#include "tests/support/ledger/ledger_world.h"
#include "tests/support/temporary_folder.h"

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

std::string Describe(const EventOutcome& outcome) {
  switch (outcome.disposition) {
    case Disposition::kApplied: return "APPLIED";
    case Disposition::kDuplicate: return "DUPLICATE";
    case Disposition::kIgnored: return "IGNORED: " + outcome.reason;
    case Disposition::kParked: return "PARKED: " + outcome.reason;
  }
  return "";
}

std::string ExpectedOutcome(const stripe::ParsedEvent& event) {
  std::string text(stripe::VerdictName(event.verdict));
  return event.message.empty() ? text : text + ": " + event.message;
}

// A server with an empty database of its own, and the secret of its webhook endpoint.
class Endpoint {
 public:
  Endpoint()
      : source_(stripe::OpenSource({.secrets = {kSecret}, .livemode = false}).value()),
        store_(sqlite::Open({.path = folder_.File("usher.db")}).value()),
        world_(*store_, clock_, *source_, TestCatalog()) {}

  absl::StatusOr<EventOutcome> Deliver(const std::string& body) {
    const std::int64_t now = ToUnixMillis(clock_.Now()) / 1000;
    return world_.ingest.RelayWebhook({.provider = "stripe",
                                       .raw = body,
                                       .headers = {{"Stripe-Signature", stripe::SignatureHeader(kSecret, now, body)}},
                                       .received_at = clock_.Now()});
  }

 private:
  static inline const Secret kSecret{"whsec_recorded"};

  TemporaryFolder folder_;
  SteppingClock clock_;
  std::unique_ptr<BillingSource> source_;
  std::unique_ptr<Store> store_;
  LedgerWorld world_;
};

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

// Many recordings carry the same zeroed id, so each meets a server that has seen nothing.
TEST(RecordedEvents, PassThroughIngestWithThoseVerdicts) {
  const auto events = LoadRecordedEvents();
  if (!events) GTEST_SKIP() << "USHER_RECORDED_EVENTS names no folder of recorded events";
  for (const RecordedEvent& event : *events) {
    SCOPED_TRACE(event.name);
    Endpoint endpoint;
    const auto outcome = endpoint.Deliver(event.body);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(Describe(*outcome), ExpectedOutcome(stripe::Parse(event.body, {})));
    const auto again = endpoint.Deliver(event.body);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->disposition, Disposition::kDuplicate);
  }
  RecordProperty("cases", static_cast<int>(events->size()));
}

TEST(RecordedEvents, NoneIsAnErrorAfterAllOthers) {
  const auto events = LoadRecordedEvents();
  if (!events) GTEST_SKIP() << "USHER_RECORDED_EVENTS names no folder of recorded events";
  Endpoint endpoint;
  for (const RecordedEvent& event : *events) {
    const auto outcome = endpoint.Deliver(event.body);
    EXPECT_TRUE(outcome.ok()) << event.name << ": " << outcome.status();
  }
}

}  // namespace
}  // namespace usher::stripe_test
