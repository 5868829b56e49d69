// What every paid line of a tenant proves at a moment (R1, R3 to R6, R15, R16).
#pragma once

#include <optional>
#include <vector>

#include "server/core/bound_trace.h"
#include "server/core/timeline.h"

namespace usher {

// What a line is worth, whether or not its period holds the moment.
enum class Worth {
  kProof,
  kTrial,           // R3: the subscription's trial, allowed
  kTrialForbidden,  // R3: the plan's policy does not grant it
  kNoProof,         // zero without proof, or unbacked: R3, R4
  kReversed,        // R5
};

// A line of a source at a moment.
struct LineAt {
  const BoundDocument* document = nullptr;
  const DocumentState* state = nullptr;
  const BoundLine* bound = nullptr;
  const PaymentPolicy* policy = nullptr;
  Worth worth = Worth::kProof;
  Reason reason = Reason::kPaid;  // of its candidate while it is in force
  bool trial = false;             // a line of nothing within its subscription's trial, whatever it is worth (R3)
  bool disputed = false;          // R6
  Instant from{};
  Instant until{};
  bool begun = false;  // from <= t
  bool over = false;   // until <= t

  const TraceLine& line() const { return *bound->line; }
  bool debit() const { return line().debit(); }
  bool runs_as_trial() const { return worth == Worth::kTrial || worth == Worth::kTrialForbidden; }
  bool holds() const { return begun && !over; }
  // R2: it occupies its item now.
  bool in_force() const { return holds() && (worth == Worth::kProof || runs_as_trial()); }
  // It was a proof or a trial, for a time that is over. A one-off line without a term was never anything (R15).
  bool ended() const {
    return over && (worth == Worth::kProof || worth == Worth::kTrial) && (from < until || !line().one_off);
  }
};

// Every line of the documents that are sources at the moment, in the order of the trace.
std::vector<LineAt> LinesAt(const BoundTrace& bound, Moment& moment);

// True for an invoice's line of nothing within the trial of its subscription, as that stands at the moment.
bool IsTrialLine(const BoundDocument& document, const BoundLine& bound, Moment& moment);

}  // namespace usher
