#include "server/workbench/scenario/timeline_lines.h"

#include <algorithm>
#include <set>
#include <vector>

#include "server/core/sentences.h"

namespace usher {
namespace {

using Row = std::vector<std::string>;

std::vector<std::size_t> FeaturesOf(const Catalog& catalog, const ScenarioStep& step) {
  std::set<std::size_t> features;
  for (const FeatureExpectation& expected : step.features) features.insert(expected.request.feature);
  for (const PermissionExpectation& expected : step.permissions) {
    const std::optional<std::size_t> required = catalog.permissions[expected.permission].requires_feature;
    if (required) features.insert(*required);
  }
  return {features.begin(), features.end()};
}

std::string PlansText(const Catalog& catalog, const Segment& segment) {
  std::string text;
  for (const std::size_t plan : segment.plans) text += (text.empty() ? "" : ", ") + catalog.plans[plan].id.str();
  return text.empty() ? "-" : text;
}

std::string StateText(const FeatureState& feature) {
  std::string text = feature.value ? TextOf(*feature.value) + " " : "";
  return text.append(StateName(feature.state)).append(" ").append(ReasonName(feature.reason));
}

}  // namespace

std::string TimelineLines(const Catalog& catalog, const Timeline& timeline, Instant at, const ScenarioStep& step) {
  const std::vector<std::size_t> features = FeaturesOf(catalog, step);
  Row titles = {"  from", "plans"};
  for (const std::size_t feature : features) titles.push_back(catalog.features[feature].id.str());
  std::vector<Row> rows = {std::move(titles)};
  for (const Segment& segment : timeline.segments) {
    const bool holds = segment.from <= at && at < segment.until;
    Row row = {(holds ? "> " : "  ") + FormatInstant(segment.from), PlansText(catalog, segment)};
    for (const std::size_t feature : features) row.push_back(StateText(segment.features[feature]));
    const Row& last = rows.back();
    const bool same = rows.size() > 1 && std::equal(row.begin() + 1, row.end(), last.begin() + 1);
    if (!same) {
      rows.push_back(std::move(row));
    } else if (holds) {
      rows.back().front().front() = '>';
    }
    if (segment.provisional) rows.back().back().append(" ~");
  }
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i].resize(widths[i], ' ');
      line += row[i] + "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace usher
