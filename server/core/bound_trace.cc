#include "server/core/bound_trace.h"

#include <algorithm>
#include <tuple>

namespace usher {
namespace {

auto KeyOf(const BoundItem& item) { return std::tie(*item.scope, *item.subscription_id, *item.id); }

bool Before(const BoundItem& a, const BoundItem& b) { return KeyOf(a) < KeyOf(b); }

std::size_t IndexOf(const std::vector<BoundItem>& items, const BoundItem& item) {
  return static_cast<std::size_t>(std::lower_bound(items.begin(), items.end(), item, Before) - items.begin());
}

const Subscription* FindSubscription(const Trace& trace, const BillingScope& scope, const std::string& id) {
  const auto key = std::tie(scope, id);
  const auto found = std::lower_bound(
      trace.subscriptions.begin(), trace.subscriptions.end(), key,
      [](const Subscription& item, const auto& wanted) { return std::tie(item.scope, item.id) < wanted; });
  if (found == trace.subscriptions.end() || std::tie(found->scope, found->id) != key) return nullptr;
  return &*found;
}

std::vector<BoundItem> ItemsOf(const Trace& trace) {
  std::vector<BoundItem> items;
  for (const Document& document : trace.documents) {
    for (const Step<DocumentState>& step : document.states) {
      for (const TraceLine& line : step.state.lines) {
        if (line.item.empty()) continue;
        const BillingScope& scope = document.object.scope;
        items.push_back({.scope = &scope,
                         .subscription_id = &line.subscription,
                         .id = &line.item,
                         .subscription = FindSubscription(trace, scope, line.subscription)});
      }
    }
  }
  for (const Subscription& subscription : trace.subscriptions) {
    for (const Step<SubscriptionState>& step : subscription.states) {
      for (const SubscriptionItem& item : step.state.items) {
        items.push_back({.scope = &subscription.scope,
                         .subscription_id = &subscription.id,
                         .id = &item.id,
                         .subscription = &subscription});
      }
    }
  }
  std::sort(items.begin(), items.end(), Before);
  const auto same = [](const BoundItem& a, const BoundItem& b) { return KeyOf(a) == KeyOf(b); };
  items.erase(std::unique(items.begin(), items.end(), same), items.end());
  return items;
}

BoundLine BindLine(const BoundTrace& bound, const BillingScope& scope, const TraceLine& line) {
  BoundLine result{.line = &line,
                   .price = FindPrice(*bound.catalog, scope.livemode, line.price.str()),
                   .item = std::nullopt,
                   .subscription = FindSubscription(*bound.trace, scope, line.subscription)};
  if (!line.item.empty()) {
    result.item = IndexOf(bound.items, {.scope = &scope, .subscription_id = &line.subscription, .id = &line.item});
  }
  return result;
}

}  // namespace

BoundTrace Bind(const Trace& trace, const Catalog& catalog) {
  BoundTrace bound{.trace = &trace, .catalog = &catalog, .documents = {}, .items = ItemsOf(trace)};
  bound.documents.reserve(trace.documents.size());
  for (const Document& document : trace.documents) {
    BoundDocument& into = bound.documents.emplace_back(BoundDocument{.document = &document, .states = {}});
    for (const Step<DocumentState>& step : document.states) {
      BoundState state{.state = &step.state, .lines = {}};
      for (const TraceLine& line : step.state.lines) {
        state.lines.push_back(BindLine(bound, document.object.scope, line));
      }
      into.states.push_back({step.from, std::move(state)});
    }
  }
  return bound;
}

std::size_t ItemIndex(const BoundTrace& bound, const Subscription& subscription, const SubscriptionItem& item) {
  return IndexOf(bound.items, {.scope = &subscription.scope, .subscription_id = &subscription.id, .id = &item.id});
}

std::optional<Gift> GiftOf(const Price* price) {
  if (price == nullptr) return std::nullopt;
  if (const auto* plan = std::get_if<Price::SellsPlan>(&price->sells))
    return Gift{.add_on = false, .index = plan->plan};
  if (const auto* add_on = std::get_if<Price::SellsAddOn>(&price->sells)) {
    return Gift{.add_on = true, .index = add_on->add_on};
  }
  return std::nullopt;
}

const PaymentPolicy& PolicyOf(const Catalog& catalog, const Price* price) {
  const std::optional<Gift> gift = GiftOf(price);
  return gift && !gift->add_on ? catalog.plans[gift->index].policy : catalog.policy;
}

}  // namespace usher
