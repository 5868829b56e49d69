#include "clients/cli/timeline_text.h"

#include <sstream>

#include <gtest/gtest.h>

#include "catalog/time.h"
#include "clients/cli/paint.h"
#include "clients/cli/words.h"

namespace usher {
namespace {

v1::Value Limit(std::int64_t amount) {
  v1::Value value;
  value.mutable_limit()->set_amount(amount);
  return value;
}

v1::Value Yes() {
  v1::Value value;
  value.set_boolean(true);
  return value;
}

// Builds timelines segment by segment; each ends where the next one starts.
class TimelineBuilder {
 public:
  // From `start`, empty = since ever.
  TimelineBuilder& From(const std::string& start, const std::vector<std::string>& plans = {}) {
    if (timeline_.segments_size() > 0) {
      *timeline_.mutable_segments()->rbegin()->mutable_ends_at() = ToTimestamp(*ParseInstant(start));
    }
    v1::Segment& segment = *timeline_.add_segments();
    if (!start.empty()) *segment.mutable_starts_at() = ToTimestamp(*ParseInstant(start));
    for (const std::string& plan : plans) segment.add_plans(plan);
    return *this;
  }

  TimelineBuilder& Has(const std::string& feature, v1::AccessState state, const v1::Value& value = {}) {
    v1::SegmentEntitlement& entitlement = *timeline_.mutable_segments()->rbegin()->add_entitlements();
    entitlement.set_feature(feature);
    entitlement.set_state(state);
    if (value.kind_case() != v1::Value::KIND_NOT_SET) *entitlement.mutable_value() = value;
    return *this;
  }

  TimelineBuilder& By(const std::string& name, v1::AccessState state, v1::ReasonCode reason, const std::string& plan) {
    v1::Source& source = *timeline_.mutable_segments()->rbegin()->add_sources();
    source.set_name(name);
    source.set_state(state);
    source.set_reason(reason);
    source.set_plan(plan);
    return *this;
  }

  v1::GetTimelineResponse At(const std::string& now) {
    *timeline_.mutable_evaluated_at() = ToTimestamp(*ParseInstant(now));
    timeline_.set_tenant_version(9);
    timeline_.set_generation(1);
    return timeline_;
  }

 private:
  v1::GetTimelineResponse timeline_;
};

v1::GetTimelineResponse Subscription() {
  using enum v1::AccessState;
  TimelineBuilder builder;
  const auto free = [&](v1::AccessState sso) {
    builder.Has("projects", ACCESS_STATE_GRANTED, Limit(1)).Has("sso", sso);
    builder.By("default plan", ACCESS_STATE_GRANTED, v1::REASON_CODE_DEFAULT_PLAN, "free@1");
  };
  const auto growth = [&](v1::AccessState state) {
    builder.Has("projects", state, Limit(25)).Has("sso", state, Yes());
  };
  builder.From("", {"free@1"});
  free(ACCESS_STATE_NOT_IN_PLAN);
  builder.From("2026-11-21T10:00:00Z", {"free@1"});
  free(ACCESS_STATE_HELD);
  builder.By("invoice in_1", ACCESS_STATE_HELD, v1::REASON_CODE_AUTHENTICATION_REQUIRED, "growth@2");
  builder.From("2026-11-21T10:00:30Z", {"growth@2"});
  growth(ACCESS_STATE_GRANTED);
  builder.By("invoice in_1", ACCESS_STATE_GRANTED, v1::REASON_CODE_PAID, "growth@2");
  builder.From("2026-11-23T00:00:00Z", {"free@1"});
  free(ACCESS_STATE_SUSPENDED);
  builder.By("invoice in_1", ACCESS_STATE_SUSPENDED, v1::REASON_CODE_DISPUTED, "growth@2");
  builder.From("2026-11-24T00:00:00Z", {"growth@2"});
  growth(ACCESS_STATE_GRANTED);
  builder.By("invoice in_1", ACCESS_STATE_GRANTED, v1::REASON_CODE_PAID, "growth@2");
  builder.From("2026-12-21T10:00:00Z", {"growth@2"});
  growth(ACCESS_STATE_GRACE);
  builder.By("invoice in_1", ACCESS_STATE_GRACE, v1::REASON_CODE_RENEWAL_PENDING, "growth@2");
  builder.From("2026-12-24T10:00:00Z", {"free@1"});
  free(ACCESS_STATE_PAYMENT_REQUIRED);
  builder.By("invoice in_1", ACCESS_STATE_PAYMENT_REQUIRED, v1::REASON_CODE_RENEWAL_UNPAID, "growth@2");
  return builder.At("2026-11-22T08:00:00Z");
}

constexpr const char* kDrawn = R"(acme
as of 2026-11-22T08:00:00Z, ledger version 9, catalog generation 1

