#include "server/workbench/scenario/run.h"

#include <algorithm>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/core/explain.h"
#include "server/core/roles.h"
#include "server/core/sentences.h"
#include "server/core/trace.h"
#include "server/core/trace_model.h"
#include "server/workbench/scenario/stage.h"
#include "server/workbench/scenario/timeline_lines.h"

namespace usher {
namespace {

bool IsMet(const ExpectedValue& expected, const std::optional<Value>& found) {
  const bool* expects = expected.value ? std::get_if<bool>(&*expected.value) : nullptr;
  if (expects != nullptr && !*expects) return !found || *found == Value(false);
  return expected.value == found;
}

std::string TextOf(const std::optional<Value>& value) { return value ? TextOf(*value) : std::string("no value"); }

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "none" : text;
}

// Both sides of a comparison, told only as far as something was expected.
struct Comparison {
  std::vector<std::string> expected;
  std::vector<std::string> found;
  bool met = true;

  void Add(bool is_met, std::string what, std::string is) {
    met = met && is_met;
    expected.push_back(std::move(what));
    found.push_back(std::move(is));
  }
};

std::string UntilText(Instant until) { return "valid until " + FormatInstant(until); }

Comparison Compare(const FeatureExpectation& expected, const Decision& decision) {
  Comparison comparison;
  if (expected.value) {
    comparison.Add(IsMet(*expected.value, decision.value), TextOf(expected.value->value), TextOf(decision.value));
  }
  // The state and its reason are told whenever something is wrong: they say what is going on.
  if (expected.state) {
    comparison.Add(*expected.state == decision.state, std::string(StateName(*expected.state)),
                   std::string(StateName(decision.state)));
  } else {
    comparison.found.emplace_back(StateName(decision.state));
  }
  if (expected.reason) {
    comparison.Add(*expected.reason == decision.reason, std::string(ReasonName(*expected.reason)),
                   std::string(ReasonName(decision.reason)));
  } else {
    comparison.found.emplace_back(ReasonName(decision.reason));
  }
  if (expected.valid_until) {
    comparison.Add(*expected.valid_until == decision.valid_until, UntilText(*expected.valid_until),
                   UntilText(decision.valid_until));
  }
  if (expected.allowed) {
    comparison.Add(*expected.allowed == decision.allowed, *expected.allowed ? "allowed" : "denied",
                   decision.allowed ? "allowed" : "denied");
  }
  return comparison;
}

std::vector<std::string> NamesOf(const Catalog& catalog, const std::vector<std::size_t>& roles) {
  std::vector<std::string> names;
  for (const std::size_t role : roles) names.push_back(catalog.roles[role].id.str());
  return names;
}

std::vector<std::string> WhyRoles(const Catalog& catalog, const MemberRoles& member) {
  std::vector<std::string> plans;
  for (const std::size_t plan : member.plans) plans.push_back(catalog.plans[plan].id.str());
  return {"The plans that count are: " + Joined(plans) + ".",
          "They give the roles: " + Joined(NamesOf(catalog, member.roles)) + "."};
}

std::vector<std::string> WhyFeature(const Catalog& catalog, const StepView& view, const CheckRequest& request) {
  std::vector<std::string> why;
  for (const ExplainStep& step : Explain(catalog, view.timeline, view.tenant, view.facts, request, view.at)) {
    std::string line = step.kind == StepKind::kFact ? FormatInstant(step.at) + "  " : "";
    line += step.sentence;
    if (!step.rule.empty()) line += " (" + step.rule + ")";
    why.push_back(std::move(line));
  }
  return why;
}

std::string PermissionText(const PermissionDecision& decision) {
  switch (decision.reason) {
    case PermissionReason::kGranted: return "allowed";
    case PermissionReason::kNotAMember:
    case PermissionReason::kKindUnknown:
    case PermissionReason::kNoRole: return "denied: no role has it";
    case PermissionReason::kFeatureDenied: return "denied: the feature that it requires is not allowed";
  }
  return "";
}

class StepJudge {
 public:
  StepJudge(const Catalog& catalog, const StepView& view, bool explain)
      : catalog_(catalog), view_(view), explain_(explain) {}

  std::vector<Mismatch> Judge() {
    for (const FeatureExpectation& expected : view_.step.features) JudgeFeature(expected);
    for (const RoleExpectation& expected : view_.step.roles) JudgeRoles(expected);
    for (const PermissionExpectation& expected : view_.step.permissions) JudgePermission(expected);
    return std::move(mismatches_);
  }

