#include "server/engine/links.h"

namespace usher {
namespace {

struct Candidate {
  const LinkFact* link = nullptr;
  Instant at{};
};

bool Better(const Candidate& a, const Candidate& b) {
  if (b.link == nullptr) return true;
  if (a.link->trust != b.link->trust) return a.link->trust > b.link->trust;
  if (a.at != b.at) return (a.link->trust == LinkTrust::kOperator) == (a.at > b.at);
  return a.link->tenant < b.link->tenant;
}

}  // namespace

const LinkFact* OwnLink(std::span<const Fact* const> facts) {
  Candidate best;
  for (const Fact* fact : facts) {
    const auto* link = std::get_if<LinkFact>(&fact->content);
    if (link == nullptr) continue;
    const Candidate candidate{link, fact->at};
    if (Better(candidate, best)) best = candidate;
  }
  return best.link;
}

}  // namespace usher
