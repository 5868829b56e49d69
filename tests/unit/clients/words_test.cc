#include "clients/cli/words.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(Words, EveryReasonHasASentence) {
  const auto* reasons = v1::ReasonCode_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<v1::ReasonCode>(reasons->value(i)->number());
    EXPECT_EQ(reason == v1::REASON_CODE_UNSPECIFIED, ReasonSentence(reason).empty()) << reasons->value(i)->name();
  }
}

TEST(Words, EveryRemedyHasASentence) {
  const auto* kinds = v1::RemedyKind_descriptor();
  for (int i = 0; i < kinds->value_count(); ++i) {
    v1::Remedy remedy;
    remedy.set_kind(static_cast<v1::RemedyKind>(kinds->value(i)->number()));
    EXPECT_EQ(remedy.kind() == v1::REMEDY_KIND_UNSPECIFIED, RemedySentence(remedy).empty());
  }
}

TEST(Words, AReasonOfANewerServerIsNoDefect) {
  EXPECT_EQ("unknown", ReasonWord(static_cast<v1::ReasonCode>(9999)));
  EXPECT_EQ("", ReasonSentence(static_cast<v1::ReasonCode>(9999)));
}

v1::Value Limit(std::int64_t amount) {
  v1::Value value;
  value.mutable_limit()->set_amount(amount);
  return value;
}

TEST(Words, ValuesAreWrittenForPeople) {
  EXPECT_EQ("0", ValueText(Limit(0)));
  EXPECT_EQ("999", ValueText(Limit(999)));
  EXPECT_EQ("1,000", ValueText(Limit(1000)));
  EXPECT_EQ("12,345,678", ValueText(Limit(12'345'678)));
  EXPECT_EQ("2M", ShortValueText(Limit(2'000'000)));
  EXPECT_EQ("2500", ShortValueText(Limit(2'500)));
  v1::Value metered;
  metered.mutable_metered()->mutable_included()->set_amount(100'000);
  metered.mutable_metered()->mutable_cap()->set_unlimited(true);
  EXPECT_EQ("100,000 included, up to unlimited", ValueText(metered));
  EXPECT_EQ("100k/∞", ShortValueText(metered));
  v1::Value set;
  set.mutable_set();
  EXPECT_EQ("nothing", ValueText(set));
  set.mutable_set()->add_values("eu");
  set.mutable_set()->add_values("us");
  EXPECT_EQ("eu, us", ValueText(set));
  EXPECT_EQ("", ValueText({}));
}

TEST(Words, TimesGoThereAndBack) {
  for (const std::int64_t millis : {0LL, 1LL, -1LL, -1500LL, 1'795'257'600'123LL}) {
    EXPECT_EQ(millis, ToUnixMillis(ToInstant(ToTimestamp(FromUnixMillis(millis))))) << millis;
    EXPECT_LE(0, ToTimestamp(FromUnixMillis(millis)).nanos());
  }
}

TEST(Words, DistancesAreRounded) {
  const Instant now = FromUnixSeconds(1'000'000);
  EXPECT_EQ("now", DistanceText(now, now));
  EXPECT_EQ("in 1 second", DistanceText(now, now + std::chrono::seconds(1)));
  EXPECT_EQ("2 minutes ago", DistanceText(now, now - std::chrono::seconds(179)));
  EXPECT_EQ("in 1 hour", DistanceText(now, now + std::chrono::minutes(60)));
  EXPECT_EQ("in 30 days", DistanceText(now, now + std::chrono::hours(24 * 30)));
}

TEST(Paint, CountsColumnsNotBytes) {
  EXPECT_EQ(3U, Columns("█é1"));
  EXPECT_EQ("██…", Fit("████", 3));
  EXPECT_EQ("██", Fit("██", 2));
  EXPECT_EQ("", Fit("ab", 0));
  EXPECT_EQ("one two\n  three", Wrap("one two three", 7, "  "));
}

}  // namespace
}  // namespace usher
