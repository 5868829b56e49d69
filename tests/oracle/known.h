// Section 1 of docs/rules.md: what is known at t.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/core/fact.h"

namespace usher::oracle {

// The facts whose own time is <= t, each once, and what follows from them about single objects.
class Known {
 public:
  Known(std::span<const Fact> ledger, Instant t);
  Known(const Known&) = delete;
  Known& operator=(const Known&) = delete;

  Instant t() const { return t_; }
  const std::vector<Fact>& facts() const { return facts_; }

  // The fact that is the state of `object` in this kind of content; null when nothing is known.
  template <class Content>
  const Fact* State(const ObjectRef& object) const {
    const auto found = states_.find({object, FactContent(Content{}).index()});
    return found == states_.end() ? nullptr : found->second;
  }

  // The same for every object that has one.
  template <class Content>
  std::vector<const Fact*> States() const {
    std::vector<const Fact*> states;
    for (const auto& [key, fact] : states_) {
      if (std::holds_alternative<Content>(fact->content)) states.push_back(fact);
    }
    return states;
  }

  // Every fact about `object` of this kind of content.
  template <class Content>
  std::vector<const Fact*> All(const ObjectRef& object) const {
    std::vector<const Fact*> all;
    for (const Fact& fact : facts_) {
      if (fact.object == object && std::holds_alternative<Content>(fact.content)) all.push_back(&fact);
    }
    return all;
  }

  // "An object names another when any of its facts known at t does": the ids that `object` names in this reference.
  template <class Content>
  std::set<std::string> Named(const ObjectRef& object, std::string Content::* reference) const {
    std::set<std::string> ids;
    for (const Fact* fact : All<Content>(object)) ids.insert(std::get<Content>(fact->content).*reference);
    ids.erase("");
    return ids;
  }

 private:
  Instant t_;
  std::vector<Fact> facts_;
  std::map<std::pair<ObjectRef, std::size_t>, const Fact*> states_;
};

template <class Content>
const Content& As(const Fact& fact) {
  return std::get<Content>(fact.content);
}

ObjectRef Object(const BillingScope& scope, ObjectKind kind, const std::string& id);

// "Lines of an invoice", after "Cancelling out (R2)" of section 2.
std::vector<InvoiceLine> LinesOfInvoice(const Known& known, const ObjectRef& invoice);

// "Who owns what".
std::optional<TenantId> TenantOfLine(const Known& known, const ObjectRef& invoice, const InvoiceLine& line);
std::optional<TenantId> TenantOfSession(const Known& known, const ObjectRef& session);
std::optional<TenantId> TenantOfIntent(const Known& known, const ObjectRef& intent);
std::optional<TenantId> TenantOfSubscription(const Known& known, const ObjectRef& subscription);
std::optional<TenantId> TenantOfCustomer(const Known& known, const ObjectRef& customer);

// "Payments of a source at t": ids within the scope of the source.
struct Payments {
  std::set<std::string> intents;
  std::set<std::string> charges;
};
Payments PaymentsOfInvoice(const Known& known, const ObjectRef& invoice);
Payments PaymentsOfSession(const Known& known, const ObjectRef& session);
// The known charges that name a payment intent.
std::set<std::string> ChargesOfIntent(const Known& known, const BillingScope& scope, const std::string& intent);

}  // namespace usher::oracle
