// The one text under which the store keeps a catalog, so that the past can be answered again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/model.h"
#include "catalog/source_file.h"

namespace usher {

// One text for several files, and back. DATA_LOSS when `text` was not made by JoinSources.
std::string JoinSources(const std::vector<SourceFile>& files);
absl::StatusOr<std::vector<SourceFile>> SplitSources(std::string_view text);

// The catalog that JoinSources kept. FAILED_PRECONDITION, with the first finding, when this version refuses it.
absl::StatusOr<CatalogPtr> LoadJoined(const std::string& text);

}  // namespace usher
