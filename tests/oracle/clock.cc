// Section 7 of docs/rules.md, as far as it is about test clocks.
#include <algorithm>

#include "tests/oracle/known.h"
#include "tests/oracle/oracle.h"

namespace usher::oracle {
namespace {

// The clock that an object is on by its state; empty id when it is on none.
ObjectRef ClockOf(const Known& known, const ObjectRef& object) {
  ObjectRef clock = Object(object.scope, ObjectKind::kTestClock, "");
  if (const Fact* state = known.State<SubscriptionFact>(object)) clock.id = As<SubscriptionFact>(*state).test_clock;
  if (const Fact* state = known.State<CustomerFact>(object)) clock.id = As<CustomerFact>(*state).test_clock;
  return clock;
}

}  // namespace

// "A tenant that owns a subscription or customer on a billing system's test clock is judged at the greatest own time of
// that clock's facts and of the facts of the objects on it."
std::optional<Instant> FrozenAt(const TenantId& tenant, std::span<const Fact> facts) {
  const Known known(facts, kForever);
  std::set<ObjectRef> clocks;
  for (const Fact& fact : known.facts()) {
    const ObjectRef clock = ClockOf(known, fact.object);
    if (clock.id.empty()) continue;
    const bool is_subscription = fact.object.kind == ObjectKind::kSubscription;
    const std::optional<TenantId> owner =
        is_subscription ? TenantOfSubscription(known, fact.object) : TenantOfCustomer(known, fact.object);
    if (owner == tenant) clocks.insert(clock);
  }
  std::optional<Instant> stands_at;
  for (const Fact& fact : known.facts()) {
    if (!clocks.contains(fact.object) && !clocks.contains(ClockOf(known, fact.object))) continue;
    stands_at = std::max(stands_at.value_or(fact.at), fact.at);
  }
  return stands_at;
}

}  // namespace usher::oracle
