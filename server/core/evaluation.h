// The state that the rules for sources share while one moment is evaluated, and the rules themselves.
//
// Each function adds the candidates of one idea and lives in a file of its name. Their order does not matter.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "server/core/bound_trace.h"
#include "server/core/line_at.h"
#include "server/core/sources.h"

namespace usher {

struct Evaluation {
  const BoundTrace& bound;
  Moment& moment;
  std::vector<LineAt> lines;                        // every line of a source
  std::vector<std::vector<const LineAt*>> by_item;  // those of items, by index of the item
  std::vector<std::vector<const LineAt*>> winners;  // by item: those in force that count (R2)
  std::vector<std::vector<const LineAt*>> last;     // by item: where none is in force, the last proof
  Sources sources;
};

// The debits of one price among lines that were bought together: they grant once, with the sum of their quantities.
struct Award {
  const LineAt* line = nullptr;
  std::int64_t quantity_milli = 0;
  Instant until{};      // the latest end among them
  Instant renews_at{};  // where a renewal would start: until, in arrears the end of the period that was used
};

// R2: of `lines` those with the greatest start; of these those of the source that was paid last.
std::vector<const LineAt*> Greatest(const std::vector<const LineAt*>& lines);

// R16: the quantity of a price in arrears is what was used, never a multiplier.
std::int64_t QuantityOf(const Price* price, std::int64_t quantity_milli);

// The awards of lines that were bought together. Credits award nothing, and neither does what names no price.
std::vector<Award> AwardsOf(const std::vector<const LineAt*>& fellows);

// What an award gives: its price's plan or add-on, what the trial of the plan grants, or what R14 keeps.
struct Meaning {
  Gift gift;
  std::int64_t quantity_milli = 0;
  bool kept = false;  // R14
};
// Nothing for what sells nothing and for quantity nought; several only where R14 keeps several.
std::vector<Meaning> MeaningsOf(const Evaluation& evaluation, const Award& award);

// A candidate of the award's line, without state and reason.
Candidate CandidateOf(const Award& award, const Meaning& meaning);

// The subscription's own state, or that of an unknown one when null.
const SubscriptionState& SubscriptionAt(const Subscription* subscription, Moment& moment);

void AddInForce(Evaluation& evaluation);       // R2, R6, R11, R14: paid and running
void AddEnded(Evaluation& evaluation);         // R7, R8, R11: paid and over
void AddWithoutProof(Evaluation& evaluation);  // R3, R4, R5: zero, unbacked and reversed lines
void AddPending(Evaluation& evaluation);       // R9, R10: being paid
void AddIntentions(Evaluation& evaluation);    // R10: changed, not billed; wanted, nothing seen

}  // namespace usher
