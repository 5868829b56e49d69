#include "catalog/time.h"

#include <limits>

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

struct DurationCase {
  const char* text;
  std::int32_t months;
  std::int64_t minutes;
  const char* shortest;
};

constexpr DurationCase kDurations[] = {
    {"0m", 0, 0, "0m"},
    {"30m", 0, 30, "30m"},
    {"60m", 0, 60, "1h"},
    {"48h", 0, 2880, "2d"},
    {"72h", 0, 4320, "3d"},
    {"3d", 0, 4320, "3d"},
    {"90m", 0, 90, "90m"},
    {"1mo", 1, 0, "1mo"},
    {"12mo", 12, 0, "1y"},
    {"18mo", 18, 0, "18mo"},
    {"1y", 12, 0, "1y"},
    {"100y", 1200, 0, "100y"},
    {"1200mo", 1200, 0, "100y"},
    {"36525d", 0, 52596000, "36525d"},
    {"52596000m", 0, 52596000, "36525d"},
};

TEST(ParseDuration, ReadsEveryUnitAndFormatsTheShortestForm) {
  for (const DurationCase& row : kDurations) {
    SCOPED_TRACE(row.text);
    const absl::StatusOr<CalendarDuration> read = ParseDuration(row.text);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->months, row.months);
    EXPECT_EQ(read->exact, Millis(row.minutes * 60'000));
    EXPECT_EQ(FormatDuration(*read), row.shortest);
    EXPECT_EQ(*ParseDuration(FormatDuration(*read)), *read);
  }
}

TEST(ParseDuration, RefusesEverythingElseAndNamesTheText) {
  for (const char* text :
       {"",     "3",    "d",      "-3d",    "+3d",  "3.5d",  "3 d",         " 3d",
        "3d ",  "3D",   "3w",     "3s",     "3M",   "1d12h", "03d",         "00m",
        "0x3d", "101y", "1201mo", "36526d", "1e3d", "none",  "9999999999d", "99999999999999999999999m"}) {
    SCOPED_TRACE(text);
    const absl::StatusOr<CalendarDuration> read = ParseDuration(text);
    ASSERT_FALSE(read.ok());
    EXPECT_NE(StatusMessage(read.status()).find("\"" + std::string(text) + "\""), std::string::npos);
    EXPECT_NE(StatusMessage(read.status()).find("1mo"), std::string::npos);
  }
}

TEST(FormatDuration, PrintsMonthsAndExactPartTogether) {
  EXPECT_EQ(FormatDuration({.months = 1, .exact = std::chrono::hours(72)}), "1mo+3d");
  EXPECT_EQ(FormatDuration({.months = 0, .exact = Millis(1500)}), "1500ms");
}

struct InstantCase {
  const char* text;
  std::int64_t unix_millis;
};

constexpr InstantCase kInstants[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1969-12-31T23:59:59.999Z", -1},
    {"2000-02-29T12:34:56Z", 951827696000},
    {"2026-07-01T00:00:00Z", 1782864000000},
    {"2026-07-01T00:00:00.120Z", 1782864000120},
    {"9999-12-31T23:59:59.999Z", 253402300799999},
    {"0000-01-01T00:00:00Z", -62167219200000},
};

TEST(ParseInstant, ReadsUtcAndFormatReadsBack) {
  for (const InstantCase& row : kInstants) {
    SCOPED_TRACE(row.text);
    const absl::StatusOr<Instant> read = ParseInstant(row.text);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(ToUnixMillis(*read), row.unix_millis);
    EXPECT_EQ(FormatInstant(*read), row.text);
  }
}

TEST(ParseInstant, AcceptsShortFractions) {
  EXPECT_EQ(ToUnixMillis(*ParseInstant("1970-01-01T00:00:00.5Z")), 500);
  EXPECT_EQ(ToUnixMillis(*ParseInstant("1970-01-01T00:00:00.25Z")), 250);
}

TEST(ParseInstant, RefusesOffsetsImpossibleDatesAndLooseForms) {
  for (const char* text : {"",
                           "2026-07-01",
                           "2026-07-01T00:00:00",
                           "2026-07-01T00:00:00+00:00",
                           "2026-07-01T00:00:00z",
                           "2026-07-01t00:00:00Z",
                           "2026-07-01 00:00:00Z",
                           "2026-7-1T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-07-00T00:00:00Z",
                           "2026-07-01T24:00:00Z",
                           "2026-07-01T00:60:00Z",
                           "2026-07-01T00:00:60Z",
                           "2026-07-01T00:00:00.Z",
                           "2026-07-01T00:00:00.1234Z",
                           "2026-07-01T00:00:00ZZ",
                           "20260701T000000Z",
                           "-026-07-01T00:00:00Z"}) {
    SCOPED_TRACE(text);
    const absl::StatusOr<Instant> read = ParseInstant(text);
    ASSERT_FALSE(read.ok());
    EXPECT_NE(StatusMessage(read.status()).find("2026-07-01T00:00:00Z"), std::string::npos);
  }
}

TEST(FormatInstant, NamesTheOpenEnds) {
  EXPECT_EQ(FormatInstant(kBeginning), "beginning");
  EXPECT_EQ(FormatInstant(kForever), "forever");
}

struct CalendarCase {
  const char* name;
  const char* from;
  CalendarDuration by;
  const char* to;
};

constexpr CalendarCase kCalendar[] = {
    {"AMonth", "2026-01-15T10:20:30Z", {.months = 1}, "2026-02-15T10:20:30Z"},
    {"ClampsToTheEndOfFebruary", "2026-01-31T10:00:00Z", {.months = 1}, "2026-02-28T10:00:00Z"},
    {"ClampsToTheLeapDay", "2024-01-31T10:00:00Z", {.months = 1}, "2024-02-29T10:00:00Z"},
    {"ClampsToThirty", "2026-03-31T00:00:00.007Z", {.months = 1}, "2026-04-30T00:00:00.007Z"},
    {"AYearFromALeapDay", "2024-02-29T00:00:00Z", {.months = 12}, "2025-02-28T00:00:00Z"},
    {"FourYearsFromALeapDay", "2024-02-29T00:00:00Z", {.months = 48}, "2028-02-29T00:00:00Z"},
    {"ACenturyIsNoLeapYear", "2096-02-29T00:00:00Z", {.months = 48}, "2100-02-28T00:00:00Z"},
    {"OverTheNewYear", "2026-12-31T23:59:59.999Z", {.months = 2}, "2027-02-28T23:59:59.999Z"},
    {"BeforeTheEpoch", "1969-12-31T23:00:00Z", {.months = 2}, "1970-02-28T23:00:00Z"},
    {"MonthsFirstThenTheExactPart",
     "2026-01-31T00:00:00Z",
     {.months = 1, .exact = std::chrono::hours(24)},
     "2026-03-01T00:00:00Z"},
    {"ADayIsAlwaysTwentyFourHours", "2026-03-28T12:00:00Z", {.exact = std::chrono::hours(24)}, "2026-03-29T12:00:00Z"},
    {"Nothing", "2026-01-31T00:00:00Z", {}, "2026-01-31T00:00:00Z"},
};

TEST(AddCalendar, Rules) {
  for (const CalendarCase& row : kCalendar) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(FormatInstant(AddCalendar(*ParseInstant(row.from), row.by)), row.to);
  }
}

