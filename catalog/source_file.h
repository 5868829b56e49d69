// A file of a catalog, read into memory by whoever may touch the disk.
#pragma once

#include <cstddef>
#include <string>

namespace usher {

// At most so many bytes of one file are read, and so many files make a catalog.
inline constexpr std::size_t kMostCatalogBytes = 1024 * 1024;
inline constexpr std::size_t kMostCatalogFiles = 100;

struct SourceFile {
  std::string name;  // as findings show it
  std::string text;
};

}  // namespace usher
