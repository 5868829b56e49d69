// The difference between two catalogs for people and programs.
#pragma once

#include <string>
#include <vector>

#include "catalog/diff/change.h"
#include "catalog/model.h"

namespace usher {

// One catalog in the place of another, with `changes` between them, as DiffCatalogs gives them.
struct CatalogDiff {
  const Catalog& before;
  const Catalog& after;
  const std::vector<Change>& changes;
};

// What is told about how many changes of each severity there are, in one sentence.
std::string DiffSummary(const CatalogDiff& diff);

// The changes with their keys, by severity, a line each, and the summary.
std::string DiffAsText(const CatalogDiff& diff);
// The same in columns.
std::string DiffAsTable(const CatalogDiff& diff, bool colors);
// Both hashes, the number of changes by severity, and the changes.
std::string DiffAsJson(const CatalogDiff& diff);
// A comment on a pull request for somebody who does not read plans.yaml: a heading with the summary, errors first, then
// a table for each subject. Nothing in a catalog can be taken for markup.
std::string DiffAsMarkdown(const CatalogDiff& diff);

}  // namespace usher
