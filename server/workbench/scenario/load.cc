#include "server/workbench/scenario/load.h"

#include <algorithm>
#include <map>
#include <utility>

#include "catalog/absl_bridge.h"
#include "catalog/parse/read_tree.h"
#include "catalog/parse/scalars.h"
#include "server/workbench/scenario/reading.h"
#include "server/workbench/scenario/scenario_shape.h"
#include "server/workbench/scenario/stage.h"

namespace usher {
namespace {

// A price that a scenario runs for; null when it runs once.
struct Run {
  const Price* price = nullptr;
  bool livemode = true;
};

template <class Item>
std::vector<std::string> IdsOf(const std::vector<Item>& items) {
  std::vector<std::string> ids;
  for (const Item& item : items) ids.push_back(item.id.str());
  return ids;
}

class FileReader {
 public:
  FileReader(const Catalog& catalog, Findings& findings, const ReadEventFile& read_event, std::string file)
      : catalog_(catalog), findings_(findings), read_event_(read_event), file_(std::move(file)) {}

  void Read(const Node& root, std::map<std::string, Place>& names, std::vector<Scenario>& scenarios) {
    const Node* list = Find(root, "scenarios");
    if (list == nullptr || !list->IsList()) return;
    for (const Node& node : list->items) {
      if (!node.IsMap()) continue;
      if (const std::optional<std::string> name = AsText(Find(node, "name"))) {
        const Node& place = *Find(node, "name");
        const auto [first, inserted] = names.try_emplace(*name, place.place);
        if (!inserted) {
          findings_.Add(Code::kScenarioTwice, place.place,
                        "A scenario \"" + *name + "\" stands already at " + findings_.Describe(first->second) +
                            ": rename one of the two.");
        }
      }
      CheckExpects(node);
      for (const Run& run : RunsOf(node)) scenarios.push_back(ReadScenario(node, run));
    }
  }

 private:
  void CheckExpects(const Node& node) {
    const Node* steps = Find(node, "steps");
    if (steps == nullptr || !steps->IsList() || steps->items.empty()) return;
    const auto expects = [](const Node& step) {
      return std::ranges::any_of(step.entries, [](const Node::Entry& entry) {
        return entry.key.starts_with("expect") && !(entry.value.IsMap() && entry.value.entries.empty());
      });
    };
    if (std::ranges::any_of(steps->items, expects)) return;
    findings_.Add(Code::kExpectsNothing, node.place,
                  "The scenario expects nothing, so it would pass whatever is answered: add expect to a step.");
  }

  // Without a well-formed environment those of the default.
  std::vector<bool> EnvironmentsOf(const Node& node) {
    const Node* stated = Find(node, "environment");
    const std::string word = AsText(stated).value_or("live");
    if (word == "both") {
      if (Find(node, "for_each") != nullptr) return {true, false};
      findings_.Add(Code::kKeyDoesNotApply, stated->place,
                    "\"both\" applies only with for_each: a scenario that runs once is of live or of test.");
    }
    return {word != "test"};
  }

  std::vector<Run> RunsOf(const Node& node) {
    const std::vector<bool> environments = EnvironmentsOf(node);
    const Node* for_each = Find(node, "for_each");
    if (for_each == nullptr) return {{.price = nullptr, .livemode = environments.front()}};
    const Node* filter = Find(*for_each, "price");
    if (filter == nullptr || !filter->IsMap()) return {};
    const auto plan = Refer(*filter, "plan", catalog_.plans, FindPlan, Code::kUnknownPlan);
    const auto add_on = Refer(*filter, "add_on", catalog_.add_ons, FindAddOn, Code::kUnknownAddOn);
    if (plan.failed || add_on.failed) return {};
    const std::optional<PriceStatus> status = AsWord<PriceStatus>(Find(*filter, "status"));
    const std::optional<std::string> interval = AsText(Find(*filter, "interval"));
    const auto matches = [&](const Price& price) {
      const auto* sells_plan = std::get_if<Price::SellsPlan>(&price.sells);
      const auto* sells_add_on = std::get_if<Price::SellsAddOn>(&price.sells);
      if (plan.index && (sells_plan == nullptr || sells_plan->plan != *plan.index)) return false;
      if (add_on.index && (sells_add_on == nullptr || sells_add_on->add_on != *add_on.index)) return false;
      return (!status || price.status == *status) && (!interval || price.interval == *interval);
    };
    std::vector<Run> runs;
    for (const bool livemode : environments) {
      for (const Price& price : livemode ? catalog_.live_prices : catalog_.test_prices) {
        if (matches(price)) runs.push_back({.price = &price, .livemode = livemode});
      }
    }
    if (runs.empty()) {
      findings_.Add(Code::kNoMatchingPrice, filter->place,
                    "No price of the environment is like this, so the scenario would never run: correct it.");
    }
    return runs;
  }

  struct Reference {
    std::optional<std::size_t> index;
    bool failed = false;
  };

