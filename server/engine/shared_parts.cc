#include "server/engine/shared_parts.h"

#include <utility>

namespace usher {

// A part is new only within something new, which holds it: so nothing stays that nobody holds.
const Holdings* SharedParts::FindHoldings(const Segment& segment) {
  Holdings holdings;
  holdings.features.reserve(segment.features.size());
  for (std::size_t feature = 0; feature < segment.features.size(); ++feature) {
    holdings.features.push_back(features_.Find(HoldingOf(segment, feature)).first);
  }
  const auto [shared, is_new] = holdings_.Find(holdings);
  if (is_new) {
    for (const Holding* feature : shared->features) features_.Hold(feature);  // once, however many hold the whole
  }
  return shared;
}

void SharedParts::DropHoldings(const Holdings* holdings, RetiredParts& retired) {
  PartTable<Holdings>::Node node = holdings_.Drop(holdings);
  if (node.empty()) return;
  for (const Holding* feature : node.value().features) {
    PartTable<Holding>::Node unheld = features_.Drop(feature);
    if (!unheld.empty()) retired.holdings_of_features.push_back(std::move(unheld));
  }
  retired.holdings.push_back(std::move(node));
}

const Course* SharedParts::Take(const Timeline& timeline, std::size_t first, std::vector<Instant>& starts) {
  const MutexLock lock(mutex_);
  Course course;
  for (std::size_t i = first; i < timeline.segments.size(); ++i) {
    const Segment& segment = timeline.segments[i];
    const Holdings* holdings = FindHoldings(segment);
    // Neighbours that differ in their sources only are one leg.
    if (!course.empty() && course.back().holdings == holdings) {
      course.back().provisional = segment.provisional;
      continue;
    }
    course.push_back({.holdings = holdings, .provisional = segment.provisional});
    starts.push_back(segment.from);
  }
  const auto [shared, is_new] = courses_.Find(course);
  if (is_new) {
    for (const Leg& leg : *shared) holdings_.Hold(leg.holdings);
  }
  courses_.Hold(shared);
  return shared;
}

void SharedParts::Drop(const Course* course, RetiredParts& retired) {
  const MutexLock lock(mutex_);
  PartTable<Course>::Node node = courses_.Drop(course);
  if (node.empty()) return;
  for (const Leg& leg : node.value()) DropHoldings(leg.holdings, retired);
  retired.courses.push_back(std::move(node));
}

std::size_t SharedParts::size() const {
  const MutexLock lock(mutex_);
  return features_.size() + holdings_.size() + courses_.size();
}

}  // namespace usher
