#include <algorithm>
#include <utility>
#include <vector>

#include "catalog/parse/draft.h"
#include "catalog/parse/names.h"
#include "catalog/parse/scalars.h"

namespace usher {
namespace {

// What a plan may write for a feature of this type, for messages.
std::string_view PlanForms(FeatureType type) {
  switch (type) {
    case FeatureType::kBoolean: return "a boolean feature: write true, false or none";
    case FeatureType::kLimit:
      return "a limit: write a whole number, unlimited, none or { per_quantity: 1, at_least: 1 }";
    case FeatureType::kMetered:
      return "a metered feature: write a whole number, unlimited, none or { included: 1000, cap: 5000 }";
    case FeatureType::kLevel: return "a level feature: write one of its levels or none";
    case FeatureType::kSet: return "a set: write a list of its values or none";
  }
  return "";
}

std::string_view AddOnForms(FeatureType type) {
  switch (type) {
    case FeatureType::kBoolean: return "a boolean feature: write true";
    case FeatureType::kLimit:
    case FeatureType::kMetered: return "a number: write { add: 10 } or { add_per_quantity: 10 }";
    case FeatureType::kLevel: return "a level feature: write one of its levels";
    case FeatureType::kSet: return "a set: write a list of its values";
  }
  return "";
}

class EntitlementReader {
 public:
  EntitlementReader(Draft& draft, EntitlementOwner owner, std::string_view owner_name)
      : draft_(draft), owner_(owner), owner_name_(owner_name) {}

  // nullopt: a finding has been made, here or by CheckShape.
  std::optional<OwnEntitlement> Read(std::size_t feature, const Node& node) {
    OwnEntitlement own{.feature = feature, .removes = false, .grants = {}, .place = node.place};
    if (owner_ == EntitlementOwner::kPlan && AsText(&node) == "none") {
      own.removes = true;
      return own;
    }
    const Feature& of = draft_.catalog.features[feature];
    std::optional<Entitlement> grants;
    switch (of.type) {
      case FeatureType::kBoolean:
        if (const std::optional<bool> on = AsBoolean(&node)) grants = Fixed(*on);
        break;
      case FeatureType::kLimit:
      case FeatureType::kMetered:
        grants = owner_ == EntitlementOwner::kPlan ? PlanNumber(of, node) : AddedNumber(node);
        break;
      case FeatureType::kLevel: grants = LevelOf(of, node); break;
      case FeatureType::kSet: grants = SetOf(of, node); break;
    }
    if (!grants) {
      if (!reported_) RefuseType(of, node);
      reported_ = false;
      return std::nullopt;
    }
    own.grants = *std::move(grants);
    return own;
  }

 private:
  static Entitlement Fixed(Value value) {
    Entitlement entitlement;
    entitlement.fixed = std::move(value);
    return entitlement;
  }

  std::optional<Entitlement> PlanNumber(const Feature& feature, const Node& node) {
    const bool metered = feature.type == FeatureType::kMetered;
    if (const std::optional<Limit> number = AsLimit(&node)) {
      return metered ? Fixed(Metered{.included = *number, .cap = *number}) : Fixed(*number);
    }
    if (!node.IsMap()) return std::nullopt;
    if (metered) return Parts(node);
    const Node* per_quantity = Find(node, "per_quantity");
    if (per_quantity == nullptr) return std::nullopt;
    const std::optional<std::int64_t> amount = AsWhole(per_quantity);
    if (!amount) return Silent();
    Entitlement entitlement;
    entitlement.form = Entitlement::Form::kPerQuantity;
    entitlement.amount = {.amount = *amount};
    Assign(entitlement.at_least, AsWhole(Find(node, "at_least")));
    return entitlement;
  }

  std::optional<Entitlement> Parts(const Node& node) {
    const Node* included_node = Find(node, "included");
    const Node* cap_node = Find(node, "cap");
    if (included_node == nullptr) return std::nullopt;
    const std::optional<Limit> included = AsLimit(included_node);
    const std::optional<Limit> cap = AsLimit(cap_node);
    if (!included || !cap) return Silent();
    if (*cap < *included) {
      draft_.findings.Add(Code::kCapBelowIncluded, cap_node->place,
                          "The cap " + cap_node->text + " is below the " + included_node->text +
                              " that are included: make it at least that, or unlimited.");
      return Silent();
    }
    return Fixed(Metered{.included = *included, .cap = *cap});
  }

  std::optional<Entitlement> AddedNumber(const Node& node) {
    if (!node.IsMap()) return std::nullopt;
    const Node* add = Find(node, "add");
    const Node* per_quantity = Find(node, "add_per_quantity");
    if (add == nullptr && per_quantity == nullptr) return std::nullopt;
    Entitlement entitlement;
    entitlement.form = add != nullptr ? Entitlement::Form::kAdd : Entitlement::Form::kAddPerQuantity;
    const std::optional<Limit> amount = AsLimit(add != nullptr ? add : per_quantity);
    if (!amount) return Silent();
    entitlement.amount = *amount;
    return entitlement;
  }

