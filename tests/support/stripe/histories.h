// Histories: what happens to a subscription over weeks, as Stripe tells it, with the timelines that must come of it.
#pragma once

#include <string>
#include <vector>

#include "tests/support/stripe/stripe_events.h"

namespace usher::stripe_test {

// The timeline of one tenant as a table: a line per stretch in which nothing changes, of its start, then for `projects`
// and `sso` the value where it may be used, the state and the reason. `~` marks a stretch that ends because nothing
// happened.
struct ExpectedTimeline {
  std::string tenant;
  std::string table;
};

struct History {
  std::string name;
  std::vector<std::string> events;  // bodies, in the order in which they were made
  std::vector<ExpectedTimeline> expected;
};

// The same histories in either family. They are bought from tests/testdata/stripe/histories.yaml.
std::vector<History> Histories(Family family);

}  // namespace usher::stripe_test
