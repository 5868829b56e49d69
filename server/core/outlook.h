// What a check needs of a timeline from an instant on, in parts that many tenants share.
//
// A timeline has everything; an outlook leaves out the past, which nobody who asks about now needs, and the sources,
// which differ from tenant to tenant. What remains is mostly the same for all tenants on one plan, so it is told in
// parts that compare and hash by content and can be kept once for all of them (engine/shared_parts.h). What is a
// tenant's own are the instants. Pure values and views; who made the parts keeps them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model.h"
#include "catalog/time.h"
#include "catalog/value.h"
#include "server/core/check.h"
#include "server/core/timeline.h"

namespace usher {

// One feature during one segment, as something else keeps it.
struct HoldingView {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  const Value* value = nullptr;  // null: none
  std::string_view plan;         // of the first source that agrees with the state
  std::string_view price;        // of the same
};
bool operator==(const HoldingView& a, const HoldingView& b);

// The same, kept.
struct Holding {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  std::optional<Value> value;
  std::string plan;
  std::string price;

  explicit Holding(const HoldingView& view);
  operator HoldingView() const {  // NOLINT(google-explicit-constructor): one form is compared and hashed
    return {.state = state, .reason = reason, .value = value ? &*value : nullptr, .plan = plan, .price = price};
  }
};

// All features during one segment.
struct Holdings {
  std::vector<const Holding*> features;  // one per Catalog::features

  friend bool operator==(const Holdings&, const Holdings&) = default;
};

// A segment without its instants.
struct Leg {
  const Holdings* holdings = nullptr;
  bool provisional = false;  // it ends because nothing happened

  friend bool operator==(const Leg&, const Leg&) = default;
};

// The segments in their order, without their instants. Never empty; the last one does not end.
using Course = std::vector<Leg>;

struct Outlook {
  const Course* course = nullptr;
  std::span<const Instant> starts;  // of each leg, ascending; the first is where the outlook begins
  Instant newest_fact = kBeginning;
  std::optional<Instant> frozen_at{};
  bool known = false;
};

// Equal content has equal hashes; those of the parts compare by identity, as their ==.
std::size_t HashOf(const HoldingView& holding);
std::size_t HashOf(const Holdings& holdings);
std::size_t HashOf(const Course& course);

HoldingView HoldingOf(const Segment& segment, std::size_t feature);

// From when on a check at `now` or later needs to know a timeline: the present, with the time before it that
// `over_limit.after` looks back over, and some minutes for clocks that differ. A test clock's tenant, whose clock
// stands at `frozen_at`, is looked at there.
Instant NeededFrom(const Catalog& catalog, std::optional<Instant> frozen_at, Instant now);

// The segment of `timeline` that holds that instant.
std::size_t FirstNeeded(const Catalog& catalog, const Timeline& timeline, Instant now);

// Whether `outlook` can answer `request` at `at` as the whole timeline would.
bool Covers(const Catalog& catalog, const Outlook& outlook, const CheckRequest& request, Instant at);

// As for the timeline that the outlook is of.
Instant EvaluationInstant(const Outlook& outlook, Instant now);

// As for the timeline that the outlook is of. Allocates nothing. Only when Covers() is true.
Verdict Judge(const Catalog& catalog, const Outlook& outlook, const CheckRequest& request, Instant at);

}  // namespace usher
