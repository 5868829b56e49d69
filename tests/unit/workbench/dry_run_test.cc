#include "server/workbench/dry_run.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/stripe/stripe_events.h"

namespace usher {
namespace {

std::vector<DryRun> Runs() {
  stripe_test::StripeEvents events(stripe_test::Family::kBasil);
  const std::string clock = events.Event("test_helpers.test_clock.ready", 5, events.TestClock("clock_1", 7));
  return {
      DryRunStripeEvent("clock.json", clock, false),
      DryRunStripeEvent("live.json", clock, true),
      DryRunStripeEvent("broken.json", "{\"id\":", false),
  };
}

TEST(DryRun, IsATableForPeople) {
  EXPECT_EQ(DryRunTable(Runs()),
            "FILE         TYPE                           VERDICT  REASON\n"
            "clock.json   test_helpers.test_clock.ready  APPLIED\n"
            "  test clock clock_1 at 1970-01-01T00:00:07Z: frozen_time=1970-01-01T00:00:07Z\n"
            "live.json    test_helpers.test_clock.ready  IGNORED  FOREIGN_LIVEMODE\n"
            "  livemode is false, this server expects true\n"
            "broken.json                                 PARKED   NOT_AN_EVENT\n"
            "  " +
                Runs()[2].event.message + "\n");
}

TEST(DryRun, IsAnObjectALineForPrograms) {
  const std::vector<DryRun> runs = Runs();
  EXPECT_EQ(DryRunJson(std::span(runs).first(2)),
            R"({"file":"clock.json","event_id":"evt_Basil1","type":"test_helpers.test_clock.ready",)"
            R"("verdict":"APPLIED","reason":"","path":"","message":"","facts":["test clock clock_1 at )"
            R"(1970-01-01T00:00:07Z: frozen_time=1970-01-01T00:00:07Z"]})"
            "\n"
            R"({"file":"live.json","event_id":"evt_Basil1","type":"test_helpers.test_clock.ready",)"
            R"("verdict":"IGNORED","reason":"FOREIGN_LIVEMODE","path":"",)"
            R"("message":"livemode is false, this server expects true","facts":[]})"
            "\n");
}

}  // namespace
}  // namespace usher
