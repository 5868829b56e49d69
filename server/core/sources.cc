#include "server/core/sources.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "server/core/evaluation.h"

namespace usher {
namespace {

auto SourceKey(const LineAt* line) {
  const Document& document = *line->document->document;
  return std::tie(*document.paid_at, document.object.id, document.object.kind);
}

bool IsInArrears(const LineAt& line) { return line.bound->price != nullptr && line.bound->price->arrears; }

Instant RenewsAt(const LineAt& line) {
  return IsInArrears(line) && !line.runs_as_trial() ? line.line().end : line.until;
}

std::vector<const LineAt*> Where(const std::vector<const LineAt*>& lines, bool (LineAt::*holds)() const) {
  std::vector<const LineAt*> found;
  for (const LineAt* line : lines) {
    if ((line->*holds)()) found.push_back(line);
  }
  return found;
}

}  // namespace

std::vector<const LineAt*> Greatest(const std::vector<const LineAt*>& lines) {
  std::vector<const LineAt*> greatest;
  for (const LineAt* line : lines) {
    if (!greatest.empty()) {
      const Instant start = line->line().start;
      const Instant best_start = greatest.front()->line().start;
      const auto key = SourceKey(line);
      const auto best_key = SourceKey(greatest.front());
      if (std::tie(start, key) < std::tie(best_start, best_key)) continue;
      if (std::tie(start, key) > std::tie(best_start, best_key)) greatest.clear();
    }
    greatest.push_back(line);
  }
  return greatest;
}

std::vector<Award> AwardsOf(const std::vector<const LineAt*>& fellows) {
  std::vector<Award> awards;
  for (const LineAt* line : fellows) {
    if (!line->debit() || line->line().price.empty()) continue;
    const auto same = std::find_if(awards.begin(), awards.end(), [&](const Award& award) {
      return award.line->line().price == line->line().price && award.line->worth == line->worth;
    });
    const bool arrears = IsInArrears(*line);
    const std::int64_t quantity = QuantityOf(line->bound->price, line->line().quantity_milli);
    if (same == awards.end()) {
      awards.push_back({.line = line, .quantity_milli = quantity, .until = line->until, .renews_at = RenewsAt(*line)});
      continue;
    }
    if (!arrears && __builtin_add_overflow(same->quantity_milli, quantity, &same->quantity_milli)) {
      same->quantity_milli = std::numeric_limits<std::int64_t>::max();
    }
    same->until = std::max(same->until, line->until);
    same->renews_at = std::max(same->renews_at, RenewsAt(*line));
  }
  return awards;
}

std::int64_t QuantityOf(const Price* price, std::int64_t quantity_milli) {
  return price != nullptr && price->arrears ? 1000 : quantity_milli;
}

Candidate CandidateOf(const Award& award, const Meaning& meaning) {
  const ObjectRef& object = award.line->document->document->object;
  return {.state = AccessState::kNotInPlan,
          .reason = award.line->reason,
          .gift = meaning.gift,
          .quantity_milli = meaning.quantity_milli,
          .policy = award.line->policy,
          .scope = &object.scope,
          .source_kind = object.kind,
          .source_id = &object.id,
          .subscription = &award.line->line().subscription,
          .item = &award.line->line().item,
          .price = &award.line->line().price};
}

const SubscriptionState& SubscriptionAt(const Subscription* subscription, Moment& moment) {
  static const SubscriptionState kUnknown;
  return subscription == nullptr ? kUnknown : StateIn(subscription->states, moment);
}

Sources SourcesAt(const BoundTrace& bound, Moment& moment) {
  Evaluation evaluation{.bound = bound,
                        .moment = moment,
                        .lines = LinesAt(bound, moment),
                        .by_item = std::vector<std::vector<const LineAt*>>(bound.items.size()),
                        .winners = std::vector<std::vector<const LineAt*>>(bound.items.size()),
                        .last = std::vector<std::vector<const LineAt*>>(bound.items.size()),
                        .sources = {}};
  for (const LineAt& line : evaluation.lines) {
    if (line.bound->item) evaluation.by_item[*line.bound->item].push_back(&line);
  }
  for (std::size_t item = 0; item < bound.items.size(); ++item) {
    const std::vector<const LineAt*>& lines = evaluation.by_item[item];
    evaluation.winners[item] = Greatest(Where(lines, &LineAt::in_force));
    if (evaluation.winners[item].empty()) evaluation.last[item] = Greatest(Where(lines, &LineAt::ended));
  }
  AddInForce(evaluation);
  AddEnded(evaluation);
  AddWithoutProof(evaluation);
  AddPending(evaluation);
  AddIntentions(evaluation);
  return std::move(evaluation.sources);
}

}  // namespace usher
