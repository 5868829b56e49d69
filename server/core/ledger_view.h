// Facts arranged for reading: every object with its histories and the objects that name it.
//
// A view over facts that the caller keeps alive. Every question takes a Moment, so nothing later than it is seen.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/core/fact.h"
#include "server/core/moment.h"

namespace usher {

// All that is known of one object.
struct LedgerObject {
  ObjectRef ref;
  std::vector<const Fact*> facts;      // by own time; equal times in no particular order
  Steps<const Fact*> invoice_lines;    // invoices: the observations from which the lines are taken
  std::vector<std::size_t> referrers;  // objects of which some fact names this one, ascending
  std::vector<std::pair<std::size_t, Steps<const Fact*>>> states;  // by index of the content in FactContent
};

class LedgerView {
 public:
  explicit LedgerView(std::span<const Fact> facts);

  const std::vector<LedgerObject>& objects() const { return objects_; }  // sorted by ref
  const LedgerObject& object(std::size_t index) const { return objects_[index]; }

  // Null when no fact is about it or names it, and for an empty id.
  const LedgerObject* Find(const BillingScope& scope, ObjectKind kind, std::string_view id) const;

  // Every object of a kind in a scope, sorted by id.
  std::vector<const LedgerObject*> OfKind(ObjectKind kind, const BillingScope& scope) const;

  // The objects of `kind` that some fact connects to `object`, sorted. Which of them name it at a moment is for the
  // caller to ask. Empty for null.
  std::vector<const LedgerObject*> Referrers(const LedgerObject* object, ObjectKind kind) const;

 private:
  void Arrange(LedgerObject& object);

  std::vector<LedgerObject> objects_;
};

template <class Content, std::size_t I = 0>
constexpr std::size_t ContentIndex() {
  if constexpr (std::is_same_v<std::variant_alternative_t<I, FactContent>, Content>) {
    return I;
  } else {
    return ContentIndex<Content, I + 1>();
  }
}

// The fact that is the object's state at the moment, null when it is not known then. Null objects are unknown.
template <class Content>
const Fact* StateFact(const LedgerObject* object, Moment& moment) {
  if (object == nullptr) return nullptr;
  for (const auto& [content, steps] : object->states) {
    if (content != ContentIndex<Content>()) continue;
    const Step<const Fact*>* step = StepAt(steps, moment);
    return step == nullptr ? nullptr : step->state;
  }
  return nullptr;
}

template <class Content>
const Content* StateOf(const LedgerObject* object, Moment& moment) {
  const Fact* fact = StateFact<Content>(object, moment);
  return fact == nullptr ? nullptr : &std::get<Content>(fact->content);
}

// Calls visit(fact, content) for every fact of the object with that content that is known at the moment.
template <class Content, class Visitor>
void ForEachKnown(const LedgerObject* object, Moment& moment, Visitor&& visit) {
  if (object == nullptr) return;
  for (const Fact* fact : object->facts) {
    const Content* content = std::get_if<Content>(&fact->content);
    if (content == nullptr) continue;
    if (!moment.Reached(fact->at)) return;
    visit(*fact, *content);
  }
}

}  // namespace usher
