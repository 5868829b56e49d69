// Which of two values gives a tenant more. Everywhere `less` means that the second gives more, `greater` that the first
// does, `unordered` that each gives something which the other does not, or that nobody can say.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "catalog/diff/change.h"
#include "catalog/model.h"

namespace usher {

using Generosity = std::partial_ordering;

// Two comparisons that hold together: more of one and less of another is unordered.
Generosity Together(Generosity one, Generosity other);

// By length of time, whatever day the months begin on: a month has 28 to 31 days.
Generosity CompareDurations(CalendarDuration before, CalendarDuration after);

// By inclusion. Both are sorted.
Generosity CompareSets(const std::vector<std::string>& before, const std::vector<std::string>& after);

// Of one feature, as each catalog declares it, at every paid quantity. Without an entitlement nothing is granted.
// Unordered when the feature's type is another.
Generosity CompareEntitlements(const Feature& before_feature, const std::optional<Entitlement>& before,
                               const Feature& after_feature, const std::optional<Entitlement>& after);

ChangeEffect EffectOf(Generosity generosity);
Generosity GenerosityOf(ChangeEffect effect);

// kWidened, kNarrowed, or kChanged for neither.
ChangeKind KindOf(Generosity generosity);

}  // namespace usher
