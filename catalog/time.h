// Points in time, calendar durations and their text forms. Pure: nobody here asks what time it is.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace usher {

using Millis = std::chrono::milliseconds;

// A point in time, UTC, in whole milliseconds since 1970-01-01T00:00:00Z.
using Instant = std::chrono::sys_time<Millis>;

// The open ends of time. A timeline runs from kBeginning to kForever.
inline constexpr Instant kBeginning = Instant::min();
inline constexpr Instant kForever = Instant::max();

constexpr Instant FromUnixSeconds(std::int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }
constexpr Instant FromUnixMillis(std::int64_t millis) { return Instant(Millis(millis)); }
constexpr std::int64_t ToUnixMillis(Instant at) { return at.time_since_epoch().count(); }

// `at + by`, held inside [kBeginning, kForever]: an open end stays open and nothing overflows.
Instant SaturatingAdd(Instant at, Millis by);

// A length of time as the catalog writes it: calendar months plus an exact part. Never negative.
struct CalendarDuration {
  std::int32_t months = 0;
  Millis exact{0};

  friend auto operator<=>(const CalendarDuration&, const CalendarDuration&) = default;
};

// `at` plus `by`: the months first, the day clamped to the end of the month reached (UTC), then the exact part.
// 31 January + 1 month is 28 or 29 February. Saturates as SaturatingAdd does.
Instant AddCalendar(Instant at, CalendarDuration by);

// Parses `30m`, `48h`, `3d`, `1mo`, `1y` (one number, one unit, whole and not negative, at most 100 years).
// The error names the text and the accepted units.
absl::StatusOr<CalendarDuration> ParseDuration(std::string_view text);

// The shortest form that ParseDuration reads back to the same value, `0m` for nothing. A value with both months and
// an exact part, which ParseDuration never makes, prints as `1mo+3d`.
std::string FormatDuration(CalendarDuration duration);

// Parses RFC 3339 in UTC, `2026-07-01T00:00:00Z` with optional fraction of up to three digits. The offset must be Z:
// a catalog that means different instants in different places is a mistake.
absl::StatusOr<Instant> ParseInstant(std::string_view text);

// `2026-07-01T00:00:00Z`, with `.123` before the Z only when there are milliseconds. `beginning` and `forever` for
// the open ends.
std::string FormatInstant(Instant at);

}  // namespace usher
