#include "server/core/explain.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

#include "server/core/fact_codec.h"
#include "server/core/identity.h"
#include "server/core/invoice_lines.h"
#include "server/core/ledger_view.h"
#include "server/core/sentences.h"

namespace usher {
namespace {

// ---- which facts bear on a source ----

// A fact as the tenant may see it, and which one it is.
struct BearingFact {
  Digest digest;
  Fact fact;
};

// Collects the facts around the objects that sources name, as they were known at a moment. One customer may pay for
// several tenants, so the ledger of one holds facts of the others: they are not told.
class BearingFacts {
 public:
  BearingFacts(const TenantId& tenant, std::span<const Fact> facts, Instant at)
      : tenant_(tenant), view_(facts), moment_(at) {}

  // `source` is the text of a SourceRef: the kind of an object and its id.
  void AddSource(const SourceRef& source) {
    for (const LedgerObject& object : view_.objects()) {
      if (object.facts.empty()) continue;
      if (source.source != std::string(ObjectKindName(object.ref.kind)) + " " + object.ref.id) continue;
      if (IsOwn(object)) AddDocument(object);
    }
  }

  void AddSuspensions() {
    ForEachKnown<SuspensionFact>(view_.Find({}, ObjectKind::kTenant, tenant_.str()), moment_,
                                 [&](const Fact& fact, const SuspensionFact&) { Add(fact); });
  }

  // Every document with a line of the tenant of a price that the catalog does not know (R14).
  void AddUnmapped(const Catalog& catalog) {
    for (const LedgerObject& object : view_.objects()) {
      const auto* invoice = StateOf<InvoiceFact>(&object, moment_);
      if (invoice == nullptr || invoice->status != InvoiceStatus::kPaid) continue;
      const bool unmapped = std::any_of(invoice->lines.begin(), invoice->lines.end(), [&](const InvoiceLine& line) {
        return FindPrice(catalog, object.ref.scope.livemode, line.price.str()) == nullptr &&
               IsOwnLine(object, *invoice, line);
      });
      if (unmapped) AddDocument(object);
    }
  }

  // Oldest first.
  std::vector<BearingFact> Take() {
    std::vector<BearingFact> sorted;
    for (const Fact* fact : facts_) sorted.push_back({.digest = FactDigest(*fact), .fact = Seen(*fact)});
    std::sort(sorted.begin(), sorted.end(), [](const BearingFact& a, const BearingFact& b) {
      return std::tie(a.fact.at, a.fact.object, a.digest) < std::tie(b.fact.at, b.fact.object, b.digest);
    });
    const auto same = [](const BearingFact& a, const BearingFact& b) { return a.digest == b.digest; };
    sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
    return sorted;
  }

 private:
  bool Is(const TenantId* owner) const { return owner != nullptr && *owner == tenant_; }

  bool IsOwnLine(const LedgerObject& object, const InvoiceFact& invoice, const InvoiceLine& line) {
    const std::string& payer = line.subscription.empty() ? invoice.subscription : line.subscription;
    return Is(LineOwner(view_, object, payer, moment_));
  }

  bool IsOwnInvoice(const LedgerObject& object) {
    const auto* invoice = StateOf<InvoiceFact>(&object, moment_);
    if (invoice == nullptr) return false;
    const std::vector<InvoiceLine> lines = LinesOf(object, moment_);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const InvoiceLine& line) { return IsOwnLine(object, *invoice, line); });
  }

  // An object that may be a source belongs to the tenant.
  bool IsOwn(const LedgerObject& object) {
    switch (object.ref.kind) {
      case ObjectKind::kInvoice: return IsOwnInvoice(object);
      case ObjectKind::kCheckoutSession: return Is(SessionOwner(view_, object, moment_));
      case ObjectKind::kPaymentIntent: return Is(IntentOwner(view_, object, moment_));
      case ObjectKind::kSubscription: return Is(SubscriptionOwner(view_, object, moment_));
      case ObjectKind::kOutcome: {
        const auto* outcome = StateOf<OutcomeFact>(&object, moment_);
        return outcome != nullptr && outcome->tenant == tenant_;
      }
      case ObjectKind::kOverride: {
        const auto* put = StateOf<OverrideFact>(&object, moment_);
        return put != nullptr && put->tenant == tenant_;
      }
      case ObjectKind::kTenant:
      case ObjectKind::kCustomer:
      case ObjectKind::kInvoicePayment:
      case ObjectKind::kCharge:
      case ObjectKind::kRefund:
      case ObjectKind::kDispute:
      case ObjectKind::kCreditNote:
      case ObjectKind::kTestClock:
      case ObjectKind::kFraudWarning: return false;
    }
    return false;
  }

  // It says something about an invoice of somebody else: one payment may settle several.
  bool NamesForeignInvoice(const LedgerObject& payment) {
    for (const Fact* fact : payment.facts) {
      for (const ObjectRef& reference : References(*fact)) {
        if (reference.kind != ObjectKind::kInvoice) continue;
        const LedgerObject* invoice = view_.Find(reference.scope, reference.kind, reference.id);
        if (invoice != nullptr && !invoice->facts.empty() && !IsOwnInvoice(*invoice)) return true;
      }
    }
    return false;
  }

