#include "tests/property/history.h"

#include <algorithm>
#include <set>

#include "tests/property/stage.h"

namespace usher::property {

History DrawHistory(std::uint64_t seed) {
  Stage stage(seed);
  Dice& dice = stage.dice;
  History history;
  history.seed = seed;
  history.catalog = CatalogWithDrawnPolicies(dice.random());
  if (dice.Chance(15)) {
    stage.scope.livemode = false;
    if (dice.Chance(60)) stage.test_clock = "clock_1";
  }
  // Lives dominate: rules that need a bill, its failure and its successor are never reached by facts thrown together.
  for (int count = dice.Pick({0, 1, 1, 1, 1, 2, 2, 3}); count > 0; --count) LiveSubscription(stage);
  for (int count = dice.Pick({0, 0, 1, 1, 2}); count > 0; --count) BuyOnce(stage);
  if (dice.Chance(20)) StartBareIntent(stage);
  if (dice.Chance(25)) RecordOutcomes(stage);
  if (dice.Chance(25)) PutOverrides(stage);
  if (dice.Chance(8)) SuspendAndRestore(stage);
  WriteSurroundings(stage);
  if (dice.Chance(8)) {  // the same tenants in another account, where the same ids mean other things
    stage.scope.account = "acct_2";
    stage.drawn = 0;
    LiveSubscription(stage);
    if (dice.Chance(50)) BuyOnce(stage);
  }
  Spoil(stage);
  history.facts = std::move(stage.facts);
  return history;
}

namespace {

void AddStated(const FactContent& content, std::set<Instant>& stated) {
  if (const auto* invoice = std::get_if<InvoiceFact>(&content)) {
    if (invoice->due_date) stated.insert(*invoice->due_date);
    for (const InvoiceLine& line : invoice->lines) {
      stated.insert(line.start);
      stated.insert(line.end);
      stated.insert(line.end + (line.end - line.start));
    }
  } else if (const auto* subscription = std::get_if<SubscriptionFact>(&content)) {
    for (const auto& time : {subscription->trial_start, subscription->trial_end, subscription->cancel_at}) {
      if (time) stated.insert(*time);
    }
  } else if (const auto* outcome = std::get_if<OutcomeFact>(&content)) {
    for (const auto& time : {outcome->start, outcome->end}) {
      if (time) stated.insert(*time);
    }
    if (outcome->start && outcome->end) stated.insert(*outcome->end + (*outcome->end - *outcome->start));
  } else if (const auto* put = std::get_if<OverrideFact>(&content)) {
    for (const auto& time : {put->starts_at, put->expires_at}) {
      if (time) stated.insert(*time);
    }
  }
}

}  // namespace

std::vector<Instant> InterestingInstants(const History& history) {
  std::set<Instant> stated;
  for (const Fact& fact : history.facts) {
    stated.insert(fact.at);
    AddStated(fact.content, stated);
  }
  std::set<CalendarDuration> lengths;
  for (const Plan& plan : history.catalog.plans) {
    lengths.insert({plan.policy.renewal_leeway, plan.policy.dunning_grace, plan.policy.pending_timeout});
  }
  const PaymentPolicy& own = history.catalog.policy;
  lengths.insert({own.renewal_leeway, own.dunning_grace, own.pending_timeout});
  for (const Price& price : history.catalog.live_prices) {
    if (price.once && !price.once->forever) lengths.insert(price.once->length);
  }
  std::set<Instant> all = stated;
  for (const Instant at : stated) {
    for (const CalendarDuration& length : lengths) all.insert(AddCalendar(at, length));
  }
  return {all.begin(), all.end()};
}

}  // namespace usher::property
