#include "tests/oracle/known.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "server/core/fact_codec.h"

namespace usher::oracle {
namespace {

// ---- "State of an object": the table

int Rank(const InvoiceFact& fact) { return static_cast<int>(fact.status); }

int Rank(const SubscriptionFact& fact) {
  if (fact.status == SubscriptionStatus::kCanceled) return 2;
  return fact.status == SubscriptionStatus::kIncompleteExpired ? 1 : 0;
}

int Rank(const PaymentIntentFact& fact) {
  if (fact.status == PaymentIntentStatus::kSucceeded) return 2;
  return fact.status == PaymentIntentStatus::kCanceled ? 1 : 0;
}

int Rank(const ChargeFact& fact) { return static_cast<int>(fact.status); }

int Rank(const RefundFact& fact) {
  switch (fact.status) {
    case RefundStatus::kPending: return 0;
    case RefundStatus::kRequiresAction: return 1;
    case RefundStatus::kSucceeded: return 2;
    case RefundStatus::kFailed:
    case RefundStatus::kCanceled: return 3;
  }
  return 0;
}

int Rank(const DisputeFact& fact) {
  switch (fact.status) {
    case DisputeStatus::kInquiryOpen:
    case DisputeStatus::kOpen: return 0;
    case DisputeStatus::kWon:
    case DisputeStatus::kInquiryClosed: return 1;
    case DisputeStatus::kPrevented: return 2;
    case DisputeStatus::kLost: return 3;
  }
  return 0;
}

int Rank(const CreditNoteFact& fact) { return static_cast<int>(fact.status); }

int Rank(const CheckoutSessionFact& fact) {
  if (fact.status == CheckoutStatus::kOpen) return 0;
  if (fact.status == CheckoutStatus::kExpired) return 1;
  return 2 + static_cast<int>(fact.payment);
}

int Rank(const InvoicePaymentFact& fact) { return fact.paid ? 1 : 0; }
int Rank(const CustomerFact& fact) { return fact.deleted ? 1 : 0; }
int Rank(const OutcomeFact& fact) { return static_cast<int>(fact.status); }

template <class Content>
int Rank(const Content&) {
  return 0;
}

// The position in the column "Less permissive = greater".
using Strictness = std::array<std::int64_t, 2>;

template <class Content>
Strictness Strict(const Content&) {
  return {0, 0};
}

Strictness Strict(const SubscriptionFact& fact) {
  switch (fact.status) {
    case SubscriptionStatus::kActive: return {0, 0};
    case SubscriptionStatus::kTrialing: return {1, 0};
    case SubscriptionStatus::kPastDue: return {2, 0};
    case SubscriptionStatus::kIncomplete: return {3, 0};
    case SubscriptionStatus::kUnpaid: return {4, 0};
    case SubscriptionStatus::kPaused: return {5, 0};
    case SubscriptionStatus::kOther: return {6, 0};
    case SubscriptionStatus::kIncompleteExpired:
    case SubscriptionStatus::kCanceled: return {0, 0};
  }
  return {0, 0};
}

Strictness Strict(const PaymentIntentFact& fact) {
  switch (fact.status) {
    case PaymentIntentStatus::kOther:
    case PaymentIntentStatus::kCanceled:
    case PaymentIntentStatus::kSucceeded: return {0, 0};
    case PaymentIntentStatus::kProcessing: return {1, 0};
    case PaymentIntentStatus::kRequiresAction: return {2, 0};
    case PaymentIntentStatus::kFailed: return {3, 0};
  }
  return {0, 0};
}

Strictness Strict(const ChargeFact& fact) { return {fact.amount_refunded, 0}; }
Strictness Strict(const RefundFact& fact) { return {fact.status == RefundStatus::kCanceled ? 1 : 0, 0}; }

Strictness Strict(const DisputeFact& fact) {
  return {fact.status == DisputeStatus::kOpen || fact.status == DisputeStatus::kInquiryClosed ? 1 : 0, 0};
}

Strictness Strict(const CreditNoteFact& fact) { return {fact.amount, -fact.refunded_amount}; }
Strictness Strict(const OverrideFact& fact) { return {fact.removed ? 1 : 0, 0}; }
Strictness Strict(const SuspensionFact& fact) { return {fact.suspended ? 1 : 0, 0}; }

// Whether the first of two facts of one object and one content is the lesser.
bool LessState(const Fact* a, const Fact* b) {
  const auto order = [](const Fact& fact) {
    return std::visit(
        [&](const auto& content) {
          return std::tuple(Rank(content), fact.at, Strict(content), FactDigest(fact).bytes);
        },
        fact.content);
  };
  return order(*a) < order(*b);
}

}  // namespace

// "Causality": only facts with own time <= t exist at t. A set holds each once.
Known::Known(std::span<const Fact> ledger, Instant t) : t_(t) {
  std::map<std::string, const Fact*> set;
  for (const Fact& fact : ledger) {
    if (fact.at <= t) set.emplace(EncodeFact(fact), &fact);
  }
  for (const auto& [bytes, fact] : set) facts_.push_back(*fact);

  std::map<std::pair<ObjectRef, std::size_t>, std::vector<const Fact*>> of_object;
  for (const Fact& fact : facts_) of_object[{fact.object, fact.content.index()}].push_back(&fact);
  for (const auto& [key, all] : of_object) states_[key] = *std::max_element(all.begin(), all.end(), LessState);
}

ObjectRef Object(const BillingScope& scope, ObjectKind kind, const std::string& id) { return {scope, kind, id}; }

namespace {

// "Cancelling out (R2)": within one invoice, one debit and one credit of equal item key, price, start and end and
// opposite amounts remove each other, pair by pair. One-off lines are their own key, so they never do.
std::vector<InvoiceLine> CancelOut(std::vector<InvoiceLine> lines) {
  std::sort(lines.begin(), lines.end());
  for (bool found = true; found;) {
    found = false;
    for (std::size_t debit = 0; debit < lines.size() && !found; ++debit) {
      for (std::size_t credit = 0; credit < lines.size() && !found; ++credit) {
        const InvoiceLine& d = lines[debit];
        const InvoiceLine& c = lines[credit];
        const bool opposite = d.amount > 0 && c.amount == -d.amount;
        const bool same_key = !d.subscription_item.empty() && d.subscription == c.subscription &&
                              d.subscription_item == c.subscription_item;
        if (!opposite || !same_key || d.price != c.price || d.start != c.start || d.end != c.end) continue;
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(std::max(debit, credit)));
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(std::min(debit, credit)));
        found = true;
      }
    }
  }
  return lines;
}

}  // namespace

