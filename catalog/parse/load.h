// From the text of plans.yaml to a Catalog, or to everything that is wrong with it.
#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"
#include "catalog/parse/finding.h"

namespace usher {

struct SourceFile {
  std::string name;  // as findings show it
  std::string text;
};

struct LoadResult {
  CatalogPtr catalog;             // null exactly when a finding is an error
  std::vector<Finding> findings;  // by file, line and column; all of them at once
};

inline constexpr std::size_t kMostFiles = 100;

// Reads `files` as one catalog: `apiVersion` in each, `catalog` in exactly one, sections united. Does not depend on the
// order of anything but for the order of the findings. Total: any bytes end in a result, in time and memory
// bounded by the files' size, which is bounded. Safe from any thread.
LoadResult LoadCatalog(const std::vector<SourceFile>& files);

}  // namespace usher
