// The canonical form of a catalog, whose SHA-256 is the catalog's identity.
#pragma once

#include <string>

#include "catalog/model.h"

namespace usher {

// Everything that a server can answer from the resolved catalog, as text with one fact a line: policies filled in,
// `includes` copied, titles and labels too, because they are shown. Two files give the same form exactly when they
// mean and show the same: the order of keys, comments, spelling out what `includes` would bring, and dividing a file
// into several make no difference. Does not read Catalog::hash.
std::string CanonicalForm(const Catalog& catalog);

// What a name@version of `catalog` may not change once it was live: what it grants, to whom. Titles, how it is offered
// and payment policies are not part of it.
std::string LiveContent(const Catalog& catalog, const Plan& plan);
std::string LiveContent(const Catalog& catalog, const AddOn& add_on);

}  // namespace usher
