// A catalog while it is being built: the tree that was read, its sections by name, and the Catalog so far.
//
// The steps below run once each, in the order in which they are declared, and each assumes that the ones before it
// have run. All of them are silent about what CheckShape has reported, so that one mistake is one finding. They are not
// run when it has found a section or a list that is larger than it may be.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model.h"
#include "catalog/parse/finding.h"
#include "catalog/parse/node.h"

namespace usher {

// The entries of one section, sorted by name, the first of those that repeat.
struct Section {
  std::vector<const Node::Entry*> entries;
  std::vector<std::string> names;

  std::optional<std::size_t> IndexOf(std::string_view name) const;
  std::size_t size() const { return entries.size(); }
};

// `node` may be null or something else than a map: the section is then empty.
Section MakeSection(const Node* node);

struct Draft {
  Draft(const Node& tree, Findings& sink) : root(tree), findings(sink) {}

  const Node& root;
  Findings& findings;
  Catalog catalog;
  // Each is parallel to the vector of the same name in `catalog`.
  Section groups;
  Section features;
  Section plans;
  Section add_ons;
  Section live_prices;
  Section test_prices;
  Section member_kinds;
  Section roles;
  Section permissions;
  std::vector<bool> typed;              // by feature: its type is known, so values can be judged
  std::vector<bool> grouped;            // by plan: its group is known, so those of other plans can be compared with it
  std::vector<std::string> plan_names;  // without version, sorted, distinct
};

// Names the sections and sizes the vectors of the catalog.
void BuildSections(Draft& draft);
void BuildFeatures(Draft& draft);
void BuildMembers(Draft& draft);  // permissions, roles, member kinds
void BuildGroups(Draft& draft);   // all but the check of default plans
void BuildPlans(Draft& draft);    // own values, includes, policies, trials, member roles
void BuildAddOns(Draft& draft);
void BuildPrices(Draft& draft);
// What needs the finished catalog: default plans, member roles, and everything that is only probably wrong.
void CheckWhole(Draft& draft);

// The index of the thing that `node` names. Reports `code` at the node when there is no such thing. Silent, and
// nullopt, when the node is absent or is no well-formed name.
std::optional<std::size_t> Refer(Draft& draft, const Section& section, const Node* node, Code code,
                                 std::string_view what);

// One own line of `entitlements`: what it grants, or that it takes away what was included.
struct OwnEntitlement {
  std::size_t feature = 0;
  bool removes = false;
  Entitlement grants;
  Place place;
};
enum class EntitlementOwner { kPlan, kAddOn };
// The well-formed lines of `node`, which may be null; reports those that do not fit the features' types.
std::vector<OwnEntitlement> ReadEntitlements(Draft& draft, const Node* node, EntitlementOwner owner,
                                             std::string_view owner_name);

// `base` with the keys of `node`, which may be null, laid over it.
PaymentPolicy LayPolicy(const PaymentPolicy& base, const Node* node);

}  // namespace usher
