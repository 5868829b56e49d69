#include "clients/cli/timeline_text.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "clients/cli/paint.h"
#include "clients/cli/table.h"
#include "clients/cli/words.h"

namespace usher {
namespace {

constexpr std::size_t kLeastColumn = 12;  // a date or a word such as `suspended`, and a gap
constexpr std::size_t kMostColumn = 16;
constexpr std::size_t kDate = 10;  // 2026-11-21

// What a row shows during one segment.
struct Mark {
  v1::AccessState state = v1::ACCESS_STATE_UNSPECIFIED;
  std::string label;

  friend bool operator==(const Mark&, const Mark&) = default;
};

struct Row {
  std::string name;
  std::vector<Mark> marks;  // one per segment
};

// The title of a column: a date where it differs from the one before, and a time of day.
struct Title {
  std::string date;
  std::string time;
};

// Consecutive columns that fit beside each other.
struct Band {
  std::size_t first = 0;
  std::vector<std::size_t> widths;
};

std::string_view Shade(v1::AccessState state) {
  switch (state) {
    case v1::ACCESS_STATE_GRANTED: return "█";
    case v1::ACCESS_STATE_TRIAL: return "▓";
    case v1::ACCESS_STATE_GRACE: return "▒";
    case v1::ACCESS_STATE_SUSPENDED: return "╳";
    case v1::ACCESS_STATE_HELD: return "░";
    case v1::ACCESS_STATE_PAYMENT_REQUIRED: return "◌";
    case v1::ACCESS_STATE_EXPIRED: return "─";
    default: return "·";
  }
}

std::string MarkWord(v1::AccessState state) {
  switch (state) {
    case v1::ACCESS_STATE_PAYMENT_REQUIRED: return "unpaid";
    case v1::ACCESS_STATE_NOT_IN_PLAN: return "";
    default: return StateWord(state);
  }
}

std::vector<Row> RowsOf(const v1::GetTimelineResponse& timeline) {
  std::vector<Row> rows(1);
  rows[0].name = "plans";
  for (const v1::Segment& segment : timeline.segments()) {
    std::string plans;
    for (const std::string& plan : segment.plans()) plans += (plans.empty() ? "" : ", ") + plan;
    rows[0].marks.push_back(
        {plans.empty() ? v1::ACCESS_STATE_NOT_IN_PLAN : v1::ACCESS_STATE_UNSPECIFIED, std::move(plans)});
    for (int i = 0; i < segment.entitlements_size(); ++i) {
      const v1::SegmentEntitlement& entitlement = segment.entitlements(i);
      const auto at = static_cast<std::size_t>(i) + 1;
      if (rows.size() == at) rows.push_back({entitlement.feature(), {}});
      std::string value = ShortValueText(entitlement.value());
      rows[at].marks.push_back({entitlement.state(), value.empty() ? MarkWord(entitlement.state()) : std::move(value)});
    }
  }
  return rows;
}

std::vector<Title> TitlesOf(const v1::GetTimelineResponse& timeline) {
  std::vector<Title> titles;
  std::string last_date;
  for (const v1::Segment& segment : timeline.segments()) {
    if (!segment.has_starts_at()) {
      titles.push_back({timeline.segments_size() == 1 ? "always" : "before", ""});
      continue;
    }
    const std::string at = TimeText(segment.starts_at());
    const std::string date = at.substr(0, kDate);
    titles.push_back({date == last_date ? "" : date, at.substr(kDate + 1, 8)});
    last_date = date;
  }
  return titles;
}

// As many columns a band as fit, widened to fill it as far as that helps reading.
std::vector<Band> BandsOf(const std::vector<Title>& titles, std::size_t available) {
  std::vector<Band> bands;
  std::size_t used = 0;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    if (bands.empty() || used + kLeastColumn > available) {
      bands.push_back({i, {}});
      used = 0;
    }
    bands.back().widths.push_back(kLeastColumn);
    used += kLeastColumn;
  }
  for (Band& band : bands) {
    const std::size_t even = available / band.widths.size();
    for (std::size_t& width : band.widths) width = std::clamp(even, kLeastColumn, kMostColumn);
  }
  return bands;
}

// A stretch of equal marks: a shade, the label, and shades up to the last column, which stays free.
std::string DrawStretch(const Mark& mark, std::size_t width, bool colors) {
  const std::size_t room = width - 1;
  const Ink ink = StateInk(mark.state);
  if (mark.state == v1::ACCESS_STATE_UNSPECIFIED) {  // a plan: a name on a line
    const std::string name = Fit(mark.label, room);
    std::string line = name;
    if (Columns(name) + 2 <= room) {
      line += " ";
      for (std::size_t i = Columns(name) + 1; i < room; ++i) line += "━";
    }
    return Paint(line, Ink::kBold, colors) + " ";
  }
  const std::string shade(Shade(mark.state));
  std::string line = shade;
  std::size_t drawn = 1;
  if (!mark.label.empty()) {
    const bool spaced = Columns(mark.label) + 2 <= room;
    const std::string label = Fit(mark.label, room - (spaced ? 2 : 1));
    line += (spaced ? " " : "") + label;
    drawn += Columns(label) + (spaced ? 1 : 0);
    if (drawn + 2 <= room) {
      line += " ";
      ++drawn;
    }
  }
  const bool ends_with_label = drawn + 1 == room && !mark.label.empty();
  for (; drawn < room && !ends_with_label; ++drawn) line += shade;
  if (ends_with_label) line += " ";
  return Paint(line, ink, colors) + " ";
}

void DrawRow(std::ostream& out, const Row& row, const Band& band, std::size_t name_width, bool colors) {
  std::string line = row.name + std::string(name_width - Columns(row.name), ' ');
  for (std::size_t i = 0; i < band.widths.size();) {
    const Mark& mark = row.marks[band.first + i];
    std::size_t width = 0;
    for (; i < band.widths.size() && row.marks[band.first + i] == mark; ++i) width += band.widths[i];
    line += DrawStretch(mark, width, colors);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out << line << "\n";
}

void DrawTitles(std::ostream& out, const std::vector<Title>& titles, const Band& band, std::optional<std::size_t> now,
                std::size_t name_width, bool colors) {
  std::string lines[3] = {std::string(name_width, ' '), std::string(name_width, ' '), std::string(name_width, ' ')};
  std::size_t start = name_width;
  for (std::size_t i = 0; i < band.widths.size(); ++i) {
    const Title& title = titles[band.first + i];
    // The first column of a later band says its date again.
    std::string date = title.date;
    for (std::size_t back = band.first; i == 0 && date.empty() && back-- > 0;) date = titles[back].date;
    if (now == band.first + i) lines[0].append(start - Columns(lines[0]), ' ').append("▼ now");
    if (!date.empty()) lines[1].append(start - std::min(start, lines[1].size()), ' ').append(date);
    lines[2].append(start - lines[2].size(), ' ').append(title.time);
    start += band.widths[i];
  }
  for (std::string& line : lines) {
    line.erase(line.find_last_not_of(' ') + 1);
    if (!line.empty()) out << Paint(line, Ink::kDim, colors) << "\n";
  }
}

void DrawLegend(std::ostream& out, const std::vector<Row>& rows, std::size_t columns, bool colors) {
  std::set<v1::AccessState> seen;
  for (const Row& row : rows) {
    for (const Mark& mark : row.marks) {
      if (mark.state != v1::ACCESS_STATE_UNSPECIFIED) seen.insert(mark.state);
    }
  }
  std::size_t used = 0;
  for (const v1::AccessState state : seen) {
    const std::string word = (state == v1::ACCESS_STATE_PAYMENT_REQUIRED ? "unpaid: " : "") + StateWord(state);
    const std::size_t width = 3 + Columns(word);
    if (used > 0 && used + 3 + width > columns) {
      out << "\n";
      used = 0;
    }
    out << (used > 0 ? "   " : "");
    const std::string shade(Shade(state));
    out << Paint(shade + shade, StateInk(state), colors) << " " << word;
    used += width + 3;
  }
  out << "\n";
}

// A line for everything that a segment rests on and the one before did not.
void DrawReasons(std::ostream& out, const v1::GetTimelineResponse& timeline, std::size_t columns, bool colors) {
  Table table({"from", "plan", "is", "because", "by"});
  std::set<std::string> before;
  for (const v1::Segment& segment : timeline.segments()) {
    std::set<std::string> here;
    std::string from = segment.has_starts_at() ? TimeText(segment.starts_at()) : "before";
    for (const v1::Source& source : segment.sources()) {
      const std::string what = source.SerializeAsString();
      here.insert(what);
      if (before.contains(what)) continue;
      const std::string plan = source.plan().empty() ? source.price() : source.plan();
      table.Add({{std::exchange(from, "")},
                 {plan},
                 {StateWord(source.state()), StateInk(source.state())},
                 {ReasonWord(source.reason())},
                 {source.name()}});
    }
    before = std::move(here);
  }
  if (table.empty()) return;
  std::ostringstream lines;
  table.Print(lines, colors);
  std::istringstream read(lines.str());
  for (std::string line; std::getline(read, line);) out << (colors ? line : Fit(line, columns)) << "\n";
}

}  // namespace

std::string DrawTimeline(const std::string& tenant, const v1::GetTimelineResponse& timeline,
                         const TimelineStyle& style) {
  const std::vector<Row> rows = RowsOf(timeline);
  const std::vector<Title> titles = TitlesOf(timeline);
  std::size_t name_width = 0;
  for (const Row& row : rows) name_width = std::max(name_width, Columns(row.name) + 2);

  std::optional<std::size_t> now;
  for (int i = 0; i < timeline.segments_size(); ++i) {
    const v1::Segment& segment = timeline.segments(i);
    const Instant at = ToInstant(timeline.evaluated_at());
    const bool started = !segment.has_starts_at() || ToInstant(segment.starts_at()) <= at;
    const bool ended = segment.has_ends_at() && ToInstant(segment.ends_at()) <= at;
    if (started && !ended) now = static_cast<std::size_t>(i);
  }

  std::ostringstream out;
  out << Paint(tenant, Ink::kBold, style.colors) << "\n"
      << Wrap("as of " + TimeText(timeline.evaluated_at()) + ", ledger version " +
                  std::to_string(timeline.tenant_version()) + ", catalog generation " +
                  std::to_string(timeline.generation()),
              style.columns, "")
      << "\n";
  for (const Band& band : BandsOf(titles, style.columns - name_width)) {
    out << "\n";
    DrawTitles(out, titles, band, now, name_width, style.colors);
    for (const Row& row : rows) DrawRow(out, row, band, name_width, style.colors);
  }
  out << "\n";
  DrawLegend(out, rows, style.columns, style.colors);
  out << "\n";
  DrawReasons(out, timeline, style.columns, style.colors);
  return out.str();
}

}  // namespace usher
