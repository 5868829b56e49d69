// Where the prices of a catalog stand, for findings about them that no reader of the catalog makes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "catalog/parse/finding.h"
#include "catalog/source_file.h"

namespace usher {

// The place of each price id in `files`, from which LoadCatalog has made a catalog.
std::map<std::string, Place, std::less<>> PricePlaces(const std::vector<SourceFile>& files);

}  // namespace usher
