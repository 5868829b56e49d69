#include <algorithm>

#include "catalog/parse/scalars.h"
#include "server/workbench/scenario/reading.h"
#include "server/workbench/scenario/scenario_words.h"

namespace usher {
namespace {

// Every value of an enum that ends with `last`, by its name.
template <class E>
std::vector<std::pair<std::string, E>> NamesOf(E last, std::string_view (*name)(E)) {
  std::vector<std::pair<std::string, E>> names;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const E value = static_cast<E>(i);
    names.emplace_back(name(value), value);
  }
  return names;
}

template <class E>
std::optional<E> ReadName(const Reading& reading, const Node* node, std::string_view what, E last,
                          std::string_view (*name)(E)) {
  const std::optional<std::string> text = AsText(node);
  if (!text) return std::nullopt;
  std::vector<std::string> words;
  for (const auto& [word, value] : NamesOf(last, name)) {
    if (word == *text) return value;
    words.push_back(word);
  }
  std::string listed;
  for (const std::string& word : words) listed += (listed.empty() ? "" : ", ") + word;
  reading.findings.Add(Code::kUnknownWord, node->place,
                       "\"" + text->substr(0, 80) + "\" is no " + std::string(what) + "; known are " + listed + "." +
                           reading.findings.DidYouMean(*text, words));
  return std::nullopt;
}

std::optional<ExpectedValue> ReadExpectedValue(const Reading& reading, const Feature& feature, const Node& node) {
  if (AsText(&node) == "none") return ExpectedValue{};
  std::optional<Value> value = ReadValue(reading, feature, node);
  if (!value) return std::nullopt;
  return ExpectedValue{.value = std::move(value)};
}

void ReadDetails(const Reading& reading, const Feature& feature, const Node& node, FeatureExpectation& expected) {
  const Node* value = Find(node, "value");
  if (value != nullptr) expected.value = ReadExpectedValue(reading, feature, *value);
  const bool has_parts = Find(node, "included") != nullptr || Find(node, "cap") != nullptr;
  if (has_parts && value != nullptr) {
    reading.findings.Add(Code::kKeyDoesNotApply, node.place,
                         "The value of " + feature.id.str() + " stands here twice: write value, or included and cap.");
  } else if (has_parts) {
    expected.value = ReadExpectedValue(reading, feature, node);
  }
  expected.state = ReadName(reading, Find(node, "state"), "state", AccessState::kNotInPlan, StateName);
  expected.reason = ReadName(reading, Find(node, "reason"), "reason", Reason::kNotIncluded, ReasonName);
  if (const Node* until = Find(node, "valid_until"); AsText(until) == "forever") {
    expected.valid_until = kForever;
  } else {
    expected.valid_until = ReadTime(reading, until);
  }
  expected.allowed = AsBoolean(Find(node, "allowed"));
  expected.request.current_usage = AsWhole(Find(node, "used"));
  Assign(expected.request.quantity, AsWhole(Find(node, "quantity")));
  Assign(expected.request.access, AsWord<Access>(Find(node, "access")));
  for (const char* key : {"used", "quantity", "access"}) {
    const Node* asked = Find(node, key);
    if (asked == nullptr || Find(node, "allowed") != nullptr || Find(node, "valid_until") != nullptr) continue;
    reading.findings.Add(Code::kKeyDoesNotApply, asked->place,
                         "\"" + std::string(key) +
                             "\" says what is asked for, and nothing is said about the answer: "
                             "add allowed.");
  }
}

void ReadFeatures(const Reading& reading, const Node& map, ScenarioStep& step) {
  for (const Node::Entry& entry : map.entries) {
    const std::optional<std::size_t> index = ReferFeature(reading, entry.key, entry.key_place);
    if (!index || entry.value.refused) continue;
    const Feature& feature = reading.catalog.features[*index];
    FeatureExpectation expected;
    expected.place = entry.value.place;
    expected.request.feature = *index;
    if (entry.value.IsMap()) {
      ReadDetails(reading, feature, entry.value, expected);
    } else {
      expected.value = ReadExpectedValue(reading, feature, entry.value);
    }
    step.features.push_back(std::move(expected));
  }
}

std::optional<std::size_t> ReferKind(const Reading& reading, const Node::Entry& entry) {
  const std::optional<std::size_t> kind = FindMemberKind(reading.catalog, entry.key);
  if (!kind) {
    std::vector<std::string> names;
    for (const MemberKind& each : reading.catalog.member_kinds) names.push_back(each.name);
    reading.findings.Add(Code::kUnknownMemberKind, entry.key_place,
                         "The catalog has no member kind \"" + entry.key.substr(0, 80) + "\"." +
                             reading.findings.DidYouMean(entry.key, names));
  }
  return kind;
}

std::optional<std::size_t> ReferRole(const Reading& reading, const Node& node) {
  const std::optional<std::string> name = AsText(&node);
  if (!name) return std::nullopt;
  std::vector<std::string> names;
  for (const Role& role : reading.catalog.roles) names.push_back(role.id.str());
  const auto found = std::ranges::find(names, *name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  reading.findings.Add(
      Code::kUnknownRole, node.place,
      "The catalog has no role \"" + name->substr(0, 80) + "\"." + reading.findings.DidYouMean(*name, names));
  return std::nullopt;
}

void ReadRoles(const Reading& reading, const Node& map, ScenarioStep& step) {
  for (const Node::Entry& entry : map.entries) {
    const std::optional<std::size_t> kind = ReferKind(reading, entry);
    RoleExpectation expected;
    expected.place = entry.value.place;
    if (entry.value.IsList()) {
      for (const Node& item : entry.value.items) {
        if (const std::optional<std::size_t> role = ReferRole(reading, item)) expected.roles.push_back(*role);
      }
    } else if (AsText(&entry.value) != "none") {
      if (const std::optional<std::size_t> role = ReferRole(reading, entry.value)) expected.roles.push_back(*role);
    }
    if (!kind) continue;
    std::ranges::sort(expected.roles);
    expected.member_kind = *kind;
    step.roles.push_back(std::move(expected));
  }
}

void ReadPermissions(const Reading& reading, const Node& map, ScenarioStep& step) {
  std::vector<std::string> names;
  for (const Permission& permission : reading.catalog.permissions) names.push_back(permission.id.str());
  for (const Node::Entry& entry : map.entries) {
    const std::optional<std::size_t> kind = ReferKind(reading, entry);
    for (const Node::Entry& line : entry.value.entries) {
      const std::optional<std::size_t> permission = FindPermission(reading.catalog, line.key);
      if (!permission) {
        reading.findings.Add(Code::kUnknownPermission, line.key_place,
                             "The catalog has no permission \"" + line.key.substr(0, 80) + "\"." +
                                 reading.findings.DidYouMean(line.key, names));
      }
      const std::optional<bool> allowed = AsBoolean(&line.value);
      if (!kind || !permission || !allowed) continue;
      step.permissions.push_back(
          {.place = line.value.place, .member_kind = *kind, .permission = *permission, .allowed = *allowed});
    }
  }
}

}  // namespace

void ReadExpectations(const Reading& reading, const Node& step_node, ScenarioStep& step) {
  if (const Node* map = Find(step_node, "expect")) ReadFeatures(reading, *map, step);
  if (const Node* map = Find(step_node, "expect_roles")) ReadRoles(reading, *map, step);
  if (const Node* map = Find(step_node, "expect_permissions")) ReadPermissions(reading, *map, step);
}

}  // namespace usher
