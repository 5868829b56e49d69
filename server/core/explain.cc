#include "server/core/explain.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

#include "server/core/fact_codec.h"
#include "server/core/ledger_view.h"
#include "server/core/sentences.h"

namespace usher {
namespace {

// ---- which facts bear on a source ----

// Collects the facts around the objects that sources name, as they were known at a moment.
class BearingFacts {
 public:
  BearingFacts(std::span<const Fact> facts, Instant at) : view_(facts), moment_(at) {}

  // `source` is the text of a SourceRef: the kind of an object and its id.
  void AddSource(const SourceRef& source) {
    for (const LedgerObject& object : view_.objects()) {
      if (object.facts.empty()) continue;
      if (source.source == std::string(ObjectKindName(object.ref.kind)) + " " + object.ref.id) AddDocument(object);
    }
  }

  // Every suspension of the ledger's tenant.
  void AddSuspensions() {
    for (const LedgerObject& object : view_.objects()) {
      ForEachKnown<SuspensionFact>(&object, moment_, [&](const Fact& fact, const SuspensionFact&) { Add(fact); });
    }
  }

  // Every document with a line of a price that the catalog does not know (R14).
  void AddUnmapped(const Catalog& catalog) {
    for (const LedgerObject& object : view_.objects()) {
      const auto* invoice = StateOf<InvoiceFact>(&object, moment_);
      if (invoice == nullptr || invoice->status != InvoiceStatus::kPaid) continue;
      const bool unmapped = std::any_of(invoice->lines.begin(), invoice->lines.end(), [&](const InvoiceLine& line) {
        return FindPrice(catalog, object.ref.scope.livemode, line.price.str()) == nullptr;
      });
      if (unmapped) AddDocument(object);
    }
  }

  // Oldest first.
  std::vector<const Fact*> Take() {
    std::vector<std::pair<Digest, const Fact*>> keyed;
    for (const Fact* fact : facts_) keyed.emplace_back(FactDigest(*fact), fact);
    std::sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) {
      return std::tie(a.second->at, a.second->object, a.first) < std::tie(b.second->at, b.second->object, b.first);
    });
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    keyed.erase(std::unique(keyed.begin(), keyed.end(), same), keyed.end());
    std::vector<const Fact*> sorted;
    for (const auto& [digest, fact] : keyed) sorted.push_back(fact);
    return sorted;
  }

 private:
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
    if (object == nullptr || !visited_.insert(object).second) return;
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
          if (!visited_.insert(&other).second) break;
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
      if (invoice->facts.front()->at > since && moment_.Reached(invoice->facts.front()->at)) AddAll(*invoice);
    }
  }

  void AddLinks(const LedgerObject& object) {
    ForEachKnown<LinkFact>(&object, moment_, [&](const Fact& fact, const LinkFact&) { Add(fact); });
    ForEachKnown<CustomerFact>(&object, moment_, [&](const Fact& fact, const CustomerFact& customer) {
      if (customer.deleted) Add(fact);
    });
  }

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

void AddFacts(const Catalog& catalog, const Decision& decision, std::span<const Fact> facts,
              std::vector<ExplainStep>& steps) {
  BearingFacts bearing(facts, decision.evaluated_at);
  for (const SourceRef& source : decision.sources) bearing.AddSource(source);
  if (decision.reason == Reason::kOperatorSuspended) bearing.AddSuspensions();
  if (decision.reason == Reason::kUnmappedPrice) bearing.AddUnmapped(catalog);
  for (const Fact* fact : bearing.Take()) {
    ExplainStep step = MakeStep(StepKind::kFact, "", SentenceOf(*fact));
    step.object = fact->object;
    step.fact = FactDigest(*fact);
    step.at = fact->at;
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

std::vector<ExplainStep> Explain(const Catalog& catalog, const Timeline& timeline, std::span<const Fact> facts,
                                 const CheckRequest& request, Instant at) {
  const Decision decision = Check(catalog, timeline, request, at);
  const std::string& id = catalog.features[request.feature].id.str();
  std::vector<ExplainStep> steps;
  AddFacts(catalog, decision, facts, steps);
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
