// Which tenant an object belongs to by its own links, as present knowledge has it (docs/rules.md, "Who owns what").
#pragma once

#include <span>

#include "server/core/fact.h"

namespace usher {

// The best of the link facts among `facts`, all of one object, in the order of BetterLink (identity.h). Null without
// any. Points into `facts`.
const LinkFact* OwnLink(std::span<const Fact* const> facts);

}  // namespace usher
