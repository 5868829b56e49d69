// What an award gives, unmapped prices included (R14).
#include <algorithm>

#include "server/core/evaluation.h"

namespace usher {
namespace {

// Another line that was bought with the unmapped one takes the place of whatever was kept in its group. Credits buy
// nothing.
bool BoughtInGroup(const Evaluation& evaluation, const LineAt& unmapped, std::size_t group) {
  return std::any_of(evaluation.lines.begin(), evaluation.lines.end(), [&](const LineAt& line) {
    if (line.document != unmapped.document || !line.debit()) return false;
    const std::optional<Gift> gift = GiftOf(line.bound->price);
    return gift && !gift->add_on && evaluation.bound.catalog->plans[gift->index].group == group;
  });
}

// The lines of the item's last proof of a plan before `unmapped` started.
std::vector<const LineAt*> LastMappedProof(const Evaluation& evaluation, const LineAt& unmapped) {
  if (!unmapped.bound->item) return {};
  std::vector<const LineAt*> proofs;
  for (const LineAt* line : evaluation.by_item[*unmapped.bound->item]) {
    const std::optional<Gift> gift = GiftOf(line->bound->price);
    if (line->debit() && line->worth == Worth::kProof && gift && !gift->add_on &&
        QuantityOf(line->bound->price, line->line().quantity_milli) != 0 &&
        line->line().start < unmapped.line().start) {
      proofs.push_back(line);
    }
  }
  return Greatest(proofs);
}

std::vector<Meaning> KeptFor(const Evaluation& evaluation, const Award& unmapped) {
  std::vector<Meaning> meanings;
  for (const Award& kept : AwardsOf(LastMappedProof(evaluation, *unmapped.line))) {
    const Gift gift = *GiftOf(kept.line->bound->price);
    const Plan& plan = evaluation.bound.catalog->plans[gift.index];
    if (plan.policy.unmapped_price == UnmappedPrice::kNone) continue;
    if (BoughtInGroup(evaluation, *unmapped.line, plan.group)) continue;
    meanings.push_back({.gift = gift, .quantity_milli = kept.quantity_milli, .kept = true});
  }
  return meanings;
}

}  // namespace

std::vector<Meaning> MeaningsOf(const Evaluation& evaluation, const Award& award) {
  if (award.quantity_milli == 0) return {};  // R2: quantity nought buys nothing
  const Price* price = award.line->bound->price;
  if (price == nullptr) return KeptFor(evaluation, award);
  const std::optional<Gift> gift = GiftOf(price);
  if (!gift) return {};
  Meaning meaning{.gift = *gift, .quantity_milli = award.quantity_milli};
  if (award.line->worth == Worth::kTrial && !gift->add_on) {
    meaning.gift.index = evaluation.bound.catalog->plans[gift->index].trial->grants;  // R3
  }
  return {meaning};
}

}  // namespace usher
