// A tenant's timeline, drawn as text. Pure.
//
// A row for the plans and one for each feature; a column for each stretch in which nothing changes, in order and not to
// scale, in bands when they do not fit beside each other. Below: what the shades mean, and why each stretch is as it
// is.
#pragma once

#include <cstddef>
#include <string>

#include "usher/v1/entitlement.pb.h"

namespace usher {

struct TimelineStyle {
  std::size_t columns = 100;  // no line is longer
  bool colors = false;
};

std::string DrawTimeline(const std::string& tenant, const v1::GetTimelineResponse& timeline,
                         const TimelineStyle& style);

}  // namespace usher
