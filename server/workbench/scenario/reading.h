// What the readers of a scenario share. All of them are silent about what CheckShape has reported.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalog/model.h"
#include "catalog/parse/finding.h"
#include "catalog/parse/node.h"
#include "server/workbench/scenario/load.h"
#include "server/workbench/scenario/scenario.h"

namespace usher {

struct Reading {
  const Catalog& catalog;
  Findings& findings;
  const ReadEventFile& read_event;
  std::string file;   // the scenario file
  std::string price;  // what $price stands for; empty without for_each
  bool livemode = true;
  Instant start{};
};

// `+10d`, `+1mo+72h`, `+1mo-1h` from `start`, or an instant; nullopt for anything else.
std::optional<Instant> ParseScenarioTime(std::string_view text, Instant start);

// The same of a node; reports what is no time. nullopt when it is absent as well.
std::optional<Instant> ReadTime(const Reading& reading, const Node* node);

// A value of the feature; reports what does not fit its type.
std::optional<Value> ReadValue(const Reading& reading, const Feature& feature, const Node& node);

// The feature that stands as a key or a text at `place`; reports one that is not there.
std::optional<std::size_t> ReferFeature(const Reading& reading, std::string_view name, Place place);

// The verb `name` with its keys; nullopt when a finding has been made.
std::optional<ScenarioAct> ReadAct(const Reading& reading, std::string_view name, const Node& node, Instant at);
// Whether a step may have it as a verb.
bool IsVerb(std::string_view key);

// What the step expects.
void ReadExpectations(const Reading& reading, const Node& step_node, ScenarioStep& step);

}  // namespace usher
