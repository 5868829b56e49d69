#include "clients/cli/decision_text.h"

#include <sstream>

#include "clients/cli/table.h"
#include "clients/cli/words.h"

namespace usher {
namespace {

constexpr std::size_t kSentenceColumns = 70;

std::string UsageText(const v1::Decision& decision) {
  if (!decision.has_used()) return "";
  std::string text = std::to_string(decision.used()) + " used";
  if (decision.has_remaining()) text += ", " + std::to_string(decision.remaining()) + " left";
  if (decision.overage() > 0) text += ", " + std::to_string(decision.overage()) + " over";
  return text;
}

std::string PlanText(const v1::Decision& decision) {
  if (decision.plan().empty()) return decision.price().empty() ? "" : "none, for price " + decision.price();
  return decision.plan() + (decision.price().empty() ? "" : ", by price " + decision.price());
}

std::string UntilText(const v1::Decision& decision) {
  if (!decision.has_valid_until()) return "";
  const Instant from = ToInstant(decision.evaluated_at());
  return TimeText(decision.valid_until()) + ", " + DistanceText(from, ToInstant(decision.valid_until())) +
         (decision.provisional() ? "; a payment moves it" : "");
}

std::string StepWord(v1::ExplainStepKind kind) {
  switch (kind) {
    case v1::EXPLAIN_STEP_KIND_FACT: return "fact";
    case v1::EXPLAIN_STEP_KIND_PROOF: return "proof";
    case v1::EXPLAIN_STEP_KIND_PRICE: return "price";
    case v1::EXPLAIN_STEP_KIND_PLAN: return "plan";
    case v1::EXPLAIN_STEP_KIND_STATE: return "state";
    case v1::EXPLAIN_STEP_KIND_VALUE: return "value";
    case v1::EXPLAIN_STEP_KIND_DECISION: return "answer";
    default: return "";
  }
}

}  // namespace

std::string DecisionText(const std::string& tenant, const v1::Decision& decision, bool colors) {
  std::ostringstream out;
  out << Paint(decision.allowed() ? "allowed" : "denied", decision.allowed() ? Ink::kGreen : Ink::kRed, colors) << "  "
      << Paint(decision.feature(), Ink::kBold, colors) << " for " << Paint(tenant, Ink::kBold, colors)
      << (decision.tenant_known() ? "" : ", of whom nothing is known") << "\n\n";
  Table table;
  const auto add = [&](const char* name, const std::string& text, Ink ink = Ink::kPlain) {
    if (!text.empty()) table.Add({{name, Ink::kDim}, {text, ink}});
  };
  const std::string sentence(ReasonSentence(decision.reason()));
  add("state", StateWord(decision.state()), StateInk(decision.state()));
  add("reason", ReasonWord(decision.reason()) + (sentence.empty() ? "" : ": " + sentence));
  add("value", ValueText(decision.value()));
  add("use", UsageText(decision));
  add("access", decision.granted_access() == v1::GRANTED_ACCESS_READ ? "read only" : "");
  add("plan", PlanText(decision));
  add("until", UntilText(decision));
  add("to do", RemedySentence(decision.remedy()));
  add("asked", "for " + TimeText(decision.evaluated_at()) + ", ledger version " +
                   std::to_string(decision.tenant_version()) + ", catalog generation " +
                   std::to_string(decision.generation()));
  table.Print(out, colors, "  ");
  return out.str();
}

std::string StepsText(const v1::ExplainEntitlementResponse& explanation, bool colors) {
  std::ostringstream out;
  for (const v1::ExplainStep& step : explanation.steps()) {
    std::string word = StepWord(step.kind());
    word.resize(8, ' ');
    std::string rule = step.rule();
    rule.resize(5, ' ');
    const std::string indent(2 + word.size() + rule.size(), ' ');
    out << "  " << Paint(word, Ink::kDim, colors) << Paint(rule, Ink::kCyan, colors)
        << Wrap(step.sentence(), kSentenceColumns, indent) << "\n";
    std::string origin;
    if (step.has_at()) origin += TimeText(step.at());
    if (!step.provider().empty()) origin += (origin.empty() ? "" : ", ") + step.provider() + " " + step.object_id();
    if (!step.event_id().empty()) origin += (origin.empty() ? "" : ", ") + std::string("event ") + step.event_id();
    if (!origin.empty()) out << indent << Paint(origin, Ink::kDim, colors) << "\n";
  }
  return out.str();
}

}  // namespace usher
