#include "server/core/ledger_view.h"

#include <algorithm>
#include <tuple>

#include "server/core/fact_codec.h"
#include "server/core/fact_order.h"

namespace usher {
namespace {

// Adds `fact` to a history whose facts come by ascending time: the running maximum of its order.
template <class Outranks>
void AddToHistory(Steps<const Fact*>& steps, const Fact* fact, Outranks&& outranks) {
  if (!steps.empty() && !outranks(*fact, *steps.back().state)) return;
  if (!steps.empty() && steps.back().from == fact->at) {
    steps.back().state = fact;
    return;
  }
  steps.push_back({fact->at, fact});
}

Steps<const Fact*>& HistoryOf(LedgerObject& object, std::size_t content) {
  for (auto& [index, steps] : object.states) {
    if (index == content) return steps;
  }
  return object.states.emplace_back(content, Steps<const Fact*>{}).second;
}

}  // namespace

LedgerView::LedgerView(std::span<const Fact> facts) {
  std::vector<std::vector<ObjectRef>> references;
  references.reserve(facts.size());
  std::vector<ObjectRef> refs;
  for (const Fact& fact : facts) {
    refs.push_back(fact.object);
    references.push_back(References(fact));
    refs.insert(refs.end(), references.back().begin(), references.back().end());
  }
  std::sort(refs.begin(), refs.end());
  refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
  objects_.reserve(refs.size());
  for (ObjectRef& ref : refs)
    objects_.push_back({.ref = std::move(ref), .facts = {}, .invoice_lines = {}, .referrers = {}, .states = {}});

  const auto index_of = [this](const ObjectRef& ref) {
    const auto found =
        std::lower_bound(objects_.begin(), objects_.end(), ref,
                         [](const LedgerObject& object, const ObjectRef& key) { return object.ref < key; });
    return static_cast<std::size_t>(found - objects_.begin());
  };
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const std::size_t own = index_of(facts[i].object);
    objects_[own].facts.push_back(&facts[i]);
    for (const ObjectRef& reference : references[i]) objects_[index_of(reference)].referrers.push_back(own);
  }
  for (LedgerObject& object : objects_) Arrange(object);
}

void LedgerView::Arrange(LedgerObject& object) {
  std::sort(object.referrers.begin(), object.referrers.end());
  object.referrers.erase(std::unique(object.referrers.begin(), object.referrers.end()), object.referrers.end());
  std::sort(object.facts.begin(), object.facts.end(), [](const Fact* a, const Fact* b) { return a->at < b->at; });
  for (const Fact* fact : object.facts) {
    AddToHistory(HistoryOf(object, fact->content.index()), fact, OutranksAsState);
    if (std::holds_alternative<InvoiceFact>(fact->content)) AddToHistory(object.invoice_lines, fact, OutranksAsLines);
  }
}

const LedgerObject* LedgerView::Find(const BillingScope& scope, ObjectKind kind, std::string_view id) const {
  if (id.empty()) return nullptr;
  const auto found = std::lower_bound(objects_.begin(), objects_.end(), std::tie(scope, kind, id),
                                      [](const LedgerObject& object, const auto& key) {
                                        const std::string_view own_id = object.ref.id;
                                        return std::tie(object.ref.scope, object.ref.kind, own_id) < key;
                                      });
  if (found == objects_.end() || found->ref.scope != scope || found->ref.kind != kind || found->ref.id != id) {
    return nullptr;
  }
  return &*found;
}

std::vector<const LedgerObject*> LedgerView::OfKind(ObjectKind kind, const BillingScope& scope) const {
  std::vector<const LedgerObject*> found;
  for (const LedgerObject& object : objects_) {
    if (object.ref.kind == kind && object.ref.scope == scope) found.push_back(&object);
  }
  return found;
}

std::vector<const LedgerObject*> LedgerView::Referrers(const LedgerObject* object, ObjectKind kind) const {
  std::vector<const LedgerObject*> found;
  if (object == nullptr) return found;
  for (const std::size_t index : object->referrers) {
    if (objects_[index].ref.kind == kind) found.push_back(&objects_[index]);
  }
  return found;
}

}  // namespace usher