                                  ▼ now
          before      2026-11-21              2026-11-23  2026-11-24  2026-12-21  2026-12-24
                      10:00:00    10:00:30    00:00:00    00:00:00    10:00:00    10:00:00
plans     free@1 ━━━━━━━━━━━━━━━━ growth@2 ━━ free@1 ━━━━ growth@2 ━━━━━━━━━━━━━━ free@1 ━━━━
projects  █ 1 ███████████████████ █ 25 ██████ █ 1 ███████ █ 25 ██████ ▒ 25 ▒▒▒▒▒▒ █ 1 ███████
sso       ··········· ░ held ░░░░ █ yes █████ ╳ suspended █ yes █████ ▒ yes ▒▒▒▒▒ ◌ unpaid ◌◌

██ granted   ▒▒ grace   ╳╳ suspended   ░░ held   ◌◌ unpaid: payment required   ·· not in plan

from                  plan      is                because                  by
before                free@1    granted           default plan             default plan
2026-11-21T10:00:00Z  growth@2  held              authentication required  invoice in_1
2026-11-21T10:00:30Z  growth@2  granted           paid                     invoice in_1
2026-11-23T00:00:00Z  free@1    granted           default plan             default plan
                      growth@2  suspended         disputed                 invoice in_1
2026-11-24T00:00:00Z  growth@2  granted           paid                     invoice in_1
2026-12-21T10:00:00Z  growth@2  grace             renewal pending          invoice in_1
2026-12-24T10:00:00Z  free@1    granted           default plan             default plan
                      growth@2  payment required  renewal unpaid           invoice in_1
)";

TEST(TimelineText, DrawsWhatATenantHadHasAndWillHave) { EXPECT_EQ(kDrawn, DrawTimeline("acme", Subscription(), {})); }

TEST(TimelineText, NoLineIsLongerThanAsked) {
  for (const std::size_t columns : {60U, 80U, 100U, 160U}) {
    std::istringstream drawn(DrawTimeline("acme", Subscription(), {.columns = columns}));
    for (std::string line; std::getline(drawn, line);) EXPECT_GE(columns, Columns(line)) << line;
  }
}

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(TimelineText, WhatDoesNotFitBesideEachOtherStandsInBands) {
  // Seven stretches of twelve columns each, after a name of ten: three fit into 48.
  EXPECT_EQ(3U, Count(DrawTimeline("acme", Subscription(), {.columns = 48}), "\nplans "));
}

TEST(TimelineText, ALaterBandSaysItsDateAgain) {
  TimelineBuilder builder;
  builder.From("");
  for (const char* start : {"2026-11-21T10:00:00Z", "2026-11-21T10:00:01Z", "2026-11-21T10:00:02Z"}) {
    builder.From(start);
  }
  const v1::GetTimelineResponse timeline = builder.At("2026-11-21T10:00:05Z");
  // One date stands in the first line.
  EXPECT_EQ(2U, Count(DrawTimeline("acme", timeline, {}), "2026-11-21"));
  EXPECT_EQ(3U, Count(DrawTimeline("acme", timeline, {.columns = 34}), "2026-11-21"));
}

TEST(TimelineText, AStrangerHasOneStretchForEver) {
  TimelineBuilder builder;
  builder.From("", {"free@1"}).Has("sso", v1::ACCESS_STATE_NOT_IN_PLAN);
  const std::string drawn = DrawTimeline("nobody", builder.At("2026-11-21T10:00:00Z"), {});
  EXPECT_NE(std::string::npos, drawn.find("always"));
  EXPECT_NE(std::string::npos, drawn.find("▼ now"));
}

TEST(TimelineText, ColorsAddNothingButColors) {
  std::string colored = DrawTimeline("acme", Subscription(), {.colors = true});
  for (std::size_t at = colored.find('\x1b'); at != std::string::npos; at = colored.find('\x1b')) {
    colored.erase(at, colored.find('m', at) - at + 1);
  }
  EXPECT_EQ(DrawTimeline("acme", Subscription(), {}), colored);
}

}  // namespace
}  // namespace usher
