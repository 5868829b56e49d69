// The files of a catalog on disk.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/source_file.h"

namespace usher {

// Whether a folder stands for the file of this name, among others: it ends in .yaml or .yml, but not in .test.yaml or
// .test.yml.
bool IsCatalogFile(std::string_view name);

// Reads the files that `paths` name, in that order. A folder stands for the files directly in it that
// IsCatalogFile accepts, by name. A file that is named twice, alone or by its folder, is
// read once. Of a file larger than kMostCatalogBytes just enough is read for the loader to see that it is; reading
// stops after kMostCatalogFiles + 1 files. NOT_FOUND names a path that does not exist; FAILED_PRECONDITION one that
// cannot be read or is no regular file, or a folder without any and what it holds instead. Blocks on the disk. Safe
// from any thread.
absl::StatusOr<std::vector<SourceFile>> ReadCatalogFiles(const std::vector<std::string>& paths);

// Reads one file, of a larger one `most_bytes` + 1 bytes. FAILED_PRECONDITION when it cannot be read, or is a folder, a
// pipe or a device. Blocks on the disk.
absl::StatusOr<SourceFile> ReadSourceFile(const std::string& path, std::size_t most_bytes);

}  // namespace usher
