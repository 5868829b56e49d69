// A catalog that is named on the command line: on disk, or as git keeps it.
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/source_file.h"

namespace usher {

// The files of the catalog that `name` names: a file or a folder, as ReadCatalogFiles reads them; or, when there is
// nothing of that name on disk, a git revision and a path in it, `HEAD~1:plans.yaml`, read through git in the present
// folder. The files of a revision have its name in findings. NOT_FOUND when neither is there; other errors as
// ReadCatalogFiles, or in the words of git.
absl::StatusOr<std::vector<SourceFile>> ReadCatalogSource(const std::string& name);

}  // namespace usher
