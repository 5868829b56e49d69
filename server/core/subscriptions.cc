#include "server/core/subscriptions.h"

#include <algorithm>
#include <utility>

#include "server/core/identity.h"
#include "server/core/invoice_lines.h"
#include "server/core/pending_session.h"

namespace usher {
namespace {

bool Owns(const TenantId& tenant, const TenantId* owner) { return owner != nullptr && *owner == tenant; }

// The invoice names the subscription, itself or in a line.
bool Names(const LedgerObject& invoice, const InvoiceFact& state, const std::string& subscription, Moment& moment) {
  if (state.subscription == subscription) return true;
  const std::vector<InvoiceLine> lines = LinesOf(invoice, moment);
  return std::any_of(lines.begin(), lines.end(),
                     [&](const InvoiceLine& line) { return line.subscription == subscription; });
}

// R9: an open invoice names it, or a pending session does.
bool HasPendingPurchase(const LedgerView& view, const LedgerObject& object, Moment& moment) {
  for (const LedgerObject* invoice : view.Referrers(&object, ObjectKind::kInvoice)) {
    const auto* state = StateOf<InvoiceFact>(invoice, moment);
    if (state == nullptr || state->status != InvoiceStatus::kOpen) continue;
    if (Names(*invoice, *state, object.ref.id, moment)) return true;
  }
  for (const LedgerObject* session : view.Referrers(&object, ObjectKind::kCheckoutSession)) {
    if (!IsPendingSession(view, *session, moment)) continue;
    if (StateOf<CheckoutSessionFact>(session, moment)->subscription == object.ref.id) return true;
  }
  return false;
}

SubscriptionState StateAtMoment(const TenantId& tenant, const LedgerView& view, const LedgerObject& object,
                                Moment& moment) {
  SubscriptionState state;
  const auto* subscription = StateOf<SubscriptionFact>(&object, moment);
  if (subscription == nullptr) return state;
  const LedgerObject* customer = view.Find(object.ref.scope, ObjectKind::kCustomer, subscription->customer);
  const auto* payer = StateOf<CustomerFact>(customer, moment);
  state.known = true;
  state.mine = Owns(tenant, SubscriptionOwner(view, object, moment));
  state.canceled = subscription->status == SubscriptionStatus::kCanceled ||
                   subscription->status == SubscriptionStatus::kIncompleteExpired ||
                   (payer != nullptr && payer->deleted);
  state.status = subscription->status;
  state.trial_start = subscription->trial_start;
  state.trial_end = subscription->trial_end;
  state.cancel_at = subscription->cancel_at;
  state.collection_paused = subscription->collection_paused;
  state.has_payment_method = subscription->has_payment_method;
  state.pending = HasPendingPurchase(view, object, moment);
  state.items = subscription->items;
  std::sort(state.items.begin(), state.items.end());
  return state;
}

using Key = std::pair<BillingScope, std::string>;

std::vector<Key> NamedByLines(const std::vector<Document>& documents) {
  std::vector<Key> keys;
  for (const Document& document : documents) {
    for (const Step<DocumentState>& step : document.states) {
      for (const TraceLine& line : step.state.lines) keys.emplace_back(document.object.scope, line.subscription);
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

// The clock that the object is on in the end.
template <class Content>
const LedgerObject* ClockOf(const LedgerView& view, const LedgerObject& object, Moment& moment) {
  const auto* state = StateOf<Content>(&object, moment);
  return state == nullptr ? nullptr : view.Find(object.ref.scope, ObjectKind::kTestClock, state->test_clock);
}

const LedgerObject* ClockOf(const LedgerView& view, const LedgerObject& object, Moment& moment) {
  if (object.ref.kind == ObjectKind::kSubscription) return ClockOf<SubscriptionFact>(view, object, moment);
  if (object.ref.kind == ObjectKind::kCustomer) return ClockOf<CustomerFact>(view, object, moment);
  return nullptr;
}

// The instant at which `object`, or an invoice whose state names it, was last seen.
Instant LastSeen(const LedgerView& view, const LedgerObject& object, Moment& moment) {
  Instant seen = object.facts.back()->at;
  for (const LedgerObject* invoice : view.Referrers(&object, ObjectKind::kInvoice)) {
    const auto* state = StateOf<InvoiceFact>(invoice, moment);
    if (state == nullptr) continue;
    const bool names = object.ref.kind == ObjectKind::kCustomer ? state->customer == object.ref.id
                                                                : Names(*invoice, *state, object.ref.id, moment);
    if (names) seen = std::max(seen, invoice->facts.back()->at);
  }
  return seen;
}

bool IsOwned(const TenantId& tenant, const LedgerView& view, const LedgerObject& object, Moment& moment) {
  return Owns(tenant, object.ref.kind == ObjectKind::kSubscription ? SubscriptionOwner(view, object, moment)
                                                                   : CustomerOwner(object, moment));
}

}  // namespace

std::vector<Subscription> SubscriptionsOf(const TenantId& tenant, const LedgerView& view,
                                          const std::vector<Document>& documents) {
  const std::vector<Key> named = NamedByLines(documents);
  std::vector<Subscription> subscriptions;
  for (const LedgerObject& object : view.objects()) {
    if (object.ref.kind != ObjectKind::kSubscription) continue;
    Subscription subscription{.scope = object.ref.scope, .id = object.ref.id, .states = StepsOf([&](Moment& moment) {
                                                                                return StateAtMoment(tenant, view,
                                                                                                     object, moment);
                                                                              })};
    if (subscription.states.empty()) continue;
    const bool mine = std::any_of(subscription.states.begin(), subscription.states.end(),
                                  [](const Step<SubscriptionState>& step) { return step.state.mine; });
    if (mine || std::binary_search(named.begin(), named.end(), Key(object.ref.scope, object.ref.id))) {
      subscriptions.push_back(std::move(subscription));
    }
  }
  return subscriptions;
}

std::optional<Instant> FrozenAt(const TenantId& tenant, const LedgerView& view) {
  Moment end(kForever);
  std::vector<const LedgerObject*> clocks;
  for (const LedgerObject& object : view.objects()) {
    const LedgerObject* clock = ClockOf(view, object, end);
    if (clock != nullptr && IsOwned(tenant, view, object, end)) clocks.push_back(clock);
  }
  std::optional<Instant> frozen_at;
  for (const LedgerObject* clock : clocks) {
    if (!clock->facts.empty()) frozen_at = std::max(frozen_at, std::optional(clock->facts.back()->at));
    for (const std::size_t index : clock->referrers) {
      const LedgerObject& object = view.object(index);
      if (ClockOf(view, object, end) != clock) continue;
      frozen_at = std::max(frozen_at, std::optional(LastSeen(view, object, end)));
    }
  }
  return frozen_at;
}

}  // namespace usher
