// Section 7 of docs/rules.md, as far as it is about test clocks.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

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

bool IsOnOneOf(const std::set<ObjectRef>& clocks, const Known& known, const BillingScope& scope, ObjectKind kind,
               const std::string& id) {
  return clocks.contains(ClockOf(known, Object(scope, kind, id)));
}

// "The invoices whose state names one of those (in a line, too)."
bool IsInvoiceOn(const std::set<ObjectRef>& clocks, const Known& known, const ObjectRef& object) {
  const Fact* state = known.State<InvoiceFact>(object);
  if (state == nullptr) return false;
  const InvoiceFact& invoice = As<InvoiceFact>(*state);
  std::vector<std::string> subscriptions = {invoice.subscription};
  for (const InvoiceLine& line : LinesOfInvoice(known, object)) subscriptions.push_back(line.subscription);
  return IsOnOneOf(clocks, known, object.scope, ObjectKind::kCustomer, invoice.customer) ||
         std::any_of(subscriptions.begin(), subscriptions.end(), [&](const std::string& subscription) {
           return IsOnOneOf(clocks, known, object.scope, ObjectKind::kSubscription, subscription);
         });
}

}  // namespace

// "A tenant that owns a subscription or customer on a billing system's test clock is judged at the greatest own time of
// that clock's facts and of the facts of the objects on it: the subscriptions and customers whose state names it, and
// the invoices."
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
    const bool on_it = clocks.contains(fact.object) || clocks.contains(ClockOf(known, fact.object)) ||
                       IsInvoiceOn(clocks, known, fact.object);
    if (on_it) stands_at = std::max(stands_at.value_or(fact.at), fact.at);
  }
  return stands_at;
}

}  // namespace usher::oracle