// "Lines of an invoice": among its observations, whole from the greatest by (rank, lines_complete, own time, less
// permissive, digest).
std::vector<InvoiceLine> LinesOfInvoice(const Known& known, const ObjectRef& invoice) {
  const std::vector<const Fact*> all = known.All<InvoiceFact>(invoice);
  if (all.empty()) return {};
  const Fact* greatest = *std::max_element(all.begin(), all.end(), [](const Fact* a, const Fact* b) {
    const auto order = [](const Fact& fact) {
      const InvoiceFact& content = As<InvoiceFact>(fact);
      return std::tuple(Rank(content), content.lines_complete, fact.at, FactDigest(fact).bytes);
    };
    return order(*a) < order(*b);
  });
  return CancelOut(As<InvoiceFact>(*greatest).lines);
}

// ---- "Who owns what"

namespace {

struct Link {
  LinkTrust trust;
  Instant at;
  TenantId tenant;
};

// Operator before metadata before client reference; among operator links the latest, among others the earliest; then
// the smaller tenant id.
bool Better(const Link& a, const Link& b) {
  if (a.trust != b.trust) return a.trust > b.trust;
  if (a.at != b.at) return a.trust == LinkTrust::kOperator ? a.at > b.at : a.at < b.at;
  return a.tenant < b.tenant;
}

std::optional<Link> Best(const std::vector<Link>& links) {
  if (links.empty()) return std::nullopt;
  return *std::min_element(links.begin(), links.end(), Better);
}

std::optional<Link> OwnLink(const Known& known, const ObjectRef& object) {
  std::vector<Link> links;
  for (const Fact* fact : known.All<LinkFact>(object)) {
    links.push_back({As<LinkFact>(*fact).trust, fact->at, As<LinkFact>(*fact).tenant});
  }
  return Best(links);
}

std::optional<Link> OwnLink(const Known& known, const BillingScope& scope, ObjectKind kind, const std::string& id) {
  return id.empty() ? std::nullopt : OwnLink(known, Object(scope, kind, id));
}

std::optional<Link> BestOwnLink(const Known& known, const BillingScope& scope, ObjectKind kind,
                                const std::vector<std::string>& ids) {
  std::vector<Link> links;
  for (const std::string& id : ids) {
    if (const std::optional<Link> link = OwnLink(known, scope, kind, id)) links.push_back(*link);
  }
  return Best(links);
}

std::optional<TenantId> FirstThatExists(const std::vector<std::optional<Link>>& links) {
  for (const std::optional<Link>& link : links) {
    if (link) return link->tenant;
  }
  return std::nullopt;
}

bool Names(const std::string& reference, const std::string& id) { return !id.empty() && reference == id; }

std::string CustomerOfSubscription(const Known& known, const BillingScope& scope, const std::string& subscription) {
  const Fact* state = known.State<SubscriptionFact>(Object(scope, ObjectKind::kSubscription, subscription));
  return state ? As<SubscriptionFact>(*state).customer : "";
}

}  // namespace

