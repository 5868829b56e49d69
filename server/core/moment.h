// The instant a rule is evaluated at, and functions of time that are constant between changes.
//
// Rules compare instants with "now" only by asking a Moment, which remembers the least instant that was asked about and
// not yet reached. Until then no answer it gave can change, so no result derived from them can either: whoever wants
// the whole function of time jumps from one remembered instant to the next, and no boundary can be forgotten.
// Facts of the future are invisible because their own time is not reached: causality needs no rule of its own.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "catalog/time.h"

namespace usher {

class Moment {
 public:
  explicit Moment(Instant t) : t_(t) {}

  // t >= x.
  bool Reached(Instant x) { return Compare(x, false); }
  // The same for an end that exists only because nothing happens before it: a grace or a hold that runs out.
  bool RanOut(Instant x) { return Compare(x, true); }

  // The first instant at which an answer of this moment becomes another, kForever when none ever does.
  Instant next() const { return next_; }
  bool next_is_provisional() const { return next_is_provisional_; }

 private:
  bool Compare(Instant x, bool provisional) {
    if (x <= t_) return true;
    if (x < next_) {
      next_ = x;
      next_is_provisional_ = provisional;
    } else if (x == next_) {
      next_is_provisional_ = next_is_provisional_ || provisional;
    }
    return false;
  }

  const Instant t_;
  Instant next_ = kForever;
  bool next_is_provisional_ = false;
};

// What something amounts to from an instant on.
template <class T>
struct Step {
  Instant from{};
  T state;
  friend bool operator==(const Step&, const Step&) = default;
};

// A piecewise constant function of time: ascending by `from`, neighbours differ. Before the first step it is T{}.
template <class T>
using Steps = std::vector<Step<T>>;

// The step that holds `moment`, null before the first.
template <class T>
const Step<T>* StepAt(const Steps<T>& steps, Moment& moment) {
  const Step<T>* found = nullptr;
  for (const Step<T>& step : steps) {
    if (!moment.Reached(step.from)) break;
    found = &step;
  }
  return found;
}

template <class T>
const T& StateIn(const Steps<T>& steps, Moment& moment) {
  static const T kNothing{};
  const Step<T>* step = StepAt(steps, moment);
  return step == nullptr ? kNothing : step->state;
}

// The whole of `at_moment`, a pure function of its Moment.
template <class Function>
auto StepsOf(Function&& at_moment) {
  using T = decltype(at_moment(std::declval<Moment&>()));
  Steps<T> steps;
  for (Instant t = kBeginning;;) {
    Moment moment(t);
    T state = at_moment(moment);
    if (state != (steps.empty() ? T{} : steps.back().state)) steps.push_back({t, std::move(state)});
    if (moment.next() == kForever) return steps;
    t = moment.next();
  }
}

}  // namespace usher
