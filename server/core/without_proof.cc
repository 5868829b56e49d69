// Lines of paid documents that prove nothing: zero without proof (R3), unbacked (R4), reversed (R5).
#include <tuple>

#include "server/core/evaluation.h"

namespace usher {
namespace {

bool BoughtTogether(const LineAt& a, const LineAt& b) {
  return a.document == b.document && a.bound->item == b.bound->item && a.line().start == b.line().start &&
         a.line().price == b.line().price && a.worth == b.worth;
}

}  // namespace

void AddWithoutProof(Evaluation& evaluation) {
  std::vector<const LineAt*> told;
  for (const LineAt& line : evaluation.lines) {
    if (line.worth != Worth::kReversed && line.worth != Worth::kNoProof) continue;
    if (!line.holds() || !line.debit() || line.bound->price == nullptr) continue;
    std::vector<const LineAt*> fellows{&line};
    if (line.bound->item) {
      bool first = true;
      for (const LineAt* other : told) first = first && !BoughtTogether(*other, line);
      if (!first) continue;
      for (const LineAt* other : evaluation.by_item[*line.bound->item]) {
        if (other != &line && other->holds() && BoughtTogether(*other, line)) fellows.push_back(other);
      }
    }
    told.push_back(&line);
    const bool reversed = line.worth == Worth::kReversed;
    for (const Award& award : AwardsOf(fellows)) {
      for (const Meaning& meaning : MeaningsOf(evaluation, award)) {
        Candidate candidate = CandidateOf(award, meaning);
        candidate.state = reversed ? AccessState::kSuspended : AccessState::kPaymentRequired;
        evaluation.sources.candidates.push_back(candidate);
      }
    }
  }
}

}  // namespace usher
