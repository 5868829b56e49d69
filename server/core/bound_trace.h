// A trace bound to a catalog: prices looked up, items and subscriptions numbered, so that evaluating a moment compares
// no strings. Views into both, which the caller keeps alive.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "catalog/model.h"
#include "server/core/moment.h"
#include "server/core/trace_model.h"

namespace usher {

struct BoundLine {
  const TraceLine* line = nullptr;
  const Price* price = nullptr;                // null: unmapped (R14)
  std::optional<std::size_t> item;             // index into BoundTrace::items; none for lines that stand for themselves
  const Subscription* subscription = nullptr;  // null: none, or nothing is known of it
};

struct BoundState {
  const DocumentState* state = nullptr;
  std::vector<BoundLine> lines;
};

struct BoundDocument {
  const Document* document = nullptr;
  Steps<BoundState> states;
};

// Lines of one item replace each other over time.
struct BoundItem {
  const BillingScope* scope = nullptr;
  const std::string* subscription_id = nullptr;
  const std::string* id = nullptr;
  const Subscription* subscription = nullptr;  // null: nothing is known of it
};

struct BoundTrace {
  const Trace* trace = nullptr;
  const Catalog* catalog = nullptr;
  std::vector<BoundDocument> documents;  // as Trace::documents
  std::vector<BoundItem> items;          // sorted by scope, subscription, id; those of lines and of subscriptions
};

BoundTrace Bind(const Trace& trace, const Catalog& catalog);

// The item of that subscription, which must be one of the trace's.
std::size_t ItemIndex(const BoundTrace& bound, const Subscription& subscription, const SubscriptionItem& item);

// What a price or a default plan gives: the index of a plan, or of an add-on.
struct Gift {
  bool add_on = false;
  std::size_t index = 0;
  friend bool operator==(const Gift&, const Gift&) = default;
};

// None for unmapped and ignored prices.
std::optional<Gift> GiftOf(const Price* price);

// The policy of the plan that the price sells; the catalog's own for add-ons and unmapped prices.
const PaymentPolicy& PolicyOf(const Catalog& catalog, const Price* price);

}  // namespace usher
