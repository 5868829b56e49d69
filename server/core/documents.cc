#include "server/core/documents.h"

#include <algorithm>
#include <string_view>

#include "server/core/evidence.h"
#include "server/core/identity.h"
#include "server/core/invoice_lines.h"
#include "server/core/payments.h"
#include "server/core/pending_session.h"

namespace usher {
namespace {

bool Owns(const TenantId& tenant, const TenantId* owner) { return owner != nullptr && *owner == tenant; }

// The own time of the earliest known fact that `pays`, over all time: the ledger says nothing before it.
template <class Content, class Predicate>
std::optional<Instant> EarliestWhere(const LedgerObject& object, Predicate&& pays) {
  for (const Fact* fact : object.facts) {
    const Content* content = std::get_if<Content>(&fact->content);
    if (content != nullptr && pays(*content)) return fact->at;
  }
  return std::nullopt;
}

// ---- invoices ----

// R3: what a paid invoice of nothing proves.
ProofKind ZeroProof(const InvoiceFact& invoice, const std::vector<InvoiceLine>& lines) {
  if (invoice.pre_payment_credit > 0 && invoice.pre_payment_credit >= invoice.total) return ProofKind::kCredited;
  if (invoice.total != 0) return ProofKind::kProves;
  const bool discounted = invoice.subtotal > 0 && invoice.discount >= invoice.subtotal;
  const bool all_zero =
      std::all_of(lines.begin(), lines.end(), [](const InvoiceLine& line) { return line.amount == 0; });
  return discounted || all_zero ? ProofKind::kZero : ProofKind::kProves;
}

// Every invoice that may hold a line of an item that `lines` give something back of.
std::vector<const LedgerObject*> InvoicesBeside(const LedgerView& view, const LedgerObject& invoice,
                                                const std::vector<InvoiceLine>& lines) {
  std::vector<const LedgerObject*> invoices;
  for (const InvoiceLine& line : lines) {
    if (line.amount >= 0 || line.subscription_item.empty()) continue;
    if (line.subscription.empty()) return view.OfKind(ObjectKind::kInvoice, invoice.ref.scope);
    const LedgerObject* subscription = view.Find(invoice.ref.scope, ObjectKind::kSubscription, line.subscription);
    for (const LedgerObject* other : view.Referrers(subscription, ObjectKind::kInvoice)) {
      if (std::find(invoices.begin(), invoices.end(), other) == invoices.end()) invoices.push_back(other);
    }
  }
  return invoices;
}

std::optional<Instant> FirstFailure(const LedgerObject& invoice, Moment& moment) {
  std::optional<Instant> first;
  ForEachKnown<AttemptFact>(&invoice, moment, [&](const Fact& fact, const AttemptFact& attempt) {
    if (attempt.result == AttemptResult::kFailed && !first) first = fact.at;
  });
  return first;
}

void FillReversal(const ReversedAmount& reversed, std::int64_t amount, DocumentState& state) {
  std::int64_t with_lost = 0;
  if (__builtin_add_overflow(reversed.sum, reversed.lost, &with_lost)) with_lost = amount;
  state.reversal = ReversalOf(reversed.sum, amount);
  state.reversal_lost = ReversalOf(with_lost, amount);
  state.dispute_open = reversed.dispute_open;
  state.inquiry_open = reversed.inquiry_open;
}

void FillPaidInvoice(const LedgerView& view, const LedgerObject& object, const InvoiceFact& invoice,
                     const std::vector<InvoiceLine>& lines, Instant paid_at, Moment& moment, DocumentState& state) {
  state.standing = Standing::kPaid;
  state.proof = HasUnbackedCredit(lines, InvoicesBeside(view, object, lines), moment) ? ProofKind::kUnbacked
                                                                                      : ZeroProof(invoice, lines);
  const Payments payments = PaymentsOfInvoice(view, object, moment);
  const std::int64_t amount = invoice.amount_paid != 0 ? invoice.amount_paid : invoice.total;
  FillReversal(ReversedOf(view, object, payments, paid_at, moment), amount, state);
}

void FillOpenInvoice(const LedgerView& view, const LedgerObject& object, const InvoiceFact& invoice, Moment& moment,
                     DocumentState& state) {
  state.standing = Standing::kOpen;
  const Evidence evidence = EvidenceOf(object, PaymentsOfInvoice(view, object, moment), moment);
  state.evidence = evidence.kind;
  state.asked_since = evidence.asked_since;
  if (invoice.collection == CollectionMethod::kSendInvoice) state.payable_until = invoice.due_date;
}

DocumentState InvoiceState(const TenantId& tenant, const LedgerView& view, const LedgerObject& object,
                           std::optional<Instant> paid_at, Moment& moment) {
  DocumentState state;
  const auto* invoice = StateOf<InvoiceFact>(&object, moment);
  if (invoice == nullptr) return state;
  const std::vector<InvoiceLine> lines = LinesOf(object, moment);
  for (const InvoiceLine& line : lines) {
    const std::string& payer = line.subscription.empty() ? invoice->subscription : line.subscription;
    if (!Owns(tenant, LineOwner(view, object, payer, moment))) continue;
    state.lines.push_back({.one_off = line.subscription_item.empty(),
                           .subscription = line.subscription,
                           .item = line.subscription_item,
                           .price = line.price,
                           .quantity_milli = line.quantity_milli,
                           .amount = line.amount,
                           .start = line.start,
                           .end = line.end});
  }
  if (state.lines.empty()) return state;
  state.first_failure = FirstFailure(object, moment);
  switch (invoice->status) {
    case InvoiceStatus::kPaid: FillPaidInvoice(view, object, *invoice, lines, *paid_at, moment, state); break;
    case InvoiceStatus::kOpen: FillOpenInvoice(view, object, *invoice, moment, state); break;
    case InvoiceStatus::kDraft:
    case InvoiceStatus::kUncollectible:
    case InvoiceStatus::kVoid: break;
  }
  return state;
}

Document InvoiceDocument(const TenantId& tenant, const LedgerView& view, const LedgerObject& object) {
  const auto paid_at = EarliestWhere<InvoiceFact>(
      object, [](const InvoiceFact& invoice) { return invoice.status == InvoiceStatus::kPaid; });
  return {.object = object.ref,
          .paid_at = paid_at,
          .ended_at = {},
          .states = StepsOf([&](Moment& moment) { return InvoiceState(tenant, view, object, paid_at, moment); })};
}

// ---- checkout sessions ----

// R15: a session that has an invoice is only a link.
bool IsPaidOnce(const CheckoutSessionFact& session) {
  return session.mode == CheckoutMode::kPayment && session.status == CheckoutStatus::kComplete &&
         (session.payment == CheckoutPayment::kPaid || session.payment == CheckoutPayment::kNoPaymentRequired) &&
         session.invoice.empty();
}

DocumentState SessionState(const TenantId& tenant, const LedgerView& view, const LedgerObject& object,
                           std::optional<Instant> paid_at, Moment& moment) {
  DocumentState state;
  const auto* session = StateOf<CheckoutSessionFact>(&object, moment);
  if (session == nullptr || !Owns(tenant, SessionOwner(view, object, moment))) return state;
  TraceLine line{.one_off = true,
                 .subscription = session->subscription,
                 .item = "",
                 .price = session->price,
                 .quantity_milli = session->quantity_milli,
                 .amount = session->amount_total};
  if (IsPaidOnce(*session)) {
    line.start = line.end = *paid_at;
    state.standing = Standing::kPaid;
    const bool nothing_due = session->amount_total == 0 || session->payment == CheckoutPayment::kNoPaymentRequired;
    state.proof = nothing_due ? ProofKind::kZero : ProofKind::kProves;
    const Payments payments = PaymentsOfSession(view, object, moment);
    FillReversal(ReversedOf(view, object, payments, *paid_at, moment), session->amount_total, state);
  } else if (IsPendingSession(view, object, moment)) {
    state.standing = Standing::kOpen;
    const Evidence evidence = EvidenceOf(object, PaymentsOfSession(view, object, moment), moment);
    state.evidence = evidence.kind;
    state.asked_since = evidence.asked_since;
  } else {
    return state;
  }
  state.lines.push_back(std::move(line));
  return state;
}

Document SessionDocument(const TenantId& tenant, const LedgerView& view, const LedgerObject& object) {
  const auto paid_at = EarliestWhere<CheckoutSessionFact>(object, IsPaidOnce);
  return {.object = object.ref,
          .paid_at = paid_at,
          .ended_at = {},
          .states = StepsOf([&](Moment& moment) { return SessionState(tenant, view, object, paid_at, moment); })};
}

// ---- payment intents ----

bool IsNamedBySession(const LedgerView& view, const LedgerObject& intent, Moment& moment) {
  const auto sessions = view.Referrers(&intent, ObjectKind::kCheckoutSession);
  return std::any_of(sessions.begin(), sessions.end(), [&](const LedgerObject* object) {
    const auto* session = StateOf<CheckoutSessionFact>(object, moment);
    return session != nullptr && session->payment_intent == intent.ref.id;
  });
}

// R9: since API 2025-03-31 a subscription appears only after payment, and a hold may hang on a bare intent.
DocumentState IntentState(const TenantId& tenant, const LedgerView& view, const LedgerObject& object, Moment& moment) {
  DocumentState state;
  const auto* intent = StateOf<PaymentIntentFact>(&object, moment);
  if (intent == nullptr || intent->price.empty() || !intent->invoice.empty()) return state;
  if (IsNamedBySession(view, object, moment) || !Owns(tenant, IntentOwner(view, object, moment))) return state;
  const Evidence evidence = EvidenceOf(object, {.charges = {}, .intents = {&object}}, moment);
  if (evidence.kind == EvidenceKind::kNone) return state;
  state.standing = Standing::kOpen;
  state.evidence = evidence.kind;
  state.asked_since = evidence.asked_since;
  state.lines.push_back({.one_off = true,
                         .subscription = "",
                         .item = "",
                         .price = intent->price,
                         .quantity_milli = intent->quantity_milli});
  return state;
}

Document IntentDocument(const TenantId& tenant, const LedgerView& view, const LedgerObject& object) {
  return {.object = object.ref,
          .paid_at = std::nullopt,
          .ended_at = {},
          .states = StepsOf([&](Moment& moment) { return IntentState(tenant, view, object, moment); })};
}

// ---- outcomes ----

// The item of an outcome's subscription: an outcome names none, and renews the one before it.
constexpr std::string_view kOutcomeItem = "subscription";

TraceLine OutcomeLine(const OutcomeFact& outcome, Instant paid_at) {
  const bool has_period = outcome.start && outcome.end;
  return {.one_off = !has_period,
          .subscription = outcome.subscription,
          .item = std::string(outcome.subscription.empty() ? "" : kOutcomeItem),
          .price = outcome.price,
          .quantity_milli = outcome.quantity_milli,
          .amount = 1,
          .start = has_period ? *outcome.start : paid_at,
          .end = has_period ? *outcome.end : paid_at};
}

DocumentState OutcomeState(const TenantId& tenant, const LedgerObject& object, std::optional<Instant> paid_at,
                           Moment& moment) {
  DocumentState state;
  const auto* outcome = StateOf<OutcomeFact>(&object, moment);
  if (outcome == nullptr || outcome->tenant != tenant) return state;
  const bool paid = paid_at && moment.Reached(*paid_at);
  switch (outcome->status) {
    case OutcomeStatus::kPending:
      state.standing = Standing::kOpen;
      state.evidence = EvidenceKind::kProcessing;
      break;
    case OutcomeStatus::kFailed:
      state.standing = Standing::kOpen;
      state.evidence = EvidenceKind::kFailed;
      break;
    case OutcomeStatus::kReversed:
      if (!paid) break;  // nothing was proved that could be taken back
      state.reversal = ReversalKind::kFully;
      state.reversal_lost = ReversalKind::kFully;
      state.standing = Standing::kPaid;
      break;
    case OutcomeStatus::kSucceeded: state.standing = Standing::kPaid; break;
  }
  state.lines.push_back(OutcomeLine(*outcome, paid ? *paid_at : Instant{}));
  return state;
}

Document OutcomeDocument(const TenantId& tenant, const LedgerObject& object) {
  const auto paid_at = EarliestWhere<OutcomeFact>(
      object, [](const OutcomeFact& outcome) { return outcome.status == OutcomeStatus::kSucceeded; });
  Document document{.object = object.ref,
                    .paid_at = paid_at,
                    .ended_at = {},
                    .states = StepsOf([&](Moment& moment) { return OutcomeState(tenant, object, paid_at, moment); })};
  for (const Fact* fact : object.facts) {
    const auto* outcome = std::get_if<OutcomeFact>(&fact->content);
    if (outcome == nullptr) continue;
    if (outcome->status != OutcomeStatus::kFailed && outcome->status != OutcomeStatus::kReversed) continue;
    if (document.ended_at.empty() || document.ended_at.back() != fact->at) document.ended_at.push_back(fact->at);
  }
  return document;
}

}  // namespace

std::vector<Document> DocumentsOf(const TenantId& tenant, const LedgerView& view) {
  std::vector<Document> documents;
  const auto add = [&](Document document) {
    if (!document.states.empty()) documents.push_back(std::move(document));
  };
  for (const LedgerObject& object : view.objects()) {
    switch (object.ref.kind) {
      case ObjectKind::kInvoice: add(InvoiceDocument(tenant, view, object)); break;
      case ObjectKind::kCheckoutSession: add(SessionDocument(tenant, view, object)); break;
      case ObjectKind::kPaymentIntent: add(IntentDocument(tenant, view, object)); break;
      case ObjectKind::kOutcome: add(OutcomeDocument(tenant, object)); break;
      case ObjectKind::kTenant:
      case ObjectKind::kCustomer:
      case ObjectKind::kSubscription:
      case ObjectKind::kInvoicePayment:
      case ObjectKind::kCharge:
      case ObjectKind::kRefund:
      case ObjectKind::kDispute:
      case ObjectKind::kCreditNote:
      case ObjectKind::kTestClock:
      case ObjectKind::kFraudWarning:
      case ObjectKind::kOverride: break;
    }
  }
  return documents;
}

}  // namespace usher
