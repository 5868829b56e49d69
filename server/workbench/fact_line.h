// Facts in words.
#pragma once

#include <string>

#include "server/core/fact.h"

namespace usher {

// A fact in one line, for people: what it is about, its own time, and every field that is not at its default.
//
//   invoice in_1 at 2026-01-01T00:00:00Z: status=paid customer=cus_1 lines=[price=price_growth amount=5000 ...]
std::string FactLine(const Fact& fact);

}  // namespace usher
