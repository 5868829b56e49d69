// What subscriptions want and nobody has billed: changes that are billed later (R10), and purchases of which nothing
// was seen.
#include <algorithm>

#include "server/core/evaluation.h"

namespace usher {
namespace {

Candidate Wanted(const Subscription& subscription, const SubscriptionItem& item, const Price* price, Gift gift,
                 const PaymentPolicy& policy) {
  return {.state = AccessState::kPaymentRequired,
          .reason = Reason::kPaymentNotSeen,
          .gift = gift,
          .quantity_milli = QuantityOf(price, item.quantity_milli),
          .policy = &policy,
          .scope = &subscription.scope,
          .source_kind = ObjectKind::kSubscription,
          .source_id = &subscription.id,
          .subscription = &subscription.id,
          .item = &item.id,
          .price = &item.price};
}

// True when some known document has a debit of the item's price that starts at `since` or later.
bool IsBilled(const Evaluation& evaluation, std::optional<std::size_t> index, const PriceId& price, Instant since) {
  const auto bills = [&](const BoundLine& line) {
    return line.item == index && line.line->debit() && line.line->price == price && line.line->start >= since;
  };
  const std::vector<BoundDocument>& documents = evaluation.bound.documents;
  return std::any_of(documents.begin(), documents.end(), [&](const BoundDocument& document) {
    const Step<BoundState>* step = StepAt(document.states, evaluation.moment);
    return step != nullptr && std::any_of(step->state.lines.begin(), step->state.lines.end(), bills);
  });
}

// What the price of an item gives. Quantity nought buys nothing (R2), except in arrears, where it says nothing (R16).
std::optional<Gift> GiftOf(const Price* price, const SubscriptionItem& item) {
  if (price == nullptr || (item.quantity_milli == 0 && !price->arrears)) return std::nullopt;
  return GiftOf(price);
}

// R10: the item wants another price than the one in force, and no invoice bills it.
void AddDeferred(Evaluation& evaluation, const Subscription& subscription, const SubscriptionItem& item,
                 const std::vector<const LineAt*>& winners) {
  const Price* price = FindPrice(*evaluation.bound.catalog, subscription.scope.livemode, item.price.str());
  const std::optional<Gift> gift = GiftOf(price, item);
  if (!gift) return;
  if (std::any_of(winners.begin(), winners.end(),
                  [&](const LineAt* line) { return line->line().price == item.price; })) {
    return;
  }
  const LineAt& winner = *winners.front();
  if (IsBilled(evaluation, winner.bound->item, item.price, winner.line().start)) return;
  const PaymentPolicy& policy = PolicyOf(*evaluation.bound.catalog, price);
  Candidate candidate = Wanted(subscription, item, price, *gift, policy);
  const bool grant = policy.deferred_proration == DeferredProration::kGrant;
  candidate.state = grant ? AccessState::kGranted : AccessState::kHeld;
  candidate.reason = Reason::kChangeNotYetBilled;
  evaluation.sources.candidates.push_back(candidate);
}

void AddUnseen(Evaluation& evaluation, const Subscription& subscription, const SubscriptionItem& item) {
  const Price* price = FindPrice(*evaluation.bound.catalog, subscription.scope.livemode, item.price.str());
  const std::optional<Gift> gift = GiftOf(price, item);
  if (!gift) return;
  evaluation.sources.candidates.push_back(
      Wanted(subscription, item, price, *gift, PolicyOf(*evaluation.bound.catalog, price)));
}

bool Wants(const SubscriptionState& state) {
  return state.known && state.mine && !state.canceled && state.status != SubscriptionStatus::kPaused &&
         state.status != SubscriptionStatus::kOther;
}

void AddOfSubscription(Evaluation& evaluation, const Subscription& subscription) {
  const SubscriptionState& state = StateIn(subscription.states, evaluation.moment);
  if (!Wants(state)) return;
  for (const SubscriptionItem& item : state.items) {
    const std::size_t index = ItemIndex(evaluation.bound, subscription, item);
    if (!evaluation.winners[index].empty()) {
      if (state.status != SubscriptionStatus::kIncomplete) {
        AddDeferred(evaluation, subscription, item, evaluation.winners[index]);
      }
    } else if (!state.pending && evaluation.last[index].empty()) {
      AddUnseen(evaluation, subscription, item);
    }
  }
}

}  // namespace

void AddIntentions(Evaluation& evaluation) {
  for (const Subscription& subscription : evaluation.bound.trace->subscriptions) {
    AddOfSubscription(evaluation, subscription);
  }
}

}  // namespace usher
