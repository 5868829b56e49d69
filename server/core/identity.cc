#include "server/core/identity.h"

#include <vector>

namespace usher {
namespace {

// A link fact, with its own time. No link when null.
using Link = const Fact*;

const LinkFact& ContentOf(Link link) { return std::get<LinkFact>(link->content); }

Link OwnLink(const LedgerObject* object, Moment& moment) {
  Link best = nullptr;
  ForEachKnown<LinkFact>(object, moment, [&](const Fact& fact, const LinkFact&) { best = BetterLink(best, &fact); });
  return best;
}

Link CustomerLink(const LedgerView& view, const BillingScope& scope, const std::string& customer, Moment& moment) {
  return OwnLink(view.Find(scope, ObjectKind::kCustomer, customer), moment);
}

// The sessions whose state at the moment names `object`.
std::vector<const LedgerObject*> SessionsNaming(const LedgerView& view, const LedgerObject* object,
                                                std::string CheckoutSessionFact::* field, Moment& moment) {
  std::vector<const LedgerObject*> sessions;
  for (const LedgerObject* session : view.Referrers(object, ObjectKind::kCheckoutSession)) {
    const auto* state = StateOf<CheckoutSessionFact>(session, moment);
    if (state != nullptr && state->*field == object->ref.id) sessions.push_back(session);
  }
  return sessions;
}

Link BestOwnLink(const std::vector<const LedgerObject*>& objects, Moment& moment) {
  Link best = nullptr;
  for (const LedgerObject* object : objects) best = BetterLink(best, OwnLink(object, moment));
  return best;
}

Link BestCustomerLink(const LedgerView& view, const std::vector<const LedgerObject*>& sessions, Moment& moment) {
  Link best = nullptr;
  for (const LedgerObject* session : sessions) {
    const std::string& customer = StateOf<CheckoutSessionFact>(session, moment)->customer;
    best = BetterLink(best, CustomerLink(view, session->ref.scope, customer, moment));
  }
  return best;
}

const TenantId* TenantOf(Link link) { return link == nullptr ? nullptr : &ContentOf(link).tenant; }

// In the order of BetterLink.
bool Outranks(Link a, Link b) {
  const LinkFact& left = ContentOf(a);
  const LinkFact& right = ContentOf(b);
  if (left.trust != right.trust) return left.trust > right.trust;
  if (a->at != b->at) return (a->at > b->at) == (left.trust == LinkTrust::kOperator);
  return left.tenant < right.tenant;
}

}  // namespace

const Fact* BetterLink(const Fact* a, const Fact* b) {
  if (a == nullptr || b == nullptr) return a == nullptr ? b : a;
  return Outranks(b, a) ? b : a;
}

const TenantId* LineOwner(const LedgerView& view, const LedgerObject& invoice, const std::string& subscription,
                          Moment& moment) {
  const BillingScope& scope = invoice.ref.scope;
  const LedgerObject* plan = view.Find(scope, ObjectKind::kSubscription, subscription);
  if (const Link link = OwnLink(plan, moment)) return TenantOf(link);
  if (const Link link = OwnLink(&invoice, moment)) return TenantOf(link);

  std::vector<const LedgerObject*> sessions = SessionsNaming(view, &invoice, &CheckoutSessionFact::invoice, moment);
  for (const LedgerObject* session : SessionsNaming(view, plan, &CheckoutSessionFact::subscription, moment)) {
    sessions.push_back(session);
  }
  if (const Link link = BestOwnLink(sessions, moment)) return TenantOf(link);

  const auto* state = StateOf<InvoiceFact>(&invoice, moment);
  if (state != nullptr) {
    if (const Link link = CustomerLink(view, scope, state->customer, moment)) return TenantOf(link);
  }
  if (const auto* subscribed = StateOf<SubscriptionFact>(plan, moment)) {
    if (const Link link = CustomerLink(view, scope, subscribed->customer, moment)) return TenantOf(link);
  }
  return TenantOf(BestCustomerLink(view, sessions, moment));
}

const TenantId* SessionOwner(const LedgerView& view, const LedgerObject& session, Moment& moment) {
  if (const Link link = OwnLink(&session, moment)) return TenantOf(link);
  const auto* state = StateOf<CheckoutSessionFact>(&session, moment);
  if (state == nullptr) return nullptr;
  const LedgerObject* intent = view.Find(session.ref.scope, ObjectKind::kPaymentIntent, state->payment_intent);
  if (const Link link = OwnLink(intent, moment)) return TenantOf(link);
  return TenantOf(CustomerLink(view, session.ref.scope, state->customer, moment));
}

const TenantId* IntentOwner(const LedgerView& view, const LedgerObject& intent, Moment& moment) {
  if (const Link link = OwnLink(&intent, moment)) return TenantOf(link);
  const auto sessions = SessionsNaming(view, &intent, &CheckoutSessionFact::payment_intent, moment);
  if (const Link link = BestOwnLink(sessions, moment)) return TenantOf(link);
  const auto* state = StateOf<PaymentIntentFact>(&intent, moment);
  if (state == nullptr) return nullptr;
  return TenantOf(CustomerLink(view, intent.ref.scope, state->customer, moment));
}

const TenantId* SubscriptionOwner(const LedgerView& view, const LedgerObject& subscription, Moment& moment) {
  if (const Link link = OwnLink(&subscription, moment)) return TenantOf(link);
  const auto sessions = SessionsNaming(view, &subscription, &CheckoutSessionFact::subscription, moment);
  if (const Link link = BestOwnLink(sessions, moment)) return TenantOf(link);
  const auto* state = StateOf<SubscriptionFact>(&subscription, moment);
  if (state == nullptr) return nullptr;
  return TenantOf(CustomerLink(view, subscription.ref.scope, state->customer, moment));
}

const TenantId* CustomerOwner(const LedgerObject& customer, Moment& moment) {
  return TenantOf(OwnLink(&customer, moment));
}

}  // namespace usher
