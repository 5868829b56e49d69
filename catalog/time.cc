#include "catalog/time.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

using std::chrono::days;
using std::chrono::floor;

constexpr std::int64_t kMillisPerDay = 24LL * 60 * 60 * 1000;
constexpr std::int64_t kMaxYears = 100;

// A date of the proleptic Gregorian calendar. Not std::chrono::year_month_day, whose years end at 32767 while an
// Instant reaches 292 million: arithmetic on instants must be total.
struct CivilDate {
  std::int64_t year = 0;
  int month = 1;  // 1-12
  int day = 1;    // 1-31
};

// Both directions count in eras of 400 years from 1 March of year 0, when the leap day is the last day of its year.
constexpr std::int64_t kDaysPerEra = 146097;
constexpr std::int64_t kEpochFromMarchZero = 719468;

constexpr std::int64_t FloorDiv(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int64_t DaysFromCivil(const CivilDate& date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = FloorDiv(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - kEpochFromMarchZero;
}

CivilDate CivilFromDays(std::int64_t days_since_epoch) {
  const std::int64_t shifted = days_since_epoch + kEpochFromMarchZero;
  const std::int64_t era = FloorDiv(shifted, kDaysPerEra);
  const std::int64_t day_of_era = shifted - era * kDaysPerEra;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (kDaysPerEra - 1)) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int march_month = static_cast<int>((5 * day_of_year + 2) / 153);
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * march_month + 2) / 5 + 1);
  date.month = march_month < 10 ? march_month + 3 : march_month - 9;
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

