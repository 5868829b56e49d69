// Sections 3 and 4 of docs/rules.md: what each item, purchase and subscription would give the tenant at t.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/oracle/proofs.h"

namespace usher::oracle {

struct Candidate {
  AccessState state = AccessState::kNotInPlan;
  Reason reason = Reason::kNotIncluded;
  std::optional<std::size_t> plan;  // exactly one of plan and add_on is set
  std::optional<std::size_t> add_on;
  std::int64_t quantity_milli = 1000;
  const PaymentPolicy* policy = nullptr;
  BillingScope scope;
  std::string subscription;  // empty: none
  std::string source;        // for people, and to keep candidates without a subscription apart
};

// What section 3 finds: candidates, and whether an unmapped price with nothing to keep was among the winners.
struct InForce {
  std::vector<Candidate> candidates;
  bool unmapped_proof = false;
};
InForce CandidatesInForce(const Question& q, const std::vector<Line>& lines);

// What section 4 finds.
std::vector<Candidate> CandidatesNotInForce(const Question& q, const std::vector<Line>& lines);

// ---- Shared by the two sections

// The lines of one item key.
std::vector<Line> LinesOfKey(const std::vector<Line>& lines, const ItemKey& key);
std::vector<ItemKey> KeysOf(const std::vector<Line>& lines);

// Of `lines`, those with the greatest start; of these those of one source, by greatest paid at, then greatest id.
std::vector<Line> Winners(const std::vector<Line>& lines);

// "Within them, per price: the debits add their quantities and grant once." One of the debits stands for all; prices
// with credits alone, or with quantity 0, buy nothing and are left out.
struct Granted {
  Line line;
  std::int64_t quantity_milli = 0;
  Instant until{};    // the latest end of the debits' periods
  Instant own_end{};  // the same but for arrears, where it is the latest end of the lines themselves
};
std::vector<Granted> GrantedPerPrice(const std::vector<Line>& winners);

// The lines of the tenant that are in force, of a key.
std::vector<Line> LinesInForce(const Question& q, const std::vector<Line>& lines, const ItemKey& key);

// "R14 unmapped": the plans that are kept for a granted price that the catalog does not know.
std::vector<Candidate> KeptPlans(const Question& q, const std::vector<Line>& lines, const Granted& winner);

// A candidate of a line with nothing but its identity; plan and add-on as the line's price sells.
Candidate CandidateOf(const Line& line, std::int64_t quantity_milli);

// The plan that a proved line gives: of an allowed trial, what the trial policy of its price's plan `grants`.
std::optional<std::size_t> PlanGivenBy(const Question& q, const Line& line);

// "R11 end": "Canceled at t = ...".
bool IsCanceled(const Known& known, const ObjectRef& subscription);

}  // namespace usher::oracle