std::optional<TenantId> TenantOfLine(const Known& known, const ObjectRef& invoice, const InvoiceLine& line) {
  const BillingScope& scope = invoice.scope;
  const Fact* state = known.State<InvoiceFact>(invoice);
  const InvoiceFact content = state ? As<InvoiceFact>(*state) : InvoiceFact{};
  const std::string subscription = line.subscription.empty() ? content.subscription : line.subscription;

  std::vector<std::string> sessions;
  std::vector<std::string> customers_of_sessions;
  for (const Fact* session : known.States<CheckoutSessionFact>()) {
    const CheckoutSessionFact& seen = As<CheckoutSessionFact>(*session);
    if (session->object.scope != scope) continue;
    if (!Names(seen.invoice, invoice.id) && !Names(seen.subscription, subscription)) continue;
    sessions.push_back(session->object.id);
    customers_of_sessions.push_back(seen.customer);
  }
  return FirstThatExists({
      OwnLink(known, scope, ObjectKind::kSubscription, subscription),
      OwnLink(known, invoice),
      BestOwnLink(known, scope, ObjectKind::kCheckoutSession, sessions),
      OwnLink(known, scope, ObjectKind::kCustomer, content.customer),
      OwnLink(known, scope, ObjectKind::kCustomer, CustomerOfSubscription(known, scope, subscription)),
      BestOwnLink(known, scope, ObjectKind::kCustomer, customers_of_sessions),
  });
}

// "For a one-off session: its own link, then its payment intent's, then its customer's."
std::optional<TenantId> TenantOfSession(const Known& known, const ObjectRef& session) {
  const Fact* state = known.State<CheckoutSessionFact>(session);
  const CheckoutSessionFact seen = state ? As<CheckoutSessionFact>(*state) : CheckoutSessionFact{};
  return FirstThatExists({
      OwnLink(known, session),
      OwnLink(known, session.scope, ObjectKind::kPaymentIntent, seen.payment_intent),
      OwnLink(known, session.scope, ObjectKind::kCustomer, seen.customer),
  });
}

// "For a bare payment intent: its own link, its session's, its customer's."
std::optional<TenantId> TenantOfIntent(const Known& known, const ObjectRef& intent) {
  const Fact* state = known.State<PaymentIntentFact>(intent);
  std::vector<std::string> sessions;
  for (const Fact* session : known.States<CheckoutSessionFact>()) {
    const bool names = Names(As<CheckoutSessionFact>(*session).payment_intent, intent.id);
    if (session->object.scope == intent.scope && names) sessions.push_back(session->object.id);
  }
  return FirstThatExists({
      OwnLink(known, intent),
      BestOwnLink(known, intent.scope, ObjectKind::kCheckoutSession, sessions),
      OwnLink(known, intent.scope, ObjectKind::kCustomer, state ? As<PaymentIntentFact>(*state).customer : ""),
  });
}

