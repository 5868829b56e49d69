#include "catalog/parse/draft.h"
#include "catalog/parse/scalars.h"

namespace usher {
namespace {

// R16: the quantity of a price in arrears is usage, never a multiplier.
void CheckArrears(Draft& draft, const Price& price, const std::vector<std::optional<Entitlement>>& entitlements,
                  const Node& node) {
  if (!price.arrears) return;
  for (std::size_t i = 0; i < entitlements.size(); ++i) {
    if (!entitlements[i] || (entitlements[i]->form != Entitlement::Form::kPerQuantity &&
                             entitlements[i]->form != Entitlement::Form::kAddPerQuantity)) {
      continue;
    }
    draft.findings.Add(Code::kArrearsPerQuantity, Find(node, "arrears")->place,
                       "The price " + price.id.str() + " is in arrears, so its quantity is usage, and it sells " +
                           draft.catalog.features[i].id.str() +
                           " per quantity: sell fixed amounts, or remove arrears.");
  }
}

void BuildPrice(Draft& draft, Price& price, const Node& node) {
  if (const Node* why = Find(node, "ignore"); why != nullptr) {
    price.sells = Price::Ignored{.why = AsText(why).value_or("")};
    return;
  }
  Assign(price.status, AsWord<PriceStatus>(Find(node, "status")));
  Assign(price.interval, AsText(Find(node, "interval")));
  Assign(price.currency, AsText(Find(node, "currency")));
  Assign(price.arrears, AsBoolean(Find(node, "arrears")));
  if (price.interval == "once") {
    const Node* grants_for = Find(node, "grants_for");
    OnceTerm term{.forever = AsText(grants_for) == "forever", .length = {}};
    Assign(term.length, AsDuration(grants_for));
    price.once = term;
    if (price.arrears) {
      draft.findings.Add(
          Code::kOneOffArrears, Find(node, "arrears")->place,
          "The price " + price.id.str() + " is paid once and cannot be in arrears: remove one of the two.");
    }
  }
  if (const auto plan = Refer(draft, draft.plans, Find(node, "plan"), Code::kUnknownPlan, "plan")) {
    price.sells = Price::SellsPlan{.plan = *plan};
    CheckArrears(draft, price, draft.catalog.plans[*plan].entitlements, node);
  }
  if (const auto add_on = Refer(draft, draft.add_ons, Find(node, "add_on"), Code::kUnknownAddOn, "add-on")) {
    price.sells = Price::SellsAddOn{.add_on = *add_on};
    CheckArrears(draft, price, draft.catalog.add_ons[*add_on].entitlements, node);
  }
}

}  // namespace

void BuildPrices(Draft& draft) {
  for (std::size_t i = 0; i < draft.live_prices.size(); ++i) {
    BuildPrice(draft, draft.catalog.live_prices[i], draft.live_prices.entries[i]->value);
  }
  for (std::size_t i = 0; i < draft.test_prices.size(); ++i) {
    BuildPrice(draft, draft.catalog.test_prices[i], draft.test_prices.entries[i]->value);
    const std::optional<std::size_t> live = draft.live_prices.IndexOf(draft.test_prices.names[i]);
    if (!live) continue;
    const Node::Entry* first = draft.live_prices.entries[*live];
    const Node::Entry* second = draft.test_prices.entries[i];
    if (second->key_place < first->key_place) std::swap(first, second);
    draft.findings.Add(Code::kDuplicatePrice, second->key_place,
                       "The price \"" + second->key + "\" stands here and already at " +
                           draft.findings.Describe(first->key_place) +
                           ", in the other environment: keep the one that is meant.");
  }
}

}  // namespace usher