  std::optional<Entitlement> LevelOf(const Feature& feature, const Node& node) {
    const std::optional<std::string> name = AsText(&node);
    if (!name) return std::nullopt;
    if (std::find(feature.levels.begin(), feature.levels.end(), *name) != feature.levels.end()) {
      return Fixed(Level{.name = *name});
    }
    if (!AllNamed(feature.levels)) return Silent();
    if (IsValueName(*name) && !IsReservedValue(*name)) {
      draft_.findings.Add(Code::kUnknownLevel, node.place,
                          "\"" + *name + "\" is not a level of " + feature.id.str() +
                              ": add it to its levels, or use one of them." +
                              draft_.findings.DidYouMean(*name, feature.levels));
      return Silent();
    }
    return std::nullopt;
  }

  std::optional<Entitlement> SetOf(const Feature& feature, const Node& node) {
    if (!node.IsList()) return std::nullopt;
    if (!AllNamed(feature.set_values)) return Silent();
    ValueSet set;
    for (const Node& item : node.items) {
      const std::optional<std::string> value = AsText(&item);
      if (!value || !IsValueName(*value) || IsReservedValue(*value)) continue;
      if (std::binary_search(feature.set_values.begin(), feature.set_values.end(), *value)) {
        set.values.push_back(*value);
        continue;
      }
      draft_.findings.Add(Code::kUnknownSetValue, item.place,
                          "\"" + *value + "\" is not a value of " + feature.id.str() +
                              ": add it to its values, or use one of them." +
                              draft_.findings.DidYouMean(*value, feature.set_values));
    }
    std::sort(set.values.begin(), set.values.end());
    set.values.erase(std::unique(set.values.begin(), set.values.end()), set.values.end());
    return Fixed(std::move(set));
  }

  // Whether the feature's own list is there and well-formed: of another one CheckShape has said so, and which values
  // it was to have is not known.
  static bool AllNamed(const std::vector<std::string>& values) {
    return !values.empty() && std::all_of(values.begin(), values.end(), [](const std::string& value) {
      return IsValueName(value) && !IsReservedValue(value);
    });
  }

  // The finding has been made.
  std::optional<Entitlement> Silent() {
    reported_ = true;
    return std::nullopt;
  }

  // The value has a good form that belongs to another type.
  void RefuseType(const Feature& feature, const Node& node) {
    if (HasBadForm(node)) return;
    if (node.IsList()) {
      // Whatever its items are, the list is what is wrong.
      std::vector<Place> places = {node.place};
      for (const Node& item : node.items) places.push_back(item.place);
      draft_.findings.TakeBack(std::move(places));
    }
    const bool plan = owner_ == EntitlementOwner::kPlan;
    static const std::vector<std::string> kWords = {"unlimited", "none", "true", "false"};
    draft_.findings.Add(Code::kValueOfOtherType, node.place,
                        std::string(owner_name_) + " gives " + feature.id.str() + " " + Describe(node) + ", but " +
                            feature.id.str() + " is " +
                            std::string(plan ? PlanForms(feature.type) : AddOnForms(feature.type)) + "." +
                            (plan && node.IsText() ? draft_.findings.DidYouMean(node.text, kWords) : ""));
  }

  // Whether CheckShape has refused it: only the forms that it accepts can be of another type.
  bool HasBadForm(const Node& node) const {
    if (node.refused) return true;
    const bool plan = owner_ == EntitlementOwner::kPlan;
    if (node.IsList()) return false;
    if (node.IsMap()) {
      const char* forms[] = {plan ? "per_quantity" : "add", plan ? "included" : "add_per_quantity"};
      return (Find(node, forms[0]) == nullptr) == (Find(node, forms[1]) == nullptr);
    }
    if (node.IsText()) {
      if (node.quoted && ClassOf(node.text) != ScalarClass::kText) return true;
      if (plan && node.text == "unlimited") return false;
      return !IsValueName(node.text) || IsReservedValue(node.text);
    }
    if (node.scalar == ScalarClass::kBoolean) return plan ? !AsBoolean(&node) : AsBoolean(&node) != true;
    return !plan || !AsWhole(&node);
  }

  Draft& draft_;
  EntitlementOwner owner_;
  std::string_view owner_name_;
  bool reported_ = false;
};

}  // namespace

std::vector<OwnEntitlement> ReadEntitlements(Draft& draft, const Node* node, EntitlementOwner owner,
                                             std::string_view owner_name) {
  std::vector<OwnEntitlement> own;
  EntitlementReader reader(draft, owner, owner_name);
  const Section lines = MakeSection(node);
  for (const Node::Entry* entry : lines.entries) {
    const std::optional<std::size_t> feature = draft.features.IndexOf(entry->key);
    if (!feature) {
      if (IsName(entry->key) && !IsReservedName(entry->key)) {
        draft.findings.Add(Code::kUnknownFeature, entry->key_place,
                           "There is no feature \"" + entry->key + "\" for " + std::string(owner_name) +
                               ": declare it under features, or correct the name." +
                               draft.findings.DidYouMean(entry->key, draft.features.names));
      }
      continue;
    }
    if (!draft.typed[*feature] || entry->value.refused) continue;
    if (std::optional<OwnEntitlement> line = reader.Read(*feature, entry->value)) own.push_back(*std::move(line));
  }
  return own;
}

}  // namespace usher