// "A subscription's tenant: its own link, its sessions', its customer's."
std::optional<TenantId> TenantOfSubscription(const Known& known, const ObjectRef& subscription) {
  std::vector<std::string> sessions;
  for (const Fact* session : known.States<CheckoutSessionFact>()) {
    const bool names = Names(As<CheckoutSessionFact>(*session).subscription, subscription.id);
    if (session->object.scope == subscription.scope && names) sessions.push_back(session->object.id);
  }
  return FirstThatExists({
      OwnLink(known, subscription),
      BestOwnLink(known, subscription.scope, ObjectKind::kCheckoutSession, sessions),
      OwnLink(known, subscription.scope, ObjectKind::kCustomer,
              CustomerOfSubscription(known, subscription.scope, subscription.id)),
  });
}

// "A tenant that owns a customer" (section 7).
std::optional<TenantId> TenantOfCustomer(const Known& known, const ObjectRef& customer) {
  return FirstThatExists({OwnLink(known, customer)});
}

// ---- "Payments of a source at t"

namespace {

// One reference between two of {an invoice, a charge, a payment intent}; either end may be empty, then it says nothing.
struct Edge {
  std::string invoice;
  std::string charge;
  std::string intent;
};

std::vector<Edge> Edges(const Known& known, const BillingScope& scope) {
  std::vector<Edge> edges;
  for (const Fact& fact : known.facts()) {
    if (fact.object.scope != scope) continue;
    if (const auto* invoice = std::get_if<InvoiceFact>(&fact.content)) {
      edges.push_back({fact.object.id, invoice->charge, ""});
      edges.push_back({fact.object.id, "", invoice->payment_intent});
    } else if (const auto* charge = std::get_if<ChargeFact>(&fact.content)) {
      edges.push_back({charge->invoice, fact.object.id, ""});
      edges.push_back({"", fact.object.id, charge->payment_intent});
    } else if (const auto* intent = std::get_if<PaymentIntentFact>(&fact.content)) {
      edges.push_back({intent->invoice, "", fact.object.id});
    }
  }
  for (const Fact* state : known.States<InvoicePaymentFact>()) {
    if (state->object.scope != scope) continue;
    for (const std::string& invoice : known.Named(state->object, &InvoicePaymentFact::invoice)) {
      for (const std::string& charge : known.Named(state->object, &InvoicePaymentFact::charge)) {
        edges.push_back({invoice, charge, ""});
      }
      for (const std::string& intent : known.Named(state->object, &InvoicePaymentFact::payment_intent)) {
        edges.push_back({invoice, "", intent});
      }
    }
  }
  return edges;
}

// "Edges are followed in both directions, but never through another invoice": what is reached from `payments`, and from
// `invoice` unless it is empty.
Payments Reached(const std::vector<Edge>& edges, const std::string& invoice, Payments payments) {
  for (bool grew = true; grew;) {
    const std::size_t before = payments.charges.size() + payments.intents.size();
    for (const Edge& edge : edges) {
      const bool reached =
          Names(edge.invoice, invoice) ||
          (edge.invoice.empty() && (payments.charges.contains(edge.charge) || payments.intents.contains(edge.intent)));
      if (!reached) continue;
      if (!edge.charge.empty()) payments.charges.insert(edge.charge);
      if (!edge.intent.empty()) payments.intents.insert(edge.intent);
    }
    grew = payments.charges.size() + payments.intents.size() > before;
  }
  return payments;
}

}  // namespace

Payments PaymentsOfInvoice(const Known& known, const ObjectRef& invoice) {
  return Reached(Edges(known, invoice.scope), invoice.id, {});
}

Payments PaymentsOfSession(const Known& known, const ObjectRef& session) {
  return Reached(Edges(known, session.scope), "",
                 {.intents = known.Named(session, &CheckoutSessionFact::payment_intent), .charges = {}});
}

std::set<std::string> ChargesOfIntent(const Known& known, const BillingScope& scope, const std::string& intent) {
  std::set<std::string> charges;
  for (const Fact* charge : known.States<ChargeFact>()) {
    const bool of_it = known.Named(charge->object, &ChargeFact::payment_intent).contains(intent);
    if (charge->object.scope == scope && of_it) charges.insert(charge->object.id);
  }
  return charges;
}

}  // namespace usher::oracle
