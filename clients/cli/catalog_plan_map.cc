#include <map>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/parse/names.h"
#include "clients/cli/catalog_starter.h"
#include "clients/cli/catalog_yaml.h"
#include "server/integrations/json.h"

namespace usher {
namespace {

constexpr std::size_t kLongestNumber = 15;  // digits; below 2^53

std::string Quoted(std::string_view text) { return "\"" + std::string(text.substr(0, 80)) + "\""; }

// The text of a value as a catalog writes it.
absl::StatusOr<std::string> ValueOf(const JsonValue& value, const std::string& where) {
  if (value.type == JsonType::kNull) {
    return InvalidArgument(where +
                           " is null, which could mean nothing or no limit: write -1 for unlimited, 0 for "
                           "none, or leave it out");
  }
  if (value.type == JsonType::kBool) return value.boolean ? "true" : "false";
  if (value.type != JsonType::kNumber) {
    return InvalidArgument(
        where + " is neither a number nor true or false: leave it out, and write it into the catalog by hand");
  }
  if (value.text == "-1") return "unlimited";
  const bool digits = value.text.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || value.text.size() > kLongestNumber) {
    return InvalidArgument(where + " is " + value.text.substr(0, 40) +
                           ", and a catalog has whole numbers from 0 (or -1 for unlimited)");
  }
  return value.text;
}

struct PlanLines {
  std::string id;
  std::map<std::string, std::string> features;
};

absl::StatusOr<PlanLines> ReadPlan(const JsonMember& member) {
  PlanLines plan{.id = IsVersionedName(member.name) ? member.name : member.name + "@1", .features = {}};
  if (!IsVersionedName(plan.id)) {
    return InvalidArgument(
        "the plan " + Quoted(member.name) +
        " cannot be called that: a name begins with a letter and goes on with letters, digits, _ . and -");
  }
  if (member.value.type != JsonType::kObject) {
    return InvalidArgument("the plan " + Quoted(member.name) + " is not a map from features to numbers");
  }
  for (const JsonMember& feature : member.value.children) {
    const std::string where = "the feature " + Quoted(feature.name) + " of plan " + Quoted(member.name);
    if (IsReservedName(feature.name)) {
      return InvalidArgument(where + " cannot be called that: " + feature.name +
                             " is a reserved word of catalogs; choose another");
    }
    if (!IsName(feature.name)) {
      return InvalidArgument(
          where + " cannot be called that: a name begins with a letter and goes on with letters, digits, _ . and -");
    }
    const absl::StatusOr<std::string> value = ValueOf(feature.value, where);
    if (!value.ok()) return value.status();
    plan.features[feature.name] = *value;
  }
  return plan;
}

// Feature -> whether it is boolean. An error when plans disagree.
absl::StatusOr<std::map<std::string, bool>> TypesOf(const std::vector<PlanLines>& plans) {
  std::map<std::string, bool> types;
  for (const PlanLines& plan : plans) {
    for (const auto& [feature, value] : plan.features) {
      const bool boolean = value == "true" || value == "false";
      const auto [known, inserted] = types.emplace(feature, boolean);
      if (!inserted && known->second != boolean) {
        return InvalidArgument("the feature " + Quoted(feature) +
                               " is a number in one plan and true or false in another (" + plan.id +
                               "): make it one of the two");
      }
    }
  }
  return types;
}

}  // namespace

absl::StatusOr<std::string> CatalogOfPlanMap(std::string_view json) {
  const absl::StatusOr<JsonDocument> document = ParseJson(json);
  if (!document.ok()) return document.status();
  if (!document->duplicate_path.empty()) {
    return InvalidArgument(Quoted(document->duplicate_path) + " is given twice: keep one of the two");
  }
  std::vector<PlanLines> plans;
  for (const JsonMember& member : document->root.children) {
    absl::StatusOr<PlanLines> plan = ReadPlan(member);
    if (!plan.ok()) return plan.status();
    plans.push_back(*std::move(plan));
  }
  if (plans.empty()) return InvalidArgument("there are no plans in it: expected {\"free\": {\"projects\": 1}}");
  const absl::StatusOr<std::map<std::string, bool>> types = TypesOf(plans);
  if (!types.ok()) return types.status();

  std::string text = "apiVersion: usher/v1\ncatalog: imported\n\nfeatures:";
  if (types->empty()) text += " {}";
  text += "\n";
  for (const auto& [feature, boolean] : *types) {
    text += "  " + YamlWord(feature) + (boolean ? ": { type: boolean }\n" : ": { type: limit, merge: max }\n");
  }
  text += "\n# Not offered until prices are listed below.\nplans:\n";
  for (const PlanLines& plan : plans) {
    text += "  " + YamlWord(plan.id) + ":\n    offered: no\n    entitlements:";
    if (plan.features.empty()) text += " {}";
    text += "\n";
    for (const auto& [feature, value] : plan.features) text += "      " + YamlWord(feature) + ": " + value + "\n";
  }
  return Validated(text + "\nprices:\n  live: {}\n  test: {}\n");
}

}  // namespace usher