constexpr bool IsLeap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr int DaysInMonth(std::int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

Instant AddMonths(Instant at, std::int32_t months) {
  const std::int64_t today = floor<days>(at).time_since_epoch().count();
  const CivilDate from = CivilFromDays(today);
  const std::int64_t month_index = from.year * 12 + (from.month - 1) + months;
  CivilDate to;
  to.year = FloorDiv(month_index, 12);
  to.month = static_cast<int>(month_index - to.year * 12) + 1;
  to.day = std::min(from.day, DaysInMonth(to.year, to.month));
  // 2^31 months are fewer than 6e18 ms, so the product fits.
  return SaturatingAdd(at, Millis((DaysFromCivil(to) - today) * kMillisPerDay));
}

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

absl::Status BadDuration(std::string_view text) {
  return InvalidArgument(
      "\"" + std::string(text) +
      "\" is not a duration: write one whole number and one unit, of m (minutes), h, d, mo (calendar "
      "months) and y, such as 30m, 48h, 3d, 1mo or 1y; at most 100y");
}

absl::Status BadInstant(std::string_view text) {
  return InvalidArgument("\"" + std::string(text) +
                         "\" is not a time: write it in UTC as 2026-07-01T00:00:00Z, with at most three digits of a "
                         "second and Z instead of an offset");
}

// Reads exactly `count` digits at `position` and moves it; nullopt when there are fewer.
std::optional<int> TakeDigits(std::string_view text, std::size_t& position, std::size_t count) {
  if (position + count > text.size()) return std::nullopt;
  int number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[position + i];
    if (!IsDigit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  position += count;
  return number;
}

bool TakeChar(std::string_view text, std::size_t& position, char expected) {
  if (position >= text.size() || text[position] != expected) return false;
  ++position;
  return true;
}

// The optional fraction of a second in milliseconds; nullopt when it is malformed.
std::optional<int> TakeFraction(std::string_view text, std::size_t& position) {
  if (position >= text.size() || text[position] != '.') return 0;
  ++position;
  int millis = 0;
  int scale = 100;
  std::size_t digits = 0;
  for (; position < text.size() && IsDigit(text[position]) && digits < 3; ++position, ++digits, scale /= 10) {
    millis += (text[position] - '0') * scale;
  }
  if (digits == 0) return std::nullopt;
  return millis;
}

std::string FormatExact(Millis exact) {
  struct Unit {
    std::int64_t millis;
    const char* name;
  };
  constexpr std::array<Unit, 4> kUnits = {{{kMillisPerDay, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}}};
  const std::int64_t millis = exact.count();
  if (millis == 0) return "0m";
  for (const Unit& unit : kUnits) {
    if (millis % unit.millis == 0) return std::to_string(millis / unit.millis) + unit.name;
  }
  return std::to_string(millis) + "ms";
}

}  // namespace

Instant SaturatingAdd(Instant at, Millis by) {
  if (at == kBeginning || at == kForever) return at;
  std::int64_t sum = 0;
  if (__builtin_add_overflow(ToUnixMillis(at), static_cast<std::int64_t>(by.count()), &sum)) {
    return by.count() > 0 ? kForever : kBeginning;
  }
  return FromUnixMillis(sum);
}

Instant AddCalendar(Instant at, CalendarDuration by) {
  if (at == kBeginning || at == kForever) return at;
  return SaturatingAdd(by.months == 0 ? at : AddMonths(at, by.months), by.exact);
}

absl::StatusOr<CalendarDuration> ParseDuration(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  // Nine digits hold a hundred years of minutes; a leading zero would be octal elsewhere in YAML.
  if (digits == 0 || digits > 9 || (digits > 1 && text[0] == '0')) return BadDuration(text);
  std::int64_t number = 0;
  for (std::size_t i = 0; i < digits; ++i) number = number * 10 + (text[i] - '0');
  const std::string_view unit = text.substr(digits);

  std::int64_t months = 0;
  std::int64_t minutes = 0;
  if (unit == "m") {
    minutes = number;
  } else if (unit == "h") {
    minutes = number * 60;
  } else if (unit == "d") {
    minutes = number * 24 * 60;
  } else if (unit == "mo") {
    months = number;
  } else if (unit == "y") {
    months = number * 12;
  } else {
    return BadDuration(text);
  }
  constexpr std::int64_t kMaxMinutes = kMaxYears * 36525 / 100 * 24 * 60;
  if (months > kMaxYears * 12 || minutes > kMaxMinutes) return BadDuration(text);
  return CalendarDuration{.months = static_cast<std::int32_t>(months), .exact = Millis(minutes * 60'000)};
}

std::string FormatDuration(CalendarDuration duration) {
  if (duration.months == 0) return FormatExact(duration.exact);
  const std::string months =
      duration.months % 12 == 0 ? std::to_string(duration.months / 12) + "y" : std::to_string(duration.months) + "mo";
  return duration.exact.count() == 0 ? months : months + "+" + FormatExact(duration.exact);
}

absl::StatusOr<Instant> ParseInstant(std::string_view text) {
  std::size_t at = 0;
  const std::optional<int> year = TakeDigits(text, at, 4);
  const bool dash1 = TakeChar(text, at, '-');
  const std::optional<int> month = TakeDigits(text, at, 2);
  const bool dash2 = TakeChar(text, at, '-');
  const std::optional<int> day = TakeDigits(text, at, 2);
  const bool separator = TakeChar(text, at, 'T');
  const std::optional<int> hour = TakeDigits(text, at, 2);
  const bool colon1 = TakeChar(text, at, ':');
  const std::optional<int> minute = TakeDigits(text, at, 2);
  const bool colon2 = TakeChar(text, at, ':');
  const std::optional<int> second = TakeDigits(text, at, 2);
  if (!year || !dash1 || !month || !dash2 || !day || !separator || !hour || !colon1 || !minute || !colon2 || !second) {
    return BadInstant(text);
  }
  const std::optional<int> millis = TakeFraction(text, at);
  const bool ends_in_utc = TakeChar(text, at, 'Z') && at == text.size();
  if (!millis || !ends_in_utc || *month < 1 || *month > 12 || *day < 1 || *day > DaysInMonth(*year, *month) ||
      *hour > 23 || *minute > 59 || *second > 59) {
    return BadInstant(text);
  }
  const std::int64_t day_number = DaysFromCivil({.year = *year, .month = *month, .day = *day});
  return FromUnixMillis(day_number * kMillisPerDay + ((*hour * 60LL + *minute) * 60 + *second) * 1000 + *millis);
}

std::string FormatInstant(Instant at) {
  if (at == kBeginning) return "beginning";
  if (at == kForever) return "forever";
  const std::int64_t day_number = floor<days>(at).time_since_epoch().count();
  const CivilDate date = CivilFromDays(day_number);
  const std::int64_t of_day = ToUnixMillis(at) - day_number * kMillisPerDay;
  const std::int64_t seconds = of_day / 1000;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04lld-%02d-%02dT%02d:%02d:%02d", static_cast<long long>(date.year),
                date.month, date.day, static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
                static_cast<int>(seconds % 60));
  std::string result(text.data());
  if (of_day % 1000 != 0) {
    std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(of_day % 1000));
    result += text.data();
  }
  return result + "Z";
}

}  // namespace usher
