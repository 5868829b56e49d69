// From the text of plans.yaml to a Catalog, or to everything that is wrong with it.
#pragma once

#include <vector>

#include "catalog/model.h"
#include "catalog/parse/finding.h"
#include "catalog/source_file.h"

namespace usher {

struct LoadResult {
  CatalogPtr catalog;             // null exactly when a finding is an error
  std::vector<Finding> findings;  // by file, line and column; all of them at once
};

// Reads `files` as one catalog: `apiVersion` in each, `catalog` in exactly one, sections united. Does not depend on the
// order of anything but for the order of the findings. Total: any bytes end in a result, in time and memory
// bounded by the files' size, which is bounded. Safe from any thread.
LoadResult LoadCatalog(const std::vector<SourceFile>& files);

}  // namespace usher
