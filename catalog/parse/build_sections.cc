#include <algorithm>

#include "catalog/parse/draft.h"
#include "catalog/parse/names.h"
#include "catalog/parse/scalars.h"

namespace usher {
namespace {

std::string NamePart(std::string_view versioned) { return std::string(versioned.substr(0, versioned.find('@'))); }

std::int32_t VersionPart(std::string_view versioned) {
  if (!IsVersionedName(versioned)) return 0;
  std::int32_t version = 0;
  for (const char digit : versioned.substr(versioned.find('@') + 1)) version = version * 10 + (digit - '0');
  return version;
}

template <class Item>
void NameVersioned(const Section& section, std::vector<Item>& items) {
  items.resize(section.size());
  for (std::size_t i = 0; i < section.size(); ++i) {
    items[i].id = decltype(items[i].id)(section.names[i]);
    items[i].name = NamePart(section.names[i]);
    items[i].version = VersionPart(section.names[i]);
    Assign(items[i].title, AsText(Find(section.entries[i]->value, "title")));
  }
}

template <class Item>
void NameById(const Section& section, std::vector<Item>& items) {
  items.resize(section.size());
  for (std::size_t i = 0; i < section.size(); ++i) items[i].id = decltype(items[i].id)(section.names[i]);
}

bool HasForm(std::string_view text, Code code) {
  return code == Code::kUnknownPlan || code == Code::kUnknownAddOn ? IsVersionedName(text) : IsName(text);
}

}  // namespace

std::optional<std::size_t> Section::IndexOf(std::string_view name) const {
  const auto found = std::lower_bound(names.begin(), names.end(), name);
  if (found == names.end() || *found != name) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

Section MakeSection(const Node* node) {
  Section section;
  if (node == nullptr || !node->IsMap()) return section;
  for (const Node::Entry& entry : node->entries) section.entries.push_back(&entry);
  const auto by_key = [](const Node::Entry* a, const Node::Entry* b) { return a->key < b->key; };
  const auto same_key = [](const Node::Entry* a, const Node::Entry* b) { return a->key == b->key; };
  std::stable_sort(section.entries.begin(), section.entries.end(), by_key);
  section.entries.erase(std::unique(section.entries.begin(), section.entries.end(), same_key), section.entries.end());
  for (const Node::Entry* entry : section.entries) section.names.push_back(entry->key);
  return section;
}

void BuildSections(Draft& draft) {
  const Node& root = draft.root;
  Catalog& catalog = draft.catalog;
  Assign(catalog.name, AsText(Find(root, "catalog")));
  Assign(catalog.label, AsText(Find(root, "label")));
  draft.groups = MakeSection(Find(root, "groups"));
  draft.features = MakeSection(Find(root, "features"));
  draft.plans = MakeSection(Find(root, "plans"));
  draft.add_ons = MakeSection(Find(root, "add_ons"));
  draft.member_kinds = MakeSection(Find(root, "member_kinds"));
  draft.roles = MakeSection(Find(root, "roles"));
  draft.permissions = MakeSection(Find(root, "permissions"));
  if (const Node* prices = Find(root, "prices"); prices != nullptr) {
    draft.live_prices = MakeSection(Find(*prices, "live"));
    draft.test_prices = MakeSection(Find(*prices, "test"));
  }
  NameById(draft.features, catalog.features);
  NameById(draft.roles, catalog.roles);
  NameById(draft.permissions, catalog.permissions);
  NameById(draft.live_prices, catalog.live_prices);
  NameById(draft.test_prices, catalog.test_prices);
  NameVersioned(draft.plans, catalog.plans);
  NameVersioned(draft.add_ons, catalog.add_ons);
  for (const Plan& plan : catalog.plans) draft.plan_names.push_back(plan.name);
  std::sort(draft.plan_names.begin(), draft.plan_names.end());
  draft.plan_names.erase(std::unique(draft.plan_names.begin(), draft.plan_names.end()), draft.plan_names.end());
  catalog.policy = LayPolicy({}, Find(root, "payment_policy"));
}

std::optional<std::size_t> Refer(Draft& draft, const Section& section, const Node* node, Code code,
                                 std::string_view what) {
  const std::optional<std::string> name = AsText(node);
  if (!name) return std::nullopt;
  if (const std::optional<std::size_t> found = section.IndexOf(*name)) return found;
  if (HasForm(*name, code)) {
    draft.findings.Add(code, node->place,
                       "There is no " + std::string(what) + " \"" + *name +
                           "\": declare it, or name one that there is." +
                           draft.findings.DidYouMean(*name, section.names));
  }
  return std::nullopt;
}

}  // namespace usher
