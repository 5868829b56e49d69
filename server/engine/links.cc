#include "server/engine/links.h"

#include <variant>

#include "server/core/identity.h"

namespace usher {

const LinkFact* OwnLink(std::span<const Fact* const> facts) {
  const Fact* best = nullptr;
  for (const Fact* fact : facts) {
    if (std::holds_alternative<LinkFact>(fact->content)) best = BetterLink(best, fact);
  }
  return best == nullptr ? nullptr : &std::get<LinkFact>(best->content);
}

}  // namespace usher