  // One that a document of the tenant names only because it has lines of somebody else.
  bool IsForeignSubscription(const LedgerObject& document, const LedgerObject& object) {
    if (object.ref.kind != ObjectKind::kSubscription || Is(SubscriptionOwner(view_, object, moment_))) return false;
    return document.ref.kind != ObjectKind::kInvoice || !Is(LineOwner(view_, document, object.ref.id, moment_));
  }

  // What a fact says of others is left out.
  Fact Seen(const Fact& fact) {
    Fact seen = fact;
    if (auto* link = std::get_if<LinkFact>(&seen.content); link != nullptr && link->tenant != tenant_) {
      link->tenant = TenantId();
    }
    if (auto* invoice = std::get_if<InvoiceFact>(&seen.content)) {
      const LedgerObject& object = *view_.Find(fact.object.scope, fact.object.kind, fact.object.id);
      std::erase_if(invoice->lines, [&](const InvoiceLine& line) { return !IsOwnLine(object, *invoice, line); });
    }
    return seen;
  }

  void Add(const Fact& fact) { facts_.insert(&fact); }

  void AddAll(const LedgerObject& object) {
    for (const Fact* fact : object.facts) {
      if (moment_.Reached(fact->at)) Add(*fact);
    }
  }

  void AddDocument(const LedgerObject& object) {
    if (!visited_.insert(&object).second) return;
    AddAll(object);
    AddPayments(object);
    for (const Fact* fact : object.facts) {
      for (const ObjectRef& reference : References(*fact)) AddNamed(object, reference);
    }
  }

  // What a document names: payments whole, the subscription as it stands, of a customer only who it is.
  void AddNamed(const LedgerObject& document, const ObjectRef& reference) {
    const LedgerObject* object = view_.Find(reference.scope, reference.kind, reference.id);
    if (object == nullptr || IsForeignSubscription(document, *object) || !visited_.insert(object).second) return;
    if (reference.kind == ObjectKind::kCharge || reference.kind == ObjectKind::kPaymentIntent) {
      AddAll(*object);
      AddPayments(*object);
    } else if (reference.kind == ObjectKind::kSubscription) {
      if (const Fact* state = StateFact<SubscriptionFact>(object, moment_)) Add(*state);
      AddLinks(*object);
      AddLaterInvoices(*object, document);
    } else if (reference.kind == ObjectKind::kCustomer) {
      AddLinks(*object);
    }
  }

  // The payments around a document, and what took them back.
  void AddPayments(const LedgerObject& object) {
    for (const std::size_t index : object.referrers) {
      const LedgerObject& other = view_.object(index);
      switch (other.ref.kind) {
        case ObjectKind::kCharge:
        case ObjectKind::kPaymentIntent:
        case ObjectKind::kInvoicePayment:
        case ObjectKind::kRefund:
        case ObjectKind::kDispute:
        case ObjectKind::kCreditNote:
          if (NamesForeignInvoice(other) || !visited_.insert(&other).second) break;
          AddAll(other);
          AddPayments(other);
          for (const Fact* fact : other.facts) {
            for (const ObjectRef& reference : References(*fact)) AddPayment(reference);
          }
          break;
        case ObjectKind::kCheckoutSession: AddLinks(other); break;
        case ObjectKind::kTenant:
        case ObjectKind::kCustomer:
        case ObjectKind::kSubscription:
        case ObjectKind::kInvoice:
        case ObjectKind::kTestClock:
        case ObjectKind::kFraudWarning:
        case ObjectKind::kOutcome:
        case ObjectKind::kOverride: break;
      }
    }
  }

  void AddPayment(const ObjectRef& reference) {
    if (reference.kind != ObjectKind::kCharge && reference.kind != ObjectKind::kPaymentIntent) return;
    const LedgerObject* object = view_.Find(reference.scope, reference.kind, reference.id);
    if (object == nullptr || !visited_.insert(object).second) return;
    AddAll(*object);
    AddPayments(*object);
  }

  // Renewals that came after `document`: they decide about grace.
  void AddLaterInvoices(const LedgerObject& subscription, const LedgerObject& document) {
    if (document.facts.empty()) return;
    const Instant since = document.facts.front()->at;
    for (const LedgerObject* invoice : view_.Referrers(&subscription, ObjectKind::kInvoice)) {
      if (invoice->facts.front()->at <= since || !moment_.Reached(invoice->facts.front()->at)) continue;
      if (IsOwnInvoice(*invoice)) AddAll(*invoice);
    }
  }

  void AddLinks(const LedgerObject& object) {
    ForEachKnown<LinkFact>(&object, moment_, [&](const Fact& fact, const LinkFact&) { Add(fact); });
    ForEachKnown<CustomerFact>(&object, moment_, [&](const Fact& fact, const CustomerFact& customer) {
      if (customer.deleted) Add(fact);
    });
  }

  const TenantId& tenant_;
  const LedgerView view_;
  Moment moment_;
  std::set<const LedgerObject*> visited_;
  std::set<const Fact*> facts_;
};

// ---- the steps ----

