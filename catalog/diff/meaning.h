// What a change means, said to somebody who knows the product and not its files.
#pragma once

#include <string>

#include "catalog/diff/change.h"

namespace usher {

// A sentence or two: who has more or less from it, and of an error what to do instead.
std::string MeaningOf(const Change& change);

}  // namespace usher
