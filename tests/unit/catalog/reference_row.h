// The rows of docs/catalog-reference.md as the table of keys and the registry of codes say them.
#pragma once

#include <map>
#include <string>

#include "catalog/parse/shape.h"

namespace usher {

// Every object of the catalog by its name.
std::map<std::string, const ObjectShape*> AllObjects();

// `| key | what it accepts | default | meaning |`
std::string ReferenceRow(const KeyShape& key);

// `| code | severity | title | mend |`
std::string ReferenceRow(const CodeInfo& info);

}  // namespace usher
