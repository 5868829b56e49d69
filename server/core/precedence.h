// Who has the last word: operator suspension, overrides, sources, default plans (R13).
#pragma once

#include "server/core/bound_trace.h"
#include "server/core/timeline.h"

namespace usher {

// The answer for every feature at a moment; `from`, `until` and `provisional` are the caller's.
Segment SegmentAtMoment(const BoundTrace& bound, Moment& moment);

}  // namespace usher
