// Changes every value of a catalog in turn: a change that no scenario notices is a value that nobody checks.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "server/workbench/scenario/scenario.h"

namespace usher {

// One change of the resolved catalog. Its layout stays as it is.
struct Mutation {
  std::string where;   // `plans.growth@2.entitlements.projects`
  std::string change;  // `25 becomes 26`
  std::function<void(Catalog&)> apply;
};

// Of all that decides an answer: entitlements, payment policies, trials, how values merge and what happens above a
// limit, to which plans add-ons belong, how long one-off prices grant, default plans, roles and permissions. Of a plan
// that nobody can have nothing is changed. A policy that several plans have from the catalog is changed for all of
// them.
std::vector<Mutation> MutationsOf(const Catalog& catalog);

// Those that every scenario passes with all the same. All of `scenarios` pass under `catalog`.
std::vector<const Mutation*> Unnoticed(const Catalog& catalog, std::span<const Scenario> scenarios,
                                       std::span<const Mutation> mutations);

}  // namespace usher
