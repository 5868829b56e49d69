// Which tenant an object belongs to by its own links, as present knowledge has it (docs/rules.md, "Who owns what").
#pragma once

#include <span>

#include "server/core/fact.h"

namespace usher {

// The best of the link facts among `facts`, all of one object: operator before metadata before client reference; among
// operator links the latest, among others the earliest; then the smaller tenant. Null without any. Points into `facts`.
const LinkFact* OwnLink(std::span<const Fact* const> facts);

}  // namespace usher