  template <class Item>
  Reference Refer(const Node& filter, std::string_view key, const std::vector<Item>& items,
                  std::optional<std::size_t> (*find)(const Catalog&, std::string_view), Code code) {
    const Node* node = Find(filter, key);
    const std::optional<std::string> name = AsText(node);
    if (!name) return {.index = std::nullopt, .failed = node != nullptr};
    const std::optional<std::size_t> index = find(catalog_, *name);
    if (!index) {
      findings_.Add(code, node->place,
                    "The catalog has no \"" + *name + "\": name one that it has, with its version." +
                        findings_.DidYouMean(*name, IdsOf(items)));
    }
    return {.index = index, .failed = !index};
  }

  Scenario ReadScenario(const Node& node, const Run& run) {
    Scenario scenario;
    scenario.name = AsText(Find(node, "name")).value_or("");
    scenario.price = run.price == nullptr ? "" : run.price->id.str();
    scenario.file = file_;
    scenario.place = node.place;
    scenario.tenant = TenantId(AsText(Find(node, "tenant")).value_or("tenant"));
    scenario.livemode = run.livemode;
    Reading reading{.catalog = catalog_,
                    .findings = findings_,
                    .read_event = read_event_,
                    .file = file_,
                    .price = scenario.price,
                    .livemode = run.livemode};
    const Node* start = Find(node, "start");
    const std::optional<std::string> start_text = AsText(start);
    if (start_text) {
      const absl::StatusOr<Instant> parsed = ParseInstant(*start_text);
      if (parsed.ok()) {
        reading.start = *parsed;
      } else {
        findings_.Add(
            Code::kBadTime, start->place,
            "The start expects an instant such as 2026-01-01T00:00:00Z, and here stands " + Describe(*start) + ".");
      }
    }
    const Node* steps = Find(node, "steps");
    if (steps == nullptr || !steps->IsList()) return scenario;
    std::optional<Instant> last;
    for (const Node& step : steps->items) {
      if (!step.IsMap()) continue;
      const std::optional<Instant> at = ReadTime(reading, Find(step, "at"));
      // What an offset is from, and what came before, nobody knows without a start: the steps are read all the same.
      const bool known = at && start_text;
      if (known && *at < last.value_or(reading.start)) {
        findings_.Add(Code::kTimeBackwards, Find(step, "at")->place,
                      FormatInstant(*at) + " is before " + FormatInstant(last.value_or(reading.start)) +
                          (last ? ", the step above" : ", the start") + ": steps stand in the order of their times.");
      } else if (known) {
        last = *at;
      }
      scenario.steps.push_back(ReadStep(reading, step, at.value_or(last.value_or(reading.start))));
    }
    return scenario;
  }

  ScenarioStep ReadStep(const Reading& reading, const Node& node, Instant at) {
    ScenarioStep step;
    step.at = at;
    step.place = node.place;
    const Node::Entry* verb = nullptr;
    bool has_more = false;
    for (const Node::Entry& entry : node.entries) {
      has_more = has_more || (!IsVerb(entry.key) && entry.key != "at");
      if (!IsVerb(entry.key)) continue;
      if (verb != nullptr && verb->key != entry.key) {
        findings_.Add(Code::kSeveralVerbs, entry.key_place,
                      "The step has the verbs " + verb->key + " and " + entry.key +
                          ": give each a step of its own; times may be equal.");
        continue;
      }
      verb = &entry;
      step.verb_place = entry.key_place;
      step.act = ReadAct(reading, entry.key, entry.value, at);
    }
    if (verb == nullptr && !has_more) {
      findings_.Add(Code::kEmptyStep, node.place, "The step has no verb and expects nothing: add one, or remove it.");
    }
    ReadExpectations(reading, node, step);
    return step;
  }

  const Catalog& catalog_;
  Findings& findings_;
  const ReadEventFile& read_event_;
  const std::string file_;
};

// Whether everything can happen as it is written.
void CheckPlay(const Scenario& scenario, const Catalog& catalog, Findings& findings) {
  Stage stage(catalog, scenario.livemode, scenario.tenant);
  for (const ScenarioStep& step : scenario.steps) {
    if (!step.act) continue;
    const absl::Status done = stage.Do(*step.act, step.at);
    if (done.ok()) continue;
    findings.Add(Code::kCannotHappen, step.verb_place, StatusMessage(done));
    return;  // what follows may fail for that reason alone
  }
}

}  // namespace

ScenarioLoadResult LoadScenarios(const std::vector<SourceFile>& files, const Catalog& catalog,
                                 const ReadEventFile& read_event) {
  std::vector<std::string> file_names;
  for (const SourceFile& file : files) file_names.push_back(file.name);
  Findings findings(std::move(file_names));
  ScenarioLoadResult result;
  std::map<std::string, Place> names;
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    const std::optional<Node> root =
        ReadTree(i, files[i].text, findings, "a scenario file starts with \"scenarios:\" and a list of them.");
    if (!root) continue;
    CheckShape(*root, ScenarioFileShape(), findings, "scenario");
    FileReader(catalog, findings, read_event, files[i].name).Read(*root, names, result.scenarios);
  }
  if (!findings.HasErrors()) {
    for (const Scenario& scenario : result.scenarios) CheckPlay(scenario, catalog, findings);
  }
  if (findings.HasErrors()) result.scenarios.clear();
  result.findings = findings.Take();
  return result;
}

}  // namespace usher
