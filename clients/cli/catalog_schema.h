// The JSON Schema (draft-07) of a catalog file, for editors and for those who judge catalogs without Usher.
#pragma once

#include <string>

namespace usher {

// Made from the table of keys that drives the loader (catalog/parse/shape.h), so it accepts what the loader accepts
// but for rules between parts, references, and the text of YAML itself. catalog/schema/plans.schema.json holds it.
std::string CatalogSchema();

}  // namespace usher