 private:
  void JudgeFeature(const FeatureExpectation& expected) {
    const Decision decision = Check(catalog_, view_.timeline, expected.request, view_.at);
    Comparison comparison = Compare(expected, decision);
    if (comparison.met) return;
    Add(expected.place, catalog_.features[expected.request.feature].id.str(), Joined(comparison.expected),
        Joined(comparison.found));
    if (explain_) mismatches_.back().why = WhyFeature(catalog_, view_, expected.request);
  }

  void JudgeRoles(const RoleExpectation& expected) {
    const RolesUntil roles = RolesAt(catalog_, view_.timeline, expected.member_kind, view_.at);
    if (roles.has.roles == expected.roles) return;
    Add(expected.place, "roles of " + catalog_.member_kinds[expected.member_kind].name,
        Joined(NamesOf(catalog_, expected.roles)), Joined(NamesOf(catalog_, roles.has.roles)));
    if (explain_) mismatches_.back().why = WhyRoles(catalog_, roles.has);
  }

  void JudgePermission(const PermissionExpectation& expected) {
    const std::string& kind = catalog_.member_kinds[expected.member_kind].name;
    const PermissionDecision decision = CheckPermission(catalog_, view_.timeline, kind, expected.permission, view_.at);
    if (decision.allowed == expected.allowed) return;
    Add(expected.place, "permission " + catalog_.permissions[expected.permission].id.str() + " of " + kind,
        expected.allowed ? "allowed" : "denied", PermissionText(decision));
    if (!explain_) return;
    mismatches_.back().why = WhyRoles(catalog_, decision.member);
    const std::optional<std::size_t> feature = catalog_.permissions[expected.permission].requires_feature;
    if (!feature || !decision.feature) return;
    const CheckRequest keep{.feature = *feature, .quantity = 0, .current_usage = std::nullopt, .access = Access::kUse};
    const std::vector<std::string> more = WhyFeature(catalog_, view_, keep);
    mismatches_.back().why.insert(mismatches_.back().why.end(), more.begin(), more.end());
  }

  void Add(Place place, std::string what, std::string expected, std::string found) {
    mismatches_.push_back({.place = place,
                           .what = std::move(what),
                           .expected = std::move(expected),
                           .found = std::move(found),
                           .why = {}});
  }

  const Catalog& catalog_;
  const StepView& view_;
  const bool explain_;
  std::vector<Mismatch> mismatches_;
};

}  // namespace

std::optional<StepFailure> PlayScenario(const Scenario& scenario, const Catalog& catalog,
                                        const std::function<bool(const StepView&)>& visit) {
  Stage stage(catalog, scenario.livemode, scenario.tenant);
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const ScenarioStep& step = scenario.steps[i];
    if (step.act) {
      const absl::Status done = stage.Do(*step.act, step.at);
      if (!done.ok()) {
        StepFailure failure{.step = i, .at = step.at, .place = step.verb_place, .mismatches = {}, .timeline = ""};
        failure.mismatches.push_back({.place = step.verb_place,
                                      .what = "the verb",
                                      .expected = "it happens",
                                      .found = StatusMessage(done),
                                      .why = {}});
        return failure;
      }
    }
    if (!step.Expects()) continue;
    const Timeline timeline = Resolve(BuildTrace(scenario.tenant, stage.facts()), catalog);
    if (!visit({scenario.tenant, step, i, stage.facts(), timeline, EvaluationInstant(timeline, step.at)})) break;
  }
  return std::nullopt;
}

std::vector<Mismatch> MismatchesOf(const Catalog& catalog, const StepView& view, bool explain) {
  return StepJudge(catalog, view, explain).Judge();
}

std::optional<StepFailure> RunScenario(const Scenario& scenario, const Catalog& catalog) {
  std::optional<StepFailure> failure;
  const std::optional<StepFailure> cannot = PlayScenario(scenario, catalog, [&](const StepView& view) {
    std::vector<Mismatch> mismatches = MismatchesOf(catalog, view, true);
    if (mismatches.empty()) return true;
    failure = {.step = view.index,
               .at = view.at,
               .place = view.step.place,
               .mismatches = std::move(mismatches),
               .timeline = TimelineLines(catalog, view.timeline, view.at, view.step)};
    return false;
  });
  return cannot ? cannot : failure;
}

bool Passes(const Scenario& scenario, const Catalog& catalog) {
  bool passes = true;
  const std::optional<StepFailure> cannot = PlayScenario(scenario, catalog, [&](const StepView& view) {
    passes = MismatchesOf(catalog, view, false).empty();
    return passes;
  });
  return passes && !cannot;
}

}  // namespace usher
