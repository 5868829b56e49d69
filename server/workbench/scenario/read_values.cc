// Times and values as scenarios write them.
#include <algorithm>
#include <charconv>

#include "catalog/parse/scalars.h"
#include "server/workbench/scenario/reading.h"

namespace usher {
namespace {

// One part of an offset, `72h`, with seconds too. nullopt when it is none.
std::optional<CalendarDuration> ParsePart(std::string_view text) {
  if (text.ends_with('s')) {
    const std::string_view digits = text.substr(0, text.size() - 1);
    std::int32_t seconds = 0;
    const std::from_chars_result read = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    const bool whole = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
    if (!whole || digits.starts_with('-')) return std::nullopt;
    return CalendarDuration{.months = 0, .exact = std::chrono::seconds(seconds)};
  }
  const absl::StatusOr<CalendarDuration> duration = ParseDuration(text);
  return duration.ok() ? std::optional(*duration) : std::nullopt;
}

std::string_view FormsOf(FeatureType type) {
  switch (type) {
    case FeatureType::kBoolean: return "a boolean feature: write true or false";
    case FeatureType::kLimit: return "a limit: write a whole number or unlimited";
    case FeatureType::kMetered: return "a metered feature: write { included: 1000, cap: 5000 }, or a number for both";
    case FeatureType::kLevel: return "a level feature: write one of its levels";
    case FeatureType::kSet: return "a set: write a list of its values";
  }
  return "";
}

std::optional<Value> ReadMetered(const Node& node) {
  if (const std::optional<Limit> both = AsLimit(&node)) return Metered{.included = *both, .cap = *both};
  if (!node.IsMap()) return std::nullopt;
  const std::optional<Limit> included = AsLimit(Find(node, "included"));
  const std::optional<Limit> cap = AsLimit(Find(node, "cap"));
  if (!included || !cap) return std::nullopt;
  return Metered{.included = *included, .cap = *cap};
}

// Of a set feature. Values that it does not have are reported.
std::optional<Value> ReadSet(const Reading& reading, const Feature& feature, const Node& node) {
  if (!node.IsList()) return std::nullopt;
  ValueSet set;
  for (const Node& item : node.items) {
    const std::optional<std::string> value = AsText(&item);
    if (!value) continue;
    set.values.push_back(*value);
    if (std::ranges::binary_search(feature.set_values, *value)) continue;
    reading.findings.Add(Code::kUnknownSetValue, item.place,
                         "\"" + *value + "\" is not a value of " + feature.id.str() + "." +
                             reading.findings.DidYouMean(*value, feature.set_values));
  }
  std::ranges::sort(set.values);
  return set;
}

std::optional<Value> ReadLevel(const Reading& reading, const Feature& feature, const Node& node) {
  const std::optional<std::string> name = AsText(&node);
  if (!name) return std::nullopt;
  if (std::ranges::find(feature.levels, *name) == feature.levels.end()) {
    reading.findings.Add(Code::kUnknownLevel, node.place,
                         "\"" + *name + "\" is not a level of " + feature.id.str() + "." +
                             reading.findings.DidYouMean(*name, feature.levels));
  }
  return Level{.name = *name};
}

std::optional<Value> ValueOf(const Reading& reading, const Feature& feature, const Node& node) {
  switch (feature.type) {
    case FeatureType::kBoolean:
      if (const std::optional<bool> on = AsBoolean(&node)) return *on;
      return std::nullopt;
    case FeatureType::kLimit:
      if (const std::optional<Limit> limit = AsLimit(&node)) return *limit;
      return std::nullopt;
    case FeatureType::kMetered: return ReadMetered(node);
    case FeatureType::kLevel: return ReadLevel(reading, feature, node);
    case FeatureType::kSet: return ReadSet(reading, feature, node);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Instant> ParseScenarioTime(std::string_view text, Instant start) {
  if (!text.starts_with('+')) {
    const absl::StatusOr<Instant> instant = ParseInstant(text);
    return instant.ok() ? std::optional(*instant) : std::nullopt;
  }
  CalendarDuration months;
  Millis exact{0};
  while (!text.empty()) {
    const bool back = text.front() == '-';
    text.remove_prefix(1);
    const std::size_t end = std::min(text.find_first_of("+-"), text.size());
    const std::optional<CalendarDuration> part = ParsePart(text.substr(0, end));
    if (!part || (back && part->months > 0)) return std::nullopt;
    months.months += part->months;
    exact += back ? -part->exact : part->exact;
    text.remove_prefix(end);
  }
  return SaturatingAdd(AddCalendar(start, months), exact);
}

std::optional<Instant> ReadTime(const Reading& reading, const Node* node) {
  const std::optional<std::string> text = AsText(node);
  if (!text) return std::nullopt;
  const std::optional<Instant> time = ParseScenarioTime(*text, reading.start);
  if (!time) {
    reading.findings.Add(Code::kBadTime, node->place,
                         "\"" + text->substr(0, 80) +
                             "\" is no time: write an offset from the start such as +10d, +1mo+72h or +1mo-1h, or an "
                             "instant such as 2026-01-01T00:00:00Z.");
  }
  return time;
}

std::optional<Value> ReadValue(const Reading& reading, const Feature& feature, const Node& node) {
  std::optional<Value> value = ValueOf(reading, feature, node);
  if (!value && !node.refused) {
    reading.findings.Add(Code::kValueOfOtherType, node.place,
                         "Here stands " + Describe(node) + ", but " + feature.id.str() + " is " +
                             std::string(FormsOf(feature.type)) + ".");
  }
  return value;
}

std::optional<std::size_t> ReferFeature(const Reading& reading, std::string_view name, Place place) {
  const std::optional<std::size_t> feature = FindFeature(reading.catalog, name);
  if (!feature) {
    std::vector<std::string> names;
    for (const Feature& each : reading.catalog.features) names.push_back(each.id.str());
    reading.findings.Add(Code::kUnknownFeature, place,
                         "The catalog has no feature \"" + std::string(name.substr(0, 80)) + "\"." +
                             reading.findings.DidYouMean(name, names));
  }
  return feature;
}

}  // namespace usher
