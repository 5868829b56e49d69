// The total orders whose maxima are the states of objects (docs/rules.md, 1). No order depends on arrival.
#pragma once

#include "server/core/fact.h"

namespace usher {

// True when `a` comes after `b`, by (rank, own time, less permissive, digest). Both have the same content type.
bool OutranksAsState(const Fact& a, const Fact& b);

// The same for the lines of invoices: (rank, lines_complete, own time, less permissive, digest).
bool OutranksAsLines(const Fact& a, const Fact& b);

}  // namespace usher
