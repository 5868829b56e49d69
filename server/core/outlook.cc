#include "server/core/outlook.h"

#include <algorithm>
#include <functional>

#include "server/core/judge.h"

namespace usher {
namespace {

// Clocks of one moment may differ by so much.
constexpr Millis kSkew = std::chrono::minutes(5);

void Mix(std::size_t& hash, std::size_t more) { hash ^= more + 0x9e3779b97f4a7c15 + (hash << 6) + (hash >> 2); }

std::size_t HashText(std::string_view text) { return std::hash<std::string_view>{}(text); }

void Mix(std::size_t& hash, const Limit& limit) {
  Mix(hash, limit.unlimited ? ~std::size_t{0} : static_cast<std::size_t>(limit.amount));
}

void Mix(std::size_t& hash, const Value& value) {
  Mix(hash, value.index());
  if (const auto* boolean = std::get_if<bool>(&value)) {
    Mix(hash, static_cast<std::size_t>(*boolean));
  } else if (const auto* limit = std::get_if<Limit>(&value)) {
    Mix(hash, *limit);
  } else if (const auto* metered = std::get_if<Metered>(&value)) {
    Mix(hash, metered->included);
    Mix(hash, metered->cap);
  } else if (const auto* level = std::get_if<Level>(&value)) {
    Mix(hash, HashText(level->name));
  } else {
    for (const std::string& member : std::get<ValueSet>(value).values) Mix(hash, HashText(member));
  }
}

// The longest time that a check looks back. A month has at most 31 days.
Millis LookBack(const Catalog& catalog) {
  Millis longest{0};
  for (const Feature& feature : catalog.features) {
    const CalendarDuration& after = feature.over_limit.after;
    longest = std::max(longest, after.exact + std::chrono::days(31) * after.months);
  }
  return longest;
}

// One feature of an outlook.
class FeatureOfOutlook {
 public:
  FeatureOfOutlook(const Outlook& outlook, std::size_t feature) : outlook_(outlook), feature_(feature) {}

  const Holding& holding(std::size_t step) const { return *(*outlook_.course)[step].holdings->features[feature_]; }

  std::size_t count() const { return outlook_.starts.size(); }
  Instant from(std::size_t step) const { return outlook_.starts[step]; }
  bool provisional(std::size_t step) const { return (*outlook_.course)[step].provisional; }
  const Value* value(std::size_t step) const {
    const std::optional<Value>& held = holding(step).value;
    return held ? &*held : nullptr;
  }
  bool same(std::size_t a, std::size_t b) const {
    const Holding& one = holding(a);
    const Holding& other = holding(b);
    return &one == &other || (one.state == other.state && one.value == other.value);
  }

 private:
  const Outlook& outlook_;
  const std::size_t feature_;
};

}  // namespace

bool operator==(const HoldingView& a, const HoldingView& b) {
  if (a.state != b.state || a.reason != b.reason || a.plan != b.plan || a.price != b.price) return false;
  return a.value == nullptr || b.value == nullptr ? a.value == b.value : *a.value == *b.value;
}

Holding::Holding(const HoldingView& view) : state(view.state), reason(view.reason), plan(view.plan), price(view.price) {
  if (view.value != nullptr) value = *view.value;
}

std::size_t HashOf(const HoldingView& holding) {
  std::size_t hash = static_cast<std::size_t>(holding.state) * 64 + static_cast<std::size_t>(holding.reason);
  if (holding.value != nullptr) Mix(hash, *holding.value);
  Mix(hash, HashText(holding.plan));
  Mix(hash, HashText(holding.price));
  return hash;
}

std::size_t HashOf(const Holdings& holdings) {
  std::size_t hash = holdings.features.size();
  for (const Holding* holding : holdings.features) Mix(hash, std::hash<const Holding*>{}(holding));
  return hash;
}

std::size_t HashOf(const Course& course) {
  std::size_t hash = course.size();
  for (const Leg& leg : course) {
    Mix(hash, std::hash<const Holdings*>{}(leg.holdings));
    Mix(hash, static_cast<std::size_t>(leg.provisional));
  }
  return hash;
}

HoldingView HoldingOf(const Segment& segment, std::size_t feature) {
  const FeatureState& state = segment.features[feature];
  HoldingView holding{.state = state.state,
                      .reason = state.reason,
                      .value = state.value ? &*state.value : nullptr,
                      .plan = "",
                      .price = ""};
  if (state.sources.empty()) return holding;
  const SourceRef& first = segment.sources[state.sources.front()];
  holding.plan = first.plan;
  holding.price = first.price.str();
  return holding;
}

Instant NeededFrom(const Catalog& catalog, std::optional<Instant> frozen_at, Instant now) {
  return SaturatingAdd(frozen_at.value_or(now), -(kSkew + LookBack(catalog)));
}

std::size_t FirstNeeded(const Catalog& catalog, const Timeline& timeline, Instant now) {
  const Instant needed = NeededFrom(catalog, timeline.frozen_at, now);
  return static_cast<std::size_t>(&SegmentAt(timeline, needed) - timeline.segments.data());
}

bool Covers(const Catalog& catalog, const Outlook& outlook, const CheckRequest& request, Instant at) {
  const Instant begins = outlook.starts.front();
  if (begins == kBeginning) return true;
  const CalendarDuration& back = catalog.features[request.feature].over_limit.after;
  return (request.current_usage ? AddCalendar(begins, back) : begins) <= at;
}

Instant EvaluationInstant(const Outlook& outlook, Instant now) {
  return EvaluationInstant(outlook.frozen_at, outlook.newest_fact, now);
}

Verdict Judge(const Catalog& catalog, const Outlook& outlook, const CheckRequest& request, Instant at) {
  const auto later = std::upper_bound(outlook.starts.begin(), outlook.starts.end(), at);
  const auto step = static_cast<std::size_t>(later - outlook.starts.begin()) - 1;
  const FeatureOfOutlook form(outlook, request.feature);
  const Holding& holding = form.holding(step);
  const FeatureNow now{.state = holding.state,
                       .reason = holding.reason,
                       .value = form.value(step),
                       .plan = holding.plan,
                       .price = holding.price,
                       .valid = ValidUntilIn(form, step),
                       .tenant_known = outlook.known};
  return JudgeFeature(catalog.features[request.feature], now, request, at,
                      [&](std::int64_t used) { return OverSinceIn(form, step, used, at); });
}

}  // namespace usher