TEST(AddCalendar, AgreesWithTheStandardCalendarOverFiveHundredYears) {
  using std::chrono::sys_days;
  using std::chrono::year_month_day;
  const sys_days first = sys_days(std::chrono::year(1700) / 1 / 1);
  for (sys_days day = first; day < first + std::chrono::days(500 * 365); day += std::chrono::days(17)) {
    for (const int months : {1, 5, 12, 25}) {
      year_month_day expected = year_month_day(day) + std::chrono::months(months);
      if (!expected.ok()) expected = expected.year() / expected.month() / std::chrono::last;
      ASSERT_EQ(AddCalendar(Instant(day), {.months = months}), Instant(sys_days(expected)));
    }
  }
}

TEST(AddCalendar, IsTotal) {
  constexpr std::int32_t kMostMonths = std::numeric_limits<std::int32_t>::max();
  EXPECT_EQ(AddCalendar(kForever, {.months = 1}), kForever);
  EXPECT_EQ(AddCalendar(kBeginning, {.months = 1}), kBeginning);
  EXPECT_EQ(AddCalendar(kForever - Millis(1), {.months = 1}), kForever);
  EXPECT_EQ(AddCalendar(kForever - Millis(1), {.months = kMostMonths, .exact = Millis::max()}), kForever);
  EXPECT_LT(AddCalendar(kBeginning + Millis(1), {.months = kMostMonths}), kForever);
}

TEST(SaturatingAdd, KeepsOpenEndsOpenAndNeverOverflows) {
  EXPECT_EQ(SaturatingAdd(kForever, Millis(-1)), kForever);
  EXPECT_EQ(SaturatingAdd(kBeginning, Millis(1)), kBeginning);
  EXPECT_EQ(SaturatingAdd(FromUnixMillis(5), Millis::max()), kForever);
  EXPECT_EQ(SaturatingAdd(FromUnixMillis(-5), Millis::min()), kBeginning);
  EXPECT_EQ(SaturatingAdd(FromUnixMillis(5), Millis(-6)), FromUnixMillis(-1));
}

}  // namespace
}  // namespace usher