ExplainStep MakeStep(StepKind kind, std::string_view rule, std::string sentence) {
  ExplainStep step;
  step.kind = kind;
  step.rule = rule;
  step.sentence = std::move(sentence);
  return step;
}

void AddFacts(const Catalog& catalog, const Decision& decision, const TenantId& tenant, std::span<const Fact> facts,
              std::vector<ExplainStep>& steps) {
  BearingFacts bearing(tenant, facts, decision.evaluated_at);
  for (const SourceRef& source : decision.sources) bearing.AddSource(source);
  if (decision.reason == Reason::kOperatorSuspended) bearing.AddSuspensions();
  if (decision.reason == Reason::kUnmappedPrice) bearing.AddUnmapped(catalog);
  for (const BearingFact& found : bearing.Take()) {
    ExplainStep step = MakeStep(StepKind::kFact, "", SentenceOf(found.fact));
    step.object = found.fact.object;
    step.fact = found.digest;
    step.at = found.fact.at;
    steps.push_back(std::move(step));
  }
}

std::string PriceSentence(const SourceRef& source) {
  const std::string price = "Price " + source.price.str();
  if (source.reason == Reason::kUnmappedPrice) return price + " is not in the catalog; " + source.plan + " is kept.";
  if (source.state == AccessState::kTrial) return price + " is on trial, which grants " + source.plan + ".";
  return price + " sells " + source.plan + ".";
}

// What the plan or add-on says about the feature.
std::string PlanSentence(const Catalog& catalog, const SourceRef& source, std::size_t feature) {
  const std::string& id = catalog.features[feature].id.str();
  if (const std::optional<std::size_t> plan = FindPlan(catalog, source.plan)) {
    const std::optional<Entitlement>& entitlement = catalog.plans[*plan].entitlements[feature];
    if (!entitlement) return "Plan " + source.plan + " does not include " + id + ".";
    if (entitlement->form == Entitlement::Form::kFixed) {
      return "Plan " + source.plan + " gives " + id + ": " + TextOf(entitlement->fixed) + ".";
    }
    return "Plan " + source.plan + " gives " + id + " by the quantity that was paid for.";
  }
  return "Add-on " + source.plan + " adds to " + id + ".";
}

void AddSources(const Catalog& catalog, const Decision& decision, std::size_t feature,
                std::vector<ExplainStep>& steps) {
  for (const SourceRef& source : decision.sources) {
    steps.push_back(MakeStep(StepKind::kProof, RuleOf(source.reason), SentenceOf(source)));
    if (!source.price.empty()) {
      const std::string_view rule = source.reason == Reason::kUnmappedPrice ? "R14" : "";
      steps.push_back(MakeStep(StepKind::kPrice, rule, PriceSentence(source)));
    }
    if (!source.plan.empty()) steps.push_back(MakeStep(StepKind::kPlan, "", PlanSentence(catalog, source, feature)));
  }
}

std::string Readable(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string StateSentence(const Decision& decision, const std::string& id, bool known) {
  if (decision.sources.empty() && decision.reason == Reason::kNotIncluded) {
    return (known ? "Nothing that the tenant has or pays for includes "
                  : "The tenant is unknown, and no default plan includes ") +
           id + ".";
  }
  return "At " + FormatInstant(decision.evaluated_at) + " " + id + " is " + Readable(StateName(decision.state)) + ": " +
         Readable(ReasonName(decision.reason)) + ".";
}

std::string DecisionSentence(const Decision& decision, const CheckRequest& request) {
  std::string text = decision.allowed ? "Allowed" : "Denied";
  switch (decision.usage) {
    case UsageVerdict::kAsTimeline: break;
    case UsageVerdict::kOverLimit:
      text += ", because " + std::to_string(decision.used.value_or(0)) + " in use and " +
              std::to_string(request.quantity) + " more exceed the limit";
      break;
    case UsageVerdict::kUsageUnknown: text += ", and nobody said how much is used"; break;
  }
  if (decision.valid_until != kForever) {
    text += decision.provisional ? ", until " : ", at least until ";
    text += FormatInstant(decision.valid_until);
    if (decision.provisional) text += " unless something happens before";
  }
  return text + ".";
}

}  // namespace

std::vector<ExplainStep> Explain(const Catalog& catalog, const Timeline& timeline, const TenantId& tenant,
                                 std::span<const Fact> facts, const CheckRequest& request, Instant at) {
  const Decision decision = Check(catalog, timeline, request, at);
  const std::string& id = catalog.features[request.feature].id.str();
  std::vector<ExplainStep> steps;
  AddFacts(catalog, decision, tenant, facts, steps);
  AddSources(catalog, decision, request.feature, steps);
  steps.push_back(
      MakeStep(StepKind::kState, RuleOf(decision.reason), StateSentence(decision, id, decision.tenant_known)));
  if (decision.value) {
    steps.push_back(MakeStep(StepKind::kValue, "R12", "The value of " + id + " is " + TextOf(*decision.value) + "."));
  }
  steps.push_back(MakeStep(StepKind::kDecision, "", DecisionSentence(decision, request)));
  return steps;
}

}  // namespace usher
