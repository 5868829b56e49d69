// What changes when one catalog takes the place of another.
#pragma once

#include <vector>

#include "catalog/diff/change.h"
#include "catalog/model.h"

namespace usher {

// Every difference between the two, errors first, then what takes something away, then the rest; within these by
// subject and id. Empty exactly when the catalogs have the same hash. What was in `before` counts as used, as it does
// for a server that has run it: its name@versions keep what they grant, and its live prices stay listed.
//
// Changes are told where they are made: a role that loses a permission is one change, not one for each plan that gives
// it, and a key of the catalog's payment policy one, not one for each plan that follows it.
std::vector<Change> DiffCatalogs(const Catalog& before, const Catalog& after);

}  // namespace usher
